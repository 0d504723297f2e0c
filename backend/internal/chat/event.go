package chat

import (
	"fmt"
	"strings"
)

// Kind says what an event is. Nothing outside chat and the protocol's
// conversion asks for it.
type Kind string

// The kinds so far.
const (
	KindMessage Kind = "message"
	KindMember  Kind = "member"
	KindEdit    Kind = "edit"
	KindDelete  Kind = "delete"
	KindReact   Kind = "react"
	KindRoom    Kind = "room"
	KindTodo    Kind = "todo"
	KindCard    Kind = "card"
)

// counts says whether events of this kind are counted as unread.
func (k Kind) counts() bool { return k == KindMessage || k == KindCard }

// bears says whether a change of that kind can be about an event of this one.
func (k Kind) bears(change Kind) bool {
	return k == KindMessage || (k == KindCard && change == KindDelete)
}

// EventID is the opaque id of an event: 63 bits, rising with time, so that a
// store can use it as an integer key. On the wire it is a string.
type EventID int64

const idAlphabet = "0123456789abcdefghjkmnpqrstvwxyz" // Crockford's base 32

// String is the id's form on the wire: "m_" and 13 letters and digits.
func (id EventID) String() string {
	var b [15]byte
	return string(id.Append(b[:0]))
}

// Append appends what String returns.
func (id EventID) Append(b []byte) []byte {
	b = append(b, "m_"...)
	v := uint64(id) //nolint:gosec // ids are never negative
	for shift := 60; shift >= 0; shift -= 5 {
		b = append(b, idAlphabet[v>>shift&31])
	}
	return b
}

// ParseEventID reads what String wrote. Anything else is ErrNotFound, as it
// cannot name an event.
func ParseEventID(s string) (EventID, error) {
	digits, ok := strings.CutPrefix(s, "m_")
	if !ok || len(digits) != 13 {
		return 0, ErrNotFound
	}
	var v uint64
	for i := range len(digits) {
		d := strings.IndexByte(idAlphabet, digits[i])
		if d < 0 || (i == 0 && d > 7) {
			return 0, ErrNotFound
		}
		v = v<<5 | uint64(d) //nolint:gosec // 0..31
	}
	return EventID(v), nil //nolint:gosec // the first digit is below 8
}

// Event is one entry of a room's log. Only Body, Target, Parent and On carry
// what is particular to a kind; the store keeps them without knowing kinds.
type Event struct {
	Room   RoomID
	Seq    uint64 // 1, 2, 3, … within the room, without gaps
	Kind   Kind
	ID     EventID
	User   UserID
	Name   string  // the author's display name when it was written
	Given  bool    // the server had made Name up
	As     string  // the name that came with the message, of a client that gives one with each; "" for none
	At     int64   // Unix time in milliseconds
	Body   string  // as it stands: an edit gives a message another one, a deletion takes it away
	Target EventID // the message it is about, or 0
	Parent EventID // the message it replies to, or 0
	On     bool    // which way a two-way kind went: joined or left
	Counts bool    // counts as unread for others
	Ref    string  // the id of the command that made it, unique per user; "" for none
	Digest Digest  // of that command's content
	// Changes is the highest seq of the events that this one changes the look
	// of: of the message that an edit is about, say; 0 where it changes none.
	// Whoever keeps events, and not the store, must read them anew.
	Changes uint64
	// Shown is how it stands in a page where later events have changed it; nil
	// where none has, and in an event as it happened.
	Shown *Standing
}

// Standing is what later events have made of one.
type Standing struct {
	Edited    uint64 // seq of the last edit; 0 for none
	Deleted   bool
	Reactions []Reaction // in the order of their first
}

// Reaction is one emoji under a message.
type Reaction struct {
	Emoji string
	By    []Reactor // in the order in which they gave it
}

// Reactor is somebody as they were called when they reacted.
type Reactor struct {
	ID   UserID
	Name string
}

// Tally is what a rule asks about the reactions to an event.
type Tally struct {
	All   int  // in all
	Emoji int  // different ones
	There bool // this emoji is among them
	Mine  bool // this user's of this emoji is among them
}

// String names the event without its content, for logs.
func (e *Event) String() string { return fmt.Sprintf("%s/%d %s", e.Room, e.Seq, e.Kind) }

// Page is a run of a room's log as one consistent reading of the store.
type Page struct {
	Events []Event // ascending, without holes
	Head   uint64  // seq of the newest event of the room at that moment
	Epoch  string
	More   bool // older events exist before Events (a page), or newer after them (a delta)
}
