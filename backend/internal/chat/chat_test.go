package chat_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/broker/memory"
	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/store/sqlite"
)

// clock is a time that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func (c *clock) Random(b []byte) { _, _ = rand.Read(b) }

// house is a Service on a real store and the memory broker.
type house struct {
	*chat.Service
	t     *testing.T
	clock *clock

	mu    sync.Mutex
	heard []chat.Event
}

func open(t *testing.T, change func(*chat.Limits)) *house {
	t.Helper()
	store, err := sqlite.Open(t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	limits := chat.Limits{Body: 100, MaxRooms: 50, Guests: true, GuestRooms: true, SessionTTL: 720 * time.Hour}
	if change != nil {
		change(&limits)
	}
	h := &house{t: t, clock: &clock{now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}}
	broker := memory.New()
	broker.Listen(func(e chat.Event) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.heard = append(h.heard, e)
	})
	h.Service = chat.New(store, broker, h.clock, limits)
	return h
}

func (h *house) signIn(name string) chat.User {
	h.t.Helper()
	u, err := h.SignIn(h.t.Context(), name, hash(name))
	if err != nil {
		h.t.Fatal(err)
	}
	return u
}

func hash(name string) (b [32]byte) {
	copy(b[:], name)
	return b
}

func (h *house) send(by chat.User, c chat.SendCommand) (chat.Event, error) {
	return wait(func(answer func(chat.Event, error)) { h.Send(by, c, answer) })
}

func (h *house) createRoom(by chat.User, id, name, topic string) (chat.Room, error) {
	return wait(func(answer func(chat.Room, error)) { h.CreateRoom(by, id, name, topic, answer) })
}

func wait[T any](begin func(func(T, error))) (T, error) {
	type result struct {
		v   T
		err error
	}
	c := make(chan result, 1)
	begin(func(v T, err error) { c <- result{v, err} })
	r := <-c
	return r.v, r.err
}

func wantCode(t *testing.T, err error, code chat.Code) {
	t.Helper()
	if err == nil || chat.AsError(err).Code != code {
		t.Fatalf("got %v, want %s", err, code)
	}
}

func TestSendIsOneEventHoweverOftenItIsRepeated(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ada, bob := h.signIn("Ada"), h.signIn("Bob")
	c := chat.SendCommand{ID: "1", Room: chat.General, Body: "hello"}
	first, err := h.send(ada, c)
	if err != nil || first.Seq != 1 || first.Body != "hello" || first.Name != "Ada" {
		t.Fatalf("%+v, %v", first, err)
	}
	again, err := h.send(ada, c)
	if err != nil || again.Seq != first.Seq || again.ID != first.ID || again.At != first.At {
		t.Fatalf("the second answer is %+v (%v), the first was %+v", again, err, first)
	}
	other := c
	other.Body = "hello!"
	_, err = h.send(ada, other)
	wantCode(t, err, chat.Conflict)
	theirs, err := h.send(bob, c)
	if err != nil || theirs.Seq != 2 {
		t.Fatalf("the id is the user's own, but Bob got %+v, %v", theirs, err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.heard) != 2 {
		t.Fatalf("%d events were told", len(h.heard))
	}
}

func TestSendRefuses(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ada := h.signIn("Ada")
	tea, err := h.createRoom(ada, "", "Tea", "")
	if err != nil {
		t.Fatal(err)
	}
	elsewhere, err := h.send(ada, chat.SendCommand{ID: "0", Room: tea.ID, Body: "in tea"})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		command chat.SendCommand
		code    chat.Code
	}{
		"too long":         {chat.SendCommand{Body: strings.Repeat("茶", 34)}, chat.TooLong},
		"empty":            {chat.SendCommand{Body: ""}, chat.Invalid},
		"white space":      {chat.SendCommand{Body: " \n\t\u3000"}, chat.Invalid},
		"nothing visible":  {chat.SendCommand{Body: "\u200b\u3164\u2800\ufe0f"}, chat.Invalid},
		"no such upload":   {chat.SendCommand{Body: "x", Files: []string{"f_1"}}, chat.NotFound},
		"upload and blank": {chat.SendCommand{Files: []string{"f_1"}}, chat.NotFound},
		"no such parent":   {chat.SendCommand{Body: "x", Parent: "m_0000000000001"}, chat.NotFound},
		"odd parent":       {chat.SendCommand{Body: "x", Parent: "nonsense"}, chat.NotFound},
		"parent elsewhere": {chat.SendCommand{Body: "x", Parent: elsewhere.ID.String()}, chat.NotFound},
		"no such room":     {chat.SendCommand{Body: "x", Room: "nowhere"}, chat.NotFound},
	} {
		c.command.ID = name
		if c.command.Room == "" {
			c.command.Room = chat.General
		}
		_, err := h.send(ada, c.command)
		wantCode(t, err, c.code)
		if limit := chat.AsError(err).Limit; c.code == chat.TooLong && limit != 100 {
			t.Errorf("%s: the limit is told as %d", name, limit)
		}
	}
	p, err := h.Earlier(t.Context(), chat.General, 0, 10)
	if err != nil || p.Head != 0 {
		t.Fatalf("something was written: head %d, %v", p.Head, err)
	}
	fits, err := h.send(ada, chat.SendCommand{ID: "fits", Room: chat.General, Body: strings.Repeat("茶", 33) + "x"})
	if err != nil || fits.Seq != 1 {
		t.Fatalf("100 bytes: %+v, %v", fits, err)
	}
	reply, err := h.send(ada, chat.SendCommand{ID: "reply", Room: chat.General, Body: "yes", Parent: fits.ID.String()})
	if err != nil || reply.Parent != fits.ID {
		t.Fatalf("a reply: %+v, %v", reply, err)
	}
}

