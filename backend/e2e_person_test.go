package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// reply is an HTTP answer, read to its end.
type reply struct {
	status int
	header http.Header
	text   string

	User  account
	Rooms []listed
	More  *bool

	Events []json.RawMessage
	Seq    uint64
	Epoch  string

	Error struct {
		Code, Detail, Field string
		Limit               int64
		Retry               int64 `json:"retry_ms"`
	}
}

type listed struct {
	ID, Name, Topic string
	Seq             uint64
	Member          bool
	Members         int
}

// call makes an HTTP request. Header entries are "Key: value"; "Host" is the
// request's own. A body makes it a JSON request, unless a header says otherwise.
func (h *house) call(method, path, body string, headers ...string) *reply {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), method, "http://"+h.addr+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, line := range headers {
		key, value, _ := strings.Cut(line, ": ")
		switch key {
		case "Host":
			r.Host = value
		case "Content-Type":
			r.Header.Set(key, value)
		default:
			r.Header.Add(key, value)
		}
	}
	transport := &http.Transport{DisableKeepAlives: true, DisableCompression: true}
	answer, err := transport.RoundTrip(r) // unlike a client it follows no redirect
	if err != nil {
		h.t.Fatalf("%s %s: %v", method, path, err)
	}
	return read(h.t, answer)
}

func read(t testing.TB, answer *http.Response) *reply {
	t.Helper()
	text, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	out := &reply{status: answer.StatusCode, header: answer.Header, text: string(text)}
	if strings.HasPrefix(answer.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(bytes.TrimSpace(text), out); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	return out
}

// room is the answer's one room.
func (r *reply) room(t *testing.T) listed {
	t.Helper()
	var body struct{ Room listed }
	if err := json.Unmarshal([]byte(r.text), &body); err != nil {
		t.Fatal(err)
	}
	return body.Room
}

// want checks the status, and that a failure has the one form.
func (r *reply) want(t testing.TB, status int, code string) *reply {
	t.Helper()
	if r.status != status || r.Error.Code != code || (code != "" && r.Error.Detail == "") {
		t.Fatalf("status %d %.300s, want %d %s", r.status, r.text, status, code)
	}
	return r
}

// person is somebody with a session.
type person struct {
	h      *house
	token  string
	cookie string // "Cookie: …"
	account
}

// signIn makes a guest of that name.
func (h *house) signIn(name string) *person {
	h.t.Helper()
	body, err := json.Marshal(map[string]string{"name": name})
	if err != nil {
		h.t.Fatal(err)
	}
	r := h.call("POST", "/api/session", string(body)).want(h.t, http.StatusCreated, "")
	pair, _, _ := strings.Cut(r.header.Get("Set-Cookie"), ";")
	_, token, _ := strings.Cut(pair, "=")
	return &person{h: h, token: token, cookie: "Cookie: " + pair, account: r.User}
}

func (p *person) call(method, path, body string) *reply {
	p.h.t.Helper()
	return p.h.call(method, path, body, p.cookie)
}

func (p *person) header() http.Header {
	_, pair, _ := strings.Cut(p.cookie, ": ")
	return http.Header{"Cookie": {pair}, "Origin": {"http://" + p.h.addr}}
}

// dial connects as a browser does: with the cookie and the own origin.
func (p *person) dial() *conn {
	p.h.t.Helper()
	return p.h.dial("/ws", p.header())
}

// room makes a room.
func (p *person) room(id string) {
	p.h.t.Helper()
	p.call("POST", "/api/rooms", `{"id":"`+id+`","name":"`+id+`"}`).want(p.h.t, http.StatusCreated, "")
}

func (p *person) belong(room string) {
	p.h.t.Helper()
	p.call("PUT", "/api/rooms/"+room+"/members/me", "").want(p.h.t, http.StatusOK, "")
}
