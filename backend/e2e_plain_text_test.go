package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

func TestOrigin3_1(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, b := h.plain("/ws"), h.plain("/ws")
	v1 := h.visit()
	v1.join("general")
	gone := h.plain("/ws")
	gone.bye(1000)
	for _, text := range []string{"hello", `{"a":1}`, "<b>", "茶"} {
		a.say(text)
		a.hears(text)
		b.hears(text)
	}
	// Edits, deletions and reactions of others are nothing to them.
	ok := v1.send("general", "first words")
	v1.ok(cmd{"op": "edit", "room": "general", "message": ok.Message, "body": "other words"})
	v1.ok(cmd{"op": "react", "room": "general", "message": ok.Message, "emoji": "👍", "on": true})
	v1.ok(cmd{"op": "delete", "room": "general", "message": ok.Message})
	v1.ok(cmd{"op": "typing", "room": "general"})
	v1.send("general", "two\nlines  ")
	b.say("end")
	for _, v := range []*voice{a, b} {
		v.hears("first words", "two lines", "end")
	}
}

func TestOrigin3_2(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, b := h.plain("/ws"), h.plain("/ws")
	for said, line := range map[string]string{"  a\nb ": "a b", "\r\nc\r\nd\r": "c d", "e": "e"} {
		a.say(said)
		a.hears(line)
		b.hears(line)
	}
	var want []string
	for n := range 50 {
		want = append(want, fmt.Sprint("line ", n))
		a.say(want[n])
	}
	a.hears(want...)
	b.hears(want...)
	// In fragments.
	w, err := a.ws.NextWriter(websocket.TextMessage)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if _, err := w.Write([]byte(strings.Repeat("x", 4000))); err != nil { // more than a buffer each
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	b.hears(strings.Repeat("x", 20000))
	// A ping is answered with its payload.
	pong := make(chan string, 1)
	a.ws.SetPongHandler(func(payload string) error {
		pong <- payload
		return nil
	})
	if err := a.ws.WriteControl(websocket.PingMessage, []byte("are you there"), time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	a.hears(strings.Repeat("x", 20000))
	a.say("flush")
	a.hears("flush")
	if got := <-pong; got != "are you there" {
		t.Errorf("the pong has %q", got)
	}
	a.bye(1000)
}

func TestOrigin3_3(t *testing.T) {
	t.Parallel()
	h := open(t)
	page, program := h.plain("/ws", h.own()), h.plain("/ws")
	program.say("a <b>line</b>") // pages of that tutorial show it as text
	page.hears("a <b>line</b>")
	page.say("back")
	program.hears("a <b>line</b>", "back")
}

func TestOrigin3_4(t *testing.T) {
	t.Parallel()
	h := open(t)
	line, object := h.plain("/ws"), h.react()
	later := h.react()
	object.bodies(came)
	line.say("from a line")
	object.bodies("from a line")
	later.bodies("from a line")
	object.say("from\nan object")
	object.bodies("from\nan object")
	line.hears("from a line", "from an object")
	h.plain("/ws")
	object.bodies(came) // of the others, only these are told
	later.bye(1001)
	object.bodies(went)
	object.say("end")
	line.hears("end")
}

func TestOrigin3_5(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, b := h.plain("/ws"), h.plain("/ws")
	long := strings.Repeat("茶", 4000)
	a.say(long)
	a.hears(long)
	b.hears(long)
	broken := h.plain("/ws")
	broken.frame(websocket.TextMessage, []byte("caf\xE9"))
	broken.closedWith(1007)
	for _, blank := range []string{"", "  ", "\n"} {
		a.say(blank)
	}
	a.say("next")
	a.hears("next")
	b.hears("next")
}

// A named user is shown with the name, whoever it is.
func TestPlainNames(t *testing.T) {
	t.Parallel()
	h := open(t)
	line, object, chatter := h.plain("/ws"), h.react(), h.plain("/websocket")
	ada := h.signIn("Ada")
	c := ada.dial()
	c.send("general", "by the protocol")
	bearer := h.plain("/ws", "Authorization: Bearer "+ada.token)
	bearer.say("by a line")
	named := h.plain("/ws?name=Bo")
	named.say("by a name")
	want := []string{"Ada: by the protocol", "Ada: by a line", "Bo: by a name"}
	line.hears(want...)
	object.bodies(want...)
	chatter.hears(spoken("Ada", "by the protocol"), spoken("Ada", "by a line"), spoken("Bo", "by a name"))
	// What they say is an event like any other.
	page := h.visit().join("general")
	for i, w := range want {
		e := page.event(i)
		if e.User.Name+": "+e.Body != w || e.Ref != "" && i > 0 {
			t.Errorf("%s, want %s", e.raw, w)
		}
	}
	// A sign-out closes them too.
	ada.call(http.MethodDelete, "/api/session", "")
	bearer.closedWith(1008)
}

// Plain clients are among those who are there.
func TestPlainPresence(t *testing.T) {
	t.Parallel()
	h := open(t)
	watcher := h.visit()
	watcher.join("general")
	online := map[string]string{}
	me := watcher.hello.User.Name
	watcher.here("general", online, me)
	v := h.plain("/ws?name=Lin")
	watcher.here("general", online, me, "Lin")
	h.plain("/echo?name=Nobody")
	v.bye(1000)
	watcher.here("general", online, me)
}
