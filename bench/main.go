//go:build linux

// Bench measures a Teahouse server from outside, beside two others in the same
// interleaved run: a server built on the library centrifuge, and the floor, a
// loop that writes prebuilt frames. It starts the servers itself, on loopback,
// on a core of their own, and shares no code with what it measures. Every
// delivery is checked: one that is lost, repeated or out of order fails the
// run.
//
//	go run . -server ../bin/teahouse
//	go run . -server ../bin/teahouse -only B,H -who Teahouse,floor -rounds 5
//	go run . -server ../bin/teahouse -soak 10m
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"
)

func main() {
	var o options
	flag.StringVar(&o.server, "server", "../bin/teahouse", "the program to measure")
	flag.StringVar(&o.only, "only", "", "the scenarios to run, such as A,B,idle; all without it")
	flag.StringVar(&o.who, "who", "", "the servers to run, such as Teahouse,floor; all without it")
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
	server, only, who, serve, addr string
	rounds                         int
	soak, gap                      time.Duration
}

// bench is one run.
type bench struct {
	field  field
	who    string
	rounds int
	table  *table
	total  tally
	notes  []error
}

// taking are those of all who were asked for.
func (b *bench) taking(all []contender) (some []contender) {
	for _, c := range all {
		if wanted(b.who, c.name) {
			some = append(some, c)
		}
	}
	return some
}

// judged returns err where it fails the run: whatever Teahouse does wrong, and
// a wrong delivery of anybody's. A peer that only cuts a connection, as
// centrifuge does where a write takes more than a second, loses the round.
func (b *bench) judged(c contender, t tally, err error) error {
	if c.data || !t.sound() {
		return err
	}
	b.notes = append(b.notes, err)
	return nil
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
	b := &bench{field: f, who: o.who, rounds: o.rounds, table: &table{}}
	return b.measure(ctx, o)
}

// measure runs what was asked for and prints the table, with what has failed
// below it.
func (b *bench) measure(ctx context.Context, o options) error {
	machine, err := newQuiet()
	if err != nil {
		return err
	}
	failed, err := b.race(ctx, o.only)
	if err != nil {
		return err
	}
	others, err := machine.others()
	if err != nil {
		return err
	}
	describe(os.Stdout, o.server, others)
	b.table.print(os.Stdout)
	fmt.Printf("\nEvery delivery was checked: %s.\n", &b.total)
	for _, err := range b.notes {
		fmt.Printf("\nA round without result: %s\n", err)
	}
	for _, err := range failed {
		fmt.Printf("\n**FAILED** %s\n", err)
	}
	return errors.Join(failed...)
}

// race runs the scenarios. One that fails does not keep the others from
// running.
func (b *bench) race(ctx context.Context, only string) (failed []error, err error) {
	all := scenarios(b.field)
	var keys []string
	for _, s := range all {
		keys = append(keys, s.key)
	}
	if err := errors.Join(known(keys, only), known(columns, b.who)); err != nil {
		return nil, err
	}
	for _, s := range all {
		if !wanted(only, s.key) {
			continue
		}
		began := time.Now()
		err := s.run(ctx, b)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		fmt.Fprintf(os.Stderr, "%s: %.0f s\n", s.key, time.Since(began).Seconds())
		if err != nil {
			fmt.Fprintln(os.Stderr, "FAILED:", err)
			failed = append(failed, err)
		}
	}
	return failed, nil
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

// known refuses a name that does not exist: it would pass without having run.
func known(names []string, asked string) error {
	for name := range strings.SplitSeq(asked, ",") {
		is := func(key string) bool { return strings.EqualFold(strings.TrimSpace(name), key) }
		if asked != "" && !slices.ContainsFunc(names, is) {
			return fmt.Errorf("nothing is called %q; there are %s", name, strings.Join(names, ", "))
		}
	}
	return nil
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
