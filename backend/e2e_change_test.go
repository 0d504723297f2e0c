package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Live, changes are told as they happened, the same bytes to everybody, and to
// their author behind the answer.
func TestChangesAreEvents(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada, bob := h.signIn("Ada"), h.signIn("Bob")
	c, other := ada.dial(), bob.dial()
	c.join("general")
	other.join("general")
	m := c.send("general", "hello").Message
	c.event("general")
	other.event("general")
	for n, step := range []struct {
		by    *conn
		who   *person
		m     cmd
		event string
	}{
		{c, ada, cmd{"op": "edit", "body": "hello, all"}, `"kind":"edit",…,"message":"` + m + `","body":"hello, all"`},
		{other, bob, cmd{"op": "react", "emoji": "👍", "on": true}, `"kind":"react",…,"message":"` + m + `","emoji":"👍","on":true`},
		{other, bob, cmd{"op": "react", "emoji": "👍", "on": false}, `"kind":"react",…,"message":"` + m + `","emoji":"👍","on":false`},
		{other, bob, cmd{"op": "react", "emoji": "👍"}, `"kind":"react",…,"message":"` + m + `","emoji":"👍","on":false`},
		{c, ada, cmd{"op": "edit", "body": "hello, all"}, `"kind":"edit",…,"message":"` + m + `","body":"hello, all"`},
		{c, ada, cmd{"op": "delete"}, `"kind":"delete",…,"message":"` + m + `"`},
	} {
		id := fmt.Sprint("c", n)
		ok := step.by.ok(with(step.m, cmd{"room": "general", "message": m, "id": id}))
		if want := fmt.Sprintf(`{"op":"ok","id":"%s","room":"general","seq":%d,"at":%d}`, id, n+2, ok.At); ok.raw != want {
			t.Errorf("the answer is %s, want %s", ok.raw, want)
		}
		e, own := c.event("general"), other.event("general")
		if step.by == other {
			e, own = own, e
		}
		if e.raw != own.raw || e.n < ok.n {
			t.Errorf("%s and %s", e.raw, own.raw)
		}
		between := fmt.Sprintf(`"id":"%s","user":{"id":"%s","name":"%s"},"at":%d`, e.ID, step.who.ID, step.who.Name, ok.At)
		want := fmt.Sprintf(`{"op":"event","room":"general","seq":%d,%s,"ref":"%s"}`, n+2, strings.Replace(step.event, "…", between, 1), id)
		if e.raw != want {
			t.Errorf("the event is %s, want %s", e.raw, want)
		}
	}
}

