package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// span is first, first+1, … last.
func span(first, last uint64) []uint64 {
	list := []uint64{}
	for n := first; n <= last; n++ {
		list = append(list, n)
	}
	return list
}

func same[T comparable](t *testing.T, what string, got, want []T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %.200v, want %.200v", what, fmt.Sprint(got), fmt.Sprint(want))
	}
}

// page checks the form of an answer to join.
func page(t *testing.T, f *frame, room string, head uint64, seqs []uint64, more, reset bool) {
	t.Helper()
	same(t, "events", f.seqs(), seqs)
	if f.Room != room || f.Seq != head || f.Epoch == "" || f.More == nil || *f.More != more || f.Reset == nil || *f.Reset != reset {
		t.Errorf("room, seq, epoch, more, reset of %.80s … %s; want %s %d more %t reset %t",
			f.raw, f.raw[max(0, len(f.raw)-60):], room, head, more, reset)
	}
	if !strings.Contains(f.raw, `"events":[`) {
		t.Errorf("no list of events in %s", f.raw)
	}
}

func TestHelloComesFirst(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.signIn("Ada")
	c := ada.dial()
	if c.ws.Subprotocol() != "teahouse.v1" || c.hello.n != 1 {
		t.Errorf("subprotocol %q, hello as frame %d", c.ws.Subprotocol(), c.hello.n)
	}
	f := c.hello
	if f.Protocol != "teahouse.v1" || f.User != ada.account || f.User.Role != "guest" || f.Limits.Body != 32768 || f.Limits.Frame != 262144 {
		t.Errorf("hello: %s", f.raw)
	}
	if len(f.Rooms) != 1 || f.Rooms[0].ID != "general" || f.Rooms[0].Name == "" || f.Rooms[0].Seq != 0 || f.Rooms[0].Unread != 0 {
		t.Errorf("rooms in hello: %s", f.raw)
	}
	page(t, c.join("general"), "general", 0, span(1, 0), false, false)
	c.fence()
	if c.take("anything of hello", func(f *frame) bool { return f.Op != "presence" || f.Room == "general" }).Op == "hello" {
		t.Error("hello came twice")
	}
}

func TestJoinReturnsTheNewest(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	ada := h.signIn("Ada")
	c := ada.dial()
	for n := range 260 {
		c.say(cmd{"op": "send", "room": "general", "body": fmt.Sprint("leaf ", n)})
	}
	page(t, c.join("general"), "general", 260, span(211, 260), true, false)
	page(t, c.ok(cmd{"op": "join", "room": "general", "limit": 1}), "general", 260, span(260, 260), true, false)
	page(t, c.ok(cmd{"op": "join", "room": "general", "limit": 200}), "general", 260, span(61, 260), true, false)
	ada.room("tea")
	page(t, c.join("tea"), "tea", 1, span(1, 1), false, false)
	for _, m := range []cmd{{"limit": 0}, {"limit": 201}, {"limit": -1}, {"limit": "9"}, {"limit": 0, "after": 0}} {
		m["op"], m["room"] = "join", "general"
		if f := c.refused("invalid", m); f.Field != "limit" {
			t.Errorf("field %q for %v", f.Field, m)
		}
	}
	if f := c.refused("invalid", cmd{"op": "join", "room": "general", "after": -1}); f.Field != "after" {
		t.Errorf("field %q for a negative after", f.Field)
	}
	c.refused("not_found", cmd{"op": "join", "room": "nowhere"})
	c.refused("not_found", cmd{"op": "leave", "room": "nowhere"})

	older := ada.call("GET", "/api/rooms/general/events?before=211&limit=200", "").want(t, http.StatusOK, "")
	if len(older.Events) != 200 || older.More == nil || !*older.More || older.Seq != 260 || older.Epoch == "" {
		t.Errorf("older events: %d, %.100s", len(older.Events), older.text)
	}
	if last := ada.call("GET", "/api/rooms/general/events?before=11&limit=10", ""); len(last.Events) != 10 || *last.More {
		t.Errorf("the oldest page: %.200s", last.text)
	}
}

func TestJoinAfterReturnsWhatWasMissed(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	c, reader := h.visit(), h.visit()
	for n := range 1100 {
		c.say(cmd{"op": "send", "room": "general", "body": fmt.Sprint("leaf ", n)})
	}
	epoch := c.join("general").Epoch
	after := func(n any, more ...any) *frame {
		t.Helper()
		m := cmd{"op": "join", "room": "general", "after": n}
		for i := 0; i < len(more); i += 2 {
			m[more[i].(string)] = more[i+1]
		}
		return reader.ok(m)
	}
	page(t, after(1100), "general", 1100, span(1, 0), false, false)
	page(t, after(1099, "epoch", epoch), "general", 1100, span(1100, 1100), false, false)
	page(t, after(100), "general", 1100, span(101, 1100), false, false)
	page(t, after(100, "limit", 3), "general", 1100, span(101, 1100), false, false)
	page(t, after(99), "general", 1100, span(1051, 1100), true, true) // 1,001 missed
	page(t, after(99, "limit", 200), "general", 1100, span(901, 1100), true, true)
	page(t, after(1101), "general", 1100, span(1051, 1100), true, true)
	page(t, after(uint64(1)<<53-1), "general", 1100, span(1051, 1100), true, true)
	page(t, after(1100, "epoch", "another"), "general", 1100, span(1051, 1100), true, true)
	page(t, after(1100, "epoch", "another", "limit", 2), "general", 1100, span(1099, 1100), true, true)
	c.send("general", "one more")
	if f := reader.event("general"); f.Seq != 1101 {
		t.Errorf("the live event is %s", f.raw)
	}
	reader.none("event", "general")
}