func TestJoinGivesThePageOrTheDeltaOrStartsOver(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ada := h.signIn("Ada")
	const all = 1203
	for i := range all {
		h.Send(ada, chat.SendCommand{ID: fmt.Sprint(i), Room: chat.General, Body: "x"}, func(_ chat.Event, err error) {
			if err != nil {
				t.Error(err)
			}
		})
	}
	if _, err := h.send(ada, chat.SendCommand{ID: "last", Room: chat.General, Body: "x"}); err != nil {
		t.Fatal(err)
	}
	const head = all + 1
	newest, err := h.Join(t.Context(), chat.JoinCommand{Room: chat.General, Limit: 50})
	if err != nil || newest.Reset || newest.Delta || !newest.More || len(newest.Events) != 50 || newest.Head != head ||
		newest.Events[0].Seq != head-49 {
		t.Fatalf("newest: %d events, %+v", len(newest.Events), newest)
	}
	for name, c := range map[string]struct {
		after  uint64
		epoch  string
		reset  bool
		events int
	}{
		"nothing missed":       {head, newest.Epoch, false, 0},
		"some missed":          {head - 7, newest.Epoch, false, 7},
		"no epoch":             {head - 7, "", false, 7},
		"a thousand missed":    {head - 1000, newest.Epoch, false, 1000},
		"more than a thousand": {head - 1001, newest.Epoch, true, 30},
		"beyond the head":      {head + 1, newest.Epoch, true, 30},
		"another epoch":        {head, "e", true, 30},
		"from the beginning":   {0, newest.Epoch, true, 30},
	} {
		got, err := h.Join(t.Context(), chat.JoinCommand{Room: chat.General, After: c.after, HasAfter: true, Epoch: c.epoch, Limit: 30})
		if err != nil || got.Reset != c.reset || got.Delta == c.reset || len(got.Events) != c.events || got.Head != head {
			t.Errorf("%s: reset %t, %d events, %v", name, got.Reset, len(got.Events), err)
			continue
		}
		for i, e := range got.Events {
			if want := got.Events[0].Seq + uint64(i); e.Seq != want {
				t.Fatalf("%s: event %d has seq %d, want %d", name, i, e.Seq, want)
			}
		}
		if !c.reset && c.events > 0 && got.Events[0].Seq != c.after+1 {
			t.Errorf("%s: begins at %d", name, got.Events[0].Seq)
		}
	}
	_, err = h.Join(t.Context(), chat.JoinCommand{Room: "nowhere", Limit: 1})
	wantCode(t, err, chat.NotFound)
}