// However a room is read, an event is shown as it stands, and a deleted text is
// in nothing that is sent, nor in the files.
func TestMessagesAreShownAsTheyStand(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	ada, bob := h.signIn("Ada"), h.signIn("Bob")
	c, other := ada.dial(), bob.dial()
	c.join("general")
	var ids []string
	for n := range 5 {
		ids = append(ids, c.send("general", fmt.Sprint(secretWord, " ", n)).Message)
	}
	about := func(by *conn, op string, n int, more cmd) {
		t.Helper()
		by.ok(with(cmd{"op": op, "room": "general", "message": ids[n]}, more))
	}
	epoch := c.join("general").Epoch
	// shows checks every way to read the room: from memory, as all that follows
	// an earlier event, and over HTTP. (Each of the first may fill the memory.)
	shows := func(seq int, want string) {
		t.Helper()
		head := c.join("general").Seq
		check := func(how string, raw json.RawMessage) {
			t.Helper()
			if !strings.Contains(string(raw), want) || (strings.Contains(want, "deleted") && strings.Contains(string(raw), secretWord)) {
				t.Errorf("%s event %d is %s, want %s in it", how, seq, raw, want)
			}
		}
		for range 2 {
			check("joined,", other.join("general").Events[seq-1])
			for after := range seq {
				f := other.ok(cmd{"op": "join", "room": "general", "after": after, "epoch": epoch})
				page(t, f, "general", head, span(uint64(after)+1, head), false, false)
				check("in a delta,", f.Events[seq-1-after])
			}
			check("over HTTP,", bob.call("GET", "/api/rooms/general/events", "").Events[seq-1])
		}
	}
	about(c, "edit", 0, cmd{"body": "edited"})
	shows(1, `"body":"edited","edited":6,"ref":`)
	about(other, "react", 1, cmd{"emoji": "👍", "on": true})
	about(c, "react", 1, cmd{"emoji": "👍", "on": true})
	about(c, "react", 1, cmd{"emoji": "🍵", "on": true})
	person := func(p *person) string { return `{"id":"` + p.ID + `","name":"` + p.Name + `"}` }
	shows(2, fmt.Sprintf(`"body":"%s 1","reactions":{"👍":[%s,%s],"🍵":[%s]},"ref":`, secretWord, person(bob), person(ada), person(ada)))
	about(other, "react", 1, cmd{"emoji": "👍", "on": false})
	about(c, "edit", 1, cmd{"body": "two"})
	shows(2, fmt.Sprintf(`"body":"two","edited":11,"reactions":{"👍":[%s],"🍵":[%s]},"ref":`, person(ada), person(ada)))
	about(c, "edit", 2, cmd{"body": secretWord + " again"}) // 12
	about(c, "edit", 2, cmd{"body": secretWord + " and again"})
	about(other, "react", 2, cmd{"emoji": "🍵", "on": true})
	about(c, "delete", 2, nil) // 15
	shows(3, fmt.Sprintf(`"user":%s,"at":`, person(ada)))
	shows(3, `"deleted":true,"ref":`)
	for _, edit := range []int{12, 13} {
		shows(edit, fmt.Sprintf(`"message":"%s","ref":`, ids[2]))
	}
	for _, n := range []int{1, 3, 4} {
		about(c, "delete", n, nil)
	}
	shows(2, `"deleted":true,"ref":`)
	about(c, "delete", 0, nil)
	for _, from := range []*conn{h.visit(), other} {
		for after := range 19 {
			f := from.ok(cmd{"op": "join", "room": "general", "after": after})
			if strings.Contains(f.raw, secretWord) {
				t.Errorf("after %d: %s", after, f.raw)
			}
		}
	}
	if r := bob.call("GET", "/api/rooms/general/events", ""); strings.Contains(r.text, secretWord) || len(r.Events) != 19 {
		t.Errorf("%d events: %s", len(r.Events), r.text)
	}
	h.stop()
	files, err := filepath.Glob(filepath.Join(h.data, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, f := range files {
		content, err := os.ReadFile(f) //nolint:gosec // our own files
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(content), secretWord) {
			t.Errorf("%s still holds what was deleted", filepath.Base(f))
		}
	}
}

// Who may do what to which message is said at once, and errors are not
// remembered.
func TestChangesAreRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada, bob := h.signIn("Ada"), h.signIn("Bob")
	ada.room("tea")
	c, other := ada.dial(), bob.dial()
	m := c.send("general", "hello").Message
	elsewhere := c.send("tea", "elsewhere").Message
	for op, more := range map[string]cmd{"edit": {"body": "x"}, "delete": {}, "react": {"emoji": "👍", "on": true}} {
		about := func(room, message string) cmd {
			return with(more, cmd{"op": op, "room": room, "message": message, "id": op})
		}
		c.refused("not_found", about("general", elsewhere))
		c.refused("not_found", about("nowhere", m))
		c.refused("not_found", about("general", "m_0000000000001"))
		c.refused("not_found", about("general", "nonsense"))
		if op != "react" {
			other.refused("forbidden", about("general", m))
		}
	}
	if f := c.refused("too_long", cmd{"op": "edit", "room": "general", "message": m, "body": strings.Repeat("x", 32769)}); f.Limit != 32768 {
		t.Error(f.raw)
	}
	c.ok(cmd{"op": "edit", "room": "general", "message": m, "body": strings.Repeat("x", 32768), "id": "edit"})
	c.ok(cmd{"op": "delete", "room": "general", "message": m, "id": "delete"})
	for op, more := range map[string]cmd{"edit": {"body": "x"}, "delete": {}, "react": {"emoji": "👍"}} {
		c.refused("not_found", with(more, cmd{"op": op, "room": "general", "message": m}))
	}
}

