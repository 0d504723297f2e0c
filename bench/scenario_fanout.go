//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// fanout is one room whose members talk.
type fanout struct {
	key, title string
	members    int     // in all rooms together
	rooms      int     // 0: general alone
	inFlight   int     // where not 0, a closed loop
	rate       float64 // else messages a second in all
	senders    int
	warm, long time.Duration
	rounds     int // 0: as many as asked for
	who        []contender
}

const (
	atATime = 32 // connections being opened
)

func fanouts(f field) []fanout {
	short, busy := []contender{f.teahouse, f.peer, f.floor}, []contender{f.teahouse, f.peer, f.tuned, f.floor, f.gap}
	warm, long := 700*time.Millisecond, 3*time.Second
	return []fanout{
		{key: "A", title: "A: 100 members, 1 message in flight", members: 100, inFlight: 1, senders: 8, warm: warm, long: long, who: short},
		{key: "B", title: "B: 100 members, 32 in flight", members: 100, inFlight: 32, senders: 8, warm: warm, long: long, who: short},
		{key: "C", title: "C: 1,000 members, 16 in flight", members: 1000, inFlight: 16, senders: 8, warm: warm, long: long, who: short},
		{key: "G", title: "G: 200 members, 50 messages a second", members: 200, rate: 50, senders: 200, warm: warm, long: long, who: short},
		{key: "H", title: "H: 200 members, 500 messages a second", members: 200, rate: 500, senders: 200, warm: warm, long: long, who: busy},
		{key: "big", title: "10,000 members in one room, 1 message a second", members: 10_000, rate: 1, senders: 16, warm: 2 * time.Second, long: 15 * time.Second, rounds: 1, who: short},
		{key: "rooms", title: "1,000 rooms of 10, each with 1 message a second", members: 10_000, rooms: 1000, rate: 1000, senders: 10_000, warm: 2 * time.Second, long: 15 * time.Second, rounds: 1, who: short},
	}
}

// once runs it on one server, started for this.
func (f fanout) once(ctx context.Context, c contender) (figures, tally, error) {
	s, err := start(ctx, c, "")
	if err != nil {
		return figures{}, tally{}, err
	}
	defer s.kill()
	l, err := newLoad(c.dialect, s.addr)
	if err != nil {
		return figures{}, tally{}, err
	}
	defer l.close()
	rooms, err := s.rooms(ctx, c, f.rooms)
	if err != nil {
		return figures{}, tally{}, err
	}
	if err := l.gather(f.members, atATime, func(i int) *room { return rooms[i%len(rooms)] }); err != nil {
		return figures{}, tally{}, err
	}
	if err := l.settle(rooms...); err != nil {
		return figures{}, tally{}, err
	}
	m := newMeter(l, s, f.warm, f.long)
	if f.inFlight > 0 {
		err = l.closedLoop(l.conns[:f.senders], f.inFlight, m)
	} else {
		err = l.openLoop(l.conns[:f.senders], f.rate, bodySize, m)
	}
	if err == nil {
		err = l.finish()
	}
	return m.figures, l.tally, err
}

// run runs all rounds, one server after another in each, and puts the medians
// into the table.
func (f fanout) run(ctx context.Context, b *bench) error {
	all := map[string][]figures{}
	rounds := f.rounds
	if rounds == 0 {
		rounds = b.rounds
	}
	var failed []error
	for range rounds {
		for _, c := range b.taking(f.who) {
			got, t, err := f.once(ctx, c)
			b.total.add(t)
			if err != nil { // the others still run
				failed = append(failed, b.judged(c, t, fmt.Errorf("%s: %s: %w", f.title, c.name, err)))
				continue
			}
			all[c.name] = append(all[c.name], got)
		}
	}
	f.report(b.table, all)
	return errors.Join(failed...)
}

func (f fanout) report(t *table, all map[string][]figures) {
	cost := t.row(f.title + ": CPU per delivery, total and user")
	speed := t.row("… deliveries a second")
	delay := t.row("… delivery p50 / p99")
	answer := t.row("… `ok` p50 / p99")
	for name, each := range all {
		m := medians(each)
		cost.set(name, m.total, fmt.Sprintf("%s (%s user)", micro(m.total), micro(m.user)))
		cost.user[name] = m.user
		speed.set(name, m.speed, thousands(m.speed))
		delay.set(name, m.p99, pair(m.p50, m.p99))
		if m.answer99 > 0 {
			answer.set(name, m.answer99, pair(m.answer50, m.answer99))
		}
	}
	if f.key == "B" {
		size := t.row("… bytes on the wire per delivery, answers included")
		for name, each := range all {
			last := each[len(each)-1]
			n := float64(last.bytes) / float64(last.delivered)
			size.set(name, n, fmt.Sprintf("%.0f", n))
		}
	}
	if f.inFlight == 0 {
		load := t.row("… CPU of one core, resident memory")
		for name, each := range all {
			m := medians(each)
			load.set(name, m.share, fmt.Sprintf("%.1f %%, %.0f MB", 100*m.share, m.resident/1e6))
		}
	}
	judge(f.key, cost, speed, delay)
}

// median figures, in microseconds unless the name says otherwise.
type summary struct {
	total, user, speed           float64
	p50, p99, answer50, answer99 float64 // milliseconds
	share, resident              float64 // of a core; bytes
}

func medians(all []figures) summary {
	of := func(what func(figures) float64) float64 {
		var v []float64
		for _, f := range all {
			v = append(v, what(f))
		}
		return median(v)
	}
	percentile := func(h func(*figures) *histogram, share float64) float64 {
		return of(func(f figures) float64 { return float64(h(&f).percentile(share)) / 1e6 })
	}
	delivery, answers := func(f *figures) *histogram { return &f.delivery }, func(f *figures) *histogram { return &f.answers }
	return summary{
		total: of(func(f figures) float64 { return each(f.cpu.total, f.delivered) }),
		user:  of(func(f figures) float64 { return each(f.cpu.inUser(), f.delivered) }),
		speed: of(func(f figures) float64 { return float64(f.delivered) / f.took.Seconds() }),
		p50:   percentile(delivery, 0.5), p99: percentile(delivery, 0.99),
		answer50: percentile(answers, 0.5), answer99: percentile(answers, 0.99),
		share:    of(func(f figures) float64 { return f.cpu.total.Seconds() / f.took.Seconds() }),
		resident: of(func(f figures) float64 { return float64(f.resident) }),
	}
}
