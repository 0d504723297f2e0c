package sqlite

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	lib "modernc.org/sqlite/lib"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// openTest opens a store in a directory of its own; the test closes it.
func openTest(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// hold keeps the writer busy until release is called.
func hold(s *Store) (release func()) {
	entered, free := make(chan struct{}), make(chan struct{})
	s.InRoom(chat.General, func(chat.Tx) error {
		select {
		case <-entered:
		default:
			close(entered)
		}
		<-free
		return nil
	}, func(chat.Outcome, error) {})
	<-entered
	return func() { close(free) }
}

func guest(id string) chat.Session {
	ses := chat.Session{User: chat.User{ID: chat.UserID(id), Name: "Name of " + id, Role: chat.Guest}}
	copy(ses.Hash[:], id)
	return ses
}

// TestEverybodyIsAnswered: where the outcome of a transaction is unknown, all
// of its callers are told so, once, and Close returns.
func TestEverybodyIsAnswered(t *testing.T) {
	s := openTest(t)
	release := hold(s)
	const n = 50
	told := make([]error, 0, n) // by the publisher alone, until Close has returned
	waiting := make(chan error, 1)
	for i := range n {
		if i == n/2 {
			c := &call{result: waiting, fn: func(*writer) error {
				return &fault{"COMMIT", lib.SQLITE_IOERR_FSYNC, "made up"}
			}}
			if !s.queue.put(t.Context(), c) {
				t.Fatal("the queue is closed")
			}
		}
		e := chat.Event{Kind: "message", ID: chat.EventID(i + 1), User: "u_1"}
		s.InRoom(chat.General, func(tx chat.Tx) error {
			tx.Append(e)
			return nil
		}, func(o chat.Outcome, err error) {
			if o.Event.Seq != 0 {
				t.Errorf("told of event %d", o.Event.Seq)
			}
			told = append(told, err)
		})
	}
	release()
	if err := <-s.Failed(); err == nil {
		t.Error("the store failed without an error")
	}
	if err := <-waiting; !errors.Is(err, chat.ErrUnknown) {
		t.Errorf("the caller is told %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if len(told) != n {
		t.Fatalf("%d of %d are told something", len(told), n)
	}
	for i, err := range told {
		if !errors.Is(err, chat.ErrUnknown) {
			t.Errorf("number %d is told %v", i, err)
		}
	}
}

// TestWithdrawn: who gives up while others are being served has changed
// nothing.
func TestWithdrawn(t *testing.T) {
	s := openTest(t)
	release := hold(s)
	ctx, cancel := context.WithCancel(t.Context())
	answered := make(chan error)
	go func() { answered <- s.CreateGuest(ctx, guest("u_1")) }()
	s.queue.await(1)
	cancel()
	if err := <-answered; !errors.Is(err, chat.ErrUnavailable) {
		t.Errorf("who gave up is told %v", err)
	}
	release()
	if err := s.CreateGuest(t.Context(), guest("u_2")); err != nil { // comes after it
		t.Fatal(err)
	}
	for id, want := range map[string]bool{"u_1": false, "u_2": true} {
		if taken, err := s.NameTaken(t.Context(), chat.NameKey("Name of "+id)); err != nil || taken != want {
			t.Errorf("%s is stored: %v, %v", id, taken, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestGivenUpWhileWritten: nobody can tell who gives up then what comes of it.
func TestGivenUpWhileWritten(t *testing.T) {
	s := openTest(t)
	ctx, cancel := context.WithCancel(t.Context())
	running, free := make(chan struct{}), make(chan struct{})
	answered := make(chan error)
	go func() {
		answered <- s.do(ctx, func(*writer) error {
			close(running)
			<-free
			return nil
		})
	}()
	<-running
	cancel()
	if err := <-answered; !errors.Is(err, chat.ErrUnknown) {
		t.Errorf("who gave up is told %v", err)
	}
	close(free)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestFullQueue: who gives up before there was space has changed nothing.
func TestFullQueue(t *testing.T) {
	s := openTest(t)
	release := hold(s)
	for range maxQueued {
		s.InRoom(chat.General, func(chat.Tx) error { return nil }, func(chat.Outcome, error) {})
	}
	ctx, cancel := context.WithCancel(t.Context())
	answered := make(chan error)
	go func() { answered <- s.CreateGuest(ctx, guest("u_1")) }()
	cancel()
	if err := <-answered; !errors.Is(err, chat.ErrUnavailable) {
		t.Errorf("who gave up is told %v", err)
	}
	release()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