// A command that was answered is answered like that for ever: on another
// connection, after a restart, and where it would be refused by now.
func TestRepeatedChanges(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.signIn("Ada")
	c := ada.dial()
	m := c.ok(cmd{"op": "send", "id": "send", "room": "general", "body": "hello"}).Message
	about := func(op string, more cmd) cmd {
		return with(cmd{"op": op, "id": op, "room": "general", "message": m}, more)
	}
	commands := []cmd{
		{"op": "send", "id": "send", "room": "general", "body": "hello"},
		about("react", cmd{"emoji": "👍", "on": true}), about("edit", cmd{"body": "hello!"}), about("delete", nil),
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
			about("edit", cmd{"body": "hello?"}), about("react", cmd{"emoji": "👍", "on": false}), about("react", cmd{"emoji": "👍"}),
			about("react", cmd{"emoji": "🍵", "on": true}), about("delete", cmd{"id": "edit"}), about("edit", cmd{"id": "delete", "body": "x"}),
			about("delete", cmd{"id": "send"}),
			{"op": "send", "id": "delete", "room": "general", "body": "hello"},
		} {
			c.refused("conflict", m)
		}
		if f := c.join("general"); f.Seq != 4 {
			t.Errorf("the log has %d events", f.Seq)
		}
	}
	again(c)
	again(ada.dial())
	h.stop()
	ada.h = openAt(t, h.data)
	again(ada.dial())
}

func TestChangesAreLimitedWithSends(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.signIn("Ada").dial()
	m := c.send("general", "hello").Message
	ok, refused := c.flood(150, func(i int) cmd {
		return []cmd{
			{"op": "react", "room": "general", "message": m, "emoji": "👍", "on": true},
			{"op": "edit", "room": "general", "message": m, "body": "x"},
			{"op": "send", "room": "general", "body": "x"},
			{"op": "react", "room": "general", "message": m, "emoji": "👍"},
		}[i%4]
	})
	if ok < 99 || len(refused) == 0 {
		t.Errorf("%d of a burst of 150 were taken", ok)
	}
}

// Who comes without a session may change what they said while they are there.
func TestVisitorsChange(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.dial("/ws?name=Vera", nil)
	m := h.signIn("Ada").dial().send("general", "hello").Message
	c.ok(cmd{"op": "react", "room": "general", "message": m, "emoji": "👍", "on": true})
	c.refused("forbidden", cmd{"op": "edit", "room": "general", "message": m, "body": "mine"})
	own := c.send("general", "mine").Message
	c.ok(cmd{"op": "edit", "room": "general", "message": own, "body": "still mine"})
	c.ok(cmd{"op": "delete", "room": "general", "message": own})
	if e := h.visit().join("general").event(0); !strings.Contains(e.raw, `"name":"Vera"}]}`) {
		t.Error(e.raw)
	}
}

// What was deleted is unread no longer, and who is elsewhere is told so.
func TestUnreadAfterDeletion(t *testing.T) {
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
	one := c.send("tea", "one").Message
	c.send("tea", "two")
	told(4, 2)
	c.ok(cmd{"op": "edit", "room": "tea", "message": one, "body": "one!"})
	c.ok(cmd{"op": "react", "room": "tea", "message": one, "emoji": "👍", "on": true})
	told(6, 2)
	c.ok(cmd{"op": "delete", "room": "tea", "message": one})
	told(7, 1)
}

// folded is a room as a client knows it that follows the log.
type folded struct {
	last     uint64
	messages map[string]*message
}

type message struct {
	Body      string
	Edited    uint64
	Deleted   bool
	Reactions map[string][]account
}

// fold applies one event by the rules of the contract.
func (r *folded) fold(t *testing.T, raw json.RawMessage) {
	t.Helper()
	var e struct {
		frame
		Emoji string
		On    bool
	}
	var stands message
	if json.Unmarshal(raw, &e) != nil || json.Unmarshal(raw, &stands) != nil {
		t.Fatalf("%s", raw)
	}
	if e.Seq != r.last+1 {
		t.Fatalf("after %d comes %s", r.last, raw)
	}
	r.last = e.Seq
	if e.Kind == "message" {
		r.messages[e.ID] = &stands
		return
	}
	m := r.messages[e.Message]
	if m == nil || m.Deleted {
		return
	}
	switch e.Kind {
	case "edit":
		if e.Seq > m.Edited {
			m.Body, m.Edited = e.Body, e.Seq
		}
	case "delete":
		*m = message{Deleted: true}
	case "react":
		m.react(e.Emoji, e.User, e.On)
	}
}

