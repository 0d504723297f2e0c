package main

import (
	"fmt"
	"testing"
)

// What a connection does in one room changes nothing for it in another.
func TestRoomsAreApart(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	ada := h.signIn("Ada")
	writer, reader := ada.dial(), h.visit()
	const rooms, each = 12, 10
	name := func(n int) string { return fmt.Sprint("room-", n) }
	for n := range rooms {
		ada.room(name(n))
		page(t, reader.join(name(n)), name(n), 1, span(1, 1), false, false)
	}
	for i := range each {
		for n := range rooms {
			writer.say(cmd{"op": "send", "room": name(n), "body": fmt.Sprint(n, " ", i)})
		}
	}
	writer.join("general") // waits for them
	for n := range rooms {
		for i := range each {
			if e := reader.event(name(n)); e.Seq != uint64(i)+2 || e.Body != fmt.Sprint(n, " ", i) {
				t.Fatalf("%s in %s at %d", e.raw, name(n), i)
			}
		}
		// What is still on its way in the other rooms comes all the same.
		if n%2 == 0 {
			reader.ok(cmd{"op": "leave", "room": name(n)})
		}
	}
	for n := range rooms {
		writer.send(name(n), "after some were left")
	}
	for n := range rooms {
		if n%2 == 0 {
			reader.none("event", name(n))
			f := reader.ok(cmd{"op": "join", "room": name(n), "after": each + 1})
			same(t, name(n), f.seqs(), span(each+2, each+2))
		} else if e := reader.event(name(n)); e.Seq != each+2 {
			t.Errorf("%s", e.raw)
		}
	}
}

// Who wrote, where and when is the server's to say.
func TestClientsCannotSayWhoTheyAre(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.dial("/ws?name=%3Cimg+src=x+onerror=alert(1)%3E", nil)
	c.join("general")
	ok := c.ok(cmd{
		"op": "send", "room": "general", "body": "x", "seq": 99, "at": 5, "user": map[string]string{"id": "u_1", "name": "Root"},
		"kind": "member", "message": "m_1", "author": "Root", "ref": "y", "created_at": "9999-01-01",
	})
	e := c.event("general")
	if e.Seq != 1 || e.At < 1_700_000_000_000 || e.Kind != "message" || e.User.ID != c.hello.User.ID || e.ID != ok.Message || e.Ref != ok.ID ||
		e.User.Name != "<img src=x onerror=alert(1)>" {
		t.Errorf("%s", e.raw)
	}
}

// Taking places in rooms and a new name at the same time hold each other up in
// no order of events.
func TestRenameWhileJoining(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	ada := h.signIn("Ada")
	const rooms, rounds = 10, 20
	for n := range rooms {
		ada.room(fmt.Sprint("room-", n))
	}
	c := ada.dial()
	renamed := make(chan struct{})
	go func() {
		defer close(renamed)
		for n := range 60 {
			ada.call("PATCH", "/api/session", fmt.Sprintf(`{"name":"Ada %d"}`, n))
		}
	}()
	for range rounds {
		for n := range rooms {
			c.say(cmd{"op": "join", "room": fmt.Sprint("room-", n)})
			c.say(cmd{"op": "leave", "room": fmt.Sprint("room-", n)})
		}
		c.fence()
		c.waiting = nil
	}
	<-renamed
	if me := ada.call("GET", "/api/session", "").User.Name; me != "Ada 59" {
		t.Errorf("she is %s", me)
	}
}
