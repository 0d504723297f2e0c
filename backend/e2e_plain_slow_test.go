package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// count is how often something was logged.
func (l *logBook) count(what string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), what)
}

// patient are settings for who reads nothing while a busy machine is at work.
var patient = []string{"RATE_LIMITS=off", "STALL_TIMEOUT=10m", "IDLE_TIMEOUT=1h"}

// body of so many bytes, with a number that says which it is.
func numbered(n, size int) string {
	s := fmt.Sprint(n, " ")
	return s + strings.Repeat("x", size-len(s))
}

// Who falls out of the window is shown what it missed from the store, in its
// form, and then goes on with the others: each message once and in order.
func TestPlainLagIsMadeUp(t *testing.T) {
	t.Parallel()
	h := open(t, patient...)
	writer := h.visit()
	object, line, chatter, page := h.react(), h.text(), h.plain("/websocket"), h.plain("/websocket", reactPage)
	slow := map[string]*voice{"object": object, "line": line, "chatter": chatter, "page": page}
	reader := h.text()
	const events, size = 400, 30000 // more than the window of 1 MiB, its stretch and all that the sockets hold
	for n := range events {
		ok := writer.send("general", numbered(n, size))
		reader.hears(numbered(n, size))
		if n%10 == 0 { // what is not shown takes positions too
			writer.ok(cmd{"op": "react", "room": "general", "message": ok.Message, "emoji": "👍", "on": true})
		}
	}
	name := writer.hello.User.Name
	var all sync.WaitGroup
	for form, v := range slow {
		all.Go(func() {
			for n := 0; n < events+50; n++ {
				body := numbered(n, size)
				if n >= events {
					body = fmt.Sprint("live ", n)
				}
				_ = v.ws.SetReadDeadline(time.Now().Add(patience))
				_, got, err := v.ws.ReadMessage()
				switch {
				case err != nil:
					t.Errorf("%s at %d: %v", form, n, err)
					return
				case strings.Contains(string(got), came):
					n--
					continue
				}
				want := body
				switch form {
				case "object":
					want = `{"type":1,"body":"` + body + `"}`
				case "chatter", "page":
					want = spoken(name, body)
				}
				if string(got) != want {
					t.Errorf("%s: heard %.60s, want %.60s", form, got, want)
					return
				}
			}
		})
	}
	for n := range 50 { // while they catch up
		writer.send("general", fmt.Sprint("live ", events+n))
		reader.hears(fmt.Sprint("live ", events+n))
	}
	all.Wait()
	if n := h.log.count("a plain client fell behind"); n < len(slow) {
		t.Errorf("%d of %d fell behind: this shows nothing", n, len(slow))
	}
	writer.send("general", "in step")
	line.hears("in step")
	object.bodies("in step")
	page.hears(spoken(name, "in step"))
}

// Who is behind by more than 1,000 events is closed as soon as it reads.
func TestPlainTooFarBehind(t *testing.T) {
	t.Parallel()
	h := open(t, patient...)
	writer := h.react()
	far := h.text()
	reader := h.text()
	const events, size = 1600, 8000
	for n := range events {
		writer.say(numbered(n, size))
		if n >= 50 { // many are under way, and nobody else falls behind
			writer.bodies(numbered(n-50, size))
			reader.hears(numbered(n-50, size))
		}
	}
	for n := events - 50; n < events; n++ {
		writer.bodies(numbered(n, size))
		reader.hears(numbered(n, size))
	}
	far.closedWith(1013)
	writer.say("undisturbed")
	reader.hears("undisturbed")
}

// A client that takes nothing is closed, and touches nobody meanwhile.
func TestPlainStallIsClosed(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off", "STALL_TIMEOUT=300ms", "PING_INTERVAL=200ms")
	writer, reader := h.react(), h.text()
	stalled := h.text()
	v1 := h.slowDial() // who speaks our protocol is not closed for it
	v1.join("general")
	for n := 0; !h.log.has("code=1013"); n++ {
		writer.say(numbered(n, 30000))
		writer.bodies(numbered(n, 30000))
		reader.hears(numbered(n, 30000))
	}
	if _, _, err := stalled.ws.ReadMessage(); err != nil {
		t.Errorf("what its socket had taken is lost: %v", err)
	}
	writer.say("after it")
	reader.hears("after it")
	v1.take("what was sent last, or resync", func(f *frame) bool { return f.Body == "after it" || f.Op == "resync" })
}

// Above the rate it is not dropped, but read later.
func TestPlainFloodsAreDelayed(t *testing.T) {
	t.Parallel()
	h := open(t, "SEND_RATE=200", "SEND_BURST=20", "OP_RATE=200", "OP_BURST=20")
	line, echo := h.text(), h.plain("/echo")
	const many = 120
	for n := range many {
		line.say(fmt.Sprint(n))
		echo.say(fmt.Sprint(n))
	}
	for n := range many {
		line.hears(fmt.Sprint(n))
		echo.hears(fmt.Sprint(n))
	}
}

// While reading pauses, the connection and the server can end.
func TestPlainPauseEnds(t *testing.T) {
	t.Parallel()
	h := open(t, "SEND_RATE=0.01", "SEND_BURST=1", "OP_RATE=0.01", "OP_BURST=1")
	stays := h.react()
	for _, path := range []string{"/ws", "/ws?mode=echo", "/websocket", "/echo", "/echo?mode=hello"} {
		v := h.plain(path, reactPage)
		for range 3 {
			v.say(spoken("a", "b"))
		}
		if path == "/ws" {
			v.bodies(came, spoken("a", "b"))
		}
	}
	h.stop() // which shows that nothing is left
	stays.closedWith(1012)
}

// All forms at once, each in its own words, while many talk.
func TestPlainFormsTogether(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	v1 := h.visit()
	v1.join("general")
	speakers := []*voice{h.react(), h.text(), h.plain("/ws?mode=json&name=Lin"), h.plain("/websocket"), h.plain("/websocket", reactPage)}
	listeners := []*voice{h.react(), h.text(), h.plain("/websocket"), h.plain("/websocket", reactPage)}
	const each = 100
	var all sync.WaitGroup
	for i, v := range speakers {
		all.Go(func() {
			for n := range each {
				text := fmt.Sprint("from ", i, " <", n, ">")
				if i >= 3 {
					text = spoken("chatter", text)
				}
				if v.ws.WriteMessage(websocket.TextMessage, []byte(text)) != nil {
					return // shows in what is heard
				}
			}
		})
		all.Go(func() { // they read, too
			for {
				if _, _, err := v.ws.ReadMessage(); err != nil {
					return
				}
			}
		})
	}
	for range each * len(speakers) {
		e := v1.event("general")
		name := e.User.Name
		said := e.Body
		switch {
		case strings.Contains(e.raw, `"as":"chatter"`):
			name, said = "chatter", "chatter: "+e.Body
		case name == "Lin":
			said = "Lin: " + e.Body
		}
		listeners[0].bodies(said)
		listeners[1].hears(said)
		listeners[2].hears(spoken(name, e.Body))
		listeners[3].hears(spoken(name, strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(e.Body)))
	}
	for _, v := range speakers {
		_ = v.ws.Close()
	}
	all.Wait()
}

// A stop tells plain clients so.
func TestPlainShutdown(t *testing.T) {
	t.Parallel()
	h := open(t)
	var all []*voice
	for _, path := range []string{"/ws", "/ws?mode=json", "/ws?mode=echo", "/websocket", "/echo", "/echo?mode=hello", "/todo"} {
		all = append(all, h.plain(path))
	}
	h.stop()
	for _, v := range all {
		v.closedWith(1012)
	}
}