func TestEventsAreTheSameBytesForAll(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada, bob := h.signIn("Ada"), h.signIn("Bob")
	ada.room("tea")
	sender, second, other, visitor := ada.dial(), ada.dial(), bob.dial(), h.visit()
	all := []*conn{sender, second, other, visitor}
	for _, c := range all {
		c.join("tea")
	}
	body := "茶馆 🍵 é שלום 👩‍🚀 <b>&amp;</b> \"quoted\" \\ \t two  spaces\n\u007f\u2028 end "
	sent := sender.ok(cmd{"op": "send", "id": "id \"1\"", "room": "tea", "body": body})
	bob.belong("tea")
	var raw [2]string
	for i, c := range all {
		for n := range raw {
			f := c.event("tea")
			if i == 0 {
				raw[n] = f.raw
			}
			if f.raw != raw[n] || f.Seq != uint64(n)+2 {
				t.Errorf("connection %d: %s, the sender's: %s", i, f.raw, raw[n])
			}
			if n == 0 && (f.Kind != "message" || f.ID != sent.Message || f.Body != body || f.User.ID != ada.ID ||
				f.User.Name != "Ada" || f.At != sent.At || f.Ref != `id "1"` || f.User.Role != "" || sent.Seq != f.Seq) {
				t.Errorf("%s after %s", f.raw, sent.raw)
			}
			if i == 0 && n == 0 && f.n < sent.n {
				t.Error("the event came before its ok")
			}
		}
		c.none("event", "tea")
	}
	late := h.visit().join("tea")
	delta := h.visit().ok(cmd{"op": "join", "room": "tea", "after": 1})
	over := bob.call("GET", "/api/rooms/tea/events", "")
	for n, want := range raw {
		for name, got := range map[string]string{
			"join": string(late.Events[n+1]), "delta": string(delta.Events[n]), "HTTP": string(over.Events[n+1]),
		} {
			if got != want {
				t.Errorf("%s: %s, live: %s", name, got, want)
			}
		}
	}
}

func TestJoinAgainReplacesExactly(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	c, reader := h.visit(), h.visit()
	reader.join("general")
	const rounds, each = 30, 10
	var talk sync.WaitGroup
	talk.Go(func() {
		for n := range rounds * each {
			c.say(cmd{"op": "send", "room": "general", "body": fmt.Sprint(n)})
			if n%each == each-1 {
				c.fence()
			}
		}
	})
	// Whatever mixture of answers and events comes: each answer begins the
	// truth anew, and from there on nothing is missing and nothing comes twice.
	last := uint64(0)
	seen := func(f *frame) {
		switch {
		case f.Op == "event" && f.Seq != last+1:
			t.Errorf("event %d after %d", f.Seq, last)
		case f.Op == "event":
			last = f.Seq
		case f.Op == "ok" && f.Epoch != "":
			if list := f.seqs(); len(list) > 0 {
				same(t, "answer", list, span(list[0], f.Seq))
			}
			last = f.Seq
		}
	}
	for last < rounds*each {
		m := cmd{"op": "join", "room": "general"}
		if last%2 == 0 {
			m["after"] = last
		}
		id := reader.say(m)
		for {
			f := reader.next()
			if f.ID == id && f.Op == "ok" && m["after"] == last {
				same(t, "delta", f.seqs(), span(last+1, f.Seq))
			}
			seen(f)
			if f.ID == id {
				break
			}
		}
	}
	talk.Wait()
	reader.none("event", "general")
}

func TestNothingComesBeforeTheJoinOrAfterTheLeave(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.signIn("Ada")
	ada.room("tea")
	c, reader := ada.dial(), h.visit()
	c.send("tea", "before anybody listens") // sending does not join
	c.none("event", "tea")
	reader.none("event", "tea")
	reader.join("tea")
	c.send("tea", "heard")
	if f := reader.event("tea"); f.Seq != 3 {
		t.Errorf("got %s", f.raw)
	}
	reader.ok(cmd{"op": "leave", "room": "tea"})
	reader.ok(cmd{"op": "leave", "room": "tea"}) // leaving is repeatable
	c.send("tea", "not heard")
	reader.none("event", "tea")
	page(t, reader.ok(cmd{"op": "join", "room": "tea", "after": 3}), "tea", 4, span(4, 4), false, false)
	c.send("tea", "heard again")
	if f := reader.event("tea"); f.Seq != 5 {
		t.Errorf("got %s", f.raw)
	}
	// general can be left as a subscription, though not as a membership.
	reader.join("general")
	reader.ok(cmd{"op": "leave", "room": "general"})
	c.send("general", "not heard")
	reader.none("event", "general")
}
