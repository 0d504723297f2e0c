package main

import (
	"net/http"
	"strings"
	"testing"
)

func TestNewRoomsBeginWithTheirMaker(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.signIn("Ada")
	made := ada.call("POST", "/api/rooms", `{"id":"tea","name":"  Tea  time ","topic":"leaves"}`).want(t, http.StatusCreated, "").room(t)
	if (made != listed{ID: "tea", Name: "Tea time", Topic: "leaves", Seq: 1, Member: true, Members: 1}) {
		t.Errorf("made %+v", made)
	}
	f := h.visit().join("tea")
	page(t, f, "tea", 1, span(1, 1), false, false)
	if e := f.event(0); e.Kind != "member" || e.User.ID != ada.ID || e.Joined == nil || !*e.Joined || !strings.HasPrefix(e.ID, "m_") {
		t.Errorf("seq 1 is %s", e.raw)
	}
	ada.call("POST", "/api/rooms", `{"id":"tea","name":"Other"}`).want(t, http.StatusConflict, "conflict")
	if r := ada.call("POST", "/api/rooms", `{"name":"Grüner Tee!"}`).want(t, http.StatusCreated, "").room(t); r.ID != "gr-ner-tee" {
		t.Errorf("the id made of the name is %q", r.ID)
	}
	if r := ada.call("POST", "/api/rooms", `{"name":"茶"}`).want(t, http.StatusCreated, "").room(t); r.ID == "" || r.Name != "茶" {
		t.Errorf("made %+v", r)
	}
	for _, bad := range []struct{ body, field string }{
		{`{"id":"Tea","name":"x"}`, "id"},
		{`{"id":"-a","name":"x"}`, "id"},
		{`{"id":"a/b","name":"x"}`, "id"},
		{`{"id":"` + strings.Repeat("a", 64) + `","name":"x"}`, "id"},
		{`{"id":1,"name":"x"}`, "id"},
		{`{"id":"x"}`, "name"},
		{`{"id":"x","name":" "}`, "name"},
		{`{"id":"x","name":"a\u0007b"}`, "name"},
		{`{"id":"x","name":"` + strings.Repeat("n", 81) + `"}`, "name"},
		{`{"name":null}`, "name"},
		{`{"id":"x","name":"y","topic":"` + strings.Repeat("t", 251) + `"}`, "topic"},
	} {
		if r := ada.call("POST", "/api/rooms", bad.body).want(t, http.StatusBadRequest, "invalid"); r.Error.Field != bad.field {
			t.Errorf("%.40s: field %q", bad.body, r.Error.Field)
		}
	}
	h.call("POST", "/api/rooms", `{"name":"x"}`).want(t, http.StatusUnauthorized, "unauthenticated")
}

func TestMembership(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada, bob := h.signIn("Ada"), h.signIn("Bob")
	ada.room("tea")
	c, reader := bob.dial(), h.visit()
	reader.join("tea")
	c.join("tea")
	const path = "/api/rooms/tea/members/me"
	for range 2 { // repeatable; only a change is an event
		if r := bob.call("PUT", path, "").want(t, http.StatusOK, "").room(t); !r.Member || r.Members != 2 || r.Seq != 2 {
			t.Errorf("%+v", r)
		}
	}
	first := reader.event("tea")
	if first.Kind != "member" || first.Seq != 2 || first.User.ID != bob.ID || first.User.Name != "Bob" || !*first.Joined || c.event("tea").raw != first.raw {
		t.Errorf("joined: %s", first.raw)
	}
	if hello := bob.dial().hello; len(hello.Rooms) != 2 || hello.Rooms[1].ID != "tea" || hello.Rooms[1].Seq != 2 || hello.Rooms[1].Unread != 0 {
		t.Errorf("hello of a member: %s", hello.raw)
	}
	for range 2 {
		if r := bob.call("DELETE", path, "").want(t, http.StatusNoContent, ""); r.text != "" {
			t.Errorf("204 with %q", r.text)
		}
	}
	if left := reader.event("tea"); left.Seq != 3 || left.User.ID != bob.ID || left.Joined == nil || *left.Joined || !strings.Contains(left.raw, `"joined":false`) {
		t.Errorf("left: %s", left.raw)
	}
	if hello := bob.dial().hello; len(hello.Rooms) != 1 {
		t.Errorf("hello of one who left: %s", hello.raw)
	}
	// A public room can be read and written without membership.
	if f := c.send("tea", "still here"); f.Seq != 4 {
		t.Error(f.raw)
	}
	reader.event("tea")
	reader.none("event", "tea")

	for _, method := range []string{"PUT", "DELETE"} {
		h.call(method, path, "").want(t, http.StatusUnauthorized, "unauthenticated")
		bob.call(method, "/api/rooms/nowhere/members/me", "").want(t, http.StatusNotFound, "not_found")
	}
}

func TestEverybodyBelongsToGeneral(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.signIn("Ada")
	ada.call("DELETE", "/api/rooms/general/members/me", "").want(t, http.StatusForbidden, "forbidden")
	if r := ada.call("PUT", "/api/rooms/general/members/me", "").want(t, http.StatusOK, "").room(t); !r.Member || r.ID != "general" {
		t.Errorf("%+v", r)
	}
	if seq := h.visit().join("general").Seq; seq != 0 { // they belong silently
		t.Errorf("general has %d events", seq)
	}
	for _, id := range []string{"zoo", "abc"} {
		ada.room(id)
	}
	ada.call("POST", "/api/rooms", `{"id":"first","name":"aaa","topic":"t"}`).want(t, http.StatusCreated, "")
	r := ada.call("GET", "/api/rooms", "").want(t, http.StatusOK, "")
	var names []string
	for _, room := range r.Rooms {
		names = append(names, room.ID)
		if !room.Member {
			t.Errorf("%+v is not listed as a member's", room)
		}
	}
	same(t, "rooms", names, []string{"general", "first", "abc", "zoo"})
	if r.More == nil || *r.More {
		t.Errorf("more in %s", r.text)
	}
	for _, room := range h.call("GET", "/api/rooms", "").want(t, http.StatusOK, "").Rooms {
		if room.Member {
			t.Errorf("nobody is listed as a member of %s", room.ID)
		}
	}
	if room := ada.call("GET", "/api/rooms/first", "").want(t, http.StatusOK, "").room(t); room.Topic != "t" || room.Name != "aaa" {
		t.Errorf("%+v", room)
	}
	ada.call("GET", "/api/rooms/nowhere", "").want(t, http.StatusNotFound, "not_found")
}
