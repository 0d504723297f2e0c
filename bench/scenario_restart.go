//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"time"
)

const (
	manyMessages  = 1_000_000
	writers       = 32
	windowOfSends = 1024
	busy          = 300 * time.Millisecond // how long a server works before it is killed
)

// restarting measures starts with a large history, and after a kill.
func restarting(ctx context.Context, b *bench) error {
	c := b.field.teahouse
	dir, err := os.MkdirTemp("", "teahouse-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary directory
	full, err := fill(ctx, c, dir)
	if err != nil {
		return err
	}
	set(b.table.row(fmt.Sprintf("resident memory right after %s messages", thousands(manyMessages))), full/1e6, "%.1f MB", 0, "")
	var pages, killed []float64
	for range starts {
		page, kill, err := restart(ctx, c, dir)
		if err != nil {
			return err
		}
		pages, killed = append(pages, page), append(killed, kill)
	}
	set(b.table.row(fmt.Sprintf("start to first page, %s messages stored", thousands(manyMessages))), median(pages), "%.0f ms", 1000, "1,000 ms")
	set(b.table.row("kill -9 under load, start, first send acknowledged"), median(killed), "%.0f ms", 1000, "1,000 ms")
	return nil
}

// fill stores many messages, and returns what the server holds then, in bytes.
func fill(ctx context.Context, c contender, dir string) (float64, error) {
	s, err := start(ctx, c, dir)
	if err != nil {
		return 0, err
	}
	defer s.stop()
	sent := 0
	if err := s.write(c, writers, func() bool { sent++; return sent <= manyMessages }); err != nil {
		return 0, err
	}
	full, err := s.resident()
	return float64(full), err
}

// restart times a start, and one after a kill in the middle of work, in
// milliseconds.
func restart(ctx context.Context, c contender, dir string) (page, killed float64, err error) {
	s, page, err := firstPage(ctx, c, dir)
	if err != nil {
		return 0, 0, err
	}
	until := time.Now().Add(busy)
	err = s.write(c, writers, func() bool {
		if time.Now().Before(until) {
			return true
		}
		s.kill() // with what is in flight
		return false
	})
	if !s.done {
		return 0, 0, err
	}
	began := time.Now()
	if s, err = start(ctx, c, dir); err != nil {
		return 0, 0, err
	}
	defer s.stop()
	sent := 0
	err = s.write(c, 1, func() bool { sent++; return sent == 1 })
	return page, time.Since(began).Seconds() * 1000, err
}

// write sends with many in flight as long as more says so, and returns
// when all is acknowledged.
func (s *server) write(c contender, conns int, more func() bool) error {
	l, err := newLoad(c.dialect, s.addr)
	if err != nil {
		return err
	}
	defer l.close()
	r := newRoom(c.dialect, generalRoom, wideView)
	if err := l.openOnly(conns, atATime, func(int) *room { return r }); err != nil {
		return err
	}
	one := func(c *conn) error {
		if !more() {
			return nil
		}
		return l.send(c, bodySize)
	}
	l.hooks.acked = one
	for i := range windowOfSends {
		if err := one(l.conns[i%len(l.conns)]); err != nil {
			return err
		}
	}
	return l.until("all is acknowledged", func() bool { return l.acked == r.sent })
}
