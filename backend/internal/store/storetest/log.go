package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

func testAppendKeepsFields(t *testing.T, o Opened) {
	s := o.Store
	want := chat.Event{
		Kind: "react", ID: 1<<63 - 1, User: "u_1", Name: "Åda 陈 \U0001F375", At: 1795170000123, Body: "你好 \u2028 '; DROP TABLE events; -- \\ \"q\"\n",
		Target: 1<<62 + 1, Parent: 7, On: true, Counts: true, Ref: "5f0c'\"", Digest: chat.Digest{0, 1, 2, 255},
		As: "bøb 🍵", Given: true,
	}
	out := must(t, s, chat.General, adding(want))
	want.Room, want.Seq = chat.General, 1
	equal(t, "event", out.Event, want)
	equal(t, "repeat", out.Repeat, false)
	equal(t, "head", out.Room.Head, 1)
	equal(t, "room", out.Room.ID, chat.General)

	bare := chat.Event{Kind: "member", ID: 5, User: "u_1"}
	must(t, s, chat.General, adding(bare))
	bare.Room, bare.Seq = chat.General, 2
	other := chat.Event{Kind: "message", ID: 6, User: "u_1", As: "bob"}
	must(t, s, chat.General, adding(other))
	other.Room, other.Seq = chat.General, 3
	log := all(t, s, chat.General)
	equal(t, "events", len(log), 3)
	equal(t, "first event", log[0], want)
	equal(t, "second event", log[1], bare)
	equal(t, "third event", log[2], other)
}

func testGapless(t *testing.T, o Opened) {
	s := o.Store
	makeRoom(t, s, "tea", "Tea", "u_0")
	const users, each = 20, 50
	var wg sync.WaitGroup
	for u := range users {
		wg.Go(func() {
			room := []chat.RoomID{chat.General, "tea"}[u%2]
			waiting := make([]<-chan answer, each)
			for i := range each {
				e := message(chat.UserID(fmt.Sprintf("u_%d", u)), fmt.Sprint(i))
				waiting[i] = start(s, room, adding(e))
			}
			for _, w := range waiting {
				if a := <-w; a.err != nil {
					t.Error(a.err)
				}
			}
		})
	}
	wg.Wait()
	for _, room := range []chat.RoomID{chat.General, "tea"} {
		next := map[chat.UserID]int{}
		for _, e := range all(t, s, room) {
			if e.Kind == "message" {
				equal(t, "order of "+string(e.User), e.Body, fmt.Sprint(next[e.User]))
				next[e.User]++
			}
		}
		equal(t, "users", len(next), users/2)
	}
}

// Under the race detector the unguarded variables show a second goroutine.
func testDoneOrder(t *testing.T, o Opened) {
	s := o.Store
	heads := map[chat.RoomID]uint64{chat.General: 0, "tea": makeRoom(t, s, "tea", "Tea", "u_0").Room.Head}
	const n = 2000
	calls, finished := 0, make(chan struct{})
	var last uint64
	for i := range n {
		room := []chat.RoomID{chat.General, "tea"}[i%2]
		var seen uint64
		rule := func(tx chat.Tx) error {
			if i%5 == 4 {
				return chat.ErrFull
			}
			seen = tx.Room().Head
			tx.Append(message("u_1", "x"))
			return nil
		}
		s.InRoom(room, rule, func(out chat.Outcome, err error) {
			calls++
			switch {
			case i%5 == 4:
				if !errors.Is(err, chat.ErrFull) {
					t.Errorf("refusal %d: %v", i, err)
				}
			case err != nil:
				t.Error(err)
			default:
				heads[room]++
				equal(t, "seq", out.Event.Seq, heads[room])
				equal(t, "head seen by the rule", seen, heads[room]-1)
				if uint64(out.Event.ID) <= last { //nolint:gosec // ids are positive
					t.Error("done is not called in commit order")
				}
				last = uint64(out.Event.ID) //nolint:gosec // ids are positive
			}
			if calls == n {
				close(finished)
			}
		})
	}
	<-finished
}

// testAround holds the first telling until all commands wait, so that a store
// that settles many at once has to show it. The unguarded variables show a
// second goroutine under the race detector.
func testAround(t *testing.T, o Opened) {
	s := o.Store
	const n = 200
	queued, finished := make(chan struct{}), make(chan struct{})
	inside, told, batches := false, 0, 0
	s.Around(func(tell func()) {
		<-queued
		if inside {
			t.Error("one batch is told within another")
		}
		before := told
		inside = true
		tell()
		inside = false
		batches++
		if told == before {
			t.Error("a batch of nothing is told")
		}
		if told == n {
			close(finished)
		}
	})
	for i := range n {
		s.InRoom(chat.General, adding(message("u_1", "x")), func(out chat.Outcome, err error) {
			told++
			if !inside {
				t.Error("an outcome is told outside of its batch")
			}
			if err != nil || out.Event.Seq != uint64(i)+1 { //nolint:gosec // small
				t.Errorf("outcome %d: seq %d, %v", i, out.Event.Seq, err)
			}
		})
	}
	close(queued)
	<-finished
	if batches > n/2 {
		t.Errorf("%d outcomes were told in %d batches", n, batches)
	}
}

