package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

func TestSessions(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.call("GET", "/api/session", "").want(t, 401, "unauthenticated")
	h.call("GET", "/api/session?quiet", "").want(t, 204, "")
	h.call("DELETE", "/api/session", "").want(t, 401, "unauthenticated")
	r := h.call("POST", "/api/session", `{"name":"  Ada   Lovelace ","password":"ignored"}`).want(t, 201, "")
	if r.User.Name != "Ada Lovelace" || r.User.Role != "guest" || !strings.HasPrefix(r.User.ID, "u_") || r.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s %v", r.text, r.header)
	}
	cookie := r.header.Get("Set-Cookie")
	for _, want := range []string{"session=", "Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=2592000"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("no %s in %s", want, cookie)
		}
	}
	if !strings.HasPrefix(cookie, "session=") || strings.Contains(cookie, "Secure") || strings.Contains(cookie, "Domain") {
		t.Errorf("over http: %s", cookie)
	}
	pair, _, _ := strings.Cut(cookie, ";")
	if me := h.call("GET", "/api/session?quiet", "", "Cookie: "+pair).want(t, 200, ""); me.User != r.User {
		t.Errorf("the cookie is of %+v, want %+v", me.User, r.User)
	}
	if me := h.call("GET", "/api/session", "", "Cookie: "+pair).want(t, 200, ""); me.User != r.User {
		t.Errorf("%+v is not %+v", me.User, r.User)
	}
	for _, name := range []string{"Ada Lovelace", "ada lovelace", " ADA  LOVELACE"} {
		h.call("POST", "/api/session", `{"name":"`+name+`"}`).want(t, 409, "conflict")
	}
	h.call("POST", "/api/session", `{"name":"Somebody else"}`, "Cookie: "+pair).want(t, 409, "conflict")
	h.call("POST", "/api/session", `{"name":"With a dead cookie"}`, "Cookie: session=dead").want(t, 201, "")
	for _, bad := range []string{
		`{}`, `{"name":""}`, `{"name":" "}`, `{"name":5}`, `{"name":null}`, `{"name":"a\u0007"}`, `{"name":"\u200b"}`, `{"name":"\u202eAda"}`,
		`{"name":"\ud800"}`, `{"name":"a\u0000"}`, `{"name":"` + strings.Repeat("é", 41) + `"}`,
	} {
		if r := h.call("POST", "/api/session", bad).want(t, 400, "invalid"); r.Error.Field != "name" {
			t.Errorf("%s: field %q", bad, r.Error.Field)
		}
	}
	for _, bad := range []string{``, `[]`, `{"name":"a","name":"b"}`, `{"name":"a"} x`, "{\"name\":\"\xff\"}"} {
		h.call("POST", "/api/session", bad, "Content-Type: application/json").want(t, 400, "bad_json")
	}
	if r := h.call("POST", "/api/session", `{"name":"`+strings.Repeat("a", 70000)+`"}`); r.status != 413 || r.Error.Code != "too_long" {
		t.Errorf("%d %s", r.status, r.text)
	}
	if r := h.signIn(strings.Repeat("é", 40)); r.Name != strings.Repeat("é", 40) {
		t.Errorf("a name of 40 became %s", r.Name)
	}
	out := h.call("DELETE", "/api/session", "", "Cookie: "+pair).want(t, 204, "")
	if gone := out.header.Get("Set-Cookie"); !strings.HasPrefix(gone, "session=;") || !strings.Contains(gone, "Max-Age=0") {
		t.Errorf("after sign-out: %s", gone)
	}
	h.call("GET", "/api/session", "", "Cookie: "+pair).want(t, 401, "unauthenticated")
	h.call("DELETE", "/api/session", "", "Cookie: "+pair).want(t, 401, "unauthenticated")
	if again := h.signIn("Ada Lovelace"); again.ID == r.User.ID { // the name is free, the person another
		t.Error("somebody else became the same user")
	}
}

func TestCookiesOverHTTPS(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		settings []string
		headers  []string
		secure   bool
	}{
		"trusted proxy":   {[]string{"TRUSTED_PROXIES=127.0.0.1"}, []string{"X-Forwarded-Proto: https"}, true},
		"untrusted proxy": {nil, []string{"X-Forwarded-Proto: https"}, false},
		"http proxy":      {[]string{"TRUSTED_PROXIES=127.0.0.1"}, []string{"X-Forwarded-Proto: http"}, false},
		"public address":  {[]string{"PUBLIC_URL=https://chat.example"}, []string{"Host: chat.example"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t, test.settings...)
			cookie := h.call("POST", "/api/session", `{"name":"Ada"}`, test.headers...).want(t, 201, "").header.Get("Set-Cookie")
			if strings.HasPrefix(cookie, "__Host-session=") != test.secure || strings.Contains(cookie, "; Secure") != test.secure ||
				strings.HasPrefix(cookie, "session=") == test.secure {
				t.Errorf("cookie %s", cookie)
			}
			pair, _, _ := strings.Cut(cookie, ";")
			headers := append([]string{"Cookie: " + pair}, test.headers...)
			h.call("GET", "/api/session", "", headers...).want(t, 200, "")
			if test.secure { // a cookie that anybody near could have set is none
				_, token, _ := strings.Cut(pair, "=")
				headers[0] = "Cookie: session=" + token
				h.call("GET", "/api/session", "", headers...).want(t, 401, "unauthenticated")
			}
		})
	}
}

