//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

const (
	stallMembers = 100
	stallRate    = 100.0
	stallBody    = 10 << 10
	stallBefore  = 2 * time.Second
	stallDuring  = 6 * time.Second
	smallBuffer  = 4 << 10 // of theirs; the kernel still keeps up to 4 MB on the server's side
	usualBuffer  = 256 << 10
)

// stall measures what those who stop reading cost the others, and whether they
// get everything once they read again.
type stall struct {
	l       *load
	s       *server
	room    *room
	stalled []*conn

	resyncs, cut  int
	before, after figures
	// rested and grown are the server's resident memory before and at the end
	// of the stall; caught is how long it took until everybody had everything.
	rested, grown int64
	caught        time.Duration
}

func stalls(ctx context.Context, b *bench) error {
	for _, n := range []int{1, stallMembers / 10} {
		who := "1 of 100 members stops reading"
		if n > 1 {
			who = fmt.Sprintf("%d of 100 members stop reading", n)
		}
		delay := b.table.row(who + ", 100 messages a second of 10 KiB: p99 of the others before / during")
		memory := b.table.row("… resident memory before / during")
		end := b.table.row("… when they read again")
		for _, c := range b.taking([]contender{b.field.teahouse, b.field.peer}) {
			var ratios []float64
			var last *stall
			for range max(1, b.rounds/3) { // each is long
				s, err := stallOnce(ctx, c, n)
				if s != nil {
					b.total.add(s.l.tally)
				}
				if err != nil {
					return fmt.Errorf("%s: %s: %w", who, c.name, err)
				}
				ratios = append(ratios, s.ratio())
				last = s
			}
			ratio := median(ratios)
			p99 := func(f *figures) string { return millis(float64(f.delivery.percentile(0.99)) / 1e6) }
			delay.set(c.name, ratio, fmt.Sprintf("%.2f x (last round %s / %s)", ratio, p99(&last.before), p99(&last.after)))
			memory.set(c.name, float64(last.grown), fmt.Sprintf("%.0f / %.0f MB", float64(last.rested)/1e6, float64(last.grown)/1e6))
			end.set(c.name, 0, last.outcome())
		}
		delay.goal = "within 1.5 x"
		delay.verdict = verdict(demand{name: "1.5 x", got: delay.values[nameTeahouse], limit: 1.5})
		end.goal = "`resync`, then everything"
	}
	return nil
}

func (t *stall) ratio() float64 {
	return float64(t.after.delivery.percentile(0.99)) / float64(t.before.delivery.percentile(0.99))
}

func (t *stall) outcome() string {
	how := "caught up from the window"
	switch {
	case t.cut > 0:
		how = fmt.Sprintf("%d times disconnected, back by recovery", t.cut)
	case t.resyncs > 0:
		how = fmt.Sprintf("%d got `resync` and joined again", t.resyncs)
	}
	return fmt.Sprintf("%s, all exact after %s", how, millis(t.caught.Seconds()*1000))
}

func stallOnce(ctx context.Context, c contender, n int) (*stall, error) {
	s, err := start(ctx, c, "")
	if err != nil {
		return nil, err
	}
	defer s.kill()
	l, err := newLoad(c.dialect, s.addr)
	if err != nil {
		return nil, err
	}
	defer l.close()
	t := &stall{l: l, s: s, room: newRoom(c.dialect, generalRoom, wideView)}
	here := func(int) *room { return t.room }
	if err := l.gather(stallMembers-n, atATime, here); err != nil {
		return t, err
	}
	l.receiveBuffer = smallBuffer
	if err := l.gather(n, atATime, here); err != nil {
		return t, err
	}
	t.stalled = l.conns[stallMembers-n:]
	if err := l.settle(t.room); err != nil {
		return t, err
	}
	return t, errors.Join(t.measure(), t.recover())
}

// measure runs the load while everybody reads, and while some do not.
func (t *stall) measure() error {
	talkers := t.l.conns[:stallMembers-len(t.stalled)]
	m := newMeter(t.l, t.s, time.Second, stallBefore)
	if err := t.l.openLoop(talkers, stallRate, stallBody, m); err != nil {
		return err
	}
	t.before, t.rested = m.figures, m.figures.resident
	for _, c := range t.stalled {
		if err := t.l.pause(c, true); err != nil {
			return err
		}
	}
	t.l.hooks.closed = t.closed
	m = newMeter(t.l, t.s, 0, stallDuring)
	if err := t.l.openLoop(talkers, stallRate, stallBody, m); err != nil {
		return err
	}
	t.after, t.grown = m.figures, m.figures.resident
	return nil
}

// closed opens a connection in the place of one that the server has cut.
func (t *stall) closed(c *conn, why error) error {
	if c.index < stallMembers-len(t.stalled) {
		return why // it did nothing but read
	}
	t.cut++
	n, err := t.l.dial(t.room)
	if err != nil {
		return err
	}
	n.after = &position{after: c.stream.last, epoch: t.l.epoch}
	n.stream = c.stream
	return nil
}

// recover lets the stalled read again, and waits until all have everything.
func (t *stall) recover() error {
	began := time.Now()
	t.l.hooks.hello = t.l.join
	t.l.receiveBuffer = 0
	t.l.hooks.behind = func(c *conn) error {
		t.resyncs++
		c.after = &position{after: c.stream.last, epoch: t.l.epoch}
		return t.l.join(c)
	}
	for _, c := range t.stalled {
		// Reading again means with the usual room, here and below.
		err := unix.SetsockoptInt(c.fd, unix.SOL_SOCKET, unix.SO_RCVBUF, usualBuffer)
		if err := errors.Join(err, t.l.pause(c, false)); err != nil {
			return err
		}
	}
	head := t.room.base + t.room.sent
	err := t.l.until("those who stopped reading have everything", func() bool {
		up := 0
		for _, c := range t.l.conns {
			if c.state == open && c.joined && c.stream.last == head {
				up++
			}
		}
		return up == stallMembers
	})
	t.caught = time.Since(began)
	return errors.Join(err, t.l.finish())
}