func testRefusal(t *testing.T, o Opened) {
	s := o.Store
	makeRoom(t, s, "tea", "Tea", "u_0")
	reason := chat.Errorf(chat.Forbidden, "not today")
	out, err := in(s, "tea", func(tx chat.Tx) error {
		tx.SaveUser(chat.User{ID: "u_9", Name: "Nobody", Role: chat.Guest})
		tx.SetMember("u_9", true)
		tx.Append(message("u_9", "refused"))
		return fmt.Errorf("because: %w", reason)
	})
	wantErr(t, err, reason)
	equal(t, "outcome", out, chat.Outcome{})
	equal(t, "events", len(all(t, s, "tea")), 1)
	b, err := s.Belongings(t.Context(), "u_9")
	ok(t, err)
	equal(t, "rooms of the refused", len(b), 1)
	equal(t, "seq of the next event", must(t, s, "tea", adding(message("u_1", "x"))).Event.Seq, 2)
}

func testUnknownRoom(t *testing.T, o Opened) {
	s := o.Store
	_, err := in(s, "nowhere", func(chat.Tx) error {
		t.Error("the rule ran")
		return nil
	})
	wantErr(t, err, chat.ErrNotFound)
	_, err = s.Room(t.Context(), "nowhere")
	wantErr(t, err, chat.ErrNotFound)
	_, err = s.Listing(t.Context(), "u_1", "nowhere")
	wantErr(t, err, chat.ErrNotFound)
	_, err = s.Belonging(t.Context(), "nowhere", "u_1")
	wantErr(t, err, chat.ErrNotFound)
	_, err = s.UnreadAfter(t.Context(), "nowhere", "u_1", 0)
	wantErr(t, err, chat.ErrNotFound)
	_, err = s.SetRead(t.Context(), "nowhere", "u_1", 1)
	wantErr(t, err, chat.ErrNotFound)
	_, err = s.After(t.Context(), "nowhere", 0, 10, 1000)
	wantErr(t, err, chat.ErrNotFound)
	_, err = s.Before(t.Context(), "nowhere", 0, 10, 1000)
	wantErr(t, err, chat.ErrNotFound)
}

// Many rules are queued at once, so that some share a transaction.
func testTxSees(t *testing.T, o Opened) {
	s := o.Store
	makeRoom(t, s, "tea", "Tea", "u_0")
	elsewhere := must(t, s, chat.General, adding(message("u_1", "elsewhere"))).Event.ID
	var waiting []<-chan answer
	for i := range 200 {
		user, e := chat.UserID(fmt.Sprintf("u_%d", i+1)), message("u_1", "x")
		waiting = append(waiting,
			start(s, "tea", func(tx chat.Tx) error {
				tx.Append(e)
				tx.SetMember(user, true)
				if member, err := tx.Member(user); member || err != nil {
					return fmt.Errorf("a collected write shows: %v %w", member, err)
				}
				return nil
			}),
			start(s, "tea", func(tx chat.Tx) error {
				got, err := tx.Event(e.ID)
				if err != nil || got.Body != "x" || got.Room != "tea" || got.Seq != tx.Room().Head {
					return fmt.Errorf("event %v of head %d: %w", got, tx.Room().Head, err)
				}
				if member, err := tx.Member(user); !member || err != nil {
					return fmt.Errorf("not a member: %w", err)
				}
				if _, err := tx.Event(elsewhere); !errors.Is(err, chat.ErrNotFound) {
					return fmt.Errorf("event of another room: %w", err)
				}
				if _, err := tx.Event(1); !errors.Is(err, chat.ErrNotFound) {
					return fmt.Errorf("unknown event: %w", err)
				}
				tx.SetMember(user, false)
				return nil
			}))
	}
	for _, w := range waiting {
		ok(t, (<-w).err)
	}
	l, err := s.Listing(t.Context(), "u_1", "tea")
	ok(t, err)
	equal(t, "members", l.Members, 1)
}

func testAppendTwice(t *testing.T, o Opened) {
	_, err := in(o.Store, chat.General, func(tx chat.Tx) error {
		tx.Append(message("u_1", "one"))
		tx.Append(message("u_1", "two"))
		return nil
	})
	if err == nil {
		t.Error("two events of one rule are accepted")
	}
	equal(t, "events", len(all(t, o.Store, chat.General)), 0)
}

// testFaultyJob gives one of many jobs an id that is in use already, which no
// store can write.
func testFaultyJob(t *testing.T, o Opened) {
	s := o.Store
	first := must(t, s, chat.General, adding(message("u_1", "first"))).Event
	var waiting []<-chan answer
	for i := range 100 {
		e := message("u_2", fmt.Sprint(i))
		if i == 50 {
			e.ID = first.ID
		}
		waiting = append(waiting, start(s, chat.General, adding(e)))
	}
	for i, w := range waiting {
		a := <-w
		switch {
		case i != 50:
			ok(t, a.err)
		case a.err == nil:
			t.Error("an id was used twice")
		case errors.Is(a.err, chat.ErrUnavailable):
			t.Error("a fault that will not go away is called unavailable")
		}
	}
	equal(t, "events", len(all(t, s, chat.General)), 100)
}

func testSurvives(t *testing.T, o Opened) {
	makeRoom(t, o.Store, "tea", "Tea", "u_0")
	say(t, o.Store, "tea", "u_1", 100)
	before := all(t, o.Store, "tea")
	room, err := o.Store.Room(t.Context(), "tea")
	ok(t, err)
	o = o.Reopen(t)
	after := all(t, o.Store, "tea")
	equal(t, "events", len(after), len(before))
	for i := range after {
		equal(t, "event", after[i], before[i])
	}
	again, err := o.Store.Room(t.Context(), "tea")
	ok(t, err)
	equal(t, "room", again, room)
	equal(t, "next seq", must(t, o.Store, "tea", adding(message("u_1", "x"))).Event.Seq, 102)
}
