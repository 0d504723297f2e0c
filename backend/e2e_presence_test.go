package main

import (
	"slices"
	"testing"
	"time"
)

// here follows a room's presence as a client does, until the expected people
// are there.
func (c *conn) here(room string, online map[string]string, want ...string) {
	c.t.Helper()
	slices.Sort(want)
	for !slices.Equal(names(online), want) {
		f := c.takeOp("presence", room)
		for _, u := range f.Online {
			online[u.ID] = u.Name
		}
		for _, id := range f.Offline {
			if _, there := online[id]; !there {
				c.t.Errorf("%s went without having come: %s", id, f.raw)
			}
			delete(online, id)
		}
		if f.Count != len(online) {
			c.t.Errorf("count in %s, known are %v", f.raw, online)
		}
	}
}

func names(online map[string]string) []string {
	list := []string{}
	for _, name := range online {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

func TestPresence(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada, bob := h.signIn("Ada"), h.signIn("Bob")
	first, second := ada.dial(), ada.dial()
	seen, later := map[string]string{}, map[string]string{}
	first.join("general")
	first.here("general", seen, "Ada")

	second.join("general") // the same user: nothing changes for the others
	other := bob.dial()
	other.join("general")
	other.here("general", later, "Ada", "Bob") // the whole list for who has come
	first.here("general", seen, "Ada", "Bob")

	stranger := h.visit() // has not joined, and hears nothing
	guest := h.dial("/ws?name=Eve", nil)
	guest.join("general")
	first.here("general", seen, "Ada", "Bob", "Eve")
	other.here("general", later, "Ada", "Bob", "Eve")
	guest.here("general", map[string]string{}, "Ada", "Bob", "Eve")

	second.bye() // she is still here
	guest.bye()
	first.here("general", seen, "Ada", "Bob")
	other.here("general", later, "Ada", "Bob")
	if err := first.ws.NetConn().Close(); err != nil { // without a close frame
		t.Fatal(err)
	}
	other.here("general", later, "Bob")
	other.ok(cmd{"op": "leave", "room": "general"})
	for _, f := range second.waiting {
		if f.Op == "presence" && len(f.Offline) > 0 {
			t.Errorf("the second connection was told %s", f.raw)
		}
	}
	stranger.none("presence", "general")

	// Leaving and joining again begins with the whole list; so does joining
	// again on top, as frames may have been lost.
	other.waiting = nil
	other.join("general")
	other.here("general", map[string]string{}, "Bob")
	other.join("general")
	other.here("general", map[string]string{}, "Bob")
}

// Who is called otherwise and goes, all between two frames, is told to be gone.
func TestPresenceOfWhoIsRenamedAndGoes(t *testing.T) {
	t.Parallel()
	h := open(t)
	bob := h.signIn("Bob")
	watcher, other := h.dial("/ws?name=Watcher", nil), bob.dial()
	watcher.join("general")
	other.join("general")
	seen := map[string]string{}
	watcher.here("general", seen, "Watcher", "Bob")
	bob.call("PATCH", "/api/session", `{"name":"Rob"}`).want(t, 200, "")
	watcher.here("general", seen, "Watcher", "Rob")
	bob.call("PATCH", "/api/session", `{"name":"Robin"}`).want(t, 200, "") // less than a second after that frame
	other.ok(cmd{"op": "leave", "room": "general"})
	watcher.here("general", seen, "Watcher")
}

func TestPresenceComesAtMostOnceASecond(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	watcher := h.dial("/ws?name=Watcher", nil)
	began := time.Now()
	watcher.join("general")
	online := map[string]string{}
	watcher.here("general", online, "Watcher")
	for range 15 {
		c := h.dial("/ws?name=Moth", nil)
		c.join("general")
		c.bye()
		// Alone or not, who comes and goes gets no more either.
		watcher.ok(cmd{"op": "leave", "room": "general"})
		watcher.join("general")
	}
	// On a slow machine some of them were told, and their going was not, as the
	// watcher had left: who joins again begins anew.
	watcher.ok(cmd{"op": "leave", "room": "general"})
	watcher.waiting = nil
	watcher.join("general")
	last := h.dial("/ws?name=Last", nil)
	last.join("general")
	watcher.here("general", map[string]string{}, "Watcher", "Last")
	watcher.fence()
	frames := watcher.ops["presence"]
	if most := 2 + int(time.Since(began)/time.Second); frames > most {
		t.Errorf("%d presence frames in %s", frames, time.Since(began))
	}
}

// In a crowd only the count is told. When it has thinned out, the names are
// told again, and who went meanwhile is known to be gone.
func TestPresenceOfACrowd(t *testing.T) {
	t.Parallel()
	h := open(t) // with its limits: 500 connections may come in a burst
	watcher, leaver := h.dial("/ws?name=Watcher", nil), h.dial("/ws?name=Leaver", nil)
	watcher.join("general")
	leaver.join("general")
	watcher.here("general", map[string]string{}, "Watcher", "Leaver")
	var crowd []*conn
	for range 499 {
		for {
			ws, answer, err := h.dialWith("/ws", nil)
			if err == nil {
				crowd = append(crowd, h.greeted(ws))
				break
			}
			if r := read(t, answer).want(t, 429, "rate_limited"); len(crowd) < 498 {
				t.Fatalf("connection %d: %s", len(crowd)+3, r.text)
			} else {
				<-time.After(time.Duration(r.Error.Retry) * time.Millisecond)
			}
		}
		crowd[len(crowd)-1].join("general")
	}
	counted := watcher.take("a count", func(f *frame) bool { return f.Op == "presence" && f.Count == 501 })
	if counted.Online != nil || counted.Offline != nil {
		t.Errorf("%.200s", counted.raw)
	}
	watcher.waiting = nil // the names of those who came before
	last := crowd[498].takeOp("presence", "general")
	if last.Online != nil || last.Offline != nil || last.Count != 501 {
		t.Errorf("who comes into a crowd is told %.200s", last.raw)
	}
	leaver.bye()
	crowd[0].bye()
	for _, c := range []*conn{watcher, crowd[498]} {
		f := c.take("names", func(f *frame) bool { return f.Op == "presence" && len(f.Online) > 0 && f.Count <= 500 })
		if want := f.Count; len(f.Online) != want || want < 499 {
			t.Errorf("%d online of %d", len(f.Online), want)
		}
		gone := f.Offline
		for !slices.Contains(gone, leaver.hello.User.ID) { // the one that the names were told of
			gone = append(gone, c.takeOp("presence", "general").Offline...)
		}
	}
}

func TestTyping(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.signIn("Ada")
	ada.room("tea")
	c, reader, elsewhere := ada.dial(), h.visit(), h.visit()
	c.join("tea")
	reader.join("tea")
	elsewhere.join("general")
	if f := c.ok(cmd{"op": "typing", "room": "tea"}); f.Room != "tea" {
		t.Error(f.raw)
	}
	if f := reader.takeOp("typing", "tea"); f.User.ID != ada.ID || f.User.Name != "Ada" {
		t.Error(f.raw)
	}
	for range 20 { // each is answered; the others are told now and then
		c.ok(cmd{"op": "typing", "room": "tea"})
	}
	stranger := h.visit() // may type without having joined, and is held back all the same
	for range 20 {
		stranger.ok(cmd{"op": "typing", "room": "tea"})
	}
	reader.fence()
	told := 0
	for _, f := range reader.waiting {
		if f.Op == "typing" {
			told++
		}
	}
	if told > 4 {
		t.Errorf("told %d times of 41", told+1)
	}
	elsewhere.none("typing", "tea")
	stranger.none("typing", "tea")
	c.refused("not_found", cmd{"op": "typing", "room": "nowhere"})
	if f := reader.ok(cmd{"op": "join", "room": "tea", "after": 0}); f.Seq != 1 {
		t.Errorf("typing was stored: %s", f.raw)
	}
}
