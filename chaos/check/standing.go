package check

import (
	"fmt"
	"maps"
	"slices"

	"github.com/teahouse-chat/teahouse/chaos/history"
)

// standing is a message as somebody sees it.
type standing struct {
	hash      string
	edited    uint64
	deleted   bool
	reactions map[string]bool
}

// standings are a room's messages by their ids.
type standings map[string]*standing

// fold takes an event as a client does: a message as it is shown, a change as
// what follows from it.
func (s standings) fold(r *history.Record) {
	if r.Event == "message" {
		m := &standing{hash: r.Hash, edited: r.Edited, deleted: r.Deleted, reactions: map[string]bool{}}
		for _, reaction := range r.Reactions {
			m.reactions[reaction] = true
		}
		s[r.Message] = m
		return
	}
	m := s[r.Target]
	if m == nil || m.deleted {
		return
	}
	switch r.Event {
	case "edit":
		if r.Seq > m.edited {
			m.hash, m.edited = r.Hash, r.Seq
		}
	case "delete":
		*m = standing{deleted: true}
	case "react":
		if r.On {
			m.reactions[r.Emoji+" "+r.Author] = true
		} else {
			delete(m.reactions, r.Emoji+" "+r.Author)
		}
	}
}

func (m *standing) String() string {
	return fmt.Sprintf("%q, edited at %d, deleted %t, %v", m.hash, m.edited, m.deleted, slices.Sorted(maps.Keys(m.reactions)))
}

// checkStandings holds what the final read shows against what was done, one
// change after the other.
func (c *checker) checkStandings() {
	for room, l := range c.logs {
		done := standings{}
		for seq := uint64(1); seq <= l.head; seq++ {
			e, ok := l.events[seq]
			if !ok {
				continue
			}
			r := history.Record{
				Seq: seq, Event: e.kind, Message: e.message, Author: e.author, Hash: e.hash, Target: e.target, Emoji: e.emoji, On: e.on,
			}
			if s := c.sends[key{e.author, e.ref}]; s != nil {
				r.Hash = s.hash // as it was said, and not as it stands
			}
			done.fold(&r)
		}
		c.compare(room, "the final read", l.shown, done)
		for _, e := range l.events {
			if m := done[e.target]; e.kind == "edit" && m != nil && m.deleted && e.hash != "" {
				c.report.violated(stands, "%s: the text of %s is in %s, and deleted", room, e.target, e.message)
			}
		}
	}
}

// compare: whatever somebody knows of a message is how it stands.
func (c *checker) compare(room, who string, known, want standings) {
	for id, m := range known {
		c.report.checked(stands)
		is := want[id]
		switch {
		case is == nil:
			c.report.violated(stands, "%s: %s knows %s, which is not there", room, who, id)
		case is.deleted && m.deleted && m.hash == "" && len(m.reactions) == 0:
		case is.String() != m.String():
			c.report.violated(stands, "%s: %s is known to %s as %s, and stands as %s", room, id, who, m, is)
		}
	}
}
