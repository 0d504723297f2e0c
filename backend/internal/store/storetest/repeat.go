package storetest

import (
	"sync"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

func testRepeat(t *testing.T, o Opened) {
	s := o.Store
	e := message("u_1", "once")
	first := must(t, s, chat.General, adding(e))
	say(t, s, chat.General, "u_2", 3)

	again := e
	again.ID, again.Body, again.At, again.Digest = e.ID+1, "other", e.At+5, chat.Digest{9}
	out := must(t, s, chat.General, func(tx chat.Tx) error {
		tx.SaveUser(chat.User{ID: "u_1", Name: "Ada", Role: chat.Guest})
		tx.SetMember("u_1", true)
		tx.Append(again)
		return nil
	})
	equal(t, "repeat", out.Repeat, true)
	equal(t, "event", out.Event, first.Event)
	equal(t, "head", out.Room.Head, 4)
	equal(t, "events", len(all(t, s, chat.General)), 4)
	equal(t, "next seq", must(t, s, chat.General, adding(message("u_1", "x"))).Event.Seq, 5)

	// The id space is the user's own; without a ref nothing is a repeat.
	again.User = "u_2"
	equal(t, "repeat of another user", must(t, s, chat.General, adding(again)).Repeat, false)
	for i := range 2 {
		e := joining("u_1")
		out := must(t, s, chat.General, adding(e))
		equal(t, "repeat without ref", out.Repeat, false)
		equal(t, "seq", out.Event.Seq, uint64(7+i)) //nolint:gosec // 0 or 1
	}

	o = o.Reopen(t)
	again.User = "u_1"
	again.ID += 2
	out = must(t, o.Store, chat.General, adding(again))
	equal(t, "repeat after reopening", out.Repeat, true)
	equal(t, "event after reopening", out.Event, first.Event)
}

func testRepeatElsewhere(t *testing.T, o Opened) {
	s := o.Store
	makeRoom(t, s, "tea", "Tea", "u_0")
	e := message("u_1", "once")
	first := must(t, s, "tea", adding(e))
	out := must(t, s, chat.General, adding(e))
	equal(t, "repeat", out.Repeat, true)
	equal(t, "event", out.Event, first.Event)
	equal(t, "room", out.Room.ID, chat.General)
	equal(t, "head", out.Room.Head, 0)

	// A repeated rule writes nothing of itself, not even a membership.
	out = must(t, s, chat.General, func(tx chat.Tx) error {
		tx.SetMember("u_1", true)
		tx.Append(e)
		return nil
	})
	equal(t, "repeat", out.Repeat, true)
	must(t, s, chat.General, func(tx chat.Tx) error {
		member, err := tx.Member("u_1")
		equal(t, "member", member, false)
		return err
	})
}

func testTxByRef(t *testing.T, o Opened) {
	s := o.Store
	first := message("u_1", "x")
	must(t, s, chat.General, adding(first))
	makeRoom(t, s, "tea", "Tea", "u_2")
	must(t, s, "tea", func(tx chat.Tx) error { // in whatever room it was
		e, err := tx.ByRef("u_1", first.Ref)
		ok(t, err)
		equal(t, "room", e.Room, chat.General)
		equal(t, "digest", e.Digest, first.Digest)
		_, err = tx.ByRef("u_2", first.Ref)
		wantErr(t, err, chat.ErrNotFound)
		_, err = tx.ByRef("u_1", "another")
		wantErr(t, err, chat.ErrNotFound)
		return nil
	})
}

func testConcurrentRepeats(t *testing.T, o Opened) {
	s := o.Store
	const commands, times = 50, 100
	events := make([]chat.Event, commands)
	for i := range events {
		events[i] = message("u_1", "x")
	}
	var mu sync.Mutex
	firsts := map[string]int{}
	seq := map[string]uint64{}
	var wg sync.WaitGroup
	for range times {
		wg.Go(func() {
			for _, e := range events {
				e.ID = chat.EventID(lastID.Add(1) << 10)
				a := <-start(s, chat.General, adding(e))
				mu.Lock()
				switch {
				case a.err != nil:
					t.Error(a.err)
				case !a.Repeat:
					firsts[e.Ref]++
				}
				if was, seen := seq[e.Ref]; seen {
					equal(t, "seq", a.Event.Seq, was)
				}
				seq[e.Ref] = a.Event.Seq
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for _, e := range events {
		equal(t, "effects of "+e.Ref, firsts[e.Ref], 1)
	}
	equal(t, "events", len(all(t, s, chat.General)), commands)
}
