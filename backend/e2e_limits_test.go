package main

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// flood sends the command n times without waiting, and counts the answers.
func (c *conn) flood(n int, m func(int) cmd) (ok int, refused []*frame) {
	c.t.Helper()
	var sent []string
	for i := range n {
		sent = append(sent, c.say(m(i)))
	}
	for _, id := range sent {
		switch f := c.answer(id); {
		case f.Op == "ok":
			ok++
		case f.Code == "rate_limited" && f.Retry > 0 && f.Detail != "":
			refused = append(refused, f)
		default:
			c.t.Fatalf("answered %s", f.raw)
		}
	}
	return ok, refused
}

func TestSendsAreLimitedPerUser(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.signIn("Ada")
	c, second := ada.dial(), ada.dial()
	began := time.Now()
	message := func(i int) cmd { return cmd{"op": "send", "room": "general", "body": fmt.Sprint(i)} }
	ok, refused := c.flood(100, message)
	if ok != 100 {
		t.Errorf("%d of a burst of 100 were taken", ok)
	}
	more, refusedThen := second.flood(200, message) // the user's, not the connection's
	refused = append(refused, refusedThen...)
	if most := 101 + int(10*time.Since(began).Seconds()); ok+more > most || len(refused) == 0 {
		t.Errorf("%d were taken in %s, %d refused", ok+more, time.Since(began), len(refused))
	}
	h.visit().send("general", "another user is not held back")
	c.fence() // nor other ops
	// Who waits as long as was said gets through.
	id := newID()
	for tries := 0; ; tries++ {
		f := c.ask(cmd{"op": "send", "id": id, "room": "general", "body": "patient"})
		if f.Op == "ok" {
			break
		}
		if tries > 20 || f.Retry < 1 || f.Retry > 1000 {
			t.Fatalf("try %d: %s", tries, f.raw)
		}
		<-time.After(time.Duration(f.Retry) * time.Millisecond)
	}
	// Nothing was dropped in silence, and nothing refused was written.
	if head := h.visit().join("general").Seq; head != uint64(ok+more+2) {
		t.Errorf("%d events of %d", head, ok+more+2)
	}
}

func TestRepeatsCountTowardsTheLimit(t *testing.T) {
	t.Parallel()
	h := open(t, "SEND_RATE=0.01", "SEND_BURST=5")
	c := h.visit()
	ok, refused := c.flood(8, func(int) cmd { return cmd{"op": "send", "id": "same", "room": "general", "body": "x"} })
	if ok != 5 || len(refused) != 3 {
		t.Errorf("%d taken, %d refused", ok, len(refused))
	}
}

func TestOtherOpsAreLimitedPerConnection(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.signIn("Ada")
	c, second := ada.dial(), ada.dial()
	began := time.Now()
	ping := func(i int) cmd { return cmd{"op": []string{"ping", "typing"}[i%2], "room": "general"} }
	first, none := c.flood(500, ping)
	if first != 500 || len(none) != 0 {
		t.Errorf("%d of a burst of 500 were taken", first)
	}
	ok, refused := c.flood(600, ping)
	if most := 1 + int(50*time.Since(began).Seconds()); ok > most || len(refused) == 0 {
		t.Errorf("%d more were taken in %s, %d refused", ok, time.Since(began), len(refused))
	}
	second.fence() // the connection's, not the user's
	c.send("general", "and not the sends'")
}

func TestWhoIgnoresTheLimitsIsClosed(t *testing.T) {
	t.Parallel()
	h := open(t, "OP_RATE=0.01", "OP_BURST=1")
	c := h.visit()
	ok, refused := c.flood(1000, func(int) cmd { return cmd{"op": "ping"} })
	if ok != 1 || len(refused) != 999 {
		t.Errorf("%d taken, %d refused", ok, len(refused))
	}
	if f := c.ask(cmd{"op": "ping"}); f.Code != "rate_limited" { // the 1,000th
		t.Error(f.raw)
	}
	c.closedWith(1008)
}