func TestRooms(t *testing.T) {
	t.Parallel()
	h := open(t, func(l *chat.Limits) { l.MaxRooms = 4 })
	ada, bob := h.signIn("Ada"), h.signIn("Bob")
	room, err := h.createRoom(ada, "", "  Tea &  Cake 茶 ", " all  about\ttea ")
	if err != nil || room.ID != "tea-cake" || room.Name != "Tea & Cake 茶" || room.Topic != "all about tea" || room.Head != 1 {
		t.Fatalf("%+v, %v", room, err)
	}
	_, err = h.createRoom(bob, "", "Tea - Cake", "")
	wantCode(t, err, chat.Conflict)
	chinese, err := h.createRoom(bob, "", "茶馆", "")
	if err != nil || !chat.ValidRoomID(string(chinese.ID)) {
		t.Fatalf("%+v, %v", chinese, err)
	}
	for id, name := range map[string]string{"Bad": "x", "-a": "x", "a b": "x", strings.Repeat("a", 64): "x", "ok": " \u200b ", "ok2": strings.Repeat("x", 81), "ok3": "a\u202eb"} {
		_, err := h.createRoom(ada, id, name, "")
		wantCode(t, err, chat.Invalid)
	}
	if _, err := h.createRoom(ada, "fourth", "Fourth", ""); err != nil {
		t.Fatal(err)
	}
	_, err = h.createRoom(ada, "fifth", "Fifth", "")
	wantCode(t, err, chat.Forbidden)
	list, more, err := h.Rooms(t.Context(), ada.ID, 10)
	if err != nil || more || len(list) != 4 || list[0].ID != chat.General || !list[0].Member {
		t.Fatalf("%+v, %t, %v", list, more, err)
	}
}

func TestMembership(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ada, bob := h.signIn("Ada"), h.signIn("Bob")
	tea, err := h.createRoom(ada, "tea", "Tea", "")
	if err != nil {
		t.Fatal(err)
	}
	set := func(u chat.User, room chat.RoomID, member bool) (chat.Event, error) {
		return wait(func(answer func(chat.Event, error)) { h.SetMember(u, room, member, answer) })
	}
	for i, step := range []struct {
		member bool
		seq    uint64
	}{{true, 2}, {true, 0}, {false, 3}, {false, 0}, {true, 4}} {
		e, err := set(bob, tea.ID, step.member)
		if err != nil || e.Seq != step.seq {
			t.Fatalf("step %d: seq %d, %v", i, e.Seq, err)
		}
	}
	if _, err := h.send(ada, chat.SendCommand{ID: "1", Room: tea.ID, Body: "for Bob"}); err != nil {
		t.Fatal(err)
	}
	b, err := h.Belonging(t.Context(), tea.ID, bob.ID)
	if err != nil || b.Read != 4 || b.Unread != 1 || b.Head != 5 {
		t.Fatalf("%+v, %v", b, err)
	}
	if held, err := h.Read(t.Context(), bob, tea.ID, 99); err != nil || held != 5 {
		t.Fatalf("read up to %d, %v", held, err)
	}
	if held, err := h.Read(t.Context(), bob, tea.ID, 2); err != nil || held != 5 {
		t.Fatalf("the read position fell to %d, %v", held, err)
	}
	_, err = set(bob, chat.General, false)
	wantCode(t, err, chat.Forbidden)
	if e, err := set(bob, chat.General, true); err != nil || e.Seq != 0 {
		t.Fatalf("%+v, %v", e, err)
	}
	_, err = set(bob, "nowhere", true)
	wantCode(t, err, chat.NotFound)
}

func TestNamesAreOnePersonsAtATime(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ctx := context.Background()
	h.signIn("Ada")
	_, err := h.SignIn(ctx, " aDA ", hash("x"))
	wantCode(t, err, chat.Conflict)
	for _, bad := range []string{"", "   ", "\u200b", "a\u0007b", strings.Repeat("x", 41), "a\u202eb"} {
		_, err := h.SignIn(ctx, bad, hash("y"))
		wantCode(t, err, chat.Invalid)
	}
	visitor, err := h.Visitor(ctx, "Ada")
	if err != nil || visitor.Name != "Ada 2" || visitor.Stored || visitor.Given {
		t.Fatalf("%+v, %v", visitor, err)
	}
	_, err = h.SignIn(ctx, "ada 2", hash("z"))
	wantCode(t, err, chat.Conflict)
	h.VisitorLeft(visitor)
	if _, err := h.SignIn(ctx, "ada 2", hash("z")); err != nil {
		t.Fatal(err)
	}
	given, err := h.Visitor(ctx, "")
	if err != nil || !given.Given || !strings.HasPrefix(given.Name, "Guest ") {
		t.Fatalf("%+v, %v", given, err)
	}
	if err := h.SignOut(ctx, hash("Ada")); err != nil {
		t.Fatal(err)
	}
	if _, err := h.SignIn(ctx, "Ada", hash("again")); err != nil {
		t.Fatalf("a name is not free after the sign-out: %v", err)
	}
}

