package mirror_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/rueidis"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/store/mirror"
	"github.com/teahouse-chat/teahouse/backend/internal/store/sqlite"
)

var lastID atomic.Int64

func message(user chat.UserID, body string) chat.Event {
	n := lastID.Add(1)
	return chat.Event{
		Kind: chat.KindMessage, ID: chat.EventID(1<<62 | n<<10), User: user, Name: "Somebody", Given: n%2 == 0, As: "As" + fmt.Sprint(n%3),
		At: 1795170000000 + n, Body: body, Counts: true, Ref: fmt.Sprintf("ref-%d", n), Digest: chat.Digest{byte(n & 0xff), 1},
	}
}

// say runs a rule that appends e, and perhaps more, and waits.
func say(s chat.Store, room chat.RoomID, e chat.Event, and ...func(chat.Tx)) (chat.Event, error) {
	got := make(chan error, 1)
	var event chat.Event
	s.InRoom(room, func(tx chat.Tx) error {
		tx.Append(e)
		for _, f := range and {
			f(tx)
		}
		return nil
	}, func(o chat.Outcome, err error) {
		event = o.Event
		got <- err
	})
	return event, <-got
}

func (s *server) say(room chat.RoomID, e chat.Event, and ...func(chat.Tx)) chat.Event {
	s.t.Helper()
	e, err := say(s.Store, room, e, and...)
	if err != nil {
		s.t.Fatal(err)
	}
	return e
}

// about makes an event about another one.
func about(kind chat.Kind, e *chat.Event, user chat.UserID, body string) chat.Event {
	a := message(user, body)
	a.Kind, a.Target, a.Counts, a.Changes = kind, e.ID, false, e.Seq
	return a
}

func (s *server) edit(e *chat.Event, body string) chat.Event {
	return s.say(e.Room, about(chat.KindEdit, e, e.User, body), func(tx chat.Tx) { tx.Rewrite(e.Seq) })
}

func (s *server) erase(e *chat.Event) {
	s.say(e.Room, about(chat.KindDelete, e, e.User, ""), func(tx chat.Tx) { tx.Erase(e.Seq) })
}

func (s *server) react(e *chat.Event, user chat.UserID, emoji string, on bool) {
	s.say(e.Room, about(chat.KindReact, e, user, emoji), func(tx chat.Tx) { tx.React(e.Seq, emoji, on) })
}

func (s *server) list(e *chat.Event, on bool) {
	s.say(e.Room, about(chat.KindTodo, e, e.User, e.Body), func(tx chat.Tx) { tx.List(e.Seq, on) })
}

func (s *server) create(room chat.RoomID, maker chat.UserID) {
	s.t.Helper()
	got := make(chan error, 1)
	first := message(maker, "")
	first.Kind, first.Counts, first.On, first.Ref = chat.KindMember, false, true, ""
	s.CreateRoom(chat.Room{ID: room, Name: "Room " + string(room), Topic: "of " + string(maker)}, first, 1000,
		func(_ chat.Outcome, err error) { got <- err })
	s.must(<-got)
}

func (s *server) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

var noon = time.UnixMilli(1795170000000)

func (s *server) guest(user chat.UserID, name string) chat.Session {
	s.t.Helper()
	ses := chat.Session{
		User: chat.User{ID: user, Name: name, Role: chat.Guest, Stored: true},
		Seen: noon, Expires: noon.Add(24 * time.Hour),
	}
	copy(ses.Hash[:], "hash of "+string(user))
	s.must(s.CreateGuest(s.t.Context(), ses))
	return ses
}

// busy makes something of everything that a store keeps.
func (s *server) busy() {
	s.t.Helper()
	for i := range 3 {
		user := chat.UserID(fmt.Sprintf("u_%d", i))
		s.guest(user, fmt.Sprintf("Guest %d", i))
	}
	s.create("tea", "u_0")
	for _, room := range []chat.RoomID{chat.General, "tea"} {
		a, b, c := s.say(room, message("u_0", "ä \"first\" <b>\n{}")), s.say(room, message("u_1", "second")), s.say(room, message("u_2", "third"))
		s.edit(&a, "first, better")
		s.edit(&a, "first, best")
		s.edit(&b, "second, secret")
		s.react(&a, "u_1", "👍", true)
		s.react(&a, "u_2", "👍", true)
		s.react(&a, "u_2", "🎉", true)
		s.react(&a, "u_2", "🎉", false)
		s.react(&b, "u_2", "🎉", true)
		s.erase(&b)
		for i := range 3 {
			item := message("u_1", fmt.Sprintf("item %d", i))
			item.Kind, item.Counts = chat.KindTodo, false
			item = s.say(room, item)
			s.list(&item, true)
			if i == 1 {
				s.list(&item, false)
			}
		}
		r := message("u_2", "reply")
		r.Parent = c.ID
		s.say(room, r, func(tx chat.Tx) { tx.SaveUser(chat.User{ID: "u_9", Name: "Unsaved", Role: chat.Guest, Given: true}) })
	}
	join := message("u_1", "")
	join.Kind, join.Counts, join.On, join.Ref = chat.KindMember, false, true, ""
	s.say("tea", join, func(tx chat.Tx) { tx.SetMember("u_1", true) })
	s.say("tea", join2(), func(tx chat.Tx) { tx.Describe("Tea, hot", "new topic") })
	_, err := s.SetRead(s.t.Context(), chat.General, "u_1", 5)
	s.must(err)
	s.must(s.RenameUser(s.t.Context(), "u_2", "Renamed"))
	gone := s.guest("u_8", "Gone")
	s.must(s.EndSession(s.t.Context(), gone.Hash))
	s.must(s.TouchSession(s.t.Context(), chat.Session{Hash: hashOf("u_0")}.Hash, noon.Add(time.Hour), noon.Add(48*time.Hour)))
}

