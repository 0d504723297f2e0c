package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

func TestSendIsAnsweredOnceAndInOrder(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	c, reader := h.visit(), h.visit()
	c.join("general")
	reader.join("general")
	var want []string
	for n := range 300 {
		want = append(want, c.say(cmd{"op": "send", "room": "general", "body": fmt.Sprint(n)}))
	}
	for n, id := range want {
		ok := c.answer(id)
		own, other := c.event("general"), reader.event("general")
		if ok.Seq != uint64(n)+1 || own.Ref != id || own.Seq != ok.Seq || own.n < ok.n || other.raw != own.raw || other.Body != fmt.Sprint(n) {
			t.Fatalf("command %d: %s, own event %s, the other's %s", n, ok.raw, own.raw, other.raw)
		}
		if own.ID != ok.Message || own.At != ok.At {
			t.Fatalf("%s is not %s", ok.raw, own.raw)
		}
	}
	c.fence()
	for _, f := range c.waiting {
		if f.Op == "ok" || f.Op == "error" {
			t.Errorf("a second answer: %s", f.raw)
		}
	}
}

func TestCommandsTakeEffectInOrder(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.visit()
	for n := range 20 {
		// Nothing is waited for between them.
		send := c.say(cmd{"op": "send", "room": "general", "body": "leaf"})
		join := c.say(cmd{"op": "join", "room": "general"})
		late := c.say(cmd{"op": "send", "room": "general", "body": "leaf"})
		leave := c.say(cmd{"op": "leave", "room": "general"})
		if f := c.answer(send); f.Seq != uint64(2*n+1) {
			t.Fatal(f.raw)
		}
		if f := c.answer(join); f.Seq != uint64(2*n+1) {
			t.Fatal(f.raw)
		}
		if f := c.answer(late); f.Seq != uint64(2*n+2) {
			t.Fatal(f.raw)
		}
		left := c.answer(leave)
		c.fence()
		for _, f := range c.waiting { // it may have been too late for the event of the last send
			if f.Op == "event" && (f.Seq != uint64(2*n+2) || f.n > left.n) {
				t.Fatal(f.raw)
			}
		}
		c.waiting = nil
	}
}

func TestRepeatedCommands(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada, bob := h.signIn("Ada"), h.signIn("Bob")
	ada.room("tea")
	c, other := ada.dial(), bob.dial()
	parent := c.send("general", "the parent").Message
	first := cmd{"op": "send", "id": "once", "room": "general", "body": "hello", "parent": parent}
	answer := c.ok(first).raw
	for name, again := range map[string]cmd{
		"same":           {},
		"unknown fields": {"colour": "jade", "extra": []int{1}},
		"no files":       {"files": []string{}},
	} {
		m := with(first, again)
		if got := c.ok(m).raw; got != answer {
			t.Errorf("%s: %s, the first time %s", name, got, answer)
		}
	}
	second := ada.dial()
	if got := second.ok(first).raw; got != answer {
		t.Errorf("on another connection: %s, the first time %s", got, answer)
	}
	without := with(first, cmd{})
	delete(without, "parent")
	c.refused("conflict", without)
	for _, other := range []cmd{{"body": "hello "}, {"room": "tea"}, {"parent": c.send("general", "another").Message}} {
		c.refused("conflict", with(first, other))
	}
	// The id is one user's: another may use it.
	if f := other.ok(first); f.raw == answer || f.Seq != 4 {
		t.Errorf("another user's command of the same id: %s", f.raw)
	}
	// Errors are not remembered.
	c.refused("invalid", cmd{"op": "send", "id": "twice", "room": "general", "body": " "})
	c.refused("not_found", cmd{"op": "send", "id": "twice", "room": "nowhere", "body": "x"})
	c.ok(cmd{"op": "send", "id": "twice", "room": "general", "body": "x"})
	page(t, other.ok(cmd{"op": "join", "room": "general"}), "general", 5, span(1, 5), false, false)
}

// with is a copy of a command with other fields.
func with(m, more cmd) cmd {
	out := cmd{}
	for _, from := range []cmd{m, more} {
		for key, value := range from {
			out[key] = value
		}
	}
	return out
}

