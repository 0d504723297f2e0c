//go:build linux

package main

import (
	"encoding/binary"
	"fmt"
	"time"
)

// handle is called for every frame.
func (l *load) handle(c *conn, f frame) error {
	switch f.op {
	case opText:
		for rest := f.payload; rest != nil; {
			var n note
			n, rest = l.dialect.next(rest, c.room.prefix)
			if err := l.noted(c, &n); err != nil {
				return err
			}
		}
		return nil
	case opPing:
		l.frame = appendMasked(l.frame[:0], opPong, f.payload)
		return l.write(c, l.frame)
	case opPong:
		return nil
	case opClose:
		code := uint16(0)
		if len(f.payload) >= 2 {
			code = binary.BigEndian.Uint16(f.payload)
		}
		return fmt.Errorf("connection %d was closed with %d: %.100q", c.index, code, f.payload[min(2, len(f.payload)):])
	}
	return fmt.Errorf("connection %d: a frame of kind %d", c.index, f.op)
}

func (l *load) noted(c *conn, n *note) error {
	switch n.kind {
	case event:
		return l.delivered(c, n)
	case ack:
		l.acked++
		l.answers.record(time.Duration(l.now - l.asked[n.id%uint64(len(l.asked))]))
		return call(l.hooks.acked, c)
	case hello:
		c.state, c.stream.last = open, n.seq
		return call(l.hooks.hello, c)
	case joined:
		l.joining(c, n)
		return call(l.hooks.joined, c)
	case behind:
		c.joined = false
		return call(l.hooks.behind, c)
	case beat:
		return l.command(c, []byte("{}"))
	case refused:
		return fmt.Errorf("connection %d was told %.300q", c.index, n.body)
	case other:
	}
	return nil
}

func call(hook func(*conn) error, c *conn) error {
	if hook == nil {
		return nil
	}
	return hook(c)
}

// delivered checks one delivery.
func (l *load) delivered(c *conn, n *note) error {
	c.stream.saw(n.seq, &l.tally)
	s := c.room.slot(l.dialect, n.seq, n.body)
	if s == nil {
		return nil
	}
	s.got++
	if s.at != 0 {
		l.delivery.record(time.Duration(l.now - s.at))
	}
	if s.got == c.room.members && l.hooks.complete != nil {
		return l.hooks.complete(c.room, n.seq)
	}
	return nil
}

// joining settles where the stream of a connection begins, or goes on.
func (l *load) joining(c *conn, n *note) {
	c.joined = true
	l.epoch = l.dialect.epoch(n.body)
	if c.after == nil {
		c.stream = stream{last: n.seq}
		return
	}
	c.stream.last = c.after.after
	c.after = nil
	l.dialect.missed(n.body, func(seq uint64) { c.stream.saw(seq, &l.tally) })
}

// command sends one text frame.
func (l *load) command(c *conn, payload []byte) error {
	l.frame = appendMasked(l.frame[:0], opText, payload)
	return l.write(c, l.frame)
}

// join asks for the events of c's room, from c.after where that is set.
func (l *load) join(c *conn) error {
	l.text = l.dialect.join(l.text[:0], c.room.name, c.after)
	if len(l.text) == 0 { // the floor has no such thing
		c.joined = true
		return call(l.hooks.joined, c)
	}
	return l.command(c, l.text)
}

// send sends one message of that size from c into its room.
func (l *load) send(c *conn, size int) error {
	l.commands++
	c.room.sent++
	at := clock()
	l.asked[l.commands%uint64(len(l.asked))] = at
	l.body = body(l.body[:0], size, at)
	l.text = l.dialect.send(l.text[:0], l.commands, c.room.name, l.body)
	return l.command(c, l.text)
}
