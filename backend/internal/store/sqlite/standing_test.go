package sqlite_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/store/sqlite"
)

// TestErased: of a text that was erased nothing is left in the files, however
// long it was, and whatever replaced it before: once the store was closed, or a
// while and a commit later.
func TestErased(t *testing.T) {
	defer sqlite.ScrubAtOnce()()
	dir := t.TempDir()
	s := open(t, dir)
	var last chat.Event
	run := func(rule chat.Rule) {
		t.Helper()
		done := make(chan error)
		s.InRoom(chat.General, rule, func(o chat.Outcome, err error) {
			last = o.Event
			done <- err
		})
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	const secret = "Lapsang-Souchong"
	n := 0
	say := func(size int) chat.Event {
		n++
		e := message(n)
		e.Body = strings.Repeat(secret, size)
		return e
	}
	for _, size := range []int{1, 40, 400, 2000, 1, 300, 2000} {
		run(appendMessage(say(size)))
		m := last
		for _, size := range []int{2000 - size + 1, size} {
			run(func(tx chat.Tx) error {
				tx.Append(say(size))
				tx.Rewrite(m.Seq)
				return nil
			})
		}
		run(func(tx chat.Tx) error {
			tx.Append(chat.Event{Kind: chat.KindDelete, ID: m.ID + 1, User: m.User})
			tx.Erase(m.Seq)
			return nil
		})
	}
	if err := s.Check(t.Context()); err != nil { // the log is emptied after the answers, and before what comes next
		t.Fatal(err)
	}
	if _, err := s.ByRef(t.Context(), "u_1", "none"); !errors.Is(err, chat.ErrNotFound) { // which waits for the writer
		t.Fatal(err)
	}
	gone(t, dir, secret)
	run(appendMessage(say(2000)))
	m := last
	run(func(tx chat.Tx) error {
		tx.Append(chat.Event{Kind: chat.KindDelete, ID: m.ID + 1, User: m.User})
		tx.Erase(m.Seq)
		return nil
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	gone(t, dir, secret)
}

// TestErasedBeforeCrash: what was erased and still stood in the log when the
// process was killed is gone from it after the next start.
func TestErasedBeforeCrash(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	const secret = "Lapsang-Souchong"
	for n := range uint64(2) { // with the first one the log is emptied at once, and then not for a while
		e := message(int(n) + 1)
		e.Body = secret
		if err := send(s, e); err != nil {
			t.Fatal(err)
		}
		done := make(chan error)
		s.InRoom(chat.General, func(tx chat.Tx) error {
			tx.Append(chat.Event{Kind: chat.KindDelete, ID: e.ID + 1, User: e.User})
			tx.Erase(2*n + 1)
			return nil
		}, func(_ chat.Outcome, err error) { done <- err })
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		settled(t, s)
	}
	crashed := t.TempDir()
	// By another process: closing the files in this one would drop SQLite's locks.
	for _, name := range []string{"teahouse.db", "teahouse.db-wal", "witness"} {
		if out, err := exec.Command("cp", filepath.Join(dir, name), filepath.Join(crashed, name)).CombinedOutput(); err != nil { //nolint:gosec // our own files
			t.Fatalf("%v: %s", err, out)
		}
	}
	if left, err := os.ReadFile(filepath.Join(crashed, "teahouse.db-wal")); err != nil || !bytes.Contains(left, []byte(secret)) { //nolint:gosec // our own file
		t.Fatalf("there is nothing left to be looked for: %v", err)
	}
	again := open(t, crashed)
	settled(t, again)
	gone(t, crashed, secret)
}

// settled waits until the writer has done all that it does after an answer.
func settled(t *testing.T, s *sqlite.Store) {
	t.Helper()
	for range 2 { // the second is begun when the first one is done with
		if _, err := s.ByRef(t.Context(), "u_1", "none"); !errors.Is(err, chat.ErrNotFound) {
			t.Fatal(err)
		}
	}
}

// gone looks for a text in the files of a store.
func gone(t *testing.T, dir, secret string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, f := range files {
		content, err := os.ReadFile(f) //nolint:gosec // our own files
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(content, []byte(secret)); n > 0 {
			t.Errorf("%s holds it %d times", filepath.Base(f), n)
		}
	}
}
