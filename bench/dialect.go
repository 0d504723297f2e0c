package main

import "bytes"

// kind is what a frame of a server means to the load.
type kind uint8

const (
	other   kind = iota // nothing that is measured: presence, activity, …
	hello               // the connection is ready for commands
	joined              // the answer to join; seq is the head, body holds what was missed
	event               // one delivery
	ack                 // the answer to a message; id is its command
	refused             // an error; body is the frame
	behind              // live events of the room have stopped: join again
	beat                // a sign of life that wants the same back
)

// note is one object of a frame. body lies in the frame.
type note struct {
	kind kind
	id   uint64
	seq  uint64
	body []byte
}

// position is where a member wants to go on.
type position struct {
	after uint64
	epoch string
}

// dialect is how a server is spoken to. It keeps nothing about connections.
type dialect interface {
	// path is where the WebSocket of a member of that room is opened, and which
	// subprotocol is offered, "" for none.
	path(room string) (path, subprotocol string)
	// greet is what a connection says first; nil where the server does.
	greet() []byte
	// join asks for a room's events, from a position where one is given.
	join(b []byte, room string, from *position) []byte
	// send sends a message as command id, which is above 100.
	send(b []byte, id uint64, room string, body []byte) []byte
	// next reads one object; rest is what follows it in the same frame. prefix
	// is what eventPrefix gave.
	next(payload, prefix []byte) (n note, rest []byte)
	// eventPrefix is how each event of the room begins, as far as it is fixed.
	eventPrefix(room string) []byte
	// stamp finds the body of an event.
	stamp(payload []byte) []byte
	// missed walks over the seqs of the events in an answer to join.
	missed(body []byte, each func(seq uint64))
	// epoch is the epoch in an answer to join.
	epoch(body []byte) string
}

// digits reads a decimal number from the start of b.
func digits(b []byte) (n uint64, rest []byte) {
	i := 0
	for ; i < len(b); i++ {
		d := b[i] - '0'
		if d > 9 {
			break
		}
		n = n*10 + uint64(d)
	}
	return n, b[i:]
}

// after is what follows the first mark in b; nil without one.
func after(b []byte, mark string) []byte {
	i := bytes.Index(b, []byte(mark))
	if i < 0 {
		return nil
	}
	return b[i+len(mark):]
}

// until is b up to the first c.
func until(b []byte, c byte) []byte {
	if i := bytes.IndexByte(b, c); i >= 0 {
		return b[:i]
	}
	return b
}