func TestMeaninglessFramesCloseTheConnection(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.visit()
	for n := range 19 {
		switch n % 2 {
		case 0:
			c.write("{")
		default:
			c.write(`{"op":"dance","id":"a"}`)
		}
		if f := c.take("an error", func(f *frame) bool { return f.Op == "error" }); f.Code != []string{"bad_json", "unknown_op"}[n%2] {
			t.Error(f.raw)
		}
	}
	for range 30 { // other errors do not count
		c.refused("invalid", cmd{"op": "join", "room": 1})
	}
	c.fence()
	c.write("[]")
	c.closedWith(1008)
	if f := c.take("an error", func(f *frame) bool { return f.Op == "error" }); f.Code != "bad_json" {
		t.Error(f.raw)
	}
}

func TestSocketsOfOneSession(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.signIn("Ada")
	var conns []*conn
	for range 20 {
		conns = append(conns, ada.dial())
	}
	refused := func() {
		t.Helper()
		_, answer, err := h.dialWith("/ws", ada.header())
		if err == nil || answer == nil {
			t.Fatalf("the 21st socket: %v", err)
		}
		if r := read(t, answer).want(t, http.StatusTooManyRequests, "rate_limited"); r.Error.Retry < 1 || r.header.Get("Retry-After") == "" {
			t.Errorf("%s %v", r.text, r.header)
		}
	}
	refused()
	refused()
	h.signIn("Bob").dial() // another session is not held back
	h.visit()
	conns[7].bye()
	eventually(t, func() bool {
		ws, answer, err := h.dialWith("/ws", ada.header())
		if err == nil {
			conns[7] = h.greeted(ws)
			return true
		}
		_ = answer.Body.Close()
		return false
	}, func() string { return "the place of a closed socket is not given again" })
	refused()
}

func TestSocketsOfTheServer(t *testing.T) {
	t.Parallel()
	h := open(t, "MAX_SOCKETS=2")
	first, second := h.visit(), h.visit()
	for range 3 {
		h.turnedAway()
	}
	first.send("general", "those who are in are not disturbed")
	second.fence()
	second.bye()
	eventually(t, func() bool {
		f, err := h.knock().receive()
		return err == nil && f.Op == "hello"
	}, func() string { return "the place of a closed socket is not given again" })
	h.turnedAway()
	first.fence()
}

// turnedAway connects where there is no room: a page learns of it by a close
// frame, as it never sees the status of a handshake.
func (h *house) turnedAway() {
	h.t.Helper()
	c := h.knock()
	defer func() { _ = c.ws.Close() }()
	code, reason := c.closed()
	if code != websocket.CloseTryAgainLater || !regexp.MustCompile(`, retry_ms=[1-9][0-9]{3,4}$`).MatchString(reason) {
		h.t.Errorf("turned away with %d %q", code, reason)
	}
	if len(c.waiting) > 0 {
		h.t.Errorf("turned away, and sent %s", c.waiting[0].raw)
	}
}

