package storetest

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// reader makes a guest who has read general up to its head.
func reader(t *testing.T, s chat.Store, user chat.UserID) {
	t.Helper()
	ok(t, s.CreateGuest(t.Context(), session(user, "Name of "+string(user), time.UnixMilli(1795170000000))))
}

func unread(t *testing.T, s chat.Store, room chat.RoomID, user chat.UserID) int {
	t.Helper()
	b, err := s.Belonging(t.Context(), room, user)
	ok(t, err)
	list, err := s.Belongings(t.Context(), user)
	ok(t, err)
	for _, l := range list {
		if l.ID == room {
			equal(t, "belonging in the list", l, b)
		}
	}
	again, err := s.UnreadAfter(t.Context(), room, user, b.Read)
	ok(t, err)
	equal(t, "the room after the read position", again, b)
	return b.Unread
}

func testBelongingsUnknown(t *testing.T, o Opened) {
	say(t, o.Store, chat.General, "u_1", 3)
	for _, user := range []chat.UserID{"", "u_unknown"} {
		list, err := o.Store.Belongings(t.Context(), user)
		ok(t, err)
		equal(t, "rooms", len(list), 1)
		equal(t, "room", list[0].ID, chat.General)
		equal(t, "read", list[0].Read, 3)
		equal(t, "unread", list[0].Unread, 0)
		now, err := o.Store.SetRead(t.Context(), chat.General, user, 1)
		ok(t, err)
		equal(t, "read after SetRead", now, 3)
		equal(t, "unread after SetRead", unread(t, o.Store, chat.General, user), 0)
	}
}

func testUnread(t *testing.T, o Opened) {
	s := o.Store
	say(t, s, chat.General, "u_1", 4)
	reader(t, s, "u_2")
	equal(t, "unread of a new guest", unread(t, s, chat.General, "u_2"), 0)
	say(t, s, chat.General, "u_1", 3)
	equal(t, "unread", unread(t, s, chat.General, "u_2"), 3)
	say(t, s, chat.General, "u_2", 2)
	equal(t, "unread with own messages", unread(t, s, chat.General, "u_2"), 3)
	must(t, s, chat.General, adding(joining("u_3")))
	equal(t, "unread with what does not count", unread(t, s, chat.General, "u_2"), 3)
	makeRoom(t, s, "tea", "Tea", "u_1")
	say(t, s, "tea", "u_1", 5)
	for after, want := range []int{7, 6, 5, 4, 3, 2, 1, 0, 0, 0, 0, 0} {
		n, err := s.UnreadAfter(t.Context(), chat.General, "u_2", uint64(after)) //nolint:gosec // small
		ok(t, err)
		equal(t, "unread after a seq", n.Unread, want)
	}
	equal(t, "unread with another room", unread(t, s, chat.General, "u_2"), 3)
	_, err := s.SetRead(t.Context(), chat.General, "u_2", 5)
	ok(t, err)
	equal(t, "unread after reading one", unread(t, s, chat.General, "u_2"), 2)
	_, err = s.SetRead(t.Context(), chat.General, "u_2", 100)
	ok(t, err)
	equal(t, "unread after reading all", unread(t, s, chat.General, "u_2"), 0)
}

// testUnreadEverywhere compares with counting by hand, while the log grows in
// pieces of many sizes.
func testUnreadEverywhere(t *testing.T, o Opened) {
	s := o.Store
	makeRoom(t, s, "tea", "Tea", "u_0") // a neighbour whose events must not count
	var others []int                    // how many events up to a seq u_2 has to read
	others = append(others, 0)
	for _, n := range []int{1, 3, 100, 151, 1, 1, 90, 300, 10} {
		var waiting []<-chan answer
		for range n {
			e := message([]chat.UserID{"u_1", "u_2", "u_3"}[len(others)%3], "x")
			counts := 0
			if e.Counts = len(others)%7 != 0; e.Counts && e.User != "u_2" {
				counts = 1
			}
			others = append(others, others[len(others)-1]+counts)
			waiting = append(waiting, start(s, chat.General, adding(e)), start(s, "tea", adding(message("u_1", "x"))))
		}
		for _, w := range waiting {
			ok(t, (<-w).err)
		}
		head := len(others) - 1
		for after := 0; after <= head; after += 1 + head/40 {
			b, err := s.UnreadAfter(t.Context(), chat.General, "u_2", uint64(after)) //nolint:gosec // small
			ok(t, err)
			equal(t, fmt.Sprintf("unread after %d of %d", after, head), b.Unread, others[head]-others[after])
		}
	}
}

func testUnreadCap(t *testing.T, o Opened) {
	s := o.Store
	reader(t, s, "u_2")
	say(t, s, chat.General, "u_1", chat.UnreadCap-1)
	equal(t, "unread", unread(t, s, chat.General, "u_2"), chat.UnreadCap-1)
	say(t, s, chat.General, "u_1", 11)
	equal(t, "unread", unread(t, s, chat.General, "u_2"), chat.UnreadCap)
}

// Own messages are not counted but looked at: what lies behind very many of
// them is not found.
func testUnreadReach(t *testing.T, o Opened) {
	s := o.Store
	reader(t, s, "u_2")
	say(t, s, chat.General, "u_2", chat.UnreadReach-2)
	say(t, s, chat.General, "u_1", 5)
	equal(t, "unread", unread(t, s, chat.General, "u_2"), 2)
	n, err := s.UnreadAfter(t.Context(), chat.General, "u_2", 3)
	ok(t, err)
	equal(t, "unread after a seq", n.Unread, 5)
}

func testSetRead(t *testing.T, o Opened) {
	s := o.Store
	reader(t, s, "u_2")
	say(t, s, chat.General, "u_1", 10)
	for _, step := range []struct{ seq, want uint64 }{{0, 0}, {4, 4}, {2, 4}, {4, 4}, {7, 7}, {11, 10}, {math.MaxUint64, 10}, {1, 10}} {
		now, err := s.SetRead(t.Context(), chat.General, "u_2", step.seq)
		ok(t, err)
		equal(t, "read", now, step.want)
		b, err := s.Belonging(t.Context(), chat.General, "u_2")
		ok(t, err)
		equal(t, "read of the belonging", b.Read, step.want)
	}
	o = o.Reopen(t)
	b, err := o.Store.Belonging(t.Context(), chat.General, "u_2")
	ok(t, err)
	equal(t, "read after reopening", b.Read, 10)

	// A stranger has read all of a room, and keeps no position in it.
	makeRoom(t, o.Store, "tea", "Tea", "u_1")
	now, err := o.Store.SetRead(t.Context(), "tea", "u_2", 1)
	ok(t, err)
	equal(t, "read of a stranger", now, 1)
	say(t, o.Store, "tea", "u_1", 2)
	equal(t, "unread of a stranger", unread(t, o.Store, "tea", "u_2"), 0)
}
