package sqlite

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// history sends commands at random and knows by itself what has to come of
// each: a map of commands, and the log of each room.
type history struct {
	t    *testing.T
	r    *rand.Rand
	s    *Store
	dir  string
	ids  chat.EventID
	logs map[chat.RoomID][]*entry
	made map[command]*entry
	keys []command
	full bool // the disk is nearly full, so that any command may be refused

	repeats, refused, faults, changes int
}

type command struct {
	user chat.UserID
	ref  string
}

// entry is an event as it stands.
type entry struct {
	chat.Event

	edited    uint64
	deleted   bool
	edits     []*entry
	reactions []reaction // in the order in which they are shown
}

type reaction struct {
	emoji      string
	user       chat.UserID
	place, seq uint64
}

func (h *history) open(dir string) {
	h.t.Helper()
	s, err := Open(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		h.t.Fatal(err)
	}
	h.s, h.dir, h.full = s, dir, false
}

func (h *history) close() {
	h.t.Helper()
	if err := h.s.Close(); err != nil {
		h.t.Fatal(err)
	}
}

func (h *history) rooms() (list []chat.RoomID) {
	for i := range len(h.logs) {
		list = append(list, h.room(i))
	}
	return list
}

func (h *history) room(i int) chat.RoomID {
	if i == 0 {
		return chat.General
	}
	return chat.RoomID(fmt.Sprint("room-", i))
}

// event is a new one, or one whose command was sent before.
func (h *history) event() chat.Event {
	h.ids++
	e := chat.Event{
		Kind: chat.KindMessage, ID: h.ids, User: chat.UserID(fmt.Sprint("u_", h.r.IntN(4))), Name: "Ada",
		Body: fmt.Sprint(h.ids), Counts: h.r.IntN(4) > 0,
	}
	if n := h.r.IntN(12); n < 6 && e.ID > 1 { // about one of the newest, or any, of whatever room
		e.Kind = []chat.Kind{chat.KindEdit, chat.KindEdit, chat.KindReact, chat.KindReact, chat.KindReact, chat.KindDelete}[n]
		e.Target, e.On = 1+chat.EventID(h.r.Int64N(int64(e.ID))), h.r.IntN(3) > 0
		if h.r.IntN(2) == 0 {
			e.Target = max(1, e.ID-chat.EventID(h.r.IntN(40)))
		}
		if e.Kind == chat.KindReact {
			e.Body = []string{"👍", "🍵", "❤️"}[h.r.IntN(3)]
		}
	}
	switch n := h.r.IntN(20); {
	case n < 4 && len(h.keys) > 0:
		k := h.keys[h.r.IntN(len(h.keys))]
		e.User, e.Ref = k.user, k.ref
	case n < 6:
	case n < 7: // others have the same ref
		e.Ref = fmt.Sprint("common ", h.r.IntN(1000))
	default:
		e.Ref = fmt.Sprintf("%x", h.r.Uint64())
	}
	if h.r.IntN(30) == 0 {
		e.Body = strings.Repeat("x", h.r.IntN(6000))
	}
	h.keys = append(h.keys, command{e.User, e.Ref}) // perhaps again in the same transaction
	return e
}

var errRefused = errors.New("refused")

// rule is that of a command. Where it fails, it does so before its event is in
// the log, or after all that follows from it.
func rule(e chat.Event, fails bool) chat.Rule {
	return func(t chat.Tx) error {
		if fails && e.ID > 1 {
			t.(*tx).then(func(w *writer, _ *chat.Event) error {
				_, err := w.exec(`UPDATE rooms SET id = NULL WHERE id = 'general'`)
				return err
			})
			defer func() { // it comes last
				c := t.(*tx).changes
				t.(*tx).changes = append(c[1:len(c):len(c)], c[0])
			}()
		}
		if e.Target == 0 {
			t.Append(e)
			return nil
		}
		m, err := t.Event(e.Target)
		var is chat.Standing
		if err == nil {
			is, err = t.Standing(m.Seq)
		}
		if err != nil || is.Deleted {
			if _, unused := t.ByRef(e.User, e.Ref); unused != nil {
				return errRefused
			}
			t.Append(e)
			return nil
		}
		e := e
		e.Changes = m.Seq
		switch e.Kind {
		case chat.KindEdit:
			t.Rewrite(m.Seq)
		case chat.KindDelete:
			e.Changes = max(m.Seq, is.Edited)
			t.Erase(m.Seq)
		case chat.KindReact:
			t.React(m.Seq, e.Body, e.On)
		}
		t.Append(e)
		return nil
	}
}

