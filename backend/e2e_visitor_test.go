package main

import (
	"database/sql"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // its driver for database/sql
)

func TestVisitorsAreNamed(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.signIn("Ada")
	named := func(wish string) *conn {
		t.Helper()
		c := h.dial("/ws?name="+url.QueryEscape(wish), nil)
		if c.hello.User.Role != "guest" || !strings.HasPrefix(c.hello.User.ID, "u_") {
			t.Errorf("%s", c.hello.raw)
		}
		return c
	}
	eve := named("  Eve   Online ")
	if eve.hello.User.Name != "Eve Online" {
		t.Errorf("%s", eve.hello.raw)
	}
	// A wish that is taken, by a visitor or by somebody with a session, gets a
	// number; so do many of them.
	taken := map[string]bool{"ada": true, "eve online": true}
	for _, wish := range []string{"eve online", "EVE ONLINE", "Ada", "Ada", strings.Repeat("x", 40), strings.Repeat("x", 40)} {
		name := named(wish).hello.User.Name
		if taken[strings.ToLower(name)] || len(name) > 40 || !strings.HasPrefix(name, wish[:3]) {
			t.Errorf("%s became %s", wish, name)
		}
		taken[strings.ToLower(name)] = true
	}
	h.call("POST", "/api/session", `{"name":"eve online"}`).want(t, 409, "conflict") // taken by one who is here
	first, second := h.visit(), h.dial("/ws?name=", nil)
	if a, b := first.hello.User, second.hello.User; a.Name == "" || b.Name == "" || a.Name == b.Name || a.ID == b.ID {
		t.Errorf("given names: %+v, %+v", a, b)
	}
	eve.bye()
	eventually(t, func() bool {
		c := named("Eve Online")
		defer c.bye()
		return c.hello.User.Name == "Eve Online"
	}, func() string { return "the name of a visitor who left is not free again" })
	ada.call("DELETE", "/api/session", "").want(t, 204, "")
	if c := named("Ada"); c.hello.User.Name != "Ada" {
		t.Errorf("the name of one who signed out: %s", c.hello.raw)
	}
}

// A visitor is written to the store with the first durable command, and not
// before.
func TestVisitorsAreStoredWhenTheySaySomething(t *testing.T) {
	t.Parallel()
	h := open(t)
	silent := h.dial("/ws?name=Silent", nil)
	silent.join("general")
	silent.ok(cmd{"op": "typing", "room": "general"})
	silent.ok(cmd{"op": "read", "room": "general", "seq": 0})
	silent.refused("not_found", cmd{"op": "send", "room": "nowhere", "body": "x"})
	silent.refused("not_found", cmd{"op": "send", "room": "general", "body": "x", "parent": "m_0000000000001"})
	silent.refused("invalid", cmd{"op": "send", "room": "general", "body": " "})
	talker := h.dial("/ws?name=Talker", nil)
	talker.send("general", "one")
	talker.send("general", "two")
	if e := silent.event("general"); e.User.ID != talker.hello.User.ID || e.User.Name != "Talker" {
		t.Errorf("%s", e.raw)
	}
	// Also a visitor who has spoken leaves the name to others, and is another
	// user the next time.
	talker.bye()
	var again *conn
	eventually(t, func() bool {
		again = h.dial("/ws?name=Talker", nil)
		return again.hello.User.Name == "Talker"
	}, func() string { return "the name is not free again" })
	if again.hello.User.ID == talker.hello.User.ID {
		t.Error("the same user without a cookie")
	}
	again.send("general", "three")
	if p := again.join("general"); p.event(0).User.Name != "Talker" || p.event(0).User.ID == p.event(2).User.ID {
		t.Errorf("%s", p.raw)
	}
	again.bye()
	silent.bye()
	h.stop()
	same(t, "stored", storedUsers(t, h.data), []string{"Talker", "Talker"})
}

// storedUsers looks into the file of a server that has stopped.
func storedUsers(t *testing.T, data string) (names []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(data, "*.db"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	db, err := sql.Open("sqlite", files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(t.Context(), `SELECT name FROM users ORDER BY created`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return names
}
