package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"time"
)

const (
	manyUsers    = 10_000
	manyMessages = 1_000_000
	starts       = 5
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
		began := time.Now()
		if s, err = start(ctx, c, ""); err != nil {
			return err
		}
		if err := s.page(ctx); err != nil {
			return err
		}
		first = append(first, time.Since(began).Seconds()*1000)
	}
	defer func() { s.kill() }()
	set(t.row("start to first page, nothing stored yet"), median(first), "%.0f ms", 200, "200 ms")
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
	if err != nil {
		return err
	}
	set(t.row(fmt.Sprintf("open a connection, %s users known", thousands(manyUsers))), known, "%.0f us", 0, "as with few")
	return nil
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

// restarting measures starts with a large history, and after a kill.
func restarting(ctx context.Context, b *bench) error {
	c := b.field.teahouse
	dir, err := os.MkdirTemp("", "teahouse-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary directory
	s, err := start(ctx, c, dir)
	if err != nil {
		return err
	}
	defer func() { s.kill() }()
	sent := uint64(0)
	if err := s.write(c, &sent, func() bool { return sent < manyMessages }); err != nil {
		return err
	}
	full, err := s.resident()
	if err != nil {
		return err
	}
	set(b.table.row(fmt.Sprintf("resident memory right after %s messages", thousands(manyMessages))), float64(full)/1e6, "%.1f MB", 0, "")
	s.stop()
	var pages, killed []float64
	for range starts {
		began := time.Now()
		if s, err = start(ctx, c, dir); err != nil {
			return err
		}
		if err := s.page(ctx); err != nil {
			return err
		}
		pages = append(pages, time.Since(began).Seconds()*1000)
		until := time.Now().Add(300 * time.Millisecond)
		if err := s.write(c, &sent, func() bool { return time.Now().Before(until) }); err != nil {
			return err
		}
		s.kill()
		began = time.Now()
		if s, err = start(ctx, c, dir); err != nil {
			return err
		}
		one := false
		if err := s.write(c, &sent, func() bool { first := !one; one = true; return first }); err != nil {
			return err
		}
		killed = append(killed, time.Since(began).Seconds()*1000)
		s.stop()
	}
	set(b.table.row(fmt.Sprintf("start to first page, %s messages stored", thousands(manyMessages))), median(pages), "%.0f ms", 1000, "1,000 ms")
	set(b.table.row("kill -9 under load, start, first send acknowledged"), median(killed), "%.0f ms", 1000, "1,000 ms")
	return nil
}

// write sends with 1,024 in flight as long as more says so, and returns as soon
// as it does not and at least one is acknowledged.
func (s *server) write(c contender, sent *uint64, more func() bool) error {
	l, err := newLoad(c.dialect, s.addr)
	if err != nil {
		return err
	}
	defer l.close()
	r := newRoom(c.dialect, generalRoom, wideView)
	if err := l.openOnly(32, 32, func(int) *room { return r }); err != nil {
		return err
	}
	one := func(c *conn) error {
		if !more() {
			return nil
		}
		*sent++
		return l.send(c, bodySize)
	}
	l.hooks.acked = one
	for i := range 1024 {
		if err := one(l.conns[i%len(l.conns)]); err != nil {
			return err
		}
	}
	return l.until("all is acknowledged", func() bool { return l.acked == r.sent })
}

// page waits until the first page is given.
func (s *server) page(ctx context.Context) error {
	status, _, err := s.get(ctx, "/", "")
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("the first page has status %d", status)
	}
	return err
}

func (s *server) get(ctx context.Context, path, encoding string) (int, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.addr+path, nil)
	if err != nil {
		return 0, nil, err
	}
	if encoding != "" {
		r.Header.Set("Accept-Encoding", encoding)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, err
	}
	body, err := io.ReadAll(answer.Body)
	return answer.StatusCode, body, errors.Join(err, answer.Body.Close())
}

var asset = regexp.MustCompile(`(?:src|href)="(/assets/[^"]+)"`)

// clientSize adds up what a browser loads before the first screen.
func (s *server) clientSize(ctx context.Context) (int64, error) {
	_, plain, err := s.get(ctx, "/", "identity")
	if err != nil {
		return 0, err
	}
	total := int64(0)
	paths := []string{"/"}
	for _, m := range asset.FindAllSubmatch(plain, -1) {
		paths = append(paths, string(m[1]))
	}
	for _, p := range paths {
		status, body, err := s.get(ctx, p, "br, gzip")
		if err != nil {
			return 0, err
		}
		if status != http.StatusOK {
			return 0, fmt.Errorf("%s has status %d", p, status)
		}
		total += int64(len(body))
	}
	return total, nil
}
