package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// Who asks for a long list again and again and reads none of it is read no
// further: all others are served, and it is given every answer when it reads.
func TestOrigin1_6_StalledReader(t *testing.T) {
	t.Parallel()
	p := launch(t, filepath.Join(t.TempDir(), "data"), "GOMEMLIMIT=64MiB", "RATE_LIMITS=off")
	c := p.visit()
	c.join("general")
	const items, asked = 50, 100
	var want []string
	for n := range items {
		want = append(want, fmt.Sprint(n, " ", strings.Repeat("🍵", 990)))
		c.ok(cmd{"op": "todo", "room": "general", "body": want[n], "on": true})
		c.event("general")
	}
	stalled := p.lists("/todo", "")
	for range asked {
		stalled.say("list")
	}
	other := p.lists("/todo", "")
	for n := range 5 {
		other.ask("list", want...)
		c.send("general", fmt.Sprint(n))
		c.event("general")
	}
	for range asked {
		if got := stalled.answer(); got != todoList(want...) {
			t.Fatalf("an answer is %.100q", got)
		}
	}
	if p.stderr.has("connections are closed") {
		t.Error("memory ran short")
	}
}