// target is what the command is about, or nil where it is refused.
func (h *history) target(room chat.RoomID, e *chat.Event) *entry {
	for _, m := range h.logs[room] {
		if m.ID == e.Target && !m.deleted {
			return m
		}
	}
	return nil
}

// settle holds the outcome of one command against what is known.
func (h *history) settle(room chat.RoomID, e chat.Event, fails bool, o chat.Outcome, err error) {
	first, repeat := h.made[command{e.User, e.Ref}]
	repeat = repeat && e.Ref != ""
	target := h.target(room, &e)
	switch {
	case h.full && errors.Is(err, chat.ErrUnavailable):
		h.refused++
	case !repeat && e.Target != 0 && target == nil:
		if !errors.Is(err, errRefused) {
			h.t.Errorf("%s about what is not there: %v", brief(&e), err)
		}
	case fails && !repeat && err != nil:
		h.faults++
	case err != nil || (fails && !repeat):
		h.t.Errorf("%s: fails %v, repeat %v: %v", brief(&e), fails, repeat, err)
	case repeat:
		if h.repeats++; !o.Repeat || o.Event != first.Event {
			h.t.Errorf("repeat %v, %s, want %s", o.Repeat, brief(&o.Event), brief(&first.Event))
		}
	default:
		e.Room, e.Seq = room, uint64(len(h.logs[room])+1)
		if target != nil {
			e.Changes = target.Seq
			if e.Kind == chat.KindDelete {
				e.Changes = max(target.Seq, target.edited)
			}
		}
		if o.Repeat || o.Event != e || o.Room.Head != e.Seq {
			h.t.Errorf("repeat %v, head %d, %s, want %s", o.Repeat, o.Room.Head, brief(&o.Event), brief(&e))
		}
		h.add(target, e)
	}
}

func (h *history) add(target *entry, e chat.Event) {
	made := &entry{Event: e}
	h.logs[e.Room] = append(h.logs[e.Room], made)
	if e.Ref != "" {
		h.made[command{e.User, e.Ref}] = made
	}
	if target == nil {
		return
	}
	h.changes++
	switch e.Kind {
	case chat.KindEdit:
		target.Body, target.edited = e.Body, e.Seq
		target.edits = append(target.edits, made)
	case chat.KindDelete:
		target.Body, target.deleted, target.Counts, target.reactions = "", true, false, nil
		for _, edit := range target.edits {
			edit.Body = ""
		}
	case chat.KindReact:
		target.react(&e)
	}
}

func (m *entry) react(e *chat.Event) {
	place := e.Seq
	for i, r := range m.reactions {
		if r.emoji != e.Body {
			continue
		}
		place = r.place
		if r.user == e.User {
			if !e.On {
				m.reactions = slices.Delete(m.reactions, i, i+1)
			}
			return
		}
	}
	if e.On {
		m.reactions = append(m.reactions, reaction{e.Body, e.User, place, e.Seq})
		slices.SortFunc(m.reactions, func(a, b reaction) int {
			return cmp.Or(cmp.Compare(a.place, b.place), cmp.Compare(a.seq, b.seq))
		})
	}
}

// spell is all that a page shows of an event.
func spell(e *chat.Event) string {
	shown, s := *e, chat.Standing{}
	if e.Shown != nil {
		s = *e.Shown
	}
	shown.Shown = nil
	return fmt.Sprintf("%+v %+v", shown, s)
}

func (m *entry) spell() string {
	e := m.Event
	e.Shown = &chat.Standing{Edited: m.edited, Deleted: m.deleted}
	list := &e.Shown.Reactions
	for _, r := range m.reactions {
		if n := len(*list); n == 0 || (*list)[n-1].Emoji != r.emoji {
			*list = append(*list, chat.Reaction{Emoji: r.emoji})
		}
		last := &(*list)[len(*list)-1]
		last.By = append(last.By, chat.Reactor{ID: r.user, Name: "Ada"})
	}
	return spell(&e)
}

func brief(e *chat.Event) string { return fmt.Sprintf("%v by %s, %v, ref %q", e, e.User, e.ID, e.Ref) }

