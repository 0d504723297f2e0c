//go:build linux

package main

import (
	"errors"
	"fmt"
	"time"
)

// until polls until what was asked for has happened. A server gets l.patience
// for it, from the last sign of life.
func (l *load) until(what string, done func() bool) error {
	last, seen := time.Now(), uint64(0)
	for !done() {
		if err := l.poll(10 * time.Millisecond); err != nil {
			return fmt.Errorf("while waiting until %s: %w", what, err)
		}
		if now := l.tally.delivered + l.acked; now != seen {
			last, seen = time.Now(), now
		} else if time.Since(last) > l.patience {
			return fmt.Errorf("waited in vain until %s (%s)", what, &l.tally)
		}
	}
	return nil
}

// gather opens connections, some at a time, to the rooms that where names, and
// lets them join. It returns when all have.
func (l *load) gather(n, atATime int, where func(i int) *room) error {
	l.hooks.hello = l.join
	return l.openAll(n, atATime, where, func(c *conn) bool { return c.joined })
}

// openOnly is gather without joining.
func (l *load) openOnly(n, atATime int, where func(i int) *room) error {
	l.hooks.hello = nil
	return l.openAll(n, atATime, where, func(c *conn) bool { return c.state == open })
}

func (l *load) openAll(n, atATime int, where func(i int) *room, ready func(*conn) bool) error {
	var under []*conn
	for opened := 0; opened < n || len(under) > 0; {
		for opened < n && len(under) < atATime {
			c, err := l.dial(where(opened))
			if err != nil {
				return err
			}
			opened++
			under = append(under, c)
		}
		if err := l.poll(l.patience); err != nil {
			return err
		}
		waiting := under[:0]
		for _, c := range under {
			if !ready(c) {
				waiting = append(waiting, c)
			}
		}
		under = waiting
	}
	l.hooks.hello = nil
	return nil
}

// settle takes for each room's base what the joins have told. All members of a
// room have to have the same head.
func (l *load) settle(rooms ...*room) error {
	for _, r := range rooms {
		r.sent, r.members = 0, 0
	}
	for _, c := range l.conns {
		r := c.room
		if r.members++; r.members == 1 {
			r.base = c.stream.last
		} else if c.stream.last != r.base {
			return fmt.Errorf("connection %d joined room %s at %d, others at %d", c.index, r.name, c.stream.last, r.base)
		}
	}
	return nil
}

// finish waits until everybody has everything, counts what is missing, and
// fails where the checks have. A server that answers has to answer all.
func (l *load) finish() error {
	complete := func() bool {
		if l.acked > 0 && l.acked < l.commands-firstID {
			return false
		}
		for _, c := range l.conns {
			if c.joined && c.state == open && !c.paused && c.stream.last < c.room.base+c.room.sent {
				return false
			}
		}
		return true
	}
	err := l.until("everybody has everything", complete)
	for _, c := range l.conns {
		if c.joined && c.state == open && !c.paused {
			c.stream.end(c.room.base+c.room.sent, &l.tally)
		}
	}
	if sent := l.commands - firstID; l.acked > sent {
		err = errors.Join(err, fmt.Errorf("%d answers to %d messages", l.acked, sent))
	}
	if !l.tally.sound() {
		err = errors.Join(err, errors.New(l.tally.String()))
	}
	return err
}

// closedLoop keeps so many messages in flight, from the senders in turn: a
// message is in flight until every member has it.
func (l *load) closedLoop(senders []*conn, inFlight int, m *meter) error {
	over := false
	one := func() error {
		l.turn++
		return l.send(senders[l.turn%len(senders)], bodySize)
	}
	l.hooks.complete = func(*room, uint64) error {
		if over {
			return nil
		}
		return one()
	}
	defer func() { l.hooks.complete = nil }()
	for range inFlight {
		if err := one(); err != nil {
			return err
		}
	}
	last, seen := time.Now(), l.tally.delivered
	for now := time.Now(); ; now = time.Now() {
		wait, err := m.at(now)
		if err != nil {
			return err
		}
		if over = wait <= 0; over {
			return nil
		}
		if err := l.poll(wait); err != nil {
			return err
		}
		if l.tally.delivered != seen {
			last, seen = now, l.tally.delivered
		} else if now.Sub(last) > l.patience {
			return fmt.Errorf("nothing is delivered any more (%s)", &l.tally)
		}
	}
}

// openLoop sends at a constant rate, whatever becomes of it, from the senders
// in turn: one message in each interval, at a moment drawn by lot, or the
// kernel's tick, which samples who uses the processor, would beat in time.
func (l *load) openLoop(senders []*conn, perSecond float64, size int, m *meter) error {
	gap := time.Duration(float64(time.Second) / perSecond)
	for interval := time.Now(); ; interval = interval.Add(gap) {
		now, due := time.Now(), interval.Add(time.Duration(l.lot.Int64N(int64(gap))))
		for {
			wait, err := m.at(now)
			if err != nil || wait <= 0 {
				return err
			}
			if !now.Before(due) {
				break
			}
			if err := l.poll(min(due.Sub(now), wait)); err != nil {
				return err
			}
			now = time.Now()
		}
		if err := l.send(senders[l.turn%len(senders)], size); err != nil {
			return err
		}
		l.turn++
	}
}

// wait polls until the meter's time is over.
func (l *load) wait(m *meter) error {
	for {
		wait, err := m.at(time.Now())
		if err != nil || wait <= 0 {
			return err
		}
		if err := l.poll(wait); err != nil {
			return err
		}
	}
}
