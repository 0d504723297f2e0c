package storetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// about makes an event that changes another one.
func about(target chat.Event, user chat.UserID, body string) chat.Event {
	e := message(user, body)
	e.Kind, e.Target, e.Changes, e.Counts = "change", target.ID, target.Seq, false
	return e
}

func rewriting(target chat.Event, body string) chat.Rule {
	return func(tx chat.Tx) error {
		tx.Append(about(target, target.User, body))
		tx.Rewrite(target.Seq)
		return nil
	}
}

func erasing(target chat.Event) chat.Rule {
	return func(tx chat.Tx) error {
		tx.Append(about(target, target.User, ""))
		tx.Erase(target.Seq)
		return nil
	}
}

func reacting(target chat.Event, user chat.UserID, emoji string, on bool) chat.Rule {
	return func(tx chat.Tx) error {
		tx.Append(about(target, user, emoji))
		tx.React(target.Seq, emoji, on)
		return nil
	}
}

// shown spells how the page of a room shows its events: "2 words ~3 👍 u_1 u_2".
func shown(events []chat.Event) string {
	var b strings.Builder
	for _, e := range events {
		fmt.Fprintf(&b, "%d %s", e.Seq, e.Body)
		if s := e.Shown; s != nil {
			if s.Edited != 0 {
				fmt.Fprintf(&b, " ~%d", s.Edited)
			}
			if s.Deleted {
				b.WriteString(" deleted")
			}
			for _, r := range s.Reactions {
				b.WriteString(" " + r.Emoji)
				for _, who := range r.By {
					b.WriteString(" " + string(who.ID))
				}
			}
		}
		b.WriteString("; ")
	}
	return b.String()
}

// testStanding: pages of either direction show what later events have made of
// earlier ones, of this room alone, and so do they on another day.
func testStanding(t *testing.T, o Opened) {
	s := o.Store
	makeRoom(t, s, "tea", "Tea", "u_0")
	in := func(rule chat.Rule) chat.Event { return must(t, s, "tea", rule).Event }
	neighbour := must(t, s, chat.General, adding(message("u_1", "neighbour"))).Event
	one := in(adding(message("u_1", "one")))
	two := in(adding(message("u_2", "two")))
	three := in(adding(message("u_1", "three")))
	in(rewriting(one, "one!"))
	in(reacting(two, "u_1", "👍", true))
	in(reacting(two, "u_3", "🍵", true))
	in(reacting(two, "u_2", "👍", true))
	in(reacting(two, "u_1", "👍", false))
	in(reacting(two, "u_1", "👍", true))
	in(rewriting(one, "one?"))
	in(rewriting(three, "three!"))
	in(reacting(three, "u_1", "👍", true))
	in(erasing(three))
	must(t, s, chat.General, rewriting(neighbour, "neighbour!"))
	const want = "1 ; 2 one? ~11; 3 two 👍 u_2 u_1 🍵 u_3; 4  ~12 deleted; 5 one!; 6 👍; 7 🍵; 8 👍; 9 👍; 10 👍; 11 one?; 12 ; 13 👍; 14 ; "
	for range 2 {
		equal(t, "the log", shown(all(t, s, "tea")), want)
		p, err := s.Before(t.Context(), "tea", 0, 100, 1<<20)
		ok(t, err)
		equal(t, "read back", shown(p.Events), want)
		p, err = s.Before(t.Context(), "tea", 4, 2, 1<<20)
		ok(t, err)
		equal(t, "a page", shown(p.Events), "2 one? ~11; 3 two 👍 u_2 u_1 🍵 u_3; ")
		p, err = s.After(t.Context(), "tea", 3, 1, 1<<20)
		ok(t, err)
		equal(t, "an event", shown(p.Events), "4  ~12 deleted; ")
		equal(t, "the neighbour", shown(all(t, s, chat.General)), "1 neighbour! ~2; 2 neighbour!; ")
		got, err := s.ByRef(t.Context(), one.User, one.Ref)
		ok(t, err)
		if got.Digest != one.Digest || got.Seq != one.Seq || got.ID != one.ID || got.At != one.At || !got.Counts {
			t.Errorf("by its command it is %+v", got)
		}
		for _, e := range all(t, s, "tea")[4:] {
			equal(t, fmt.Sprintf("what %v changes", &e), e.Changes, map[chat.EventID]uint64{one.ID: 2, two.ID: 3, three.ID: 4}[e.Target])
		}
		o = o.Reopen(t)
		s = o.Store
	}
}

