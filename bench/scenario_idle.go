//go:build linux

package main

import (
	"context"
	"fmt"
	"time"
)

const (
	idleConns = 10_000
	idleRooms = 100
	settling  = 5 * time.Second
)

// idle measures what a connection holds that has joined a room where nobody
// talks.
func idle(ctx context.Context, b *bench) error {
	r := b.table.row(fmt.Sprintf("memory per idle connection, %s joined in %d rooms", thousands(idleConns), idleRooms))
	open := b.table.row("… CPU of one core while idle, resident memory")
	for _, c := range b.taking([]contender{b.field.teahouse, b.field.peer, b.field.floor}) {
		if err := idleOnce(ctx, c, r, open); err != nil {
			return fmt.Errorf("%s: %s: %w", r.what, c.name, err)
		}
	}
	r.goal = "6 KiB"
	r.verdict = verdict(demand{name: "6 KiB", got: r.values[nameTeahouse], limit: 6})
	return nil
}

func idleOnce(ctx context.Context, c contender, memory, cpu *row) error {
	s, err := start(ctx, c, "")
	if err != nil {
		return err
	}
	defer s.kill()
	l, err := newLoad(c.dialect, s.addr)
	if err != nil {
		return err
	}
	defer l.close()
	rooms, err := s.rooms(ctx, c, idleRooms)
	if err != nil {
		return err
	}
	before, err := s.resident()
	if err != nil {
		return err
	}
	if err := l.gather(idleConns, atATime, func(i int) *room { return rooms[i%len(rooms)] }); err != nil {
		return err
	}
	m := newMeter(l, s, settling, settling/2)
	if err := l.wait(m); err != nil {
		return err
	}
	each := float64(m.figures.resident-before) / idleConns / 1024
	memory.set(c.name, each, fmt.Sprintf("%.1f KiB", each))
	share := m.figures.cpu.total.Seconds() / m.figures.took.Seconds()
	cpu.set(c.name, share, fmt.Sprintf("%.1f %%, %.0f MB", 100*share, float64(m.figures.resident)/1e6))
	return nil
}
