package sqlite

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
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
	logs map[chat.RoomID][]chat.Event
	made map[command]chat.Event
	keys []command
	full bool // the disk is nearly full, so that any command may be refused

	repeats, refused, faults int
}

type command struct {
	user chat.UserID
	ref  string
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

// settle holds the outcome of one command against what is known.
func (h *history) settle(room chat.RoomID, e chat.Event, fails bool, o chat.Outcome, err error) {
	first, repeat := h.made[command{e.User, e.Ref}]
	repeat = repeat && e.Ref != ""
	switch {
	case h.full && errors.Is(err, chat.ErrUnavailable):
		h.refused++
	case fails && !repeat && err != nil:
		h.faults++
	case err != nil || (fails && !repeat):
		h.t.Errorf("%s: fails %v, repeat %v: %v", brief(&e), fails, repeat, err)
	case repeat:
		if h.repeats++; !o.Repeat || o.Event != first {
			h.t.Errorf("repeat %v, %s, want %s", o.Repeat, brief(&o.Event), brief(&first))
		}
	default:
		e.Room, e.Seq = room, uint64(len(h.logs[room])+1)
		if o.Repeat || o.Event != e || o.Room.Head != e.Seq {
			h.t.Errorf("repeat %v, head %d, %s, want %s", o.Repeat, o.Room.Head, brief(&o.Event), brief(&e))
		}
		h.logs[room] = append(h.logs[room], e)
		if e.Ref != "" {
			h.made[command{e.User, e.Ref}] = e
		}
	}
}

func brief(e *chat.Event) string { return fmt.Sprintf("%v by %s, %v, ref %q", e, e.User, e.ID, e.Ref) }

// burst sends n commands at once, and waits until all are answered.
func (h *history) burst(n int) {
	told := make(chan struct{}, n)
	rooms := h.rooms()
	for range n {
		e := h.event()
		room := rooms[min(h.r.IntN(len(rooms)), h.r.IntN(len(rooms)))]
		fails := e.ID > 1 && h.r.IntN(120) == 0
		if fails {
			e.ID = 1 // in use
		}
		h.s.InRoom(room, func(tx chat.Tx) error {
			tx.Append(e)
			return nil
		}, func(o chat.Outcome, err error) {
			h.settle(room, e, fails, o, err)
			told <- struct{}{}
		})
	}
	if h.r.IntN(3) == 0 { // among them, perhaps in the same transaction, a new room
		e, room := h.event(), h.room(len(rooms))
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
	}
}

// checkAll repeats every command, and looks at what lies in the tables.
func (h *history) checkAll() {
	h.t.Helper()
	for k, first := range h.made {
		got, err := h.s.ByRef(h.t.Context(), k.user, k.ref)
		if err != nil || got != first {
			h.t.Fatalf("%v of %v: %s, want %s", err, k, brief(&got), brief(&first))
		}
	}
	for query, want := range map[string]int{
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
		logs: map[chat.RoomID][]chat.Event{chat.General: nil}, made: map[command]chat.Event{},
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
	t.Logf("%d commands, %d rooms, %d repeats, %d refused, %d faults", len(h.made), len(h.logs), h.repeats, h.refused, h.faults)
}
