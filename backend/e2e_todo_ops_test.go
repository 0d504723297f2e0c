package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// todos is the answer of GET /api/rooms/{room}/todos.
type todos struct {
	Room, Epoch string
	Seq         uint64
	Items       []struct {
		ID, Body string
		User     account
		At       int64
	}
}

func (h *house) todos(room string) (list todos, bodies []string) {
	h.t.Helper()
	r := h.call("GET", "/api/rooms/"+room+"/todos", "").want(h.t, http.StatusOK, "")
	if err := json.Unmarshal([]byte(r.text), &list); err != nil {
		h.t.Fatal(err)
	}
	for _, item := range list.Items {
		bodies = append(bodies, item.Body)
	}
	return list, bodies
}

// The answers and events of the op, to the byte, live and read later.
func TestTodoIsAnEvent(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada, bob := h.signIn("Ada"), h.signIn("Bob")
	c, other := ada.dial(), bob.dial()
	c.join("general")
	epoch := other.join("general").Epoch
	m := c.ok(cmd{"op": "todo", "id": "add", "room": "general", "body": " buy\n\"milk\" ", "on": true})
	if want := fmt.Sprintf(`{"op":"ok","id":"add","room":"general","seq":1,"message":"%s","at":%d}`, m.Message, m.At); m.raw != want {
		t.Errorf("the answer is %s, want %s", m.raw, want)
	}
	if e := c.event("general"); e.ID != m.Message {
		t.Error(e.raw)
	}
	other.event("general")
	const body = `"body":"buy \"milk\""`
	for n, step := range []struct {
		m     cmd
		event string
		open  int
	}{
		{cmd{"message": m.Message, "on": false}, `"message":"` + m.Message + `",` + body + `,"on":false`, 0},
		{cmd{"message": m.Message, "on": true}, `"message":"` + m.Message + `",` + body + `,"on":true`, 1},
		{cmd{"body": `buy "milk"`}, body + `,"on":false`, 0},
		{cmd{"body": `buy "milk"`, "on": true}, body + `,"on":true`, 1},
	} {
		id := fmt.Sprint("c", n)
		ok := other.ok(with(step.m, cmd{"op": "todo", "room": "general", "id": id}))
		message := ""
		if n == 3 {
			message = `,"message":"` + ok.Message + `"`
		}
		if want := fmt.Sprintf(`{"op":"ok","id":"%s","room":"general","seq":%d%s,"at":%d}`, id, n+2, message, ok.At); ok.raw != want {
			t.Errorf("the answer is %s, want %s", ok.raw, want)
		}
		e, own := c.event("general"), other.event("general")
		want := fmt.Sprintf(`{"op":"event","room":"general","seq":%d,"kind":"todo","id":"%s","user":{"id":"%s","name":"Bob"},"at":%d,%s,"ref":"%s"}`,
			n+2, e.ID, bob.ID, ok.At, step.event, id)
		if e.raw != want || own.raw != want || own.n < ok.n {
			t.Errorf("the event is %s and %s, want %s", e.raw, own.raw, want)
		}
		list, bodies := h.todos("general")
		if list.Room != "general" || list.Epoch != epoch || list.Seq != uint64(n+2) || len(bodies) != step.open { //nolint:gosec // small
			t.Errorf("step %d: %+v", n, list)
		}
	}
	list, _ := h.todos("general")
	if item := list.Items[0]; item.Body != `buy "milk"` || item.User.ID != bob.ID || item.User.Name != "Bob" || item.At == 0 || item.ID == m.Message {
		t.Errorf("%+v", item)
	}
	// Who comes later is given the same bytes.
	all := h.visit().ok(cmd{"op": "join", "room": "general", "after": 0, "epoch": epoch})
	page(t, all, "general", 5, span(1, 5), false, false)
	for after := range 5 {
		f := c.ok(cmd{"op": "join", "room": "general", "after": after, "epoch": epoch})
		page(t, f, "general", 5, span(uint64(after)+1, 5), false, false)
		for i, e := range f.Events {
			if string(e) != string(all.Events[after+i]) {
				t.Errorf("%s and %s", e, all.Events[after+i])
			}
		}
	}
	h.call("GET", "/api/rooms/nowhere/todos", "").want(t, http.StatusNotFound, "not_found")
	if _, bodies := h.todos("general"); len(bodies) != 1 {
		t.Error(bodies)
	}
}

func TestTodoIsRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.signIn("Ada")
	ada.room("tea")
	c := ada.dial()
	said := c.send("general", "hello").Message
	elsewhere := c.ok(cmd{"op": "todo", "room": "tea", "body": "leaves", "on": true}).Message
	milk := c.ok(cmd{"op": "todo", "room": "general", "body": "milk", "on": true}).Message
	todo := func(more cmd) cmd { return with(cmd{"op": "todo", "room": "general", "id": "x"}, more) }
	for _, gone := range []cmd{
		{"body": "Milk"},
		{"body": "leaves"},
		{"message": said},
		{"message": said, "on": true},
		{"message": elsewhere},
		{"message": elsewhere, "on": true},
		{"message": "nonsense"},
		{"message": "m_0000000000001", "on": true},
		{"room": "nowhere", "body": "x", "on": true},
		{"room": "tea", "message": milk},
	} {
		c.refused("not_found", todo(gone))
	}
	for _, op := range []cmd{{"op": "edit", "body": "tea"}, {"op": "delete"}, {"op": "react", "emoji": "👍", "on": true}, {"op": "send", "body": "x", "parent": milk}} {
		c.refused("not_found", todo(with(cmd{"message": milk}, op)))
	}
	if f := c.refused("too_long", todo(cmd{"body": strings.Repeat("茶", 1001), "on": true})); f.Limit != 1000 || !strings.Contains(f.Detail, "1000 characters") {
		t.Error(f.raw)
	}
	c.ok(todo(cmd{"body": strings.Repeat("茶", 1000), "on": true, "id": "long"}))
	// Ticked off twice, at once, it is ticked off once.
	other := h.visit()
	first, second := c.say(todo(cmd{"message": milk, "id": "once"})), other.say(todo(cmd{"message": milk, "id": "once"}))
	codes := c.answer(first).Code + other.answer(second).Code
	if codes != "not_found" {
		t.Errorf("ticked off twice: %q", codes)
	}
}

// A command that was answered is answered like that for ever.
func TestTodoRepeated(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.signIn("Ada")
	c := ada.dial()
	m := c.ok(cmd{"op": "todo", "id": "add", "room": "general", "body": "milk", "on": true}).Message
	commands := []cmd{
		{"op": "todo", "id": "add", "room": "general", "body": "milk", "on": true},
		{"op": "todo", "id": "off", "room": "general", "message": m, "on": false},
		{"op": "todo", "id": "on", "room": "general", "message": m, "on": true},
		{"op": "todo", "id": "all", "room": "general", "body": "milk"},
	}
	var first []string
	for _, m := range commands {
		first = append(first, c.ok(m).raw)
	}
	again := func(c *conn) {
		t.Helper()
		for i, m := range commands {
			if got := c.ok(with(m, cmd{"unknown": 1})).raw; got != first[i] {
				t.Errorf("%s, the first time %s", got, first[i])
			}
		}
		for _, m := range []cmd{
			{"op": "todo", "id": "add", "room": "general", "body": "milk"},
			{"op": "todo", "id": "add", "room": "general", "body": "tea", "on": true},
			{"op": "todo", "id": "off", "room": "general", "message": m, "on": true},
			{"op": "todo", "id": "off", "room": "general", "body": "milk"},
			{"op": "send", "id": "add", "room": "general", "body": "milk"},
			{"op": "card", "id": "add", "room": "general", "body": `[{"a":1}]`},
		} {
			c.refused("conflict", m)
		}
		if f := c.join("general"); f.Seq != 4 {
			t.Errorf("the log has %d events", f.Seq)
		}
		if list, bodies := ada.h.todos("general"); len(bodies) != 0 || list.Seq != 4 {
			t.Errorf("%+v", list)
		}
	}
	again(c)
	again(ada.dial())
	h.stop()
	ada.h = openAt(t, h.data)
	again(ada.dial())
}

// The ops of lists and tables are limited with messages, per user.
func TestTodoAndCardAreLimitedWithSends(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.signIn("Ada")
	c := ada.dial()
	ok, refused := c.flood(150, func(i int) cmd {
		return []cmd{
			{"op": "todo", "room": "general", "body": "milk", "on": true},
			{"op": "card", "room": "general", "body": `[{"a":1}]`},
			{"op": "send", "room": "general", "body": "x"},
		}[i%3]
	})
	if ok < 100 || len(refused) == 0 {
		t.Errorf("%d of a burst of 150 were taken", ok)
	}
	for range 20 { // the bucket holds no more than what came in meanwhile
		if r := ada.call("POST", "/api/rooms/general/cards", `{"rows":[{"a":1}]}`); r.status == http.StatusTooManyRequests {
			r.want(t, http.StatusTooManyRequests, "rate_limited")
			if r.Error.Retry < 1 || r.header.Get("Retry-After") == "" {
				t.Error(r.text)
			}
			return
		}
	}
	t.Error("cards over HTTP are not limited")
}

// Lists are as the settings for guests say: whoever may write, may do all of it.
func TestTodosOfVisitors(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.dial("/ws?name=Vera", nil)
	m := c.ok(cmd{"op": "todo", "room": "general", "body": "milk", "on": true}).Message
	h.visit().ok(cmd{"op": "todo", "room": "general", "message": m})
	if list, _ := h.todos("general"); list.Seq != 2 || len(list.Items) != 0 {
		t.Errorf("%+v", list)
	}
	closed := open(t, "GUESTS=off")
	closed.call("GET", "/api/rooms/general/todos", "").want(t, http.StatusUnauthorized, "unauthenticated")
}
