// Bench measures a Teahouse server from outside, beside two others in the same
// interleaved run: a server built on the library centrifuge, and the floor, a
// loop that writes prebuilt frames. It starts the servers itself, on loopback,
// on a core of their own, and shares no code with what it measures. Every
// delivery is checked: one that is lost, repeated or out of order fails the
// run.
//
//	go run . -server ../bin/teahouse
//	go run . -server ../bin/teahouse -only B,H -rounds 5
//	go run . -server ../bin/teahouse -soak 10m
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"
)

func main() {
	var o options
	flag.StringVar(&o.server, "server", "../bin/teahouse", "the program to measure")
	flag.StringVar(&o.only, "only", "", "the scenarios to run, such as A,B,idle; all without it")
	flag.IntVar(&o.rounds, "rounds", 3, "rounds of the short scenarios; the table has their medians")
	flag.DurationVar(&o.soak, "soak", 0, "run 10,000 talking connections for so long instead, and show what grows")
	flag.StringVar(&o.serve, "serve", "", "be a server instead: centrifuge or floor")
	flag.StringVar(&o.addr, "addr", "", "where to serve")
	flag.DurationVar(&o.gap, "gap", 0, "how long a server collects before it writes")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type options struct {
	server, only, serve, addr string
	rounds                    int
	soak, gap                 time.Duration
}

// bench is one run.
type bench struct {
	field  field
	rounds int
	table  *table
	total  tally
}

// scenario is one part of a run, with its name for -only.
type scenario struct {
	key string
	run func(context.Context, *bench) error
}

func run(ctx context.Context, o options) error {
	switch o.serve {
	case "centrifuge":
		return serveCentrifuge(o.addr, o.gap)
	case "floor":
		return serveFloor(o.addr, o.gap)
	}
	if err := pin(); err != nil {
		return err
	}
	f, err := newField(o.server)
	if err != nil {
		return err
	}
	if o.soak > 0 {
		return soak(ctx, f.teahouse, o.soak)
	}
	b := &bench{field: f, rounds: o.rounds, table: &table{}}
	var failed []error
	for _, s := range scenarios(f) {
		if !wanted(o.only, s.key) {
			continue
		}
		began := time.Now()
		err := s.run(ctx, b)
		fmt.Fprintf(os.Stderr, "%s: %.0f s\n", s.key, time.Since(began).Seconds())
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "FAILED:", err)
			failed = append(failed, err)
		}
	}
	describe(os.Stdout, o.server)
	b.table.print(os.Stdout)
	fmt.Printf("\nEvery delivery was checked: %s.\n", &b.total)
	for _, err := range failed {
		fmt.Printf("\n**FAILED** %s\n", err)
	}
	return errors.Join(failed...)
}

func scenarios(f field) []scenario {
	var all []scenario
	for _, s := range fanouts(f) {
		all = append(all, scenario{s.key, s.run})
	}
	return append(all,
		scenario{"idle", idle}, scenario{"join", joins}, scenario{"sends", sends}, scenario{"stall", stalls},
		scenario{"start", starting}, scenario{"restart", restarting})
}

func wanted(only, key string) bool {
	if only == "" {
		return true
	}
	for name := range strings.SplitSeq(only, ",") {
		if strings.EqualFold(strings.TrimSpace(name), key) {
			return true
		}
	}
	return false
}
