package check

import "github.com/teahouse-chat/teahouse/chaos/history"

// log is one room as the final read found it.
type log struct {
	head   uint64
	epoch  string
	told   bool // a head was read
	events map[uint64]event
	ids    map[string]uint64
	by     map[key][]uint64  // the seqs at which a command took effect
	raw    map[uint64]string // digest of an event's live frame
	shown  standings
}

// event is what must be the same wherever an event is seen.
type event struct {
	message, author, ref, hash, kind string
	target, emoji                    string
	on                               bool
	at                               int64
}

func eventOf(r history.Record) event {
	return event{
		message: r.Message, author: r.Author, ref: r.Ref, hash: r.Hash, kind: r.Event, at: r.At,
		target: r.Target, emoji: r.Emoji, on: r.On,
	}
}

// rewritten says whether a later event changed the text of e.
func (l *log) rewritten(e *event) bool {
	switch e.kind {
	case "message":
		m := l.shown[e.message]
		return m != nil && (m.deleted || m.edited != 0)
	case "edit":
		m := l.shown[e.target]
		return m != nil && m.deleted
	}
	return false
}

func (c *checker) log(room string) *log {
	l := c.logs[room]
	if l == nil {
		l = &log{
			events: map[uint64]event{}, ids: map[string]uint64{},
			by: map[key][]uint64{}, raw: map[uint64]string{}, shown: standings{},
		}
		c.logs[room] = l
	}
	return l
}

func (c *checker) final(r history.Record) error {
	l := c.log(r.Room)
	switch r.Kind {
	case history.Head:
		l.head, l.epoch, l.told = r.Seq, r.Epoch, true
	case history.Final:
		c.report.Events++
		if _, twice := l.events[r.Seq]; twice {
			c.report.violated(gapless, "%s: seq %d was read twice", r.Room, r.Seq)
		}
		if other, twice := l.ids[r.Message]; twice {
			c.report.violated(once, "%s: id %s stands at %d and %d", r.Room, r.Message, other, r.Seq)
		}
		l.events[r.Seq], l.ids[r.Message] = eventOf(r), r.Seq
		if r.Event == "message" {
			l.shown.fold(&r)
		}
		if r.Ref != "" {
			k := key{r.Author, r.Ref}
			l.by[k] = append(l.by[k], r.Seq)
		}
	}
	return nil
}

// checkLogs is about the final logs alone, and about what no client sent.
func (c *checker) checkLogs() {
	for room, l := range c.logs {
		if !l.told {
			c.report.violated(gapless, "%s: clients know it, the final read does not", room)
			continue
		}
		for seq := uint64(1); seq <= l.head; seq++ {
			c.report.checked(gapless)
			if _, ok := l.events[seq]; !ok {
				c.report.violated(gapless, "%s: no event %d, the head is %d", room, seq, l.head)
			}
		}
		for seq, e := range l.events {
			if seq < 1 || seq > l.head {
				c.report.violated(gapless, "%s: event %d beyond the head %d", room, seq, l.head)
			}
			if e.kind != "member" && c.sends[key{e.author, e.ref}] == nil {
				c.report.violated(once, "%s: nobody sent message %s at %d", room, e.message, seq)
			}
		}
	}
}

// checkSends joins each command with the logs.
func (c *checker) checkSends() {
	effects := map[key][]string{}
	for room, l := range c.logs {
		for k, seqs := range l.by {
			for range seqs {
				effects[k] = append(effects[k], room)
			}
		}
	}
	for k, s := range c.sends {
		r := c.report
		r.Sends++
		if s.kind != "message" {
			r.Changes++
		}
		r.Repeated += s.attempts - 1
		l := c.log(s.room)
		found := effects[k]
		r.checked(once)
		switch {
		case len(found) > 1:
			r.violated(once, "%s of %s took effect %d times: %v", k.id, k.author, len(found), found)
		case len(found) == 1 && found[0] != s.room:
			r.violated(once, "%s was sent to %s and stands in %s", k.id, s.room, found[0])
		case len(found) == 1 && s.refused && !s.acked && !s.unknown:
			r.violated(once, "%s was refused, and yet stands at %d", k.id, l.by[k][0])
		}
		for _, seq := range l.by[k] {
			e := l.events[seq]
			if (e.hash != s.hash && !l.rewritten(&e)) || e.kind != s.kind || e.target != s.target || e.emoji != s.emoji || e.on != s.on {
				r.violated(acked, "%s at %s %d is not what was sent", k.id, s.room, seq)
			}
		}
		if !s.acked {
			continue
		}
		r.Acked++
		r.checked(acked)
		if len(found) == 0 {
			r.Lost++
		}
		e, ok := l.events[s.seq]
		switch {
		case !ok:
			r.violated(acked, "%s was acknowledged at %s %d, where nothing stands", k.id, s.room, s.seq)
		case e.author != k.author || e.ref != k.id:
			r.violated(acked, "%s was acknowledged at %s %d, where %s of %s stands", k.id, s.room, s.seq, e.ref, e.author)
		case (s.kind == "message" && e.message != s.message) || e.at != s.at:
			r.violated(acked, "%s was acknowledged as %s of %d, and stands as %s of %d", k.id, s.message, s.at, e.message, e.at)
		}
	}
}

// place is where a command stands in its room; false where it does not, or more
// than once.
func (c *checker) place(s *send) (uint64, bool) {
	if seqs := c.log(s.room).by[s.key]; len(seqs) == 1 {
		return seqs[0], true
	}
	return s.seq, s.acked
}