// burst sends n commands at once, and waits until all are answered.
func (h *history) burst(n int) {
	told := make(chan struct{}, n)
	rooms := h.rooms()
	for range n {
		e := h.event()
		room := rooms[min(h.r.IntN(len(rooms)), h.r.IntN(len(rooms)))]
		fails := e.ID > 1 && h.r.IntN(60) == 0
		if fails && h.r.IntN(2) == 0 {
			e.ID = 1 // in use
		}
		h.s.InRoom(room, rule(e, fails), func(o chat.Outcome, err error) {
			h.settle(room, e, fails, o, err)
			told <- struct{}{}
		})
	}
	if h.r.IntN(3) == 0 { // among them, perhaps in the same transaction, a new room
		e, room := h.event(), h.room(len(rooms))
		e.Target, e.Kind = 0, chat.KindMessage
		created := make(chan struct{})
		h.s.CreateRoom(chat.Room{ID: room, Name: "Tea"}, e, 1000, func(o chat.Outcome, err error) {
			h.settle(room, e, false, o, err)
			close(created)
		})
		<-created
	}
	for range n {
		<-told
	}
}

// fill leaves the disk space for so many pages; less than none: for all.
func (h *history) fill(pages int64) {
	h.t.Helper()
	err := h.s.do(h.t.Context(), func(w *writer) error {
		limit := int64(1 << 30)
		if pages >= 0 {
			if _, err := w.conn.one("PRAGMA page_count", nil, &limit); err != nil {
				return err
			}
			limit += pages
		}
		_, err := w.conn.one(fmt.Sprintf("PRAGMA max_page_count = %d", limit), nil)
		return err
	})
	h.full = pages >= 0
	if h.full && errors.Is(err, chat.ErrUnavailable) {
		return // it holds all the same, and was felt at once
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// crash goes on with the files as they are now.
func (h *history) crash() {
	h.t.Helper()
	left := h.t.TempDir()
	for _, name := range []string{dbName, dbName + "-wal", "witness"} {
		b, err := os.ReadFile(filepath.Join(h.dir, name)) //nolint:gosec // our own file
		if err == nil {
			err = os.WriteFile(filepath.Join(left, name), b, 0o600)
		}
		if err != nil {
			h.t.Fatal(err)
		}
	}
	h.close()
	h.open(left)
}

// check holds what can be read against what is known.
func (h *history) check() {
	h.t.Helper()
	list, _, err := h.s.Rooms(h.t.Context(), "u_1", 1000)
	if err != nil || len(list) != len(h.logs) {
		h.t.Fatalf("%d rooms of %d, %v", len(list), len(h.logs), err)
	}
	for _, l := range list {
		if log := h.logs[l.ID]; l.Head != uint64(len(log)) {
			h.t.Errorf("%s: the head is %d of %d", l.ID, l.Head, len(log))
		}
	}
	for range 20 {
		room := h.room(h.r.IntN(min(3, len(h.logs))))
		user := chat.UserID(fmt.Sprint("u_", h.r.IntN(5)))
		after := h.r.IntN(len(h.logs[room]) + 3)
		want := 0
		for _, e := range h.logs[room][min(after, len(h.logs[room])):] {
			if e.Counts && e.User != user && want < chat.UnreadCap {
				want++
			}
		}
		b, err := h.s.UnreadAfter(h.t.Context(), room, user, uint64(after)) //nolint:gosec // never negative
		if err != nil || b.Unread != want || b.Head != uint64(len(h.logs[room])) {
			h.t.Errorf("%s after %d of %d for %s: unread %d, want %d, head %d, %v", room, after, len(h.logs[room]), user, b.Unread, want, b.Head, err)
		}
		h.checkPage(room, after, 1+h.r.IntN(60))
	}
}

// checkPage holds a page, read in either direction, against what is known.
func (h *history) checkPage(room chat.RoomID, after, limit int) {
	h.t.Helper()
	log := h.logs[room]
	p, err := h.s.After(h.t.Context(), room, uint64(after), limit, 1<<20) //nolint:gosec // never negative
	h.holds(p, err, log[min(after, len(log)):min(after+limit, len(log))])
	p, err = h.s.Before(h.t.Context(), room, uint64(after)+1, limit, 1<<20) //nolint:gosec // never negative
	end := min(after, len(log))
	h.holds(p, err, log[max(0, end-limit):end])
}

func (h *history) holds(p chat.Page, err error, want []*entry) {
	h.t.Helper()
	if err != nil || len(p.Events) != len(want) {
		h.t.Errorf("a page has %d events, want %d: %v", len(p.Events), len(want), err)
		return
	}
	for i := range want {
		if got, want := spell(&p.Events[i]), want[i].spell(); got != want {
			h.t.Errorf("%s, want %s", got, want)
		}
	}
}

// checkAll repeats every command, and looks at what lies in the tables.
func (h *history) checkAll() {
	h.t.Helper()
	for k, first := range h.made {
		got, err := h.s.ByRef(h.t.Context(), k.user, k.ref)
		if err != nil || got != first.Event {
			h.t.Fatalf("%v of %v: %s, want %s", err, k, brief(&got), brief(&first.Event))
		}
	}
	reactions := 0
	for room, log := range h.logs {
		for after := 0; after < len(log); after += 50 {
			h.checkPage(room, after, 50)
		}
		for _, m := range log {
			reactions += len(m.reactions)
		}
	}
	for query, want := range map[string]int{
		"SELECT count(*) FROM reactions":                 reactions,
		"SELECT coalesce(sum(reacted), 0) FROM standing": reactions,
		"SELECT count(*) FROM standing s WHERE reacted <> (SELECT count(*) FROM reactions r WHERE r.pos = s.pos)": 0,
		"SELECT count(*) FROM edits JOIN standing USING (pos) WHERE deleted = 1 OR edits.seq > edited":            0,
		"SELECT count(*) FROM refs": len(h.made),
		"SELECT count(*) FROM refs JOIN events USING (pos) WHERE ref IS NOT NULL":                                         len(h.made),
		"SELECT count(DISTINCT pos) FROM refs":                                                                            len(h.made),
		"SELECT count(*) FROM rooms WHERE indexed <> (SELECT max(pos) & 1099511627775 FROM events WHERE pos >> 40 = num)": 0,
		"SELECT count(*) FROM rooms r, events e WHERE pos >> 40 = num AND pos & 1099511627775 <= counted AND counts = 1 AND NOT EXISTS (SELECT 1 FROM unread u WHERE u.pos = e.pos AND u.user = e.user)": 0,
		"SELECT count(*) FROM unread u LEFT JOIN events e USING (pos) WHERE e.counts IS NOT 1":                                                                                                           0,
		"SELECT count(*) FROM unread u JOIN rooms ON num = pos >> 40 WHERE pos & 1099511627775 > counted":                                                                                                0,
	} {
		err := h.s.read(h.t.Context(), func(c *conn) error {
			var n int64
			if _, err := c.one(query, nil, &n); err != nil || int(n) != want {
				h.t.Errorf("%s: %d, want %d, %v", query, n, want, err)
			}
			return nil
		})
		if err != nil {
			h.t.Error(err)
		}
	}
	if waiting := h.s.writer.refs.waiting; waiting != 0 {
		h.t.Errorf("%d commands were read at the start", waiting)
	}
}

// TestHistory: whatever is sent, and however the store ends, a command has its
// effect once, and what is said of the rooms is what is in their logs.
func TestHistory(t *testing.T) {
	fewWaiting(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	h := &history{
		t: t, r: rand.New(rand.NewPCG(seed, 2)), //nolint:gosec // a test
		logs: map[chat.RoomID][]*entry{chat.General: nil}, made: map[command]*entry{},
	}
	h.open(t.TempDir())
	h.burst(1)
	for range 20 {
		for range h.r.IntN(6) {
			h.burst(1 + h.r.IntN(1+h.r.IntN(250)))
			h.check()
		}
		switch h.r.IntN(4) {
		case 0:
			h.crash()
		case 1:
			h.close()
			h.open(h.dir)
		case 2:
			h.fill(h.r.Int64N(30))
			for range h.r.IntN(20) {
				h.burst(1 + h.r.IntN(60))
				h.check()
			}
			if h.r.IntN(3) == 0 {
				h.crash()
			} else {
				h.fill(-1)
			}
		}
		h.check()
	}
	h.close()
	h.open(h.dir)
	h.check()
	h.checkAll()
	h.close()
	t.Logf("%d commands, %d changes, %d rooms, %d repeats, %d refused, %d faults", len(h.made), h.changes, len(h.logs), h.repeats, h.refused, h.faults)
}
