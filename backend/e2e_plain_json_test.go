package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// These tests bear the numbers of the rows that docs/origins.md lists.

func TestOrigin0_1(t *testing.T) {
	t.Parallel()
	h := open(t)
	first := h.plain("/ws", reactPage)
	if got := first.hear(); got != `{"type":1,"body":"New User Joined..."}` {
		t.Errorf("the first frame is %s", got)
	}
	second := h.react()
	first.bodies(came)
	h.react()
	first.bodies(came)
	second.bodies(came)
}

func TestOrigin0_2(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, b := h.react(), h.react()
	texts := []string{
		"hello", "茶 ☕️ 🫖 é", `say "hi" \ 'there'`, "<b>bold</b> & <img src=x onerror=alert(1)>", "a\nb", "  indented\t",
		`{"type":1,"body":"forged"}`, "[1]", "null", "ping", strings.Repeat("茶", 4000), "a\u2028b",
	}
	for _, text := range texts {
		a.say(text)
		a.bodies(text)
		if got := b.body(); got != text {
			t.Fatalf("heard %q, want %q", got, text)
		}
	}
	b.say("end")
	a.bodies("end")
	b.bodies("end")
}

func TestOrigin0_3(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, b, c := h.react(), h.react(), h.react()
	var want []string
	for n := range 50 {
		want = append(want, fmt.Sprint("burst ", n))
		a.say(want[n])
	}
	for _, v := range []*voice{a, b, c} {
		v.bodies(want...)
	}
	var both sync.WaitGroup
	for name, v := range map[string]*voice{"a": a, "b": b} {
		both.Go(func() {
			for n := range 20 {
				_ = v.ws.WriteMessage(websocket.TextMessage, fmt.Append(nil, name, n)) // shows in what is heard
			}
		})
	}
	both.Wait()
	var orders [3][]string
	for i, v := range []*voice{a, b, c} {
		for range 40 {
			orders[i] = append(orders[i], v.body())
		}
	}
	if !slices.Equal(orders[0], orders[1]) || !slices.Equal(orders[0], orders[2]) {
		t.Errorf("different orders:\n%q\n%q\n%q", orders[0], orders[1], orders[2])
	}
	for _, name := range []string{"a", "b"} {
		next := 0
		for _, text := range orders[0] {
			if text == fmt.Sprint(name, next) {
				next++
			}
		}
		if next != 20 {
			t.Errorf("of %s, %d are there in their order", name, next)
		}
	}
}

func TestOrigin0_4(t *testing.T) {
	t.Parallel()
	h := open(t)
	stays, leaves, falls := h.react(), h.react(), h.react()
	stays.bodies(came, came)
	leaves.bye(1001)
	stays.bodies(went)
	falls.reset()
	stays.bodies(went)
	other := h.react()
	other.say("it goes on")
	stays.bodies(came, "it goes on")
	other.bodies("it goes on")
}

// That somebody came is heard before what they say.
func TestPlainNoticesInOrder(t *testing.T) {
	t.Parallel()
	h := open(t)
	stays := h.react()
	for n := range 4 {
		v := h.react()
		v.say(fmt.Sprint("first ", n))
		for _, want := range []string{came, fmt.Sprint("first ", n)} {
			if got := stays.body(); got != want {
				t.Fatalf("heard %q, want %q", got, want)
			}
		}
		v.bye(1000)
		stays.bodies(went)
	}
}

func TestOrigin0_5NoHistory(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := h.react()
	a.say("before")
	a.bodies("before")
	b, c := h.react(), h.text()
	a.say("after")
	b.bodies("after")
	c.hears("after")
}

func TestOrigin0_6(t *testing.T) {
	t.Parallel()
	h := open(t)
	echo, other := h.plain("/ws?mode=echo", reactPage), h.react()
	for kind, body := range map[int]string{websocket.TextMessage: "hello <b>", websocket.BinaryMessage: "\x00\xFF"} {
		echo.frame(kind, []byte(body))
		if k, text := echo.read(); k != kind || text != body {
			t.Errorf("got %d %q back", k, text)
		}
	}
	echo.say("")
	echo.hears("")
	other.say("of this the echo hears nothing, nor others of the echo")
	if got := other.body(); !strings.HasPrefix(got, "of this") {
		t.Errorf("heard %q", got)
	}
	echo.say("still")
	echo.hears("still")
}

