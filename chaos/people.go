package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/teahouse-chat/teahouse/chaos/history"
)

// people makes the rooms and the guests. Each guest keeps to two rooms, or
// rooms and guests would multiply into more deliveries than two cores can make.
func (r *run) people(ctx context.Context) error {
	const roomsEach = 2
	for n := range r.Rooms {
		r.rooms = append(r.rooms, fmt.Sprintf("chaos-%d", n+1))
	}
	for n := range r.Clients {
		cookie, self, err := r.server.site.signIn(ctx, fmt.Sprintf("Chaos %d", n+1))
		if err != nil {
			return err
		}
		if err := r.there(ctx, func() error { return r.server.site.known(ctx, cookie) }); err != nil {
			return err
		}
		if n == 0 {
			if err := r.makeRooms(ctx, cookie); err != nil {
				return err
			}
		}
		c := &client{
			n: n + 1, site: r.server.site, cookie: cookie, self: self, window: r.Window,
			rng: seeded(r.Seed, uint64(n)+1), clock: r.clock, talk: &r.talk, place: map[string]*place{}, seen: map[string]*seen{},
		}
		for i := range min(roomsEach, r.Rooms) {
			room := r.rooms[(n+i)%r.Rooms]
			c.rooms = append(c.rooms, room)
			c.place[room], c.seen[room] = &place{}, &seen{}
			if n%2 == 1 { // the others talk as visitors
				if err := r.there(ctx, func() error { return c.site.becomeMember(ctx, cookie, room) }); err != nil {
					return err
				}
			}
		}
		if c.log, err = history.Create(filepath.Join(r.histories(), history.ClientFile(c.n))); err != nil {
			return err
		}
		c.note(history.Record{Kind: history.Client, Author: self.ID})
		r.clients = append(r.clients, c)
	}
	return nil
}

func (r *run) makeRooms(ctx context.Context, cookie string) error {
	for _, room := range r.rooms {
		if err := r.server.site.makeRoom(ctx, cookie, room); err != nil {
			r.note(history.Record{Kind: history.Late, Code: err.Error()}) // it may be there all the same
		}
		if err := r.there(ctx, func() error {
			_, err := r.server.site.events(ctx, cookie, room, 0)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// there looks for what the server has just said it made. It must be there at
// once: a server that needs more than one look is at fault, but that is for the
// checker to say, and the run goes on.
func (r *run) there(ctx context.Context, look func() error) error {
	const looks = 100
	var err error
	for range looks {
		if err = look(); err == nil {
			return nil
		}
		r.note(history.Record{Kind: history.Late, Code: err.Error()})
		wait(ctx, 10*time.Millisecond)
	}
	return err
}

// final reads every room from its newest event to its first through HTTP.
func (r *run) final(ctx context.Context) (err error) {
	out, err := history.Create(filepath.Join(r.histories(), history.FinalFile))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	for _, room := range r.rooms {
		var before uint64
		for {
			p, err := r.server.site.events(ctx, r.clients[0].cookie, room, before)
			if err != nil {
				return fmt.Errorf("final read: %w", err)
			}
			if before == 0 {
				out.Write(history.Record{T: r.clock(), Kind: history.Head, Room: room, Seq: p.Seq, Epoch: p.Epoch})
			}
			for _, e := range p.Events {
				rec := e.record(history.Final)
				rec.Room = room
				out.Write(rec)
			}
			if len(p.Events) == 0 || !p.More {
				break
			}
			// A page that does not go back would be read for ever.
			if before != 0 && p.Events[0].Seq >= before {
				return fmt.Errorf("final read: the page before %d of %s begins at %d", before, room, p.Events[0].Seq)
			}
			before = p.Events[0].Seq
		}
	}
	return nil
}