func (m *message) react(emoji string, who account, on bool) {
	by := slices.DeleteFunc(slices.Clone(m.Reactions[emoji]), func(a account) bool { return a.ID == who.ID })
	if on {
		by = append(by, who)
	}
	if m.Reactions == nil {
		m.Reactions = map[string][]account{}
	}
	m.Reactions[emoji] = by
	if len(by) == 0 {
		delete(m.Reactions, emoji)
	}
}

// stands is a room as its pages show it, from the newest to the first.
func (h *house) stands(room string) *folded {
	h.t.Helper()
	r := &folded{messages: map[string]*message{}}
	for query, more := "", true; more; {
		page := h.call("GET", "/api/rooms/"+room+"/events?limit=200"+query, "").want(h.t, http.StatusOK, "")
		more = *page.More
		for i := range slices.Backward(page.Events) {
			var e frame
			var stands message
			if json.Unmarshal(page.Events[i], &e) != nil || json.Unmarshal(page.Events[i], &stands) != nil {
				h.t.Fatalf("%s", page.Events[i])
			}
			if e.Kind == "message" {
				r.messages[e.ID] = &stands
			}
			query = fmt.Sprint("&before=", e.Seq)
		}
	}
	return r
}

// spell says what is known of the messages. Who reacted first is not asked for:
// a delta that is folded over what is shown as it stands does not say it.
func (r *folded) spell() map[string]string {
	all := map[string]string{}
	for id, m := range r.messages {
		s := fmt.Sprint(m.Body, m.Edited, m.Deleted)
		for _, emoji := range []string{"👍", "🍵", "❤️"} {
			var names []string
			for _, who := range m.Reactions[emoji] {
				names = append(names, who.Name)
			}
			slices.Sort(names)
			s += fmt.Sprint(emoji, names)
		}
		all[id] = s
	}
	return all
}

// Whoever follows a room, however often they lose it, knows of every message
// what somebody knows who has just come.
func TestFollowersKnowHowMessagesStand(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	people := []*person{h.signIn("Ada"), h.signIn("Bob"), h.signIn("Eve")}
	var talkers []*conn
	for _, p := range people {
		talkers = append(talkers, p.dial())
	}
	follower := h.visit()
	room := &folded{messages: map[string]*message{}}
	follower.join("general")
	type said struct {
		id string
		by int
	}
	var messages []said
	head := uint64(0)
	for range 30 {
		for range rand.IntN(20) {
			by := rand.IntN(len(talkers))
			c := talkers[by]
			if len(messages) == 0 || rand.IntN(3) == 0 {
				f := c.send("general", fmt.Sprint("message ", head))
				messages, head = append(messages, said{f.Message, by}), f.Seq
				continue
			}
			m := messages[max(rand.IntN(len(messages)), rand.IntN(len(messages)))]
			command := cmd{"op": "react", "room": "general", "message": m.id, "emoji": []string{"👍", "🍵", "❤️"}[rand.IntN(3)], "on": rand.IntN(3) > 0}
			switch rand.IntN(8) {
			case 0:
				command, c = cmd{"op": "delete", "room": "general", "message": m.id}, talkers[m.by]
			case 1, 2, 3:
				command, c = cmd{"op": "edit", "room": "general", "message": m.id, "body": fmt.Sprint("edit ", head)}, talkers[m.by]
			}
			if f := c.ask(command); f.Op == "ok" {
				head = f.Seq
			} else if f.Code != "not_found" {
				t.Fatal(f.raw)
			}
		}
		if rand.IntN(2) == 0 { // it was away
			follower.ok(cmd{"op": "leave", "room": "general"})
			follower.waiting = nil
			for _, e := range follower.ok(cmd{"op": "join", "room": "general", "after": room.last}).Events {
				room.fold(t, e)
			}
		}
		for room.last < head {
			room.fold(t, json.RawMessage(follower.event("general").raw))
		}
		got, want := room.spell(), h.stands("general").spell()
		for id := range want {
			if got[id] != want[id] {
				t.Fatalf("%s is known as %s, and is %s", id, got[id], want[id])
			}
		}
	}
}

