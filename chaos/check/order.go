package check

import (
	"cmp"
	"slices"
	"sort"
)

// ack is a moment from which on a seq was known to be taken.
type ack struct {
	t   int64
	seq uint64
	id  string
}

// acks lists each room's acknowledgements in the order of their coming, each
// with the highest seq up to then.
func (c *checker) acks() map[string][]ack {
	rooms := map[string][]ack{}
	for _, s := range c.sends {
		if s.acked {
			rooms[s.room] = append(rooms[s.room], ack{s.ackedAt, s.seq, s.id})
		}
	}
	for _, list := range rooms {
		slices.SortFunc(list, func(a, b ack) int { return cmp.Compare(a.t, b.t) })
		for i := 1; i < len(list); i++ {
			if list[i-1].seq > list[i].seq {
				list[i].seq, list[i].id = list[i-1].seq, list[i-1].id
			}
		}
	}
	return rooms
}

// before is the highest seq that was acknowledged before t.
func before(list []ack, t int64) (ack, bool) {
	i := sort.Search(len(list), func(i int) bool { return list[i].t >= t })
	if i == 0 {
		return ack{}, false
	}
	return list[i-1], true
}

// checkRealTime: an acknowledgement tells a sender that the message stands, so
// whatever anybody sends after it stands behind it.
func (c *checker) checkRealTime() {
	acks := c.acks()
	for _, s := range c.sends {
		seq, ok := c.place(s)
		if !ok {
			continue
		}
		c.report.checked(realTime)
		if a, ok := before(acks[s.room], s.first); ok && a.seq >= seq {
			c.report.violated(realTime, "%s: %s stands at %d, but %s at %d was acknowledged before it was sent", s.room, s.id, seq, a.id, a.seq)
		}
	}
}

// checkProgramOrder: commands of one connection take effect in order.
func (c *checker) checkProgramOrder() {
	type voice struct {
		client, conn int
		room         string
	}
	last := map[voice]ack{}
	for _, w := range c.order {
		seq, ok := c.place(w.of)
		if !ok {
			continue
		}
		c.report.checked(program)
		v := voice{w.client, w.conn, w.room}
		if l, ok := last[v]; ok && l.seq >= seq {
			c.report.violated(program, "%s: %s at %d was sent before %s at %d on one connection", w.room, l.id, l.seq, w.of.id, seq)
		}
		last[v] = ack{seq: seq, id: w.of.id}
	}
}

// checkHeads: what was acknowledged is below every head told later, and the
// last head is the highest.
func (c *checker) checkHeads() {
	acks := c.acks()
	for room, told := range c.heads {
		l := c.log(room)
		for _, h := range told {
			c.report.checked(head)
			if a, ok := before(acks[room], h.asked); ok && a.seq > h.seq {
				c.report.violated(head, "%s: %s was told the head %d after %d had been acknowledged", room, h.who, h.seq, a.seq)
			}
			if h.seq > l.head {
				c.report.violated(head, "%s: %s was told the head %d, in the end it is %d", room, h.who, h.seq, l.head)
			}
		}
		if l.told && c.epochs[room] != l.epoch {
			c.report.violated(head, "%s: the epoch was %s, in the end it is %s", room, c.epochs[room], l.epoch)
		}
	}
}
