package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// quoted is a text as JSON has it.
func quoted(t *testing.T, s string) string {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(text))
}

const postCards = "/api/rooms/general/cards"

// The answers and events, by the op and over HTTP.
func TestCardIsAnEvent(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada, bob := h.signIn("Ada"), h.signIn("Bob")
	c, other := ada.dial(), bob.dial()
	c.join("general")
	epoch := other.join("general").Epoch
	const loose = " [\n{ \"Pod Name\" : \"a \\\" b\\\\\" , \"n\":-1.50e+2,\"ok\" : true},\t{\"none\":null, \"<b>\":\"茶\\u00e9 \\n\"}, {} ]\r\n"
	const tight = `[{"Pod Name":"a \" b\\","n":-1.50e+2,"ok":true},{"none":null,"<b>":"茶\u00e9 \n"},{}]`
	ok := c.ok(cmd{"op": "card", "id": "card", "room": "general", "body": loose})
	if want := fmt.Sprintf(`{"op":"ok","id":"card","room":"general","seq":1,"message":"%s","at":%d}`, ok.Message, ok.At); ok.raw != want {
		t.Errorf("the answer is %s, want %s", ok.raw, want)
	}
	want := fmt.Sprintf(`{"op":"event","room":"general","seq":1,"kind":"card","id":"%s","user":{"id":"%s","name":"Ada"},"at":%d,"body":%s,"ref":"card"}`,
		ok.Message, ada.ID, ok.At, quoted(t, tight))
	if e := c.event("general"); e.raw != want || e.n < ok.n {
		t.Errorf("the event is %s, want %s", e.raw, want)
	}
	if e := other.event("general"); e.raw != want {
		t.Errorf("the event is %s, want %s", e.raw, want)
	}

	// Over HTTP it is the same card: it is repeated, on another connection too.
	post := func(p *person, body string) *reply {
		t.Helper()
		return p.call("POST", postCards, body).want(t, http.StatusCreated, "")
	}
	if r := post(ada, `{"id":"card","rows":`+loose+`}`); r.text != fmt.Sprintf(`{"room":"general","seq":1,"message":"%s","at":%d}`, ok.Message, ok.At) {
		t.Error(r.text)
	}
	r := post(bob, `{"rows":[{"a":1}],"unknown":[{}]}`)
	e := c.event("general")
	if e.Seq != 2 || e.Kind != "card" || e.Body != `[{"a":1}]` || e.Ref != "" || e.User.Name != "Bob" || !strings.Contains(r.text, e.ID) {
		t.Errorf("%s and %s", r.text, e.raw)
	}
	r = post(bob, `{"id":"own","rows":[{"a":1}]}`)
	if again := post(bob, `{"rows":[ {"a" : 1} ],"id":"own"}`); again.text != r.text {
		t.Errorf("%s, the first time %s", again.text, r.text)
	}
	if f := other.ok(cmd{"op": "card", "id": "own", "room": "general", "body": `[{"a":1}]`}); f.Seq != 3 {
		t.Error(f.raw)
	}
	h.call("POST", postCards, `{"rows":[{"a":1}]}`, "Authorization: Bearer "+bob.token).want(t, http.StatusCreated, "")
	for _, from := range []*conn{c, h.visit()} {
		f := from.ok(cmd{"op": "join", "room": "general", "after": 0, "epoch": epoch})
		page(t, f, "general", 4, span(1, 4), false, false)
		if string(f.Events[0]) != want {
			t.Errorf("read, it is %s, want %s", f.Events[0], want)
		}
	}
	h.stop()
	ada.h = openAt(t, h.data)
	if f := ada.dial().ok(cmd{"op": "card", "id": "card", "room": "general", "body": loose}); f.raw != ok.raw {
		t.Errorf("%s, the first time %s", f.raw, ok.raw)
	}
}

func TestCardIsRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.signIn("Ada")
	c := ada.dial()
	c.ok(cmd{"op": "card", "id": "used", "room": "general", "body": `[{"a":1}]`})
	c.refused("conflict", cmd{"op": "card", "id": "used", "room": "general", "body": `[{"a":2}]`})
	c.refused("not_found", cmd{"op": "card", "room": "nowhere", "body": `[{"a":1}]`})
	fits := func(n int) string { return `[{"a":"` + strings.Repeat("x", n-len(`[{"a":""}]`)) + `"}]` }
	if f := c.refused("too_long", cmd{"op": "card", "room": "general", "body": fits(32769)}); f.Limit != 32768 {
		t.Error(f.raw)
	}
	c.ok(cmd{"op": "card", "room": "general", "body": strings.Repeat(" ", 1000) + fits(32768)})
	var many []string
	for n := range 20 {
		many = append(many, fmt.Sprintf(`{"%d":%d}`, n, n))
	}
	c.ok(cmd{"op": "card", "room": "general", "body": "[" + strings.Join(many, ",") + strings.Repeat(`,{"19":1}`, 180) + "]"})
	c.ok(cmd{"op": "card", "room": "general", "body": `[{"` + strings.Repeat("茶", 80) + `":1}]`})

	// Over HTTP all that is refused by the op is refused too, and the rest.
	fixtures(t, "invalid", func(name string, content []byte) {
		var m struct{ Frame, Code string }
		if err := json.Unmarshal(content, &m); err != nil {
			t.Fatal(err)
		}
		var frame struct{ Body string }
		if !strings.HasPrefix(name, "card.") || strings.HasPrefix(name, "card.room-") || json.Unmarshal([]byte(m.Frame), &frame) != nil || strings.TrimSpace(frame.Body) == "" {
			return
		}
		r := ada.call("POST", postCards, `{"rows":`+frame.Body+`}`)
		switch {
		case m.Code == "too_long":
			r.want(t, http.StatusRequestEntityTooLarge, "too_long")
		case r.Error.Code == "bad_json":
			r.want(t, http.StatusBadRequest, "bad_json")
		default:
			if r.want(t, http.StatusBadRequest, "invalid"); r.Error.Field != "rows" {
				t.Errorf("%s: %s", name, r.text)
			}
		}
	})
	for body, field := range map[string]string{
		`{}`: "rows", `{"rows":null}`: "rows", `{"rows":"[]"}`: "rows", `{"rows":{}}`: "rows",
		`{"rows":[{"a":1}],"id":""}`: "id", `{"rows":[{"a":1}],"id":null}`: "id", `{"rows":[{"a":1}],"id":7}`: "id",
		`{"rows":[{"a":1}],"id":"` + strings.Repeat("x", 65) + `"}`: "id",
		`{"rows":[{"a":1}],"id":"\ud83e"}`:                          "id",
	} {
		if r := ada.call("POST", postCards, body).want(t, http.StatusBadRequest, "invalid"); r.Error.Field != field {
			t.Errorf("%.60s: %s", body, r.text)
		}
	}
	const good = `{"rows":[{"a":1}]}`
	ada.call("POST", postCards, good+"x").want(t, http.StatusBadRequest, "bad_json")
	ada.call("POST", postCards, `{"id":"used","rows":[{"a":2}]}`).want(t, http.StatusConflict, "conflict")
	ada.call("POST", "/api/rooms/nowhere/cards", good).want(t, http.StatusNotFound, "not_found")
	ada.call("GET", postCards, "").want(t, http.StatusMethodNotAllowed, "invalid")
	h.call("POST", postCards, good).want(t, http.StatusUnauthorized, "unauthenticated")
	h.call("POST", postCards, good, "Authorization: Bearer nobody").want(t, http.StatusUnauthorized, "unauthenticated")
	h.call("POST", postCards, good, ada.cookie, "Content-Type: text/plain").want(t, http.StatusUnsupportedMediaType, "invalid")
	h.call("POST", postCards, good, ada.cookie, "Origin: http://evil.example").want(t, http.StatusForbidden, "forbidden")
	if r := ada.call("POST", postCards, `{"rows":`+fits(32769)+`}`).want(t, http.StatusRequestEntityTooLarge, "too_long"); r.Error.Limit != 32768 {
		t.Error(r.text)
	}
	if r := ada.call("POST", postCards, `{"rows":`+fits(262145)+`}`).want(t, http.StatusRequestEntityTooLarge, "too_long"); r.Error.Limit != 262144 {
		t.Error(r.text)
	}
	head := h.visit().join("general").Seq
	ada.call("POST", postCards, strings.Repeat(" ", 100_000)+`{"rows":`+fits(32768)+`}`).want(t, http.StatusCreated, "")
	if head != 4 {
		t.Errorf("%d events were written by what was refused", int64(head)-4) //nolint:gosec // small
	}
}

// A card may be deleted by its author, and is gone for good then; it counts as
// unread until then, and what is to do never does.
func TestCardIsDeleted(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada, bob := h.signIn("Ada"), h.signIn("Bob")
	ada.room("tea")
	bob.belong("tea")
	c, other := ada.dial(), bob.dial()
	told := func(seq uint64, unread int) {
		t.Helper()
		other.take("the activity", func(f *frame) bool {
			return f.Op == "activity" && f.Room == "tea" && f.Seq == seq && f.Unread == unread
		})
		for _, r := range bob.dial().hello.Rooms {
			if r.ID == "tea" && (r.Seq != seq || r.Unread != unread) {
				t.Errorf("greeted with %+v", r)
			}
		}
	}
	card := c.ok(cmd{"op": "card", "room": "tea", "body": `[{"a":"` + secretWord + `"}]`}).Message
	c.ok(cmd{"op": "todo", "room": "tea", "body": "leaves", "on": true})
	told(4, 1)
	h.visit().join("tea") // so that it is kept in memory
	other.refused("forbidden", cmd{"op": "delete", "room": "tea", "message": card})
	for _, m := range []cmd{{"op": "edit", "body": "x"}, {"op": "react", "emoji": "👍", "on": true}, {"op": "todo"}, {"op": "send", "body": "x", "parent": card}} {
		c.refused("not_found", with(cmd{"room": "tea", "message": card}, m))
	}
	c.ok(cmd{"op": "delete", "room": "tea", "message": card})
	told(5, 0)
	c.refused("not_found", cmd{"op": "delete", "room": "tea", "message": card})
	for range 2 {
		f := h.visit().ok(cmd{"op": "join", "room": "tea", "after": 2})
		if e := f.event(0); !strings.Contains(e.raw, `"deleted":true,"ref":`) || strings.Contains(f.raw, secretWord) || strings.Contains(e.raw, `"body"`) {
			t.Error(f.raw)
		}
	}
	if r := h.call("GET", "/api/rooms/tea/events", ""); strings.Contains(r.text, secretWord) || !strings.Contains(r.text, `"kind":"card"`) {
		t.Error(r.text)
	}
	h.stop()
	files, err := filepath.Glob(filepath.Join(h.data, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, f := range files {
		content, err := os.ReadFile(f) //nolint:gosec // our own files
		if err != nil || strings.Contains(string(content), secretWord) {
			t.Errorf("%s still holds what was deleted: %v", filepath.Base(f), err)
		}
	}
}
