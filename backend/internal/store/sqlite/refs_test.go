package sqlite

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// fewWaiting makes commands move into the table early.
func fewWaiting(t *testing.T) {
	t.Helper()
	waiting, loading := maxWaiting, maxLoading
	maxWaiting, maxLoading = 100, 300
	t.Cleanup(func() { maxWaiting, maxLoading = waiting, loading })
}

// commands sends to two rooms, and knows what came of each command.
type commands struct {
	t    *testing.T
	s    *Store
	n    int
	made []chat.Event
}

func openCommands(t *testing.T, dir string) *commands {
	t.Helper()
	c := &commands{t: t}
	c.open(dir)
	first := make(chan error, 1)
	c.s.CreateRoom(chat.Room{ID: "tea", Name: "Tea"}, c.event("u_1", ""), 10, func(_ chat.Outcome, err error) { first <- err })
	if err := <-first; err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *commands) open(dir string) {
	c.t.Helper()
	s, err := Open(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() {
		if err := s.Close(); err != nil {
			c.t.Error(err)
		}
	})
	c.s = s
}

func (c *commands) event(user chat.UserID, ref string) chat.Event {
	c.n++
	return chat.Event{Kind: "message", ID: chat.EventID(c.n), User: user, Name: "Ada", Body: fmt.Sprint(c.n), Counts: true, Ref: ref}
}

// send sends n new commands at once; among them are rules that are refused.
func (c *commands) send(n int) {
	c.t.Helper()
	told := make(chan chat.Event, n)
	sent := 0
	for range n {
		e := c.event(chat.UserID(fmt.Sprint("u_", c.n%7)), fmt.Sprintf("%x", rand.Uint64()))
		if c.n%10 == 0 {
			c.s.InRoom(chat.General, func(tx chat.Tx) error {
				tx.Append(e)
				return chat.ErrFull
			}, func(chat.Outcome, error) {})
			continue
		}
		sent++
		c.s.InRoom([]chat.RoomID{chat.General, "tea"}[c.n%2], func(tx chat.Tx) error {
			tx.Append(e)
			return nil
		}, func(o chat.Outcome, err error) {
			if err != nil || o.Repeat {
				c.t.Errorf("%s: repeat %v, %v", e.Ref, o.Repeat, err)
			}
			told <- o.Event
		})
	}
	for range sent {
		c.made = append(c.made, <-told)
	}
}

// check repeats every command.
func (c *commands) check() {
	c.t.Helper()
	for _, want := range c.made {
		again := want
		again.ID, again.Body = 1<<40, "again"
		told := make(chan error, 1)
		c.s.InRoom(chat.General, func(tx chat.Tx) error {
			tx.Append(again)
			return nil
		}, func(o chat.Outcome, err error) {
			if err == nil && (!o.Repeat || o.Event != want) {
				err = fmt.Errorf("repeat %v, %+v, want %+v", o.Repeat, o.Event, want)
			}
			told <- err
		})
		if err := <-told; err != nil {
			c.t.Fatal(err)
		}
	}
}

