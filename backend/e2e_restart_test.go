package main

import (
	"fmt"
	"testing"
)

// Everything that was said is there after a restart, to the byte, and who
// comes back goes on where they were.
func TestRestart(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada, bob := h.signIn("Ada"), h.signIn("Bob")
	ada.room("tea")
	bob.belong("tea")
	c, other := ada.dial(), bob.dial()
	said := map[string]string{}
	for n := range 40 {
		id := fmt.Sprint("before ", n)
		said[id] = c.ok(cmd{"op": "send", "id": id, "room": "tea", "body": id}).raw
	}
	reply := c.ok(cmd{"op": "send", "id": "reply", "room": "tea", "body": "re", "parent": c.join("tea").event(49 - 10).ID})
	other.ok(cmd{"op": "read", "room": "tea", "seq": 20})
	before := other.ok(cmd{"op": "join", "room": "tea", "limit": 200})
	head := before.Seq
	c.bye()
	other.bye()
	h.stop()

	again := openAt(t, h.data)
	for _, p := range []*person{ada, bob} {
		p.h = again
	}
	c, other = ada.dial(), bob.dial()
	if c.hello.User != ada.account || other.hello.User != bob.account {
		t.Errorf("after the restart they are %+v and %+v", c.hello.User, other.hello.User)
	}
	if r := other.hello.Rooms; len(r) != 2 || r[1].ID != "tea" || r[1].Read != 20 || r[1].Unread != int(head)-20 || r[1].Seq != head {
		t.Errorf("%s", other.hello.raw)
	}
	after := other.ok(cmd{"op": "join", "room": "tea", "limit": 200})
	if after.Epoch != before.Epoch || after.Seq != head || len(after.Events) != len(before.Events) {
		t.Fatalf("epoch %s seq %d, before %s %d", after.Epoch, after.Seq, before.Epoch, head)
	}
	for i := range before.Events {
		if string(before.Events[i]) != string(after.Events[i]) {
			t.Errorf("%s was %s", after.Events[i], before.Events[i])
		}
	}
	page(t, c.ok(cmd{"op": "join", "room": "tea", "after": head - 3, "epoch": before.Epoch}), "tea", head, span(head-2, head), false, false)
	for id, raw := range said {
		if got := c.ok(cmd{"op": "send", "id": id, "room": "tea", "body": id}).raw; got != raw {
			t.Errorf("%s, before the restart %s", got, raw)
		}
	}
	c.refused("conflict", cmd{"op": "send", "id": "before 1", "room": "tea", "body": "something else"})
	c.refused("conflict", cmd{"op": "send", "id": "reply", "room": "tea", "body": "re"})
	if f := c.send("tea", "and on"); f.Seq != head+1 || f.Message <= reply.Message {
		t.Errorf("%s after %s", f.raw, reply.raw)
	}
	if e := c.event("tea"); e.Seq != head+1 {
		t.Errorf("%s", e.raw)
	}
	c.none("event", "tea")
}
