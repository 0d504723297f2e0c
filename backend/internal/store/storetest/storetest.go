package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// Opened is a store with nothing in it, and what the suite needs beside the
// port. Whoever opened it closes it at the end of the test.
type Opened struct {
	Store chat.Store
	// NewEpochs gives every room a new epoch.
	NewEpochs func(context.Context) error
	// Close closes the store. It may be called more than once.
	Close func() error
	// Reopen closes the store and opens another one on the same data.
	Reopen func(*testing.T) Opened
}

// Run runs the whole suite; open makes a new, empty store for each test.
func Run(t *testing.T, open func(*testing.T) Opened) {
	tests := []struct {
		name string
		test func(*testing.T, Opened)
	}{
		{"append keeps every field", testAppendKeepsFields},
		{"append numbers without gaps", testGapless},
		{"done comes from one goroutine in commit order", testDoneOrder},
		{"what is settled together is told together", testAround},
		{"a refusal writes nothing", testRefusal},
		{"a rule in an unknown room is not found", testUnknownRoom},
		{"a rule sees what earlier rules wrote", testTxSees},
		{"a rule may append once", testAppendTwice},
		{"a repeat gives the first event", testRepeat},
		{"a repeat in another room gives the first event", testRepeatElsewhere},
		{"100 repeats at once make one event", testConcurrentRepeats},
		{"a faulty job spares the others", testFaultyJob},
		{"what is answered survives", testSurvives},
		{"after reads on", testAfter},
		{"before reads back", testBefore},
		{"pages are cut by bytes", testPageBytes},
		{"a page is one moment", testPageMoment},
		{"pages show how events stand", testStanding},
		{"a rule is told how events stand", testTxStanding},
		{"a refused change changes nothing", testRefusedChange},
		{"what was erased is not unread", testErasedUnread},
		{"reactions count as bytes", testReactionBytes},
		{"events are listed", testListed},
		{"a rule is told what is listed", testTxListed},
		{"a list is read so far", testListedReach},
		{"a room is described", testDescribe},
		{"by ref", testByRef},
		{"rooms are made once", testCreateRoom},
		{"a rule finds what a command made", testTxByRef},
		{"rooms are limited", testRoomQuota},
		{"rooms are listed", testRooms},
		{"membership comes and goes", testMembership},
		{"belongings of nobody", testBelongingsUnknown},
		{"unread counts what others wrote", testUnread},
		{"unread is counted from everywhere", testUnreadEverywhere},
		{"unread stops counting", testUnreadCap},
		{"unread looks only so far", testUnreadReach},
		{"a read position never falls", testSetRead},
		{"a guest and a session", testGuest},
		{"a name is taken once", testNames},
		{"100 guests want one name", testNameRace},
		{"a user is renamed", testRename},
		{"sessions end", testEndSession},
		{"sessions expire", testExpire},
		{"an unsaved guest is stored with the event", testSaveUser},
		{"epochs change", testEpochs},
		{"the digest key stays", testDigestKey},
		{"check writes", testCheck},
		{"a closed store is unavailable", testClosed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.test(t, open(t)) })
	}
}

// answer is what done was called with.
type answer struct {
	chat.Outcome
	err error
}

// start queues a rule; the answer comes through the channel.
func start(s chat.Store, room chat.RoomID, rule chat.Rule) <-chan answer {
	got := make(chan answer, 1)
	s.InRoom(room, rule, func(o chat.Outcome, err error) { got <- answer{o, err} })
	return got
}

// in runs a rule and waits for its answer.
func in(s chat.Store, room chat.RoomID, rule chat.Rule) (chat.Outcome, error) {
	a := <-start(s, room, rule)
	return a.Outcome, a.err
}

// must runs a rule that has to succeed.
func must(t *testing.T, s chat.Store, room chat.RoomID, rule chat.Rule) chat.Outcome {
	t.Helper()
	out, err := in(s, room, rule)
	ok(t, err)
	return out
}

// adding is the rule that just appends.
func adding(e chat.Event) chat.Rule {
	return func(tx chat.Tx) error {
		tx.Append(e)
		return nil
	}
}

var lastID atomic.Int64

// message makes an event with an id of its own.
func message(user chat.UserID, body string) chat.Event {
	n := lastID.Add(1)
	return chat.Event{
		Kind: "message", ID: chat.EventID(n << 10), User: user, Name: "Somebody", At: 1795170000000 + n,
		Body: body, Counts: true, Ref: fmt.Sprintf("ref-%d", n), Digest: chat.Digest{byte(n & 0xff)},
	}
}

// say appends n messages of the user.
func say(t *testing.T, s chat.Store, room chat.RoomID, user chat.UserID, n int) {
	t.Helper()
	waiting := make([]<-chan answer, n)
	for i := range waiting {
		waiting[i] = start(s, room, adding(message(user, fmt.Sprintf("message %d", i))))
	}
	for _, w := range waiting {
		ok(t, (<-w).err)
	}
}

// makeRoom makes a room whose first member is maker.
func makeRoom(t *testing.T, s chat.Store, id chat.RoomID, name string, maker chat.UserID) chat.Outcome {
	t.Helper()
	out, err := create(s, chat.Room{ID: id, Name: name, Topic: "about " + name}, joining(maker), 1000)
	ok(t, err)
	return out
}

func create(s chat.Store, room chat.Room, first chat.Event, limit int) (chat.Outcome, error) {
	got := make(chan answer, 1)
	s.CreateRoom(room, first, limit, func(o chat.Outcome, err error) { got <- answer{o, err} })
	a := <-got
	return a.Outcome, a.err
}

// joining is the event of somebody who becomes a member.
func joining(user chat.UserID) chat.Event {
	e := message(user, "")
	e.Kind, e.Counts, e.On, e.Ref, e.Digest = "member", false, true, "", chat.Digest{}
	return e
}

// session makes a session of a new guest.
func session(user chat.UserID, name string, expires time.Time) chat.Session {
	s := chat.Session{
		User:    chat.User{ID: user, Name: name, Role: chat.Guest, Stored: true},
		Seen:    expires.Add(-time.Hour),
		Expires: expires,
	}
	copy(s.Hash[:], "hash of "+string(user))
	return s
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error is %v, want %v", err, want)
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// seqs are the positions of the page's events.
func seqs(p chat.Page) []uint64 {
	list := []uint64{}
	for _, e := range p.Events {
		list = append(list, e.Seq)
	}
	return list
}

// all reads the whole log of a room, and fails where it has a hole.
func all(t *testing.T, s chat.Store, room chat.RoomID) []chat.Event {
	t.Helper()
	var log []chat.Event
	for {
		p, err := s.After(t.Context(), room, uint64(len(log)), 1000, 1<<20)
		ok(t, err)
		for _, e := range p.Events {
			if e.Seq != uint64(len(log))+1 {
				t.Fatalf("after %d comes %d", len(log), e.Seq)
			}
			log = append(log, e)
		}
		if !p.More {
			equal(t, "head", p.Head, uint64(len(log)))
			return log
		}
	}
}
