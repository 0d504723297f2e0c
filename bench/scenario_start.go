//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
)

const (
	manyUsers = 10_000
	starts    = 5
)

// starting measures what the owner of a server notices: how big it is, how fast
// it starts, what it holds while nobody is there.
func starting(ctx context.Context, b *bench) error {
	t, c := b.table, b.field.teahouse
	info, err := os.Stat(c.program)
	if err != nil {
		return err
	}
	set(t.row("size of the program"), float64(info.Size())/1e6, "%.1f MB", 25, "25 MB")
	var first []float64
	var s *server
	for range starts {
		if s != nil {
			s.kill()
		}
		took := 0.0
		if s, took, err = firstPage(ctx, c, ""); err != nil {
			return err
		}
		first = append(first, took)
	}
	defer s.kill()
	set(t.row("start to first page, nothing stored yet"), median(first), "%.0f ms", 200, "200 ms")
	return s.atRest(ctx, t, c)
}

// atRest measures a server that has just started.
func (s *server) atRest(ctx context.Context, t *table, c contender) error {
	size, err := s.clientSize(ctx)
	if err != nil {
		return err
	}
	set(t.row("first load of the client, compressed as browsers ask for"), float64(size)/1024, "%.1f KB", 0, "")
	rss, err := s.resident()
	if err != nil {
		return err
	}
	set(t.row("resident memory, idle, after one page load"), float64(rss)/1e6, "%.1f MB", 20, "20 MB")
	for i := range manyUsers {
		if _, err := s.signIn(ctx, fmt.Sprintf("Guest of honour %d", i)); err != nil {
			return err
		}
	}
	known, err := s.greetings(c)
	set(t.row(fmt.Sprintf("open a connection, %s users known", thousands(manyUsers))), known, "%.0f us", 0, "as with few")
	return err
}

// set fills Teahouse's cell, and judges it where there is a limit.
func set(r *row, value float64, format string, limit float64, goal string) {
	r.set(nameTeahouse, value, fmt.Sprintf(format, value))
	r.goal = goal
	r.verdict = verdict(demand{name: goal, got: value, limit: limit})
}

// greetings is the CPU time of one connection until hello, in microseconds.
func (s *server) greetings(c contender) (float64, error) {
	l, err := newLoad(c.dialect, s.addr)
	if err != nil {
		return 0, err
	}
	defer l.close()
	from, err := s.cpu()
	if err != nil {
		return 0, err
	}
	if err := opening(l, newRoom(c.dialect, generalRoom, wideView)); err != nil {
		return 0, err
	}
	to, err := s.cpu()
	return each(to.since(from).total, visitors), err
}
