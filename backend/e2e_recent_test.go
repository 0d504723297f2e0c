package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
)

// Whatever a join is answered from, the answer is what the log says: the same
// bytes as over HTTP, from the right place, with the right `more`.
func TestJoinsSayWhatTheLogSays(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	ada := h.signIn("Ada")
	ada.room("tea")
	c, reader := ada.dial(), h.visit()
	epoch := reader.join("tea").Epoch
	log := map[uint64]string{}
	read := func(head uint64) {
		t.Helper()
		for before := head + 1; before > 1; {
			page := ada.call("GET", fmt.Sprintf("/api/rooms/tea/events?before=%d&limit=200", before), "")
			for i := range page.Events {
				seq := before - uint64(len(page.Events)) + uint64(i)
				log[seq] = string(page.Events[i])
			}
			before -= uint64(len(page.Events))
		}
	}
	holds := func(f *frame, from, head uint64, more bool) {
		t.Helper()
		page(t, f, "tea", head, span(from, head), more, false)
		for i, seq := range f.seqs() {
			if string(f.Events[i]) != log[seq] {
				t.Errorf("event %d is %.200s, over HTTP %.200s", seq, f.Events[i], log[seq])
			}
		}
	}
	head := uint64(1)
	var said []string
	for round := range 40 {
		for range rand.IntN(20) + 1 {
			size := 1 << rand.IntN(8+round%8) // up to 32 KiB: few events then fit into what is kept
			body := strings.Repeat(`"ü`, max(1, size/3))
			f := c.send("tea", body)
			said, head = append(said, f.Message), f.Seq
			// Now and then one of the newest is changed, and is shown so from then on.
			change := cmd{"room": "tea", "message": said[max(0, len(said)-1-rand.IntN(40))]}
			switch rand.IntN(8) {
			case 0:
				change = with(change, cmd{"op": "edit", "body": body})
			case 1:
				change = with(change, cmd{"op": "react", "emoji": []string{"👍", "🍵"}[rand.IntN(2)], "on": rand.IntN(3) > 0})
			case 2:
				change = with(change, cmd{"op": "delete"})
			default:
				continue
			}
			if f := c.ask(change); f.Op == "ok" { // else it is deleted
				head = f.Seq
			}
		}
		read(head)
		if round%4 == 0 { // nobody listens for a moment
			reader.ok(cmd{"op": "leave", "room": "tea"})
		}
		limit := uint64(rand.IntN(200) + 1)
		from := head + 1 - min(head, limit)
		m := cmd{"op": "join", "room": "tea", "limit": limit}
		if f := reader.ok(m); f.seqs()[0] <= from { // less where it would be more than 1 MiB
			holds(f, from, head, from > 1)
		} else {
			holds(f, f.seqs()[0], head, true)
		}
		after := head - min(head, uint64(rand.IntN(60)))
		m = cmd{"op": "join", "room": "tea", "after": after}
		if rand.IntN(2) == 0 {
			m["epoch"] = epoch
		}
		if f := reader.ok(m); len(f.Events) == int(head-after) {
			holds(f, after+1, head, false)
		}
		m["epoch"] = "another"
		if f := reader.ok(m); !*f.Reset || f.Seq != head {
			t.Errorf("a foreign epoch: %.100s", f.raw)
		}
	}
}

// Events that are larger than all that is kept of a room are answered from the
// store, and those behind them from what is kept.
func TestJoinsWithVeryLargeEvents(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	c, reader := h.visit(), h.visit()
	reader.join("general")
	large := strings.Repeat(`"`, 32<<10) // 64 KiB and more, as it is encoded
	head := uint64(0)
	for _, body := range []string{"a", large, "b", large, large, "c", "d", large} {
		head = c.send("general", body).Seq
		for range 2 { // the first may read the store, the second need not
			visitor := h.visit()
			page(t, visitor.ok(cmd{"op": "join", "room": "general"}), "general", head, span(1, head), false, false)
			page(t, visitor.ok(cmd{"op": "join", "room": "general", "limit": 1}), "general", head, span(head, head), head > 1, false)
			for after := uint64(0); after <= head; after++ {
				f := visitor.ok(cmd{"op": "join", "room": "general", "after": after})
				page(t, f, "general", head, span(after+1, head), false, false)
				for i := range f.Events {
					if e := f.event(i); e.Seq == head && e.Body != body {
						t.Errorf("the newest event is %.100s", e.raw)
					}
				}
			}
			f := visitor.ok(cmd{"op": "join", "room": "general", "after": head + 1})
			page(t, f, "general", head, span(1, head), false, true)
			visitor.bye()
		}
		if f := reader.event("general"); f.Seq != head || f.Body != body {
			t.Errorf("heard %.100s", f.raw)
		}
	}
}

// Who was told of a seq is never answered with less, on whatever connection,
// and nothing between an answer and what follows it is missing or repeated.
func TestJoinsReachWhatWasAcknowledged(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	const writers, each = 6, 60
	var all sync.WaitGroup
	for range writers {
		c, reader := h.visit(), h.visit()
		all.Go(func() {
			last := uint64(0)
			for n := range each {
				seq := c.send("general", fmt.Sprint("leaf ", n)).Seq
				m := cmd{"op": "join", "room": "general"}
				if n%3 > 0 {
					m["after"] = last
				}
				for _, f := range reader.waiting { // what came live since the last answer
					if f.Op == "event" && f.Seq != last+1 {
						t.Errorf("event %d after %d", f.Seq, last)
					}
					if f.Op == "event" {
						last = f.Seq
					}
				}
				reader.waiting = nil
				id := reader.say(m)
				f := reader.take("the answer", func(f *frame) bool { return f.ID == id })
				if f.Seq < seq {
					t.Errorf("joined at %d after an ok for %d", f.Seq, seq)
				}
				if after, delta := m["after"]; delta {
					same(t, "delta", f.seqs(), span(after.(uint64)+1, f.Seq)) //nolint:forcetypeassert // set above
				}
				reader.waiting = nil // events before the answer: of the place that it replaced
				last = f.Seq
				if hello := h.visit().hello; hello.Rooms[0].Seq < seq || hello.Rooms[0].Unread != 0 {
					t.Errorf("greeted with %d after an ok for %d: %s", hello.Rooms[0].Seq, seq, hello.raw)
				}
			}
		})
	}
	all.Wait()
	if seq := h.visit().join("general").Seq; seq != writers*each {
		t.Errorf("the log ends at %d", seq)
	}
}

// Many who come at once are each answered in full.
func TestManyJoinAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	c := h.visit()
	for n := range 80 {
		c.send("general", fmt.Sprint("leaf ", n))
	}
	conns := make([]*conn, 60)
	for i := range conns {
		conns[i] = h.visit()
	}
	ids := make([]string, len(conns))
	for i, c := range conns {
		ids[i] = c.say(cmd{"op": "join", "room": "general", "after": 30})
	}
	c.send("general", "meanwhile")
	for i, c := range conns {
		f := c.answer(ids[i])
		same(t, "delta", f.seqs(), span(31, f.Seq))
		for seq := f.Seq; seq < 81; seq++ {
			if e := c.event("general"); e.Seq != seq+1 {
				t.Errorf("event %d after %d", e.Seq, seq)
			}
		}
	}
}
