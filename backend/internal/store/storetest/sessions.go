package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// noon is when these tests play. Stores keep times to the millisecond.
var noon = time.UnixMilli(1795170000123)

func testGuest(t *testing.T, o Opened) {
	s := o.Store
	want := session("u_1", "Åda 陈", noon.Add(time.Hour))
	want.User.Given = true
	ok(t, s.CreateGuest(t.Context(), want))
	same := func(got chat.Session) {
		t.Helper()
		equal(t, "user", got.User, want.User)
		equal(t, "hash", got.Hash, want.Hash)
		equal(t, "seen", got.Seen.UnixMilli(), want.Seen.UnixMilli())
		equal(t, "expires", got.Expires.UnixMilli(), want.Expires.UnixMilli())
	}
	got, err := s.Session(t.Context(), want.Hash, noon)
	ok(t, err)
	same(got)
	_, err = s.Session(t.Context(), [32]byte{1}, noon)
	wantErr(t, err, chat.ErrNotFound)

	want.Seen, want.Expires = noon.Add(time.Minute), noon.Add(2*time.Hour)
	ok(t, s.TouchSession(t.Context(), want.Hash, want.Seen, want.Expires))
	wantErr(t, s.TouchSession(t.Context(), [32]byte{1}, noon, noon), chat.ErrNotFound)
	s = o.Reopen(t).Store
	got, err = s.Session(t.Context(), want.Hash, noon.Add(90*time.Minute))
	ok(t, err)
	same(got)
	_, err = s.Session(t.Context(), want.Hash, want.Expires)
	wantErr(t, err, chat.ErrNotFound)
	_, err = s.Session(t.Context(), want.Hash, want.Expires.Add(-time.Millisecond))
	ok(t, err)
}

func taken(t *testing.T, s chat.Store, name string) bool {
	t.Helper()
	is, err := s.NameTaken(t.Context(), chat.NameKey(name))
	ok(t, err)
	are, err := s.NamesTaken(t.Context(), []string{chat.NameKey("Nobody"), chat.NameKey(name)})
	ok(t, err)
	equal(t, "taken, of two", fmt.Sprint(are), fmt.Sprint([]bool{false, is}))
	return is
}

func testNames(t *testing.T, o Opened) {
	s := o.Store
	equal(t, "taken", taken(t, s, "Ada"), false)
	ok(t, s.CreateGuest(t.Context(), session("u_1", "Ada", noon)))
	equal(t, "taken", taken(t, s, "aDA"), true)
	wantErr(t, s.CreateGuest(t.Context(), session("u_2", "ADA", noon)), chat.ErrTaken)
	_, err := s.Session(t.Context(), session("u_2", "ADA", noon).Hash, noon.Add(-time.Hour))
	wantErr(t, err, chat.ErrNotFound)
	ok(t, s.CreateGuest(t.Context(), session("u_3", "Adam", noon)))

	s = o.Reopen(t).Store
	equal(t, "taken after reopening", taken(t, s, "Ada"), true)
	ok(t, s.EndSession(t.Context(), session("u_1", "Ada", noon).Hash))
	equal(t, "taken after the end", taken(t, s, "Ada"), false)
	ok(t, s.CreateGuest(t.Context(), session("u_4", "ada", noon)))
	equal(t, "taken again", taken(t, s, "Ada"), true)
}

func testNameRace(t *testing.T, o Opened) {
	var mu sync.Mutex
	got := 0
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			err := o.Store.CreateGuest(t.Context(), session(chat.UserID(fmt.Sprint("u_", i)), "Ada", noon))
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				got++
			} else if !errors.Is(err, chat.ErrTaken) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	equal(t, "guests of that name", got, 1)
}

func testRename(t *testing.T, o Opened) {
	s := o.Store
	ada := session("u_1", "Ada", noon.Add(time.Hour))
	ada.User.Given = true
	ok(t, s.CreateGuest(t.Context(), ada))
	ok(t, s.CreateGuest(t.Context(), session("u_2", "Bob", noon.Add(time.Hour))))
	wantErr(t, s.RenameUser(t.Context(), "u_1", "BOB"), chat.ErrTaken)
	wantErr(t, s.RenameUser(t.Context(), "u_3", "Eve"), chat.ErrNotFound)
	ok(t, s.RenameUser(t.Context(), "u_1", "ADA")) // the own name is not taken
	ok(t, s.RenameUser(t.Context(), "u_1", "Eve"))
	s = o.Reopen(t).Store
	got, err := s.Session(t.Context(), ada.Hash, noon)
	ok(t, err)
	equal(t, "name", got.User.Name, "Eve")
	equal(t, "given", got.User.Given, false)
	equal(t, "the old name is taken", taken(t, s, "Ada"), false)
	equal(t, "the new name is taken", taken(t, s, "eve"), true)
	ok(t, s.EndSession(t.Context(), ada.Hash))
	wantErr(t, s.RenameUser(t.Context(), "u_1", "Zoe"), chat.ErrNotFound)
}

func testEndSession(t *testing.T, o Opened) {
	s := o.Store
	one := session("u_1", "Ada", noon)
	ok(t, s.CreateGuest(t.Context(), one))
	ok(t, s.EndSession(t.Context(), one.Hash))
	wantErr(t, s.EndSession(t.Context(), one.Hash), chat.ErrNotFound)
	wantErr(t, s.TouchSession(t.Context(), one.Hash, noon, noon), chat.ErrNotFound)
	_, err := s.Session(t.Context(), one.Hash, noon.Add(-time.Second))
	wantErr(t, err, chat.ErrNotFound)
}

func testExpire(t *testing.T, o Opened) {
	s := o.Store
	for i := range 10 {
		user := chat.UserID(fmt.Sprint("u_", i))
		ok(t, s.CreateGuest(t.Context(), session(user, fmt.Sprint("Guest ", i), noon.Add(time.Duration(i)*time.Minute))))
	}
	n, err := s.ExpireSessions(t.Context(), noon.Add(-time.Hour))
	ok(t, err)
	equal(t, "ended before their time", n, 0)
	n, err = s.ExpireSessions(t.Context(), noon.Add(4*time.Minute+time.Second))
	ok(t, err)
	equal(t, "ended", n, 5)
	for i := range 10 {
		equal(t, fmt.Sprintf("name %d is taken", i), taken(t, s, fmt.Sprint("Guest ", i)), i > 4)
		_, err := s.Session(t.Context(), session(chat.UserID(fmt.Sprint("u_", i)), "", noon).Hash, noon.Add(-time.Hour))
		equal(t, fmt.Sprintf("session %d lives", i), err == nil, i > 4)
	}
}

func testSaveUser(t *testing.T, o Opened) {
	s := o.Store
	saving := func(e chat.Event) chat.Rule {
		return func(tx chat.Tx) error {
			tx.SaveUser(chat.User{ID: "u_1", Name: "Ada", Role: chat.Guest, Given: true})
			tx.Append(e)
			return nil
		}
	}
	must(t, s, chat.General, saving(message("u_1", "x")))
	must(t, s, chat.General, saving(message("u_1", "y")))
	equal(t, "name of one without a session is taken", taken(t, s, "Ada"), false)
	ok(t, s.CreateGuest(t.Context(), session("u_2", "Ada", noon)))
	must(t, s, chat.General, saving(message("u_1", "z")))
	equal(t, "events", len(all(t, s, chat.General)), 3)
}
