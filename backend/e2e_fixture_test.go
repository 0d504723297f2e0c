package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// fixtures reads the named examples that both sides of the wire test with.
func fixtures(t *testing.T, folder string, each func(name string, content []byte)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "protocol", "fixtures", folder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures in %s: %v", folder, err)
	}
	for _, f := range files {
		content, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		each(filepath.Base(f), content)
	}
}

// notThere are the fixtures that name a message which this test's room lacks.
var notThere = regexp.MustCompile(`^(send\.reply|edit|delete|react|todo\.(again|done))\b`)

func TestFixturesOfClientsAreTaken(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.signIn("Ada").room("tea")
	fixtures(t, "client", func(name string, content []byte) {
		var m struct{ Op, ID, Room, Body string }
		if err := json.Unmarshal(content, &m); err != nil {
			t.Fatal(err)
		}
		c := h.visit() // a user of its own: they share their ids
		c.write(string(content))
		f := c.answer(m.ID)
		switch {
		case notThere.MatchString(name):
			if f.Code != "not_found" {
				t.Errorf("%s: %s", name, f.raw)
			}
		case f.Op != "ok" || f.Room != m.Room:
			t.Errorf("%s: %s", name, f.raw)
		case m.Op == "send":
			page := h.visit().join("general")
			if last := page.event(len(page.Events) - 1); last.Body != m.Body || last.Ref != m.ID {
				t.Errorf("%s was stored as %s", name, last.raw)
			}
		}
	})
}

func TestInvalidFixturesAreRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	before := h.visit().join("general").Seq
	fixtures(t, "invalid", func(name string, content []byte) {
		var m struct{ Frame, Code, Field string }
		if err := json.Unmarshal(content, &m); err != nil {
			t.Fatal(err)
		}
		c := h.visit()
		c.write(m.Frame)
		f := c.take("an error", func(f *frame) bool { return f.Op == "error" || f.Op == "ok" })
		if f.Op != "error" || f.Code != m.Code || f.Detail == "" || (m.Field != "" && f.Field != m.Field) {
			t.Errorf("%s: %.200s", name, f.raw)
		}
		var own struct{ ID any }
		_ = json.Unmarshal([]byte(m.Frame), &own) // some are no JSON
		switch id, _ := own.ID.(string); {
		case m.Code == "bad_json" || m.Field == "id":
			if f.ID != "" {
				t.Errorf("%s: an id in %.200s", name, f.raw)
			}
		case f.ID != id:
			t.Errorf("%s: id %q, want %q", name, f.ID, id)
		}
		c.fence() // the connection stays
		c.bye()
	})
	if after := h.visit().join("general").Seq; after != before {
		t.Errorf("%d events were written", after-before)
	}
}
