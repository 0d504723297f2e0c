package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/teahouse-chat/teahouse/chaos/history"
)

// plan is the size of a run.
type plan struct {
	Binary  string
	Dir     string // everything of the run: the server's data and log, the histories
	Strikes int
	Clients int
	Rooms   int
	Window  int
	Seed    uint64
	Fault   fault
	Say     io.Writer
}

// A server lives between shortest and longest after it got ready.
const (
	shortest = 5 * time.Millisecond
	longest  = 500 * time.Millisecond
)

// quiet is how long the clients may take, once nobody talks, to hold all.
const quiet = 30 * time.Second

// run is one run: its parts and its one clock.
type run struct {
	plan
	rng     *rand.Rand
	began   time.Time
	server  *server
	log     *history.Writer
	rooms   []string
	clients []*client
	talk    atomic.Bool
}

func (r *run) clock() int64 { return int64(time.Since(r.began)) }

func (r *run) histories() string { return filepath.Join(r.Dir, "history") }

// execute strikes the server again and again while clients talk, and leaves the
// histories for the checker. Its own error means that the run does not count.
func execute(ctx context.Context, p plan) (err error) {
	r := &run{plan: p, began: time.Now(), rng: seeded(p.Seed, 0)}
	data, err := p.Fault.prepare(ctx)
	defer func() { err = errors.Join(err, p.Fault.clean()) }()
	if err != nil {
		return err
	}
	if r.log, err = history.Create(filepath.Join(r.histories(), history.ServerFile)); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.log.Close()) }()
	r.note(history.Record{
		Kind: history.Plan, Seed: p.Seed, Strikes: p.Strikes, Clients: p.Clients, Rooms: p.Rooms, Fault: p.Fault.name(),
	})
	if r.server, err = newServer(p.Binary, data, filepath.Join(p.Dir, "server.log"), r.rng); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.server.close()) }()
	if err := r.start(ctx); err != nil {
		return err
	}
	if err := r.people(ctx); err != nil {
		return err
	}
	if err := r.talking(ctx); err != nil {
		return err
	}
	// What the last words left behind must survive, too.
	if err := r.strike(ctx); err != nil {
		return err
	}
	return r.final(ctx)
}

func (r *run) note(rec history.Record) {
	rec.T = r.clock()
	r.log.Write(rec)
	r.log.Flush()
}

func (r *run) start(ctx context.Context) error {
	if err := r.server.start(ctx); err != nil {
		return err
	}
	r.note(history.Record{Kind: history.Ready})
	return nil
}

// strike ends the server and starts it at once. A server that has ended before
// is noted as a crash: that is a finding, too.
func (r *run) strike(ctx context.Context) error {
	select {
	case <-r.server.ended:
		r.note(history.Record{Kind: history.Crash, Code: r.server.cmd.ProcessState.String()})
	default:
		r.note(history.Record{Kind: history.Strike})
	}
	if err := r.Fault.strike(ctx, r.server); err != nil {
		return err
	}
	return r.start(ctx)
}

// talking is the long part: clients talk, the server dies and lives.
func (r *run) talking(ctx context.Context) (err error) {
	crowd, leave := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer func() {
		leave()
		wg.Wait()
		for _, c := range r.clients {
			err = errors.Join(err, c.log.Close())
		}
	}()
	r.talk.Store(true)
	for _, c := range r.clients {
		wg.Go(func() { c.run(crowd) })
	}
	for n := range r.Strikes {
		wait(ctx, shortest+time.Duration(r.rng.Int64N(int64(longest-shortest))))
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("after %d strikes: %w", n, err)
		}
		if err := r.strike(ctx); err != nil {
			return fmt.Errorf("strike %d: %w", n+1, err)
		}
		if done := n + 1; done%10 == 0 || done == r.Strikes {
			_, _ = fmt.Fprintf(r.Say, "%d of %d strikes, %s\n", done, r.Strikes, time.Since(r.began).Round(time.Second))
		}
	}
	wait(ctx, longest)
	r.talk.Store(false)
	return r.settle(ctx)
}

// settle waits until every client has every answer and every event. One that
// never gets there is left to the checker, which finds what is missing.
func (r *run) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, quiet)
	defer cancel()
	for !r.settled(ctx) {
		wait(ctx, 20*time.Millisecond)
		if ctx.Err() != nil {
			_, _ = fmt.Fprintf(r.Say, "not every client has caught up within %s\n", quiet)
			return nil
		}
	}
	return nil
}

func (r *run) settled(ctx context.Context) bool {
	for _, c := range r.clients {
		if open, _, _ := c.progress(""); open > 0 {
			return false
		}
	}
	for _, room := range r.rooms {
		page, err := r.server.site.events(ctx, r.clients[0].cookie, room, 0)
		if err != nil {
			return false
		}
		for _, c := range r.clients {
			if c.place[room] == nil { // the rooms of a client never change
				continue
			}
			if _, after, joined := c.progress(room); !joined || after != page.Seq {
				return false
			}
		}
	}
	return true
}

// seeded gives everybody a stream of chance of their own, so that a run's plan
// follows from its seed; what the machine's timing adds to it does not.
func seeded(seed, who uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, who)) //nolint:gosec // repeatable, not secret
}