// testTxStanding: a rule is told what earlier ones have made of an event, in
// the same transaction too.
func testTxStanding(t *testing.T, o Opened) {
	s := o.Store
	m := must(t, s, chat.General, adding(message("u_1", "one"))).Event
	waiting := []<-chan answer{}
	edits := map[uint64]int{0: 0, 2: 1, 8: 2}
	next := func(rule chat.Rule, edited uint64, deleted bool, tally chat.Tally) {
		waiting = append(waiting, start(s, chat.General, func(tx chat.Tx) error {
			is, err := tx.Standing(m.Seq)
			if err != nil || is.Edited != edited || is.Deleted != deleted {
				t.Errorf("it stands as %+v, %v", is, err)
			}
			n, err := tx.Edits(m.Seq)
			if want := edits[edited]; err != nil || (n != want && !deleted) {
				t.Errorf("it was edited %d times, %v, want %d", n, err, want)
			}
			got, err := tx.Reactions(m.Seq, "u_1", "👍")
			if err != nil || got != tally {
				t.Errorf("the reactions are %+v, %v, want %+v", got, err, tally)
			}
			return rule(tx)
		}))
	}
	next(rewriting(m, "two"), 0, false, chat.Tally{})
	next(reacting(m, "u_2", "🍵", true), 2, false, chat.Tally{})
	next(reacting(m, "u_2", "👍", true), 2, false, chat.Tally{All: 1, Emoji: 1})
	next(reacting(m, "u_1", "👍", true), 2, false, chat.Tally{All: 2, Emoji: 2, There: true})
	next(reacting(m, "u_1", "👍", true), 2, false, chat.Tally{All: 3, Emoji: 2, There: true, Mine: true})
	next(reacting(m, "u_2", "👍", false), 2, false, chat.Tally{All: 3, Emoji: 2, There: true, Mine: true})
	next(rewriting(m, "three"), 2, false, chat.Tally{All: 2, Emoji: 2, There: true, Mine: true})
	next(erasing(m), 8, false, chat.Tally{All: 2, Emoji: 2, There: true, Mine: true})
	next(reacting(m, "u_1", "👍", true), 8, true, chat.Tally{})
	for _, w := range waiting {
		ok(t, (<-w).err)
	}
}

// testRefusedChange: what a refused rule or a repeat would have changed stays.
func testRefusedChange(t *testing.T, o Opened) {
	s := o.Store
	m := must(t, s, chat.General, adding(message("u_1", "one"))).Event
	first := about(m, "u_1", "two")
	must(t, s, chat.General, adding(first))
	for _, refusal := range []error{chat.ErrTaken, nil} { // nil: a repeat
		out, err := in(s, chat.General, func(tx chat.Tx) error {
			tx.Append(first)
			tx.Rewrite(m.Seq)
			tx.React(m.Seq, "👍", true)
			tx.Erase(m.Seq)
			tx.Describe("Mine", "all mine")
			return refusal
		})
		wantErr(t, err, refusal)
		equal(t, "a repeat", out.Repeat, refusal == nil)
	}
	equal(t, "the log", shown(all(t, s, chat.General)), "1 one; 2 two; ")
	r, err := s.Room(t.Context(), chat.General)
	ok(t, err)
	equal(t, "name", r.Name, "General")
	equal(t, "topic", r.Topic, "")
}

