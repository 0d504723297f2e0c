//go:build linux

package main

import (
	"context"
	"fmt"
	"time"
)

// sends measures acknowledgements: how many a second with many in flight, and
// how long one takes alone. Nobody listens.
func sends(ctx context.Context, b *bench) error {
	many := b.table.row("acknowledged sends, 1,024 in flight over 32 connections")
	delay := b.table.row("… `ok` p50 / p99")
	one := b.table.row("acknowledged sends, 1 in flight: `ok` p50 / p99")
	for _, c := range b.taking([]contender{b.field.teahouse, b.field.peer}) {
		var busy, alone []figures
		for range b.rounds {
			got, err := sendsOnce(ctx, c, writers, windowOfSends/writers, 2*time.Second)
			if err != nil {
				return fmt.Errorf("%s: %s: %w", many.what, c.name, err)
			}
			busy = append(busy, got)
			if got, err = sendsOnce(ctx, c, 1, 1, time.Second); err != nil {
				return fmt.Errorf("%s: %s: %w", one.what, c.name, err)
			}
			alone = append(alone, got)
		}
		var rates, cpus []float64
		for _, f := range busy {
			rates = append(rates, float64(f.acked)/f.took.Seconds())
			cpus = append(cpus, each(f.cpu.total, f.acked))
		}
		durable := "durable"
		if !c.data {
			durable = "in memory, not durable"
		}
		rate := median(rates)
		many.set(c.name, rate, fmt.Sprintf("%s a second (%s), %s each", thousands(rate), durable, micro(median(cpus))))
		m := medians(busy)
		delay.set(c.name, m.answer99, pair(m.answer50, m.answer99))
		m = medians(alone)
		one.set(c.name, m.answer50, pair(m.answer50, m.answer99))
	}
	many.goal = "60,000 a second"
	many.verdict = verdict(demand{name: "60,000", got: many.values[nameTeahouse], limit: 60_000, atLeast: true})
	one.goal = "p50 of 0.5 ms"
	one.verdict = verdict(demand{name: "0.5 ms", got: one.values[nameTeahouse], limit: 0.5})
	return nil
}

func sendsOnce(ctx context.Context, c contender, conns, inFlight int, d time.Duration) (figures, error) {
	s, err := start(ctx, c, "")
	if err != nil {
		return figures{}, err
	}
	defer s.kill()
	l, err := newLoad(c.dialect, s.addr)
	if err != nil {
		return figures{}, err
	}
	defer l.close()
	r := newRoom(c.dialect, generalRoom, wideView)
	if err := l.openOnly(conns, atATime, func(int) *room { return r }); err != nil {
		return figures{}, err
	}
	over := false
	l.hooks.acked = func(c *conn) error {
		if over {
			return nil
		}
		return l.send(c, bodySize)
	}
	for _, c := range l.conns {
		for range inFlight {
			if err := l.send(c, bodySize); err != nil {
				return figures{}, err
			}
		}
	}
	m := newMeter(l, s, d/4, d)
	if err := l.wait(m); err != nil {
		return figures{}, err
	}
	over = true
	if err := l.until("all sends are acknowledged", func() bool { return l.acked == r.sent }); err != nil {
		return figures{}, err
	}
	return m.figures, l.allThere(r)
}

// allThere checks that the room's log has grown by what was sent, no more and
// no less.
func (l *load) allThere(r *room) error {
	c := l.conns[0]
	if err := l.join(c); err != nil {
		return err
	}
	if err := l.until("the sender has joined", func() bool { return c.joined }); err != nil {
		return err
	}
	if c.stream.last != r.sent {
		return fmt.Errorf("%d messages were sent, and the room is at %d", r.sent, c.stream.last)
	}
	return nil
}