func (c *commands) inTable() (n int64) {
	c.t.Helper()
	err := c.s.read(c.t.Context(), func(r *conn) error {
		_, err := r.one(`SELECT count(*) FROM refs`, nil, &n)
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return n
}

// TestRefsMove: a command is known again wherever it is kept, and after the
// files were left as they are at any moment.
func TestRefsMove(t *testing.T) {
	fewWaiting(t)
	dir := t.TempDir()
	c := openCommands(t, dir)
	for range 30 {
		c.send(1 + rand.IntN(100))
		crashed := t.TempDir()
		for _, name := range []string{dbName, dbName + "-wal", "witness"} {
			b, err := os.ReadFile(filepath.Join(dir, name)) //nolint:gosec // our own file
			if err == nil {
				err = os.WriteFile(filepath.Join(crashed, name), b, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		after := &commands{t: t, n: c.n, made: c.made}
		after.open(crashed)
		after.check()
		if err := after.s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if n := c.inTable(); n < 100 {
		t.Errorf("%d of %d commands are in the table: little was tested", n, len(c.made))
	}
	if err := c.s.Close(); err != nil {
		t.Fatal(err)
	}
	c.open(dir)
	if n, waiting := c.inTable(), c.s.writer.refs.waiting; int(n) != len(c.made) || waiting != 0 {
		t.Errorf("after closing %d of %d commands are in the table, and %d were read at the start", n, len(c.made), waiting)
	}
	c.check()
}

// TestRefsOfFaults: what is rolled back is not known again.
func TestRefsOfFaults(t *testing.T) {
	fewWaiting(t)
	c := openCommands(t, t.TempDir())
	c.send(90)
	for range 30 {
		e := c.event("u_1", fmt.Sprintf("%x", rand.Uint64()))
		faulty := e
		faulty.ID = 1 // in use
		for i, try := range []chat.Event{faulty, e} {
			told := make(chan struct{})
			c.s.InRoom(chat.General, func(tx chat.Tx) error {
				tx.Append(try)
				return nil
			}, func(o chat.Outcome, err error) {
				if i == 0 == (err == nil) || o.Repeat {
					t.Errorf("try %d: repeat %v, %v", i, o.Repeat, err)
				}
				if err == nil {
					c.made = append(c.made, o.Event)
				}
				close(told)
			})
			<-told
		}
		c.send(9)
	}
	c.check()
}

// TestRefsOfEqualHash: two commands whose hashes are alike are two.
func TestRefsOfEqualHash(t *testing.T) {
	c := openCommands(t, t.TempDir())
	c.send(30)
	err := c.s.do(t.Context(), func(w *writer) error {
		for i := range c.made {
			num := map[chat.RoomID]int64{chat.General: 1, "tea": 2}[c.made[i].Room]
			at := pos(num, c.made[i].Seq)
			key := w.refs.key(c.made[i].User, c.made[i].Ref)
			delete(w.refs.parts[key.part()], key)
			for range 2 { // and again, as after a crash
				if err := w.moveRef(refEntry{w.refs.key(c.made[i/3*3].User, c.made[i/3*3].Ref).hash(), at}); err != nil {
					return err
				}
			}
		}
		for i := range c.made {
			first := &c.made[i/3*3]
			k := w.refs.key(first.User, first.Ref)
			if at, found, err := w.findRef(k, c.made[i].User, c.made[i].Ref); err != nil || !found || at&maxSeq != int64(c.made[i].Seq) { //nolint:gosec // small
				t.Errorf("%d: %d, %v, %v", i, at&maxSeq, found, err)
			}
			if _, found, err := w.findRef(k, c.made[i].User, "another"); err != nil || found {
				t.Errorf("%d: another is found: %v, %v", i, found, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := c.inTable(); int(n) != len(c.made) {
		t.Errorf("the table has %d rows for %d commands", n, len(c.made))
	}
}

// TestOldDatabases: a database of every schema there was, with messages in it, is
// brought up to date: its commands are known again, what is unread is counted,
// and its messages can be changed.
func TestOldDatabases(t *testing.T) {
	fewWaiting(t)
	for version := 1; version < len(migrations); version++ {
		t.Run(fmt.Sprint("schema ", version), func(t *testing.T) {
			t.Parallel()
			bringUpToDate(t, version)
		})
	}
}

func bringUpToDate(t *testing.T, version int) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, dbName)
	old, err := dial(path, "journal_mode = DELETE", fmt.Sprintf("application_id = %d", applicationID))
	if err != nil {
		t.Fatal(err)
	}
	if err := migrate(old, path, migrations[:version]); err != nil {
		t.Fatal(err)
	}
	if err := seed(old); err != nil {
		t.Fatal(err)
	}
	c := &commands{t: t}
	for i := range 400 {
		e := c.event("u_1", fmt.Sprint("ref ", i))
		e.Room, e.Seq = chat.General, uint64(i+1)
		if _, err := old.exec(`INSERT INTO events (pos, id, kind, user, counts, name, at, target, parent, "on", ref, digest, body)
			VALUES (?, ?, 'message', 'u_1', 1, 'Ada', 0, 0, 0, 0, ?, ?, ?)`,
			pos(1, e.Seq), int64(e.ID), e.Ref, e.Digest[:], e.Body); err != nil {
			t.Fatal(err)
		}
		c.made = append(c.made, e)
	}
	if err := old.script(`UPDATE rooms SET head = 400;
		INSERT INTO rooms (id, name, topic, head, epoch, created) VALUES ('tea', '', '', 0, '', 0)`); err != nil {
		t.Fatal(err)
	}
	old.close()
	c.open(dir)
	c.check()
	unread := func(after uint64, want int) {
		t.Helper()
		if b, err := c.s.UnreadAfter(t.Context(), chat.General, "u_2", after); err != nil || b.Unread != want {
			t.Errorf("unread after %d: %d, %v", after, b.Unread, err)
		}
	}
	unread(0, 400)
	unread(390, 10)
	unread(400, 0)
	if n := c.inTable(); n < 100 {
		t.Errorf("%d of 400 commands are in the table", n)
	}
	c.send(20)
	for _, change := range []func(tx chat.Tx){
		func(tx chat.Tx) { tx.Rewrite(398) },
		func(tx chat.Tx) { tx.React(398, "👍", true) },
		func(tx chat.Tx) { tx.Erase(399) },
	} {
		e := c.event("u_2", "")
		e.Body, e.Counts, e.Changes = "changed", false, 399
		done := make(chan error)
		c.s.InRoom(chat.General, func(tx chat.Tx) error {
			tx.Append(e)
			change(tx)
			return nil
		}, func(_ chat.Outcome, err error) { done <- err })
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	p, err := c.s.Before(t.Context(), chat.General, 400, 2, 1<<20)
	if err != nil || len(p.Events) != 2 {
		t.Fatalf("%d events, %v", len(p.Events), err)
	}
	if e := p.Events[0]; e.Body != "changed" || e.Shown == nil || e.Shown.Edited == 0 || len(e.Shown.Reactions) != 1 {
		t.Errorf("%+v %+v", e, e.Shown)
	}
	if e := p.Events[1]; e.Body != "" || e.Shown == nil || !e.Shown.Deleted || e.Counts {
		t.Errorf("%+v %+v", e, e.Shown)
	}
}

// TestByRefAmongFaults: who asks for a command in a transaction that has to be
// run again is answered too.
func TestByRefAmongFaults(t *testing.T) {
	c := openCommands(t, t.TempDir())
	c.send(5)
	held, free := make(chan struct{}), make(chan struct{})
	c.s.InRoom(chat.General, func(chat.Tx) error {
		close(held)
		<-free
		return nil
	}, func(chat.Outcome, error) {})
	<-held // what comes now is one transaction
	type answer struct {
		e   chat.Event
		err error
	}
	answered := make(chan answer, 1)
	go func() {
		e, err := c.s.ByRef(t.Context(), c.made[0].User, c.made[0].Ref)
		answered <- answer{e, err}
	}()
	queued := func() int {
		c.s.queue.mu.Lock()
		defer c.s.queue.mu.Unlock()
		return len(c.s.queue.jobs)
	}
	for queued() == 0 {
		runtime.Gosched()
	}
	faulty := c.event("u_1", "faulty")
	faulty.ID = 1 // in use
	failed := make(chan error, 1)
	c.s.InRoom(chat.General, func(tx chat.Tx) error {
		tx.Append(faulty)
		return nil
	}, func(_ chat.Outcome, err error) { failed <- err })
	close(free)
	// Where the writer waits for ever, so would closing the store.
	late := time.AfterFunc(20*time.Second, func() { panic("the writer waits for ever") })
	defer late.Stop()
	if a := <-answered; a.err != nil || a.e != c.made[0] {
		t.Errorf("%v, %v", &a.e, a.err)
	}
	if err := <-failed; err == nil {
		t.Error("an id that is in use was taken")
	}
}