// testErasedUnread: what was erased is not unread, wherever it is counted.
func testErasedUnread(t *testing.T, o Opened) {
	s := o.Store
	makeRoom(t, s, "tea", "Tea", "u_2")
	say(t, s, "tea", "u_1", 700)
	log := all(t, s, "tea")
	left := 700
	for _, n := range []int{1, 2, 300, 600, 700} {
		must(t, s, "tea", reacting(log[n], "u_3", "👍", true))
		must(t, s, "tea", rewriting(log[n], "x"))
		must(t, s, "tea", erasing(log[n]))
		left--
		b, err := s.Belonging(t.Context(), "tea", "u_2")
		ok(t, err)
		equal(t, "unread", b.Unread, left)
	}
	say(t, s, "tea", "u_1", 300)
	b, err := o.Reopen(t).Store.Belonging(t.Context(), "tea", "u_2")
	ok(t, err)
	equal(t, "unread on another day", b.Unread, left+300)
}

// testReactionBytes: a page is cut where its reactions are too many, and an
// event is shown with all of its own or not at all.
func testReactionBytes(t *testing.T, o Opened) {
	s := o.Store
	var waiting []<-chan answer
	for range 10 {
		m := must(t, s, chat.General, adding(message("u_1", "x"))).Event
		for n := range 100 {
			waiting = append(waiting, start(s, chat.General, reacting(m, chat.UserID(fmt.Sprint("u_", n)), "👍", true)))
		}
	}
	for _, w := range waiting {
		ok(t, (<-w).err)
	}
	whole := func(events []chat.Event) {
		t.Helper()
		for _, e := range events {
			if e.Kind == "message" && (e.Shown == nil || len(e.Shown.Reactions) != 1 || len(e.Shown.Reactions[0].By) != 100) {
				t.Errorf("%v is shown as %+v", &e, e.Shown)
			}
		}
	}
	for _, bytes := range []int{1, 2000, 5000, 20_000, 1 << 20} {
		var down, up []chat.Event
		for {
			p, err := s.After(t.Context(), chat.General, uint64(len(down)), 1000, bytes)
			ok(t, err)
			whole(p.Events)
			down = append(down, p.Events...)
			equal(t, "more", p.More, len(down) < 1010)
			if !p.More || len(p.Events) == 0 {
				break
			}
		}
		for before := uint64(0); ; {
			p, err := s.Before(t.Context(), chat.General, before, 1000, bytes)
			ok(t, err)
			whole(p.Events)
			up = append(append([]chat.Event{}, p.Events...), up...)
			equal(t, "more", p.More, len(up) < 1010)
			if !p.More || len(p.Events) == 0 {
				break
			}
			before = p.Events[0].Seq
		}
		equal(t, fmt.Sprintf("events by pieces of %d", bytes), len(down), 1010)
		equal(t, "read back", shown(up), shown(down))
	}
	p, err := s.After(t.Context(), chat.General, 0, 1000, 10_000)
	ok(t, err)
	if len(p.Events) > 300 {
		t.Errorf("%d events with their reactions are said to be 10,000 bytes", len(p.Events))
	}
}

func testDescribe(t *testing.T, o Opened) {
	s := o.Store
	makeRoom(t, s, "tea", "Tea", "u_1")
	out := must(t, s, "tea", func(tx chat.Tx) error {
		tx.Append(message("u_1", "x"))
		tx.Describe("Tea room", "leaves")
		return nil
	})
	equal(t, "the room afterwards", out.Room.Name+", "+out.Room.Topic, "Tea room, leaves")
	must(t, s, "tea", func(tx chat.Tx) error {
		equal(t, "the room of the next rule", tx.Room().Name+", "+tx.Room().Topic, "Tea room, leaves")
		return nil
	})
	for range 2 {
		r, err := s.Room(t.Context(), "tea")
		ok(t, err)
		equal(t, "the room", r.Name+", "+r.Topic, "Tea room, leaves")
		equal(t, "head", r.Head, 2)
		o = o.Reopen(t)
		s = o.Store
	}
}