func TestLimitsPerAddress(t *testing.T) {
	t.Parallel()
	h := open(t, "CONNECT_RATE=0.01", "CONNECT_BURST=3", "HTTP_RATE=0.01", "HTTP_BURST=4", "TRUSTED_PROXIES=127.0.0.1,10.0.0.0/8")
	from := func(forwarded string) int {
		t.Helper()
		header := http.Header{}
		if forwarded != "" {
			header.Set("X-Forwarded-For", forwarded)
		}
		ws, answer, err := h.dialWith("/ws", header)
		if err == nil {
			h.greeted(ws)
			return http.StatusSwitchingProtocols
		}
		r := read(t, answer).want(t, http.StatusTooManyRequests, "rate_limited")
		if after, err := strconv.Atoi(r.header.Get("Retry-After")); err != nil || after < 1 || r.Error.Retry < 1 {
			t.Errorf("Retry-After %q, %s", r.header.Get("Retry-After"), r.text)
		}
		return r.status
	}
	for name, forwarded := range map[string][5]string{
		// Only the last untrusted address counts, whatever stands before it.
		"spoofed": {"1.1.1.1, 203.0.113.7", "2.2.2.2, 203.0.113.7", "203.0.113.7", "127.0.0.1, 203.0.113.7", "203.0.113.8"},
		"proxies": {"198.51.100.1, 10.1.2.3", "198.51.100.1, 10.9.9.9", "198.51.100.1", "198.51.100.1, 10.0.0.1, 10.0.0.2", "198.51.100.2"},
		"subnet":  {"2001:db8::1", "2001:db8::2", "2001:db8:0:0:ffff::3", "2001:db8::4", "2001:db8:1::1"},
	} {
		for i, want := range []int{101, 101, 101, 429, 101} {
			if got := from(forwarded[i]); got != want {
				t.Errorf("%s: %q got %d, want %d", name, forwarded[i], got, want)
			}
		}
	}
	for i, want := range []int{200, 200, 200, 200, 429, 429} {
		if r := h.call("GET", "/api/rooms", "", "X-Forwarded-For: 192.0.2.1"); r.status != want {
			t.Errorf("request %d: %d", i, r.status)
		} else if want == 429 && (r.Error.Code != "rate_limited" || r.header.Get("Retry-After") == "") {
			t.Errorf("%s", r.text)
		}
	}
	h.call("GET", "/healthz", "", "X-Forwarded-For: 192.0.2.1").want(t, 200, "")
}

func TestAddressOfAnUntrustedPeerIsItsOwn(t *testing.T) {
	t.Parallel()
	h := open(t, "CONNECT_RATE=0.01", "CONNECT_BURST=2")
	for i, want := range []bool{true, true, false} {
		ws, answer, err := h.dialWith("/ws", http.Header{"X-Forwarded-For": {fmt.Sprint("203.0.113.", i)}})
		if (err == nil) != want {
			t.Fatalf("connection %d: %v", i, err)
		}
		if err == nil {
			h.greeted(ws)
		} else {
			read(t, answer).want(t, http.StatusTooManyRequests, "rate_limited")
		}
	}
}

func TestRoomsAreLimitedPerUser(t *testing.T) {
	t.Parallel()
	h := open(t, "ROOM_RATE=0.01", "ROOM_BURST=2", "MAX_ROOMS=4")
	ada, bob := h.signIn("Ada"), h.signIn("Bob")
	ada.room("one")
	ada.room("two")
	if r := ada.call("POST", "/api/rooms", `{"name":"three"}`).want(t, 429, "rate_limited"); r.Error.Retry < 1 {
		t.Error(r.text)
	}
	bob.room("three")
	bob.call("POST", "/api/rooms", `{"name":"five"}`).want(t, http.StatusForbidden, "forbidden") // with general, four
}

func TestRateLimitsCanBeLifted(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off", "CONNECT_RATE=0.01", "CONNECT_BURST=1", "HTTP_RATE=0.01", "HTTP_BURST=1", "ROOM_RATE=0.01", "ROOM_BURST=1")
	ada := h.signIn("Ada")
	var c *conn
	for range 25 {
		c = ada.dial()
	}
	if ok, _ := c.flood(200, func(i int) cmd { return cmd{"op": "send", "room": "general", "body": fmt.Sprint(i)} }); ok != 200 {
		t.Errorf("%d of 200 sends", ok)
	}
	if ok, _ := c.flood(1200, func(int) cmd { return cmd{"op": "ping"} }); ok != 1200 {
		t.Errorf("%d of 1200 pings", ok)
	}
	for n := range 5 {
		ada.room(fmt.Sprint("room-", n))
	}
}