// A room's name and topic are its members' to change; whoever looks, in
// whatever way, sees them as they are.
func TestRoomsAreDescribed(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada, bob := h.signIn("Ada"), h.signIn("Bob")
	ada.room("tea")
	c := ada.dial()
	c.join("tea")
	h.visit().join("tea")
	r := ada.call("PATCH", "/api/rooms/tea", `{"name":" Tea  room ","topic":"Leaves"}`).want(t, http.StatusOK, "").room(t)
	if want := (listed{ID: "tea", Name: "Tea room", Topic: "Leaves", Seq: 2, Member: true, Members: 1}); r != want {
		t.Errorf("%+v", r)
	}
	e := c.event("tea")
	want := fmt.Sprintf(`{"op":"event","room":"tea","seq":2,"kind":"room","id":"%s","user":{"id":"%s","name":"Ada"},"at":%d,"name":"Tea room","topic":"Leaves"}`, e.ID, ada.ID, e.At)
	if e.raw != want {
		t.Errorf("%s, want %s", e.raw, want)
	}
	for _, r := range ada.dial().hello.Rooms {
		if r.ID == "tea" && r.Name != "Tea room" {
			t.Errorf("greeted with %+v", r)
		}
	}
	if rooms := bob.call("GET", "/api/rooms", "").Rooms; rooms[1].Name != "Tea room" {
		t.Errorf("listed as %+v", rooms)
	}
	if f := h.visit().join("tea"); string(f.Events[1]) != want {
		t.Errorf("%s, want %s", f.Events[1], want)
	}
	ada.call("PATCH", "/api/rooms/tea", `{"topic":""}`).want(t, http.StatusOK, "")
	ada.call("PATCH", "/api/rooms/tea", `{"topic":"","name":"Tea room"}`).want(t, http.StatusOK, "") // nothing changes
	if r := ada.call("PATCH", "/api/rooms/tea", `{}`).want(t, http.StatusOK, "").room(t); r.Seq != 3 || r.Topic != "" || r.Name != "Tea room" {
		t.Errorf("%+v", r)
	}
	h.call("PATCH", "/api/rooms/tea", `{"name":"x"}`).want(t, http.StatusUnauthorized, "unauthenticated")
	bob.call("PATCH", "/api/rooms/tea", `{"name":"x"}`).want(t, http.StatusForbidden, "forbidden")
	bob.call("PATCH", "/api/rooms/nowhere", `{"name":"x"}`).want(t, http.StatusNotFound, "not_found")
	bob.call("PATCH", "/api/rooms/general", `{"name":"x"}`).want(t, http.StatusForbidden, "forbidden")
	bob.call("PATCH", "/api/rooms/general", `{"topic":"all of us"}`).want(t, http.StatusOK, "")
	for body, field := range map[string]string{
		`{"name":""}`: "name", `{"name":null}`: "name", `{"name":7}`: "name", `{"topic":null}`: "topic", `{"topic":["x"]}`: "topic",
		`{"name":"` + strings.Repeat("x", 81) + `"}`: "name", `{"topic":"` + strings.Repeat("x", 251) + `"}`: "topic",
	} {
		if r := ada.call("PATCH", "/api/rooms/tea", body).want(t, http.StatusBadRequest, "invalid"); r.Error.Field != field {
			t.Errorf("%s: %s", body, r.text)
		}
	}
	ada.call("PATCH", "/api/rooms/tea", `[]`).want(t, http.StatusBadRequest, "bad_json")
	h.call("PATCH", "/api/rooms/tea", `{"name":"x"}`, ada.cookie, "Content-Type: text/plain").want(t, http.StatusUnsupportedMediaType, "invalid")
}

// A room that is called otherwise is greeted with so, from memory too.
func TestGeneralsTopicIsGreetedWith(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.signIn("Ada")
	for n := range 5 {
		topic := fmt.Sprint("topic ", n)
		h.visit()
		ada.call("PATCH", "/api/rooms/general", `{"topic":"`+topic+`"}`).want(t, http.StatusOK, "")
		if hello := h.visit().hello.raw; !strings.Contains(hello, `"name":"General","topic":"`+topic+`","seq":`+fmt.Sprint(n+1)) {
			t.Error(hello)
		}
	}
}

func TestAbout(t *testing.T) {
	t.Parallel()
	h := open(t, "GUESTS=off")
	r := h.call("GET", "/api/about", "").want(t, http.StatusOK, "")
	if want := `{"name":"Teahouse","version":"` + version() + `","protocol":"teahouse.v1"}`; strings.TrimSpace(r.text) != want {
		t.Errorf("%s, want %s", r.text, want)
	}
}
