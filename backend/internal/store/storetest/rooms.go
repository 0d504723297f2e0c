package storetest

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

func testCreateRoom(t *testing.T, o Opened) {
	s := o.Store
	out := makeRoom(t, s, "tea", "Tea", "u_1")
	equal(t, "seq", out.Event.Seq, 1)
	equal(t, "event's room", out.Event.Room, "tea")
	equal(t, "head", out.Room.Head, 1)
	if out.Room.Epoch == "" {
		t.Error("the room has no epoch")
	}
	room, err := s.Room(t.Context(), "tea")
	ok(t, err)
	equal(t, "room", room, out.Room)
	equal(t, "topic", room.Topic, "about Tea")
	equal(t, "first event", all(t, s, "tea")[0], out.Event)
	b, err := s.Belonging(t.Context(), "tea", "u_1")
	ok(t, err)
	equal(t, "read", b.Read, 1)

	_, err = create(s, chat.Room{ID: "tea", Name: "Other"}, joining("u_2"), 1000)
	wantErr(t, err, chat.ErrTaken)
	_, err = create(s, chat.Room{ID: chat.General, Name: "Other"}, joining("u_2"), 1000)
	wantErr(t, err, chat.ErrTaken)

	// Many want the same id: one gets it.
	var mu sync.Mutex
	made := 0
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			_, err := create(s, chat.Room{ID: "busy", Name: "Busy"}, joining(chat.UserID(fmt.Sprint("u_", i))), 1000)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				made++
			} else {
				wantErr(t, err, chat.ErrTaken)
			}
		})
	}
	wg.Wait()
	equal(t, "rooms made", made, 1)
	equal(t, "events", len(all(t, s, "busy")), 1)
}

func testRoomQuota(t *testing.T, o Opened) {
	_, err := create(o.Store, chat.Room{ID: "tea", Name: "Tea"}, joining("u_1"), 2)
	ok(t, err)
	_, err = create(o.Store, chat.Room{ID: "cake", Name: "Cake"}, joining("u_1"), 2)
	wantErr(t, err, chat.ErrFull)
	_, err = create(o.Store, chat.Room{ID: "tea", Name: "Tea"}, joining("u_1"), 2)
	wantErr(t, err, chat.ErrTaken)
	_, err = o.Store.Room(t.Context(), "cake")
	wantErr(t, err, chat.ErrNotFound)
}

func testRooms(t *testing.T, o Opened) {
	s := o.Store
	makeRoom(t, s, "zebra", "aaa", "u_1")
	makeRoom(t, s, "b2", "Same", "u_2")
	makeRoom(t, s, "b1", "same", "u_2")
	makeRoom(t, s, "tea", "Tea", "u_2")
	for _, member := range []bool{true, true, false, false, true, true} { // what changes nothing counts for nothing
		must(t, s, "tea", func(tx chat.Tx) error { tx.SetMember("u_1", member); return nil })
	}

	list, more, err := s.Rooms(t.Context(), "u_1", 100)
	ok(t, err)
	equal(t, "more", more, false)
	var got []string
	for _, l := range list {
		got = append(got, fmt.Sprintf("%s %v %d", l.ID, l.Member, l.Members))
		one, err := s.Listing(t.Context(), "u_1", l.ID)
		ok(t, err)
		equal(t, "listing", one, l)
	}
	equal(t, "rooms", strings.Join(got, ", "), "general true 0, zebra true 1, b1 false 1, b2 false 1, tea true 2")

	list, more, err = s.Rooms(t.Context(), "", 2)
	ok(t, err)
	equal(t, "more", more, true)
	equal(t, "rooms", len(list), 2)
	equal(t, "nobody is a member", list[0].Member || list[1].Member, false)
	list, more, err = s.Rooms(t.Context(), "", 5)
	ok(t, err)
	equal(t, "more", more, false)
	equal(t, "rooms", len(list), 5)
}

func testMembership(t *testing.T, o Opened) {
	s := o.Store
	makeRoom(t, s, "tea", "Tea", "u_0")
	say(t, s, "tea", "u_0", 5)
	out := must(t, s, "tea", func(tx chat.Tx) error {
		tx.Append(joining("u_1"))
		tx.SetMember("u_1", true)
		return nil
	})
	b, err := s.Belonging(t.Context(), "tea", "u_1")
	ok(t, err)
	equal(t, "read of a new member", b.Read, out.Room.Head)
	equal(t, "unread of a new member", b.Unread, 0)
	say(t, s, "tea", "u_0", 2)

	rooms := func() (ids string) {
		t.Helper()
		list, err := s.Belongings(t.Context(), "u_1")
		ok(t, err)
		for _, b := range list {
			ids += fmt.Sprintf("%s %d/%d/%d ", b.ID, b.Read, b.Head, b.Unread)
		}
		return ids
	}
	equal(t, "rooms of a member", rooms(), "general 0/0/0 tea 7/9/2 ")
	makeRoom(t, s, "cake", "Zoo", "u_1")
	equal(t, "rooms of a member", rooms(), "general 0/0/0 cake 1/1/0 tea 7/9/2 ")

	must(t, s, "tea", func(tx chat.Tx) error {
		member, err := tx.Member("u_1")
		equal(t, "member", member, true)
		tx.SetMember("u_1", false)
		return err
	})
	equal(t, "rooms after leaving", rooms(), "general 0/0/0 cake 1/1/0 ")
	b, err = s.Belonging(t.Context(), "tea", "u_1")
	ok(t, err)
	equal(t, "read of a stranger", b.Read, b.Head)
	equal(t, "unread of a stranger", b.Unread, 0)
	must(t, s, "tea", func(tx chat.Tx) error { tx.SetMember("u_1", false); return nil })

	must(t, s, "tea", func(tx chat.Tx) error { tx.SetMember("u_1", true); return nil })
	equal(t, "rooms after coming back", rooms(), "general 0/0/0 cake 1/1/0 tea 9/9/0 ")
}

func testEpochs(t *testing.T, o Opened) {
	s := o.Store
	makeRoom(t, s, "tea", "Tea", "u_0")
	epoch := func(s chat.Store, id chat.RoomID) string {
		t.Helper()
		r, err := s.Room(t.Context(), id)
		ok(t, err)
		return r.Epoch
	}
	general, tea := epoch(s, chat.General), epoch(s, "tea")
	ok(t, o.NewEpochs(t.Context()))
	if epoch(s, chat.General) == general || epoch(s, "tea") == tea {
		t.Error("an epoch stays")
	}
	general, tea = epoch(s, chat.General), epoch(s, "tea")
	equal(t, "epoch in an outcome", must(t, s, "tea", adding(message("u_1", "x"))).Room.Epoch, tea)
	p, err := s.Before(t.Context(), "tea", 0, 1, 1)
	ok(t, err)
	equal(t, "epoch of a page", p.Epoch, tea)
	b, err := s.Belonging(t.Context(), "tea", "u_1")
	ok(t, err)
	equal(t, "epoch of a belonging", b.Epoch, tea)

	o = o.Reopen(t)
	equal(t, "epoch of general after reopening", epoch(o.Store, chat.General), general)
	equal(t, "epoch of tea after reopening", epoch(o.Store, "tea"), tea)
}
