package sqlite_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

func epoch(t *testing.T, dir string) string {
	t.Helper()
	s := open(t, dir)
	r, err := s.Room(t.Context(), chat.General)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return r.Epoch
}

func TestWitness(t *testing.T) {
	older := closed(t, t.TempDir(), 5)
	tests := map[string]struct {
		change func(t *testing.T, dir, db, witness string)
		fresh  bool // the rooms get new epochs
	}{
		"nothing": {func(*testing.T, string, string, string) {}, false},
		"the database is the one of yesterday": {func(t *testing.T, dir, db, _ string) {
			yesterday, err := os.ReadFile(db) //nolint:gosec // our own file
			if err != nil {
				t.Fatal(err)
			}
			s := open(t, dir)
			fill(t, s, 100, 1, 1)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			put(t, db, yesterday)
		}, true},
		"the database is another one": {func(t *testing.T, _, db, _ string) { put(t, db, older) }, true},
		"the witness is gone": {func(t *testing.T, _, _, witness string) {
			if err := os.Remove(witness); err != nil {
				t.Fatal(err)
			}
		}, true},
		"the witness is empty":    {func(t *testing.T, _, _, witness string) { put(t, witness, nil) }, true},
		"the witness is nonsense": {func(t *testing.T, _, _, witness string) { put(t, witness, []byte("x y\n")) }, true},
		"the witness is behind": {func(t *testing.T, _, _, witness string) {
			b, err := os.ReadFile(witness) //nolint:gosec // our own file
			if err != nil {
				t.Fatal(err)
			}
			id, _, _ := strings.Cut(string(b), " ")
			put(t, witness, []byte(id+" 3\n"))
		}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			closed(t, dir, 10)
			before := epoch(t, dir)
			tt.change(t, dir, filepath.Join(dir, "teahouse.db"), filepath.Join(dir, "witness"))
			after := epoch(t, dir)
			if (after != before) != tt.fresh {
				t.Errorf("the epoch was %s and is %s", before, after)
			}
			if again := epoch(t, dir); again != after {
				t.Error("the next start changes it once more")
			}
		})
	}
}

// TestWitnessFollows: it is written while the store runs, not only at its end.
func TestWitnessFollows(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	path := filepath.Join(dir, "witness")
	for round := range 2 {
		fill(t, s, round*10, 10, 10)
		want := []string{" 10\n", " 20\n"}[round]
		deadline := time.After(10 * time.Second)
		tick := time.NewTicker(5 * time.Millisecond)
		for seen := ""; !strings.HasSuffix(seen, want); {
			select {
			case <-tick.C:
			case <-deadline:
				t.Fatalf("the witness is %q, want %q", seen, want)
			}
			b, err := os.ReadFile(path) //nolint:gosec // our own file
			if err != nil {
				t.Fatal(err)
			}
			seen = string(b)
		}
		tick.Stop()
	}
}
