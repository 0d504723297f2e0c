package main

import (
	"strings"
	"sync"
	"testing"
)

// A delta of one room that a client reads slowly holds up nothing that the
// client asks for besides: another room is left and joined while it goes on.
func TestATailHoldsUpNothingElse(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	ada := h.signIn("Ada")
	ada.room("tea")
	c := h.visit()
	body := strings.Repeat("oolong ", 4000)
	const messages = 500 // 14 MB, far more than sockets hold
	for range messages {
		c.say(cmd{"op": "send", "room": "general", "body": body})
	}
	c.join("general")
	reader := h.visit()
	reader.join("tea")
	join := reader.say(cmd{"op": "join", "room": "general", "after": 0})
	leave := reader.say(cmd{"op": "leave", "room": "tea"})
	again := reader.say(cmd{"op": "join", "room": "tea"})
	reader.answer(join)
	before := 0
	count := func(f *frame) bool {
		if f.Op == "event" && f.Room == "general" {
			before++
		}
		return f.ID == again
	}
	reader.answer(leave)
	reader.take("the answer to the second join", count)
	if before > messages/2 {
		t.Errorf("the answer came behind %d events of another room", before)
	}
}

// hello is the first frame also while another tab tells how far it has read.
func TestHelloComesBeforeWhatOtherTabsTell(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	ada := h.signIn("Ada")
	tab := ada.dial()
	for range 5 {
		tab.send("general", "x")
	}
	var reading sync.WaitGroup
	done := make(chan struct{})
	reading.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				tab.ok(cmd{"op": "read", "room": "general", "seq": 5})
			}
		}
	})
	for range 100 {
		ada.dial().bye() // which fails where another frame comes first
	}
	close(done)
	reading.Wait()
}

// Coming and going is durable, and counts like sending.
func TestMembershipIsLimited(t *testing.T) {
	t.Parallel()
	h := open(t, "SEND_RATE=1", "SEND_BURST=5")
	ada := h.signIn("Ada")
	ada.room("tea")
	bob := h.signIn("Bob")
	limited := 0
	for range 6 {
		for _, method := range []string{"PUT", "DELETE"} {
			if bob.call(method, "/api/rooms/tea/members/me", "").status == 429 {
				limited++
			}
		}
	}
	if limited == 0 {
		t.Error("twelve changes of membership were taken at once")
	}
}

// A connection may join only so many rooms, and none that cannot exist.
func TestJoiningIsBounded(t *testing.T) {
	t.Parallel()
	h := open(t, "SOCKET_ROOMS=1")
	h.signIn("Ada").room("tea")
	c := h.visit()
	c.join("tea")
	c.refused("forbidden", cmd{"op": "join", "room": "general"})
	c.join("tea") // again is not one more
	c.ok(cmd{"op": "leave", "room": "tea"})
	c.refused("not_found", cmd{"op": "join", "room": strings.Repeat("x", 64)})
	c.refused("not_found", cmd{"op": "join", "room": "No Room"})
	c.refused("not_found", cmd{"op": "join", "room": "nowhere"})
	c.none("presence", "nowhere")
}
