//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"time"
)

// holds is what a process holds at a moment.
type holds struct {
	resident     int64
	threads, fds int
}

func (s *server) holds() (h holds, err error) {
	if h.resident, err = s.resident(); err != nil {
		return h, err
	}
	threads, err := s.status("Threads")
	if err != nil {
		return h, err
	}
	fds, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.cmd.Process.Pid))
	h.threads, h.fds = int(threads), len(fds)
	return h, err
}

const soakSample = 30 * time.Second

// soak lets 10,000 connections in 1,000 rooms talk for a long time, and shows
// what the server holds meanwhile.
func soak(ctx context.Context, c contender, d time.Duration) error {
	const conns, many, rate = 10_000, 1000, 1000
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
	rooms, err := s.rooms(ctx, c, many)
	if err != nil {
		return err
	}
	if err := l.gather(conns, atATime, func(i int) *room { return rooms[i%many] }); err != nil {
		return err
	}
	if err := l.settle(rooms...); err != nil {
		return err
	}
	fmt.Println("| after | resident memory | threads | descriptors | delivered | p99 | CPU of one core |")
	fmt.Println("| --- | --- | --- | --- | --- | --- | --- |")
	began := time.Now()
	for ctx.Err() == nil && time.Since(began) < d {
		m := newMeter(l, s, 0, min(soakSample, d))
		if err := l.openLoop(l.conns, rate, bodySize, m); err != nil {
			return err
		}
		h, err := s.holds()
		if err != nil {
			return err
		}
		f := m.figures
		fmt.Printf("| %.0f s | %.1f MB | %d | %d | %s | %s | %.0f %% |\n", time.Since(began).Seconds(), float64(h.resident)/1e6, h.threads, h.fds,
			thousands(float64(l.tally.delivered)), millis(float64(f.delivery.percentile(0.99))/1e6), 100*f.cpu.total.Seconds()/f.took.Seconds())
	}
	err = l.finish()
	fmt.Printf("\nEvery delivery was checked: %s.\n", &l.tally)
	return err
}