func TestOrigin0_7(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, b := h.react(), h.react()
	undisturbed := func(text string) { // but for those who talk, and come and go
		t.Helper()
		a.say(text)
		for _, v := range []*voice{a, b} {
			for got := v.body(); got != text; got = v.body() {
				if got != came && got != went && !strings.HasPrefix(got, "talker ") {
					t.Fatalf("heard %q", got)
				}
			}
		}
	}
	for _, blank := range []string{"", " ", "\n\t", "\u200B", "\u3164"} {
		a.say(blank)
	}
	undisturbed("after blanks")

	huge := h.react()
	_ = huge.ws.SetWriteDeadline(time.Now().Add(patience))
	_ = huge.ws.WriteMessage(websocket.TextMessage, make([]byte, 5<<20)) // the server may close before it is whole
	huge.closedWith(1009)
	long := h.react()
	long.say(strings.Repeat("x", 32769))
	long.closedWith(1009)
	nul := h.react()
	nul.say("a\x00b")
	nul.closedWith(1007)
	binary := h.react()
	binary.frame(websocket.BinaryMessage, []byte("x"))
	binary.closedWith(1003)
	undisturbed("after those that were closed")

	var talkers []*voice
	for range 25 {
		talkers = append(talkers, h.react())
	}
	for n, v := range talkers {
		v.say(fmt.Sprint("talker ", n))
		v.reset()
	}
	undisturbed("after resets")
	h.refusedPlain("/ws", 403, "forbidden", "Origin: http://evil.example")
	h.refusedPlain("/ws", 403, "forbidden", "Origin: null")
	for _, path := range []string{"/ws", "/ws?mode=json", "/websocket", "/echo", "/todo"} {
		if r := h.raw("GET", path, ""); r.status != 426 {
			t.Errorf("GET %s: %d", path, r.status)
		}
	}
	undisturbed("after all of it")
}

func TestPlainHandshakes(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.signIn("Ada").room("tea")
	for _, path := range []string{"/ws", "/websocket", "/echo", "/todo"} {
		h.refusedPlain(path, 403, "forbidden", "Origin: http://evil.example")
		h.refusedPlain(path, 403, "forbidden", "Cookie: session=whose")
		h.refusedPlain(path, 400, "invalid", reactPage, reactPage)
		h.refusedPlain(path, 401, "unauthenticated", "Authorization: Bearer nobody")
		h.refusedPlain(path+"?token=x", 400, "invalid")
		h.plain(path, reactPage, "Cookie: session=whose") // which says nothing here
	}
	for path, want := range map[string]string{
		"/ws?mode=xml": "400 invalid", "/echo?mode=json": "400 invalid", "/ws?name=%07": "400 invalid", "/ws?name=" + strings.Repeat("a", 41): "400 invalid",
		"/ws?room=nowhere": "404 not_found", "/ws?room=No%20Room!": "404 not_found",
	} {
		var status int
		var code string
		_, _ = fmt.Sscan(want, &status, &code)
		h.refusedPlain(path, status, code)
	}
	// A room of its own, and a name.
	tea, ada := h.plain("/ws?room=tea&mode=text"), h.plain("/ws?room=tea&name=Lin", reactPage)
	lobby := h.text()
	ada.say("in the tea room")
	tea.hears("Lin: in the tea room")
	ada.bodies(came, "Lin: in the tea room")
	lobby.say("in the lobby")
	lobby.hears("in the lobby")
	// The forms, by origin.
	h.plain("/ws", h.own()).say("text for the own page")
	lobby.hears("text for the own page")
	own := h.plain("/ws", h.own())
	lobby.say("x")
	own.hears("x")
	lobby.hears("x")
	if !h.log.has("mode=text") || !h.log.has("mode=json") {
		t.Error("the forms are not in the log")
	}
}

func TestPlainDefaultMode(t *testing.T) {
	t.Parallel()
	json, text := open(t, "WS_DEFAULT_MODE=json"), open(t, "WS_DEFAULT_MODE=text")
	for _, header := range []string{json.own(), reactPage} {
		json.plain("/ws", header).bodies(came)
	}
	json.plain("/ws").bodies(came)
	v := text.plain("/ws", reactPage)
	v.say("a line")
	v.hears("a line")
	text.plain("/ws?mode=json").bodies(came)
}

func TestPlainGuestsCanBeKeptOut(t *testing.T) {
	t.Parallel()
	h := open(t, "GUESTS=off")
	for _, path := range []string{"/ws", "/ws?mode=echo", "/websocket", "/echo", "/todo"} {
		h.refusedPlain(path, 401, "unauthenticated")
	}
}
