//go:build linux

package main

import (
	"context"
	"fmt"
	"time"
)

const (
	visitors = 2000
	already  = 60 // messages in the room
	missedBy = 50 // how many of them who resumes has not seen
)

// cost is what one act costs the server.
type cost struct {
	cpu  float64 // us
	rate float64 // a second
}

// act is done by many connections to a server with a room that is not empty.
type act func(l *load, r *room) error

func opening(l *load, r *room) error {
	return l.openOnly(visitors, atATime, func(int) *room { return r })
}

func openingAndJoining(l *load, r *room) error {
	return l.gather(visitors, atATime, func(int) *room { return r })
}

// resuming lets everybody ask at once for what they have missed; the answer is
// checked event by event.
func resuming(l *load, r *room) error {
	for _, c := range l.conns {
		c.after = &position{after: r.base + r.sent - missedBy, epoch: l.epoch}
		if err := l.join(c); err != nil {
			return err
		}
	}
	return l.until("all have resumed", func() bool {
		for _, c := range l.conns {
			if !c.joined || c.stream.last < r.base+r.sent {
				return false
			}
		}
		return true
	})
}

// joins measures opening, joining and resuming.
func joins(ctx context.Context, b *bench) error {
	f := b.field
	withHistory := f.peer
	withHistory.dialect = centrifuge{history: true}
	all := []contender{f.teahouse, f.peer, f.floor}
	open := b.table.row("open a connection, until the server has greeted")
	join := b.table.row("open + join, the newest 50 of 60 events in the answer")
	bare := b.table.row("open + subscribe, without events")
	resume := b.table.row(fmt.Sprintf("%s members resume %d missed messages at once", thousands(visitors), missedBy))
	for _, step := range []struct {
		row    *row
		who    []contender
		before act
		what   act
	}{
		{open, all, nil, opening},
		{join, []contender{f.teahouse, withHistory}, nil, openingAndJoining},
		{bare, []contender{f.peer}, nil, openingAndJoining},
		{resume, all[:2], opening, resuming},
	} {
		costs := map[string][]cost{}
		for range b.rounds {
			for _, c := range b.taking(step.who) {
				got, err := costOf(ctx, b, c, step.before, step.what)
				if err != nil {
					return fmt.Errorf("%s: %s: %w", step.row.what, c.name, err)
				}
				costs[c.name] = append(costs[c.name], got)
			}
		}
		for name, all := range costs {
			cpu, rate := medianCost(all)
			step.row.set(name, cpu, fmt.Sprintf("%.0f us, %s a second", cpu, thousands(rate)))
			step.row.user[name] = rate
		}
	}
	join.goal, join.verdict = "60 us", verdict(demand{name: "60 us", got: join.values[nameTeahouse], limit: 60})
	resume.goal = "60 us, 12,000 a second"
	resume.verdict = verdict(
		demand{name: "60 us", got: resume.values[nameTeahouse], limit: 60},
		demand{name: "12,000 a second", got: resume.user[nameTeahouse], limit: 12_000, atLeast: true})
	return nil
}

func medianCost(all []cost) (cpu, rate float64) {
	var cpus, rates []float64
	for _, c := range all {
		cpus, rates = append(cpus, c.cpu), append(rates, c.rate)
	}
	return median(cpus), median(rates)
}

// costOf measures what on a server of its own.
func costOf(ctx context.Context, b *bench, c contender, before, what act) (cost, error) {
	s, err := start(ctx, c, "")
	if err != nil {
		return cost{}, err
	}
	defer s.kill()
	r, epoch, err := s.furnish(c, b)
	if err != nil {
		return cost{}, err
	}
	l, err := newLoad(c.dialect, s.addr)
	if err != nil {
		return cost{}, err
	}
	defer l.close()
	l.epoch = epoch
	if before != nil {
		if err := before(l, r); err != nil {
			return cost{}, err
		}
	}
	from, err := s.cpu()
	if err != nil {
		return cost{}, err
	}
	began := time.Now()
	err = what(l, r)
	took := time.Since(began)
	b.total.add(l.tally)
	if err != nil {
		return cost{}, err
	}
	if !l.tally.sound() {
		return cost{}, fmt.Errorf("the checks failed: %s", &l.tally)
	}
	to, err := s.cpu()
	return cost{cpu: each(to.since(from).total, visitors), rate: visitors / took.Seconds()}, err
}

// furnish leaves some messages in general.
func (s *server) furnish(c contender, b *bench) (*room, string, error) {
	l, err := newLoad(c.dialect, s.addr)
	if err != nil {
		return nil, "", err
	}
	defer l.close()
	r := newRoom(c.dialect, generalRoom, wideView)
	if err := l.gather(1, 1, func(int) *room { return r }); err != nil {
		return nil, "", err
	}
	if err := l.settle(r); err != nil {
		return nil, "", err
	}
	for range already {
		if err := l.send(l.conns[0], bodySize); err != nil {
			return nil, "", err
		}
	}
	err = l.finish()
	b.total.add(l.tally)
	return r, l.epoch, err
}
