package main

import (
	"fmt"
	"testing"
	"time"
)

func TestReadPositions(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada, bob := h.signIn("Ada"), h.signIn("Bob")
	c, second, other := ada.dial(), ada.dial(), bob.dial()
	for range 5 {
		other.send("general", "leaf")
	}
	c.send("general", "my own")
	other.send("general", "leaf")
	state := func(want uint64, unread int) {
		t.Helper()
		if r := ada.dial().hello.Rooms[0]; r.Seq != 7 || r.Read != want || r.Unread != unread {
			t.Errorf("read %d, unread %d, head %d; want %d, %d, 7", r.Read, r.Unread, r.Seq, want, unread)
		}
	}
	state(0, 6) // seven events, one of them her own
	for _, step := range []struct {
		to, held uint64
		unread   int
	}{{2, 2, 4}, {1, 2, 4}, {0, 2, 4}, {5, 5, 1}, {1000, 7, 0}, {3, 7, 0}} {
		if f := c.ok(cmd{"op": "read", "room": "general", "seq": step.to}); f.Room != "general" {
			t.Error(f.raw)
		}
		state(step.held, step.unread)
		if f := second.takeOp("read", "general"); f.Seq != step.held {
			t.Errorf("the other connection was told %s", f.raw)
		}
	}
	c.none("read", "general")     // not to oneself
	other.none("read", "general") // and to nobody else
	c.refused("not_found", cmd{"op": "read", "room": "nowhere", "seq": 1})
	if f := c.refused("invalid", cmd{"op": "read", "room": "general"}); f.Field != "seq" {
		t.Error(f.raw)
	}
	// A new guest has nothing unread; a visitor neither, and reads for itself.
	if r := h.signIn("Eve").dial().hello.Rooms[0]; r.Unread != 0 || r.Read != 7 {
		t.Errorf("a new guest begins with %+v", r)
	}
	visitor := h.visit()
	if r := visitor.hello.Rooms[0]; r.Unread != 0 || r.Read != 7 {
		t.Errorf("a visitor begins with %+v", r)
	}
	visitor.ok(cmd{"op": "read", "room": "general", "seq": 99})
}

func TestUnreadCountsMessagesOfOthers(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	ada, bob := h.signIn("Ada"), h.signIn("Bob")
	ada.room("tea")
	bob.belong("tea") // seq 2: a member event counts for nobody
	c := ada.dial()
	for n := range 1005 {
		c.say(cmd{"op": "send", "room": "tea", "body": fmt.Sprint(n)})
	}
	c.join("tea")
	hello := bob.dial().hello
	if r := hello.Rooms[1]; r.ID != "tea" || r.Seq != 1007 || r.Read != 2 || r.Unread != 1000 {
		t.Errorf("%+v; 1000 means that or more", r)
	}
	if r := ada.dial().hello.Rooms[1]; r.Unread != 0 || r.Read != 1 {
		t.Errorf("her own messages: %+v", r)
	}
	bob.dial().ok(cmd{"op": "read", "room": "tea", "seq": 1000})
	if r := bob.dial().hello.Rooms[1]; r.Unread != 7 {
		t.Errorf("%+v", r)
	}
}

func TestActivityTellsWhoHasNotJoined(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	ada, bob, eve := h.signIn("Ada"), h.signIn("Bob"), h.signIn("Eve")
	ada.room("tea")
	bob.belong("tea")
	writer, joined, idle, stranger, visitor := ada.dial(), bob.dial(), bob.dial(), eve.dial(), h.visit()
	joined.join("tea")
	joined.join("general")
	idle.waiting = nil
	for range 3 {
		writer.send("tea", "leaf")
	}
	f := idle.take("activity with the new head", func(f *frame) bool { return f.Op == "activity" && f.Seq == 5 })
	if f.Room != "tea" || f.Unread != 3 || f.Mentions == nil || *f.Mentions != 0 {
		t.Errorf("%s", f.raw)
	}
	// Her own connections are told too, with nothing unread for her.
	if f := writer.take("activity", func(f *frame) bool { return f.Op == "activity" && f.Seq == 5 }); f.Unread != 0 {
		t.Errorf("%s", f.raw)
	}
	writer.send("general", "leaf") // to which everybody belongs, visitors too
	for _, c := range []*conn{idle, stranger, visitor} {
		if f := c.takeOp("activity", "general"); f.Seq != 1 || f.Unread != 1 {
			t.Errorf("%s", f.raw)
		}
	}
	joined.none("activity", "tea")
	joined.none("activity", "general")
	stranger.none("activity", "tea")
	visitor.none("activity", "tea")

	// A new member hears of the room, one who left does not, and a leave is
	// followed by activity again.
	eve.belong("tea")
	joined.ok(cmd{"op": "leave", "room": "tea"})
	bob.call("DELETE", "/api/rooms/tea/members/me", "").want(t, 204, "")
	writer.send("tea", "for members")
	if f := stranger.take("activity", func(f *frame) bool { return f.Op == "activity" && f.Room == "tea" && f.Seq == 8 }); f.Unread != 1 {
		t.Errorf("%s", f.raw)
	}
	writer.send("general", "a fence")
	idle.take("activity", func(f *frame) bool { return f.Op == "activity" && f.Room == "general" && f.Seq == 2 })
	for _, f := range idle.waiting {
		if f.Op == "activity" && f.Seq == 8 {
			t.Errorf("who left is told %s", f.raw)
		}
	}
}

func TestActivityComesAtMostOnceASecond(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	writer, idle := h.visit(), h.visit()
	start := time.Now()
	last := uint64(0)
	frames := 0
	for n := uint64(1); last < 400; {
		for range 4 {
			if n <= 400 {
				writer.send("general", "leaf")
				n++
			}
		}
		if n > 400 {
			f := idle.takeOp("activity", "general")
			if f.Seq <= last || f.Unread != int(f.Seq) {
				t.Errorf("%s after %d", f.raw, last)
			}
			last = f.Seq
			frames++
		}
	}
	if most := 2 + int(time.Since(start)/time.Second); frames > most {
		t.Errorf("%d activity frames in %s", frames, time.Since(start))
	}
}