func TestWhoConnects(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.signIn("Ada")
	for range 2 { // the same user on every connection
		if c := ada.dial(); c.hello.User != ada.account {
			t.Errorf("%+v", c.hello.User)
		}
	}
	bearer := h.dial("/ws", http.Header{"Authorization": {"Bearer " + ada.token}})
	if bearer.hello.User != ada.account {
		t.Errorf("by bearer: %+v", bearer.hello.User)
	}
	if r := h.call("GET", "/api/session", "", "Authorization: bearer "+ada.token).want(t, 200, ""); r.User != ada.account {
		t.Errorf("%+v", r.User)
	}
	h.call("POST", "/api/rooms", `{"name":"made by a bot"}`, "Authorization: Bearer "+ada.token).want(t, 201, "")
	h.call("GET", "/api/session", "", "Authorization: Bearer "+ada.token+"x").want(t, 401, "unauthenticated")
	// The address names no one who has a session.
	if c := h.dial("/ws?name=Eve", ada.header()); c.hello.User != ada.account {
		t.Errorf("%+v", c.hello.User)
	}
}

func TestSignOutClosesTheSockets(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada, bob := h.signIn("Ada"), h.signIn("Bob")
	var conns []*conn
	for range 5 {
		c := ada.dial()
		c.join("general")
		conns = append(conns, c)
	}
	other := bob.dial()
	ada.call("DELETE", "/api/session", "").want(t, 204, "")
	began := time.Now()
	for _, c := range conns {
		c.closedWith(1008)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("sign-out took %s", took)
	}
	other.send("general", "still here")
	_, answer, err := h.dialWith("/ws", ada.header())
	if err == nil {
		t.Fatal("the dead cookie opened a socket")
	}
	read(t, answer).want(t, 401, "unauthenticated")
}

// However sign-out and handshake meet, no socket of the session stays.
func TestSignOutDuringHandshakes(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	for range 10 {
		ada := h.signIn("Ada")
		opened := make(chan *websocket.Conn)
		for range 4 {
			go func() {
				ws, answer, err := h.dialWith("/ws", ada.header())
				if err != nil && answer != nil {
					_ = answer.Body.Close()
				}
				opened <- ws
			}()
		}
		ada.call("DELETE", "/api/session", "").want(t, 204, "")
		for range 4 {
			if ws := <-opened; ws != nil {
				c := &conn{t: t, ws: ws, ops: map[string]int{}}
				c.closedWith(1008)
				_ = ws.Close()
			}
		}
	}
}

func TestRename(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.signIn("Ada")
	h.signIn("Bob")
	eve := h.dial("/ws?name=Eve", nil)
	first, second := ada.dial(), ada.dial()
	online := map[string]string{}
	eve.join("general")
	first.join("general")
	eve.here("general", online, "Ada", "Eve")
	first.send("general", "as Ada")

	for name, status := range map[string]int{"bob": 409, "EVE": 409, " ": 400, `a\u0007`: 400} {
		r := ada.call("PATCH", "/api/session", `{"name":"`+name+`"}`)
		r.want(t, status, map[int]string{409: "conflict", 400: "invalid"}[status])
	}
	h.call("PATCH", "/api/session", `{"name":"Nobody"}`).want(t, 401, "unauthenticated")
	for _, name := range []string{"ada", "Ada Lovelace"} { // the own name in other letters is not taken
		r := ada.call("PATCH", "/api/session", `{"name":" `+name+` "}`).want(t, 200, "")
		if r.User.Name != name || r.User.ID != ada.ID || r.User.Role != "guest" {
			t.Errorf("%s", r.text)
		}
	}
	if me := ada.call("GET", "/api/session", "").User; me.Name != "Ada Lovelace" {
		t.Errorf("%+v", me)
	}
	eve.here("general", online, "Ada Lovelace", "Eve")
	second.send("general", "as Ada Lovelace")
	first.ok(cmd{"op": "typing", "room": "general"})
	if f := eve.takeOp("typing", "general"); f.User.Name != "Ada Lovelace" {
		t.Errorf("%s", f.raw)
	}
	for _, want := range []string{"Ada", "Ada Lovelace"} { // what was said stays as it was said
		if e := eve.event("general"); e.User.Name != want || e.User.ID != ada.ID {
			t.Errorf("%s", e.raw)
		}
	}
	if c := ada.dial(); c.hello.User.Name != "Ada Lovelace" {
		t.Errorf("%s", c.hello.raw)
	}
	h.signIn("Ada") // her old name is free
}

func TestGuestsCanBeKeptOut(t *testing.T) {
	t.Parallel()
	h := open(t, "GUESTS=off")
	h.call("POST", "/api/session", `{"name":"Ada"}`).want(t, 403, "forbidden")
	for _, path := range []string{"/api/rooms", "/api/rooms/general", "/api/rooms/general/events", "/api/rooms/nowhere"} {
		h.call("GET", path, "").want(t, 401, "unauthenticated")
	}
	_, answer, err := h.dialWith("/ws?name=Ada", nil)
	if err == nil {
		t.Fatal("a guest came in")
	}
	read(t, answer).want(t, 401, "unauthenticated")
}

func TestGuestsCanBeKeptFromMakingRooms(t *testing.T) {
	t.Parallel()
	h := open(t, "GUEST_ROOMS=off")
	h.signIn("Ada").call("POST", "/api/rooms", `{"name":"Tea"}`).want(t, 403, "forbidden")
}
