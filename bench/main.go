// Bench measures a Teahouse server from outside: how fast it starts, what a
// connection costs, how much memory it needs while nobody talks. It starts the
// server itself, on loopback, in a directory of its own, and shares no code
// with it.
//
//	go run . -server ../bin/teahouse
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"time"
)

func main() {
	server := flag.String("server", "../bin/teahouse", "the program to measure")
	messages := flag.Int("messages", 1_000_000, "messages in the large history")
	users := flag.Int("users", 10_000, "users in the large community")
	rounds := flag.Int("rounds", 5, "starts of each kind")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *server, *messages, *users, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// row prints one line of the table.
func row(what, got, target string) { fmt.Printf("| %s | %s | %s |\n", what, got, target) }

func run(ctx context.Context, program string, messages, users, rounds int) error {
	info, err := os.Stat(program)
	if err != nil {
		return err
	}
	fmt.Printf("%s, %s/%s, %d cores\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	row("what", "measured", "target")
	row("---", "---", "---")
	row("size of the program", mega(info.Size()), "25 MB")

	empty, err := starts(ctx, program, rounds)
	if err != nil {
		return err
	}
	row("start to first page, nothing stored yet", millis(empty), "200 ms")

	dir, err := os.MkdirTemp("", "teahouse-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary directory
	s, _, err := start(ctx, program, dir)
	if err != nil {
		return err
	}
	defer func() { s.stop() }()
	page, err := s.clientSize(ctx)
	if err != nil {
		return err
	}
	row("first load of the client, compressed as browsers ask for", kilo(page), "130 KB of JavaScript by gzip")
	idle, err := s.resident()
	if err != nil {
		return err
	}
	row("resident memory, idle, after one page load", mega(idle), "20 MB")

	few, err := s.connecting(ctx)
	if err != nil {
		return err
	}
	if err := s.signIn(ctx, users); err != nil {
		return err
	}
	many, err := s.connecting(ctx)
	if err != nil {
		return err
	}
	row("connect until hello, few users: CPU, bytes from the server", few.String(), "")
	row(fmt.Sprintf("the same, %d users known", users), many.String(), "the same")

	rate, err := s.fill(ctx, messages)
	if err != nil {
		return err
	}
	row("acknowledged durable sends while filling", fmt.Sprintf("%.0f/s", rate), "")
	full, err := s.resident()
	if err != nil {
		return err
	}
	row(fmt.Sprintf("resident memory right after %d messages", messages), mega(full), "")
	s.stop()
	var pages, sends []time.Duration
	for range rounds {
		again, took, err := start(ctx, program, dir)
		if err != nil {
			return err
		}
		s = again
		pages = append(pages, took)
		if err := s.loadUntil(ctx, 300*time.Millisecond); err != nil {
			return err
		}
		s.kill()
		began := time.Now()
		if s, _, err = start(ctx, program, dir); err != nil {
			return err
		}
		if err := s.sendOne(ctx); err != nil {
			return err
		}
		sends = append(sends, time.Since(began))
		s.stop()
	}
	row(fmt.Sprintf("start to first page, %d messages stored", messages), millis(median(pages)), "1,000 ms")
	row("kill -9 under load, start, first send acknowledged", millis(median(sends)), "1,000 ms")
	return nil
}

// starts is the median time from start to first page.
func starts(ctx context.Context, program string, rounds int) (time.Duration, error) {
	var all []time.Duration
	for range rounds {
		dir, err := os.MkdirTemp("", "teahouse-bench-")
		if err != nil {
			return 0, err
		}
		s, took, err := start(ctx, program, dir)
		if err != nil {
			return 0, err
		}
		all = append(all, took)
		s.stop()
		_ = os.RemoveAll(dir) // a temporary directory
	}
	return median(all), nil
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

func millis(d time.Duration) string {
	return fmt.Sprintf("%.0f ms", float64(d.Microseconds())/1000)
}
func mega(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
func kilo(n int64) string { return fmt.Sprintf("%.1f KB", float64(n)/1024) }
