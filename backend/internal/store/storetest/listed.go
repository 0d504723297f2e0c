package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// listing appends an event, and puts it and others on the room's list, or takes
// them off.
func listing(e chat.Event, on bool, others ...uint64) chat.Rule {
	return func(tx chat.Tx) error {
		tx.Append(e)
		if e.On {
			tx.List(tx.Room().Head+1, true)
		}
		for _, seq := range others {
			tx.List(seq, on)
		}
		return nil
	}
}

// item makes an event that is to go on the list.
func item(body string) chat.Event {
	e := message("u_1", body)
	e.Kind, e.On, e.Counts, e.Given = "item", true, false, true
	return e
}

// list spells what is on a room's list: "2 milk; 5 tea; ".
func list(t *testing.T, s chat.Store, room chat.RoomID) string {
	t.Helper()
	p, err := s.Listed(t.Context(), room)
	ok(t, err)
	return shown(p.Events)
}

// testListed: events come on their room's list and leave it, each at its own
// place in the log, and it is the same on another day.
func testListed(t *testing.T, o Opened) {
	s := o.Store
	makeRoom(t, s, "tea", "Tea", "u_0")
	equal(t, "the list of a new room", list(t, s, "tea"), "")
	must(t, s, chat.General, listing(item("neighbour"), true))
	for _, body := range []string{"milk", "tea", "milk", "Milk"} { // 2 to 5
		must(t, s, "tea", listing(item(body), true))
	}
	first, err := s.Listed(t.Context(), "tea")
	ok(t, err)
	log := all(t, s, "tea")
	if len(first.Events) != 4 || first.Head != 5 || first.Epoch == "" || first.Events[1] != log[2] {
		t.Errorf("%+v", first)
	}
	must(t, s, "tea", listing(message("u_2", "x"), false, 2, 5, 5, 1)) // what is not on it stays off
	equal(t, "the list", list(t, s, "tea"), "3 tea; 4 milk; ")
	must(t, s, "tea", listing(message("u_2", "x"), true, 5, 4)) // what is on it stays on
	equal(t, "the list", list(t, s, "tea"), "3 tea; 4 milk; 5 Milk; ")
	e := message("u_1", "once")
	must(t, s, "tea", listing(e, false, 3))
	must(t, s, "tea", listing(e, true, 2)) // a repeat, which changes nothing
	refusal := errors.New("no")
	_, err = in(s, "tea", func(tx chat.Tx) error {
		tx.Append(item("refused"))
		tx.List(tx.Room().Head+1, true)
		tx.List(4, false)
		return refusal
	})
	wantErr(t, err, refusal)
	for range 2 {
		equal(t, "the list", list(t, s, "tea"), "4 milk; 5 Milk; ")
		equal(t, "that of the neighbour", list(t, s, chat.General), "1 neighbour; ")
		_, err := s.Listed(t.Context(), "nowhere")
		wantErr(t, err, chat.ErrNotFound)
		o = o.Reopen(t)
		s = o.Store
	}
	must(t, s, "tea", listing(item("bread"), false, 5))
	equal(t, "the list", list(t, s, "tea"), "4 milk; 9 bread; ")
}

// testTxListed: a rule is told where a text is on the list, as earlier rules of
// the same transaction left it.
func testTxListed(t *testing.T, o Opened) {
	s := o.Store
	must(t, s, chat.General, adding(message("u_1", "milk"))) // is not on it
	makeRoom(t, s, "tea", "Tea", "u_0")
	must(t, s, "tea", listing(item("milk"), true))
	var waiting []<-chan answer
	next := func(body string, want []uint64, all int, rule chat.Rule) {
		waiting = append(waiting, start(s, chat.General, func(tx chat.Tx) error {
			seqs, err := tx.ListedAs(body)
			n, counting := tx.Listed()
			if err = errors.Join(err, counting); err != nil || n != all || !slices.Equal(seqs, want) {
				return fmt.Errorf("%q is at %v of %d (%w), want %v of %d", body, seqs, n, err, want, all)
			}
			return rule(tx)
		}))
	}
	next("milk", nil, 0, listing(item("milk"), true))
	next("milk", []uint64{2}, 1, listing(item("tea"), true))
	next("milk", []uint64{2}, 2, listing(item("milk"), true))
	next("milk", []uint64{2, 4}, 3, listing(message("u_1", "x"), false, 2))
	next("milk", []uint64{4}, 2, listing(message("u_1", "x"), true, 2))
	next("Milk", nil, 3, listing(item(""), true))
	next("", []uint64{7}, 4, adding(message("u_1", "x")))
	for _, w := range waiting {
		ok(t, (<-w).err)
	}
}

// testListedReach: a list that is longer than rules let it become is read from
// its beginning, and no further than they let it.
func testListedReach(t *testing.T, o Opened) {
	s := o.Store
	var waiting []<-chan answer
	for n := range chat.MaxListed + 10 {
		waiting = append(waiting, start(s, chat.General, listing(item(fmt.Sprint(n)), true)))
	}
	for _, w := range waiting {
		ok(t, (<-w).err)
	}
	p, err := s.Listed(t.Context(), chat.General)
	ok(t, err)
	equal(t, "events", len(p.Events), chat.MaxListed)
	for i, e := range p.Events {
		equal(t, "seq", e.Seq, uint64(i+1)) //nolint:gosec // small
	}
}
