package storetest

import (
	"bytes"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

func testDigestKey(t *testing.T, o Opened) {
	key := bytes.Clone(o.Store.DigestKey())
	equal(t, "length of the key", len(key), 32)
	if bytes.Equal(key, make([]byte, 32)) {
		t.Error("the key is all zero")
	}
	if !bytes.Equal(o.Reopen(t).Store.DigestKey(), key) {
		t.Error("the key changed")
	}
}

func testCheck(t *testing.T, o Opened) {
	for range 3 {
		ok(t, o.Store.Check(t.Context()))
	}
	equal(t, "events", len(all(t, o.Store, chat.General)), 0)
}

func testClosed(t *testing.T, o Opened) {
	s := o.Store
	waiting := make([]<-chan answer, 100)
	for i := range waiting {
		waiting[i] = start(s, chat.General, adding(message("u_1", "x")))
	}
	ok(t, o.Close())
	ok(t, o.Close())
	for _, w := range waiting {
		ok(t, (<-w).err) // what was queued before is still committed
	}

	_, err := in(s, chat.General, adding(message("u_1", "late")))
	wantErr(t, err, chat.ErrUnavailable)
	_, err = create(s, chat.Room{ID: "tea", Name: "Tea"}, joining("u_1"), 10)
	wantErr(t, err, chat.ErrUnavailable)
	_, err = s.Room(t.Context(), chat.General)
	wantErr(t, err, chat.ErrUnavailable)
	_, _, err = s.Rooms(t.Context(), "u_1", 10)
	wantErr(t, err, chat.ErrUnavailable)
	_, err = s.Belongings(t.Context(), "u_1")
	wantErr(t, err, chat.ErrUnavailable)
	_, err = s.SetRead(t.Context(), chat.General, "u_1", 1)
	wantErr(t, err, chat.ErrUnavailable)
	_, err = s.After(t.Context(), chat.General, 0, 1, 1)
	wantErr(t, err, chat.ErrUnavailable)
	wantErr(t, s.CreateGuest(t.Context(), session("u_1", "Ada", noon)), chat.ErrUnavailable)
	wantErr(t, s.EndSession(t.Context(), [32]byte{}), chat.ErrUnavailable)
	_, err = s.ExpireSessions(t.Context(), noon)
	wantErr(t, err, chat.ErrUnavailable)
	equal(t, "events", len(all(t, o.Reopen(t).Store, chat.General)), 100)
}