func TestSessionsEndAndAreRenewed(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ctx := context.Background()
	h.signIn("Ada")
	var ended [][32]byte
	h.OnSignOut(func(b [32]byte) { ended = append(ended, b) })
	renew := func() (renewed bool) {
		t.Helper()
		s, err := h.Session(ctx, hash("Ada"))
		if err == nil {
			renewed, err = h.Renew(ctx, s)
		}
		if err != nil {
			t.Fatal(err)
		}
		return renewed
	}
	if renew() {
		t.Fatal("renewed at once")
	}
	h.clock.add(25 * time.Hour)
	if !renew() || renew() {
		t.Fatal("not renewed once after a day")
	}
	h.clock.add(719 * time.Hour)
	if err := h.KeepSessions(ctx, [][32]byte{hash("Ada"), hash("nobody")}); err != nil {
		t.Fatal(err)
	}
	h.clock.add(719 * time.Hour)
	if s, err := h.Session(ctx, hash("Ada")); err != nil || !s.Expires.Equal(h.clock.Now().Add(time.Hour)) {
		t.Fatalf("a session that was kept: %+v, %v", s, err)
	}
	h.clock.add(2 * time.Hour)
	_, err := h.Session(ctx, hash("Ada"))
	wantCode(t, err, chat.Unauthenticated)
	if n, err := h.ExpireSessions(ctx); err != nil || n != 1 {
		t.Fatalf("%d expired, %v", n, err)
	}
	h.signIn("Ada")
	if err := h.SignOut(ctx, hash("Ada")); err != nil || len(ended) != 1 {
		t.Fatalf("%v, told of %d", err, len(ended))
	}
	wantCode(t, h.SignOut(ctx, hash("Ada")), chat.Unauthenticated)
}

func TestAVisitorIsStoredWithTheFirstMessage(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	v, err := h.Visitor(t.Context(), "Eve")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		if e, err := h.send(v, chat.SendCommand{ID: fmt.Sprint(i), Room: chat.General, Body: "hi"}); err != nil || e.Name != "Eve" {
			t.Fatalf("%+v, %v", e, err)
		}
	}
}

func TestGuestsCanBeKeptOut(t *testing.T) {
	t.Parallel()
	h := open(t, func(l *chat.Limits) { l.Guests, l.GuestRooms = false, false })
	_, err := h.SignIn(t.Context(), "Ada", hash("Ada"))
	wantCode(t, err, chat.Forbidden)
	_, err = h.Visitor(t.Context(), "Ada")
	wantCode(t, err, chat.Unauthenticated)
	_, err = h.createRoom(chat.User{ID: "u_1", Name: "Ada", Role: chat.Guest, Stored: true}, "", "Tea", "")
	wantCode(t, err, chat.Forbidden)
}

func TestEventIDsReadBackAndRise(t *testing.T) {
	t.Parallel()
	for _, id := range []chat.EventID{0, 1, 31, 32, 1 << 40, 1<<63 - 1} {
		got, err := chat.ParseEventID(id.String())
		if err != nil || got != id {
			t.Errorf("%d became %s became %d (%v)", id, id, got, err)
		}
	}
	for _, bad := range []string{"", "m_", "m_1", "x_0000000000001", "m_000000000000u", "m_8000000000000", "m_00000000000011"} {
		if id, err := chat.ParseEventID(bad); err == nil {
			t.Errorf("%q was read as %d", bad, id)
		}
	}
	h := open(t, nil)
	ada := h.signIn("Ada")
	var last chat.EventID
	for i := range 50 {
		e, err := h.send(ada, chat.SendCommand{ID: fmt.Sprint(i), Room: chat.General, Body: "x"})
		if err != nil || e.ID <= last {
			t.Fatalf("%s after %s, %v", e.ID, last, err)
		}
		last = e.ID
	}
}