func TestHundredRepeatsAtOnceAreOneMessage(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	ada := h.signIn("Ada")
	const sockets, each, rounds = 10, 10, 5
	var conns []*conn
	for range sockets {
		c := ada.dial()
		c.join("general")
		conns = append(conns, c)
	}
	for round := range rounds {
		answers := make([][]string, sockets)
		m := cmd{"op": "send", "id": fmt.Sprint("round ", round), "room": "general", "body": "only once"}
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for i, c := range conns {
			all.Go(func() {
				for range each {
					_ = c.ws.WriteMessage(1, text) // a failure shows in what is read
				}
				for range each {
					answers[i] = append(answers[i], c.answer(m["id"].(string)).raw)
				}
			})
		}
		all.Wait()
		for i := range answers {
			for _, raw := range answers[i] {
				if raw != answers[0][0] || !strings.Contains(raw, fmt.Sprintf(`"seq":%d,`, round+1)) {
					t.Fatalf("%s is not %s", raw, answers[0][0])
				}
			}
			if e := conns[i].event("general"); e.Seq != uint64(round)+1 {
				t.Fatalf("event %d in round %d", e.Seq, round)
			}
		}
	}
	for _, c := range conns {
		c.none("event", "general")
	}
}

func TestReplies(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.signIn("Ada")
	ada.room("tea")
	c := ada.dial()
	c.join("general")
	root := c.send("general", "root").Message
	c.ok(cmd{"op": "send", "room": "general", "body": "reply", "parent": root})
	c.event("general")
	if e := c.event("general"); e.Parent != root {
		t.Errorf("the reply is %s", e.raw)
	}
	elsewhere := c.send("tea", "elsewhere").Message
	member := h.visit().join("tea").event(0)
	for name, parent := range map[string]string{
		"another room's": elsewhere, "unknown": "m_0000000000001", "no id at all": "42", "a member event": member.ID,
	} {
		if f := c.refused("not_found", cmd{"op": "send", "room": "general", "body": "x", "parent": parent}); f.raw == "" {
			t.Error(name)
		}
	}
	c.refused("not_found", cmd{"op": "send", "room": "tea", "body": "x", "parent": member.ID})
	if f := c.refused("invalid", cmd{"op": "send", "room": "general", "body": "x", "parent": ""}); f.Field != "parent" {
		t.Error(f.raw)
	}
	// Uploads come later: none is known, and none is forgotten in silence.
	c.refused("not_found", cmd{"op": "send", "room": "general", "body": "x", "files": []string{"f_1"}})
	c.refused("not_found", cmd{"op": "send", "room": "general", "files": []string{"f_1"}})
	for _, op := range []string{"pin", "hello", ""} {
		c.refused("unknown_op", cmd{"op": op, "room": "general", "message": root, "body": "x"})
	}
	c.none("event", "general")
}

func TestBodiesAreLimitedInBytes(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.visit()
	c.join("general")
	for _, fits := range []string{strings.Repeat("a", 32768), strings.Repeat("茶", 10922) + "ab", strings.Repeat("🍵", 8192)} {
		c.send("general", fits)
		if e := c.event("general"); e.Body != fits {
			t.Error("the body has changed")
		}
	}
	// Escaped, a body of the limit needs six times the bytes and fits a frame.
	escaped := strings.Repeat(`\u0042`, 32768)
	c.write(`{"op":"send","id":"escaped","room":"general","body":"` + escaped + `"}`)
	if f := c.answer("escaped"); f.Op != "ok" {
		t.Error(f.raw)
	}
	if e := c.event("general"); e.Body != strings.Repeat("B", 32768) {
		t.Error("the escaped body has changed")
	}
	for _, long := range []string{strings.Repeat("a", 32769), strings.Repeat("茶", 10923), strings.Repeat(" ", 40000)} {
		if f := c.refused("too_long", cmd{"op": "send", "room": "general", "body": long}); f.Limit != 32768 {
			t.Errorf("limit %d", f.Limit)
		}
	}
	for _, blank := range []string{"", " ", "\t\r\n", "\u00a0", "\u3000", "\u200b", "\u3164", "\u2800", " \u200d\ufeff\u2060 "} {
		if f := c.refused("invalid", cmd{"op": "send", "room": "general", "body": blank}); f.Field != "body" {
			t.Errorf("%q: field %q", blank, f.Field)
		}
	}
	c.none("event", "general")
	if r := h.call("GET", "/api/rooms/general/events", ""); r.status != http.StatusOK || len(r.Events) != 4 {
		t.Errorf("over HTTP: %d %d", r.status, len(r.Events))
	}
}