func join2() chat.Event {
	e := message("u_0", "Tea, hot\nnew topic")
	e.Kind, e.Counts, e.Ref = chat.KindRoom, false, ""
	return e
}

func hashOf(user chat.UserID) (hash [32]byte) {
	copy(hash[:], "hash of "+string(user))
	return hash
}

// dump is all that a store answers.
type dump struct {
	Rooms      []chat.Listing
	Pages      map[chat.RoomID][]chat.Event
	Listed     map[chat.RoomID][]chat.Event
	Belongings map[chat.UserID][]chat.Belonging
	Sessions   map[chat.UserID]chat.Session
	Refs       map[string]chat.Event
	Taken      []bool
	Key        string
}

// dumped reads everything; without the epochs, if they are to differ.
func dumped(t testing.TB, s chat.Store, epochs bool) dump {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	d := dump{
		Pages: map[chat.RoomID][]chat.Event{}, Listed: map[chat.RoomID][]chat.Event{}, Key: string(s.DigestKey()),
		Belongings: map[chat.UserID][]chat.Belonging{}, Sessions: map[chat.UserID]chat.Session{}, Refs: map[string]chat.Event{},
	}
	ctx, err := t.Context(), error(nil)
	d.Rooms, _, err = s.Rooms(ctx, "u_1", 1000)
	must(err)
	for i := range d.Rooms {
		r := &d.Rooms[i]
		for before := uint64(0); ; {
			p, err := s.Before(ctx, r.ID, before, 200, 1<<20)
			must(err)
			d.Pages[r.ID] = append(p.Events, d.Pages[r.ID]...)
			if !p.More {
				break
			}
			before = p.Events[0].Seq
		}
		p, err := s.Listed(ctx, r.ID)
		must(err)
		d.Listed[r.ID] = p.Events
		if !epochs {
			r.Epoch = ""
		}
	}
	for i := range 10 {
		user := chat.UserID(fmt.Sprintf("u_%d", i))
		d.Belongings[user], err = s.Belongings(ctx, user)
		must(err)
		for i := range d.Belongings[user] {
			if !epochs {
				d.Belongings[user][i].Epoch = ""
			}
		}
		ses, err := s.Session(ctx, hashOf(user), noon)
		if !errors.Is(err, chat.ErrNotFound) {
			must(err)
			d.Sessions[user] = ses
		}
	}
	for _, events := range d.Pages {
		for _, e := range events {
			if e.Ref != "" {
				if d.Refs[e.Ref], err = s.ByRef(ctx, e.User, e.Ref); err != nil {
					t.Fatalf("%v: %v", &e, err)
				}
			}
		}
	}
	d.Taken, err = s.NamesTaken(ctx, []string{"guest 0", "guest 1", "guest 2", "renamed", "gone"})
	must(err)
	return d
}

// aside is where a copy of all that Redis holds is made: who restores from
// Redis itself becomes the one who writes there.
const aside = 15

func setAside(t testing.TB, o mirror.Options) mirror.Options {
	t.Helper()
	options := rueidis.ClientOption{
		InitAddress: []string{o.Address}, Username: o.User, Password: o.Password, SelectDB: o.Database,
		DisableCache: true, ForceSingleClient: true, ClientSetInfo: rueidis.DisableClientSetInfo,
	}
	if o.TLS {
		options.TLSConfig = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // a test's own certificate
	}
	client, err := rueidis.NewClient(options)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	o.Database = aside
	script := `for _, key in ipairs(redis.call('KEYS', '*')) do redis.call('COPY', key, key, 'DB', ARGV[1], 'REPLACE') end return 'OK'`
	for _, command := range []rueidis.Completed{
		client.B().Arbitrary("EVAL", `redis.call('SELECT', ARGV[1]) redis.call('FLUSHDB') return 'OK'`, "0", fmt.Sprint(aside)).Build(),
		client.B().Arbitrary("EVAL", script, "0", fmt.Sprint(aside)).Build(),
	} {
		if err := client.Do(context.Background(), command).Error(); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

// copied is what a server would hold that is restored from Redis now.
func copied(t testing.TB, o mirror.Options, epochs bool) dump {
	t.Helper()
	o = setAside(t, o)
	log := slog.New(slog.DiscardHandler)
	m := mirror.Open(context.Background(), o, log)
	defer m.Close()
	s, err := sqlite.OpenFrom(t.TempDir(), m.Restore, log)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	return dumped(t, s, epochs)
}

// same compares what the server holds with what Redis holds.
func (s *server) same(o mirror.Options) {
	s.t.Helper()
	s.is("")
	compare(s.t, "in Redis", copied(s.t, o, false), dumped(s.t, s.Store, false))
}

func compare(t testing.TB, where string, got, want dump) {
	t.Helper()
	lines := func(d dump) []string {
		b, err := json.MarshalIndent(d, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(string(b), "\n")
	}
	g, w := lines(got), lines(want)
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			t.Errorf("%s line %d differs:\n%s\nit should be\n%s", where, i,
				strings.Join(g[max(0, min(i-20, len(g))):min(len(g), i+5)], "\n"), strings.Join(w[max(0, min(i-20, len(w))):min(len(w), i+5)], "\n"))
			return
		}
	}
}
