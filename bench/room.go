package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// room is what the load knows of one room (a channel, in centrifuge's words).
type room struct {
	name   string
	prefix []byte
	// base is the seq before the first message of the load; sent counts its
	// messages, so base+sent is the seq of the newest.
	base, sent uint64
	// members is how many have to get each message for it to be complete.
	members int
	slots   []slot
}

// slot is what is known of one seq while it is on its way.
type slot struct {
	seq uint64
	at  int64 // when it was sent, on the load's clock
	got int   // by how many members
}

// newRoom keeps so many seqs in view, a power of two: more than can be on their
// way at once.
func newRoom(d dialect, name string, view int) *room {
	return &room{name: name, prefix: d.eventPrefix(name), slots: make([]slot, view)}
}

// slot finds the slot of a seq, whose event is at hand; nil for one that has
// left the view.
func (r *room) slot(d dialect, seq uint64, body []byte) *slot {
	s := &r.slots[seq%uint64(len(r.slots))]
	if s.seq == seq {
		return s
	}
	if s.seq > seq {
		return nil
	}
	*s = slot{seq: seq, at: readStamp(d.stamp(body))}
	return s
}

const (
	bodySize  = 128
	stampSize = 16 // hexadecimal digits
)

// clock is the load's own: nanoseconds since it started.
func clock() int64 { return int64(time.Since(started)) }

var started = time.Now()

var filling = strings.Repeat("All the tea in China. ", 500)

// body makes a message's body that says when it was sent.
func body(b []byte, size int, at int64) []byte {
	b = fmt.Appendf(b, "%0*x", stampSize, at)
	return append(b, filling[:size-stampSize]...)
}

// readStamp reads it; 0 for a body that is not the load's.
func readStamp(body []byte) int64 {
	if len(body) < stampSize {
		return 0
	}
	at, err := strconv.ParseInt(string(body[:stampSize]), 16, 64)
	if err != nil {
		return 0
	}
	return at
}
