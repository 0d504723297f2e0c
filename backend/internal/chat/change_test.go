package chat_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

func (h *house) edit(by chat.User, id string, of chat.EventID, body string) (chat.Event, error) {
	c := chat.EditCommand{ID: id, Room: chat.General, Message: of.String(), Body: body}
	return wait(func(answer func(chat.Event, error)) { h.Edit(by, c, answer) })
}

func (h *house) remove(by chat.User, id string, of chat.EventID) (chat.Event, error) {
	c := chat.DeleteCommand{ID: id, Room: chat.General, Message: of.String()}
	return wait(func(answer func(chat.Event, error)) { h.Delete(by, c, answer) })
}

func (h *house) react(by chat.User, id string, to chat.EventID, emoji string, on bool) (chat.Event, error) {
	c := chat.ReactCommand{ID: id, Room: chat.General, Message: to.String(), Emoji: emoji, On: on}
	return wait(func(answer func(chat.Event, error)) { h.React(by, c, answer) })
}

func (h *house) describe(by chat.User, room chat.RoomID, name, topic *string) (chat.Event, error) {
	return wait(func(answer func(chat.Event, error)) {
		h.Describe(by, room, chat.Description{Name: name, Topic: topic}, answer)
	})
}

// must is the event of a command that has to succeed.
func (h *house) must(e chat.Event, err error) chat.Event {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
	return e
}

// say sends a message to general.
func (h *house) say(by chat.User, id, body string) chat.Event {
	h.t.Helper()
	return h.must(h.send(by, chat.SendCommand{ID: id, Room: chat.General, Body: body}))
}

// shown is the event of general with that seq, as a page shows it.
func (h *house) shown(seq uint64) chat.Event {
	h.t.Helper()
	p, err := h.Earlier(h.t.Context(), chat.General, seq+1, 1)
	if err != nil || len(p.Events) != 1 || p.Events[0].Seq != seq {
		h.t.Fatalf("event %d: %v, %v", seq, p.Events, err)
	}
	return p.Events[0]
}

// reactions spells those of an event: "👍 Ada Bob, 🍵 Ada".
func reactions(e chat.Event) string {
	var list []string
	if e.Shown != nil {
		for _, r := range e.Shown.Reactions {
			s := r.Emoji
			for _, who := range r.By {
				s += " " + who.Name
			}
			list = append(list, s)
		}
	}
	return strings.Join(list, ", ")
}

func TestEdit(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ada, bob := h.signIn("Ada"), h.signIn("Bob")
	m := h.say(ada, "1", "hello")
	if m.Shown != nil || h.shown(1).Shown != nil {
		t.Error("a new message has a past")
	}
	e := h.must(h.edit(ada, "2", m.ID, "hello, all"))
	if e.Seq != 2 || e.Kind != chat.KindEdit || e.Target != m.ID || e.Body != "hello, all" || e.Changes != 1 || e.Counts || e.Ref != "2" {
		t.Errorf("%+v", e)
	}
	if got := h.shown(1); got.Body != "hello, all" || got.Shown == nil || got.Shown.Edited != 2 || got.Ref != "1" || got.At != m.At {
		t.Errorf("%+v %+v", got, got.Shown)
	}
	h.must(h.edit(ada, "3", m.ID, "hello, all")) // changes nothing, and is an event
	if got := h.shown(1); got.Body != "hello, all" || got.Shown.Edited != 3 {
		t.Errorf("%+v %+v", got, got.Shown)
	}
	if got := h.shown(2); got.Body != "hello, all" || got.Shown != nil {
		t.Errorf("the edit itself is %+v", got)
	}

	_, err := h.edit(bob, "4", m.ID, "mine")
	wantCode(t, err, chat.Forbidden)
	for body, code := range map[string]chat.Code{"": chat.Invalid, " \u200b": chat.Invalid, strings.Repeat("x", 101): chat.TooLong} {
		_, err := h.edit(ada, "4", m.ID, body)
		wantCode(t, err, code)
	}
	if _, err := h.edit(ada, "4", m.ID, strings.Repeat("x", 100)); err != nil {
		t.Error("as long as may be:", err)
	}
}

// To delete a message costs as much as all its edits: so there is an end to them.
func TestEditsAreLimited(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ada := h.signIn("Ada")
	m := h.say(ada, "m", "hello")
	for n := range chat.MaxEdits - 1 {
		c := chat.EditCommand{ID: fmt.Sprint(n), Room: chat.General, Message: m.ID.String(), Body: "secret"}
		h.Edit(ada, c, func(_ chat.Event, err error) {
			if err != nil {
				t.Error(err)
			}
		})
	}
	last := h.must(h.edit(ada, "last", m.ID, "secret last"))
	_, err := h.edit(ada, "one more", m.ID, "x")
	wantCode(t, err, chat.Forbidden)
	if again := h.must(h.edit(ada, "last", m.ID, "secret last")); again.Seq != last.Seq {
		t.Errorf("the second answer is %v", &again)
	}
	if got := h.shown(1); got.Body != "secret last" || got.Shown.Edited != last.Seq {
		t.Errorf("%+v %+v", got, got.Shown)
	}
	h.must(h.remove(ada, "delete", m.ID))
	p, err := h.Earlier(t.Context(), chat.General, 0, 1000)
	if err != nil || len(p.Events) != chat.MaxEdits+2 {
		t.Fatalf("%d events, %v", len(p.Events), err)
	}
	for _, e := range p.Events {
		if e.Body != "" {
			t.Errorf("%v says %q", &e, e.Body)
		}
	}
}

// What is no message of this room, or none any more, is not found, whatever is
// to be done with it.
func TestChangesOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ada := h.signIn("Ada")
	if _, err := h.createRoom(ada, "tea", "Tea", ""); err != nil {
		t.Fatal(err)
	}
	elsewhere := h.must(h.send(ada, chat.SendCommand{ID: "0", Room: "tea", Body: "in tea"}))
	m := h.say(ada, "1", "hello")
	edit := h.must(h.edit(ada, "2", m.ID, "hello!"))
	reaction := h.must(h.react(ada, "3", m.ID, "👍", true))
	gone := h.say(ada, "4", "soon gone")
	deletion := h.must(h.remove(ada, "5", gone.ID))
	head := deletion.Seq
	for name, id := range map[string]chat.EventID{
		"unknown": 1, "elsewhere": elsewhere.ID, "an edit": edit.ID, "a reaction": reaction.ID, "a deletion": deletion.ID, "deleted": gone.ID,
	} {
		_, err := h.edit(ada, "e"+name, id, "x")
		wantCode(t, err, chat.NotFound)
		_, err = h.remove(ada, "d"+name, id)
		wantCode(t, err, chat.NotFound)
		for _, on := range []bool{true, false} {
			_, err = h.react(ada, "r"+name, id, "👍", on)
			wantCode(t, err, chat.NotFound)
		}
	}
	for _, message := range []string{"", "m_1", "nonsense", m.ID.String() + "0", strings.ToUpper(m.ID.String())} {
		_, err := wait(func(answer func(chat.Event, error)) {
			h.Delete(ada, chat.DeleteCommand{ID: "odd", Room: chat.General, Message: message}, answer)
		})
		wantCode(t, err, chat.NotFound)
	}
	_, err := wait(func(answer func(chat.Event, error)) {
		h.Delete(ada, chat.DeleteCommand{ID: "nowhere", Room: "nowhere", Message: m.ID.String()}, answer)
	})
	wantCode(t, err, chat.NotFound)
	if p, err := h.Earlier(t.Context(), chat.General, 0, 10); err != nil || p.Head != head {
		t.Errorf("something was written: %d, %v", p.Head, err)
	}
}

// A deleted text is nowhere any more: not in its message, nor in its edits.
func TestDelete(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ada, bob := h.signIn("Ada"), h.signIn("Bob")
	m := h.say(ada, "1", "secret one")
	other := h.say(ada, "2", "another")
	h.must(h.edit(ada, "3", m.ID, "secret two"))
	h.must(h.edit(ada, "4", other.ID, "another one"))
	h.must(h.edit(ada, "5", m.ID, "secret three"))
	h.must(h.react(bob, "6", m.ID, "👍", true))
	_, err := h.remove(bob, "7", m.ID)
	wantCode(t, err, chat.Forbidden)
	e := h.must(h.remove(ada, "7", m.ID))
	if e.Seq != 7 || e.Kind != chat.KindDelete || e.Target != m.ID || e.Changes != 5 || e.Body != "" {
		t.Errorf("%+v", e)
	}
	p, err := h.Earlier(t.Context(), chat.General, 0, 10)
	if err != nil || len(p.Events) != 7 {
		t.Fatalf("%d events, %v", len(p.Events), err)
	}
	for _, e := range p.Events {
		if strings.Contains(e.Body, "secret") {
			t.Errorf("%v says %q", &e, e.Body)
		}
	}
	if got := p.Events[0]; got.Shown == nil || !got.Shown.Deleted || got.Counts || reactions(got) != "" || got.User != ada.ID {
		t.Errorf("%+v %+v", got, got.Shown)
	}
	if got := p.Events[1]; got.Body != "another one" || got.Shown.Edited != 4 || got.Shown.Deleted {
		t.Errorf("%+v %+v", got, got.Shown)
	}
	if p.Events[3].Body != "another one" || p.Events[5].Body != "👍" {
		t.Error("what is not about the message lost its body too")
	}
}

// Whatever was answered once is answered like that for ever, also where it
// would be refused by now; the id of one op serves no other.
func TestRepeatedChanges(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ada, bob := h.signIn("Ada"), h.signIn("Bob")
	m := h.say(ada, "1", "hello")
	commands := []func() (chat.Event, error){
		func() (chat.Event, error) {
			return h.send(ada, chat.SendCommand{ID: "1", Room: chat.General, Body: "hello"})
		},
		func() (chat.Event, error) { return h.edit(ada, "2", m.ID, "hello!") },
		func() (chat.Event, error) { return h.react(ada, "3", m.ID, "👍", true) },
		func() (chat.Event, error) { return h.react(ada, "4", m.ID, "👍", false) },
		func() (chat.Event, error) { return h.react(bob, "1", m.ID, "🍵", true) },
		func() (chat.Event, error) { return h.remove(ada, "5", m.ID) },
	}
	var first []chat.Event
	for _, c := range commands {
		first = append(first, h.must(c()))
	}
	head := first[len(first)-1].Seq
	for i, c := range commands {
		again := h.must(c())
		if again.Seq != first[i].Seq || again.ID != first[i].ID || again.At != first[i].At {
			t.Errorf("%d: the second answer is %v, the first was %v", i, &again, &first[i])
		}
	}
	for i, c := range []func() (chat.Event, error){
		func() (chat.Event, error) { return h.edit(ada, "2", m.ID, "other") },
		func() (chat.Event, error) { return h.edit(ada, "1", m.ID, "hello") },
		func() (chat.Event, error) { return h.remove(ada, "2", m.ID) },
		func() (chat.Event, error) { return h.react(ada, "3", m.ID, "👍", false) },
		func() (chat.Event, error) { return h.react(ada, "3", m.ID, "🍵", true) },
		func() (chat.Event, error) { return h.react(ada, "5", m.ID, "👍", true) },
		func() (chat.Event, error) { return h.edit(ada, "2", first[1].ID, "hello!") },
		func() (chat.Event, error) {
			return h.send(ada, chat.SendCommand{ID: "2", Room: chat.General, Body: "hello!"})
		},
	} {
		if _, err := c(); err == nil || chat.AsError(err).Code != chat.Conflict {
			t.Errorf("%d: %v, want a conflict", i, err)
		}
	}
	if p, err := h.Earlier(t.Context(), chat.General, 0, 10); err != nil || p.Head != head {
		t.Errorf("something was written: %d, %v", p.Head, err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.heard) != len(commands) {
		t.Errorf("%d events were told of %d", len(h.heard), len(commands))
	}
}

func TestReactions(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ada, bob, eve := h.signIn("Ada"), h.signIn("Bob"), h.signIn("Eve")
	m := h.say(ada, "m", "hello")
	n := 0
	for _, step := range []struct {
		by    chat.User
		emoji string
		on    bool
		want  string
	}{
		{bob, "👍", true, "👍 Bob"},
		{ada, "🍵", true, "👍 Bob, 🍵 Ada"},
		{ada, "👍", true, "👍 Bob Ada, 🍵 Ada"},
		{ada, "👍", true, "👍 Bob Ada, 🍵 Ada"}, // again
		{bob, "👍", false, "👍 Ada, 🍵 Ada"},    // the emoji keeps its place
		{bob, "👍", false, "👍 Ada, 🍵 Ada"},
		{eve, "🍵", false, "👍 Ada, 🍵 Ada"}, // was never there
		{bob, "👍", true, "👍 Ada Bob, 🍵 Ada"},
		{ada, "👍", false, "👍 Bob, 🍵 Ada"},
		{bob, "👍", false, "🍵 Ada"},
		{bob, "👍", true, "🍵 Ada, 👍 Bob"},
		{ada, "🍵", false, "👍 Bob"},
		{bob, "👍", false, ""},
	} {
		n++
		e := h.must(h.react(step.by, fmt.Sprint(n), m.ID, step.emoji, step.on))
		if e.Seq != uint64(n)+1 || e.Kind != chat.KindReact || e.Target != m.ID || e.Body != step.emoji || e.On != step.on || e.Changes != 1 || e.Counts {
			t.Errorf("%d: %+v", n, e)
		}
		got := h.shown(1)
		if reactions(got) != step.want || got.Body != "hello" || (got.Shown != nil && (got.Shown.Edited != 0 || got.Shown.Deleted)) {
			t.Errorf("%d: %q, want %q", n, reactions(got), step.want)
		}
	}
}

func TestEmoji(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ada := h.signIn("Ada")
	m := h.say(ada, "m", "hello")
	for i, emoji := range []string{
		"👍", "👍🏽", "❤️", "❤️‍🔥", "‼️", "™️", "ℹ️", "↔️", "〰️", "☝️", "☝🏿", "©️", "🅰️", "㊙️", "⭐", "⌚", "🫖",
		"👩‍💻", "👩🏽‍💻", "👨‍👩‍👧‍👦", "👨🏽‍👩🏽‍👧🏽‍👦🏽", "👩🏿‍❤️‍💋‍👨🏿", "🏳️‍🌈", "🏴‍☠️", "👁️‍🗨️", "🧑🏻‍🤝‍🧑🏿", "🏃🏽‍♀️‍➡️", "🐦‍⬛",
		"🇳🇿", "🇨🇳", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🏴", "1️⃣", "#️⃣", "*️⃣", "🔟", "🏽",
	} {
		if _, err := h.react(ada, fmt.Sprint(i), m.ID, emoji, true); err != nil {
			t.Errorf("%+q: %v", emoji, err)
		}
	}
	for _, text := range []string{
		"", " ", "a", "ok", "1", "#", "👍👍", "👍 ", " 👍", "👍a", "a👍", "👍\n", "❤", "™", "\ufe0f", "\u200d", "👍\u200d", "\u200d👍",
		"👍\u200d\u200d👍", "👍\ufe0f\ufe0f", "👍🏽🏽", "🇳", "🇳🇿🇳", "🇳👍", "1⃣", "1️", "12️⃣", "a️⃣", "<b>", "茶", "é", "\u200b", "\u202e👍", "\ue000",
		"🏴󠁧󠁢󠁳󠁣󠁴", "🏴󠁿", "👍󠁧󠁢󠁿", "\xf0\x9f", "👍\xff", strings.Repeat("👩\u200d", 9) + "👩", "\U000f0000", "\U0001f9ff\U000e0041",
	} {
		for _, on := range []bool{true, false} {
			_, err := h.react(ada, "bad", m.ID, text, on)
			if err == nil || chat.AsError(err).Code != chat.Invalid || chat.AsError(err).Field != "emoji" {
				t.Errorf("%+q: %v", text, err)
			}
		}
	}
}

// An emoji that can be spelt in several ways is one: pictures of which there is
// no other form without the mark that says so, all else with it.
func TestEmojiHaveOneForm(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ada := h.signIn("Ada")
	m := h.say(ada, "m", "hello")
	for i, c := range []struct{ given, want string }{
		{"👍\ufe0f", "👍"},
		{"☕\ufe0f", "☕"},
		{"⭐\ufe0f", "⭐"},
		{"🏳", "🏳\ufe0f"},
		{"🌶", "🌶\ufe0f"},
		{"🏳\u200d🌈", "🏳\ufe0f\u200d🌈"},
		{"❤\u200d🔥", "❤\ufe0f\u200d🔥"},
		{"👩\ufe0f\u200d⚕", "👩\u200d⚕\ufe0f"},
		{"🏃🏽\u200d♀\u200d➡", "🏃🏽\u200d♀\ufe0f\u200d➡\ufe0f"},
		{"👁\u200d🗨\ufe0f", "👁\ufe0f\u200d🗨\ufe0f"},
		{"🕵🏽\u200d♂", "🕵🏽\u200d♂\ufe0f"},
		{"☝🏿", "☝🏿"},
		{"❤\ufe0f", "❤\ufe0f"},
		{"🇳🇿", "🇳🇿"},
		{"1\ufe0f⃣", "1\ufe0f⃣"},
		{"🏽", "🏽"},
		{"🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"},
		{"🏴\u200d☠", "🏴\u200d☠\ufe0f"},
	} {
		on := h.must(h.react(ada, fmt.Sprint("on", i), m.ID, c.given, true))
		if got := reactions(h.shown(1)); on.Body != c.want || got != c.want+" Ada" {
			t.Errorf("%+q: %+q, shown as %+q, want %+q", c.given, on.Body, got, c.want)
		}
		h.must(h.react(ada, fmt.Sprint("off", i), m.ID, c.want, false))
		if got := reactions(h.shown(1)); got != "" {
			t.Errorf("%+q: %+q is left", c.given, got)
		}
	}
}

func TestReactionsAreLimited(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ada := h.signIn("Ada")
	m := h.say(ada, "m", "hello")
	user := func(n int) chat.User {
		return chat.User{ID: chat.UserID(fmt.Sprint("u_", n)), Name: fmt.Sprint("Guest ", n), Role: chat.Guest}
	}
	emoji := func(n int) string { return string(rune(0x1F300 + n)) }
	for n := range chat.MaxEmoji {
		h.must(h.react(ada, fmt.Sprint(n), m.ID, emoji(n), true))
	}
	_, err := h.react(ada, "one more", m.ID, "🫖", true)
	wantCode(t, err, chat.Forbidden)
	h.must(h.react(ada, "0", m.ID, emoji(0), true)) // a repeat
	h.must(h.react(ada, "again", m.ID, emoji(0), true))
	for n := chat.MaxEmoji; n < chat.MaxReactions; n++ {
		c := chat.ReactCommand{ID: "1", Room: chat.General, Message: m.ID.String(), Emoji: emoji(n % 7), On: true}
		h.React(user(n), c, func(_ chat.Event, err error) {
			if err != nil {
				t.Error(err)
			}
		})
	}
	_, err = h.react(user(0), "1", m.ID, emoji(1), true)
	wantCode(t, err, chat.Forbidden)
	h.must(h.react(user(chat.MaxEmoji), "2", m.ID, emoji(chat.MaxEmoji%7), true)) // has done so already
	h.must(h.react(ada, "away", m.ID, emoji(49), false))
	h.must(h.react(user(0), "1", m.ID, emoji(1), true))
	_, err = h.react(user(1), "1", m.ID, emoji(1), true)
	wantCode(t, err, chat.Forbidden)
	all := 0
	for _, r := range h.shown(1).Shown.Reactions {
		all += len(r.By)
	}
	if all != chat.MaxReactions {
		t.Errorf("%d reactions", all)
	}
}

// A guest of whom the store knows nothing yet is stored with the first
// reaction.
func TestVisitorsReact(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ada := h.signIn("Ada")
	m := h.say(ada, "m", "hello")
	visitor, err := h.Visitor(t.Context(), "Vera")
	if err != nil {
		t.Fatal(err)
	}
	h.must(h.react(visitor, "1", m.ID, "👍", true))
	if got := reactions(h.shown(1)); got != "👍 Vera" {
		t.Errorf("%q", got)
	}
	own := h.say(visitor, "2", "mine")
	h.must(h.edit(visitor, "3", own.ID, "mine!"))
	h.must(h.remove(visitor, "4", own.ID))
}

func TestDeletedMessagesAreNotUnread(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ada, bob := h.signIn("Ada"), h.signIn("Bob")
	unread := func(want int) {
		t.Helper()
		b, err := h.Belonging(t.Context(), chat.General, bob.ID)
		if err != nil || b.Unread != want {
			t.Errorf("%d unread, want %d, %v", b.Unread, want, err)
		}
	}
	var messages []chat.Event
	for n := range 600 { // more than are counted at once
		messages = append(messages, h.say(ada, fmt.Sprint(n), "x"))
	}
	unread(600)
	h.must(h.react(ada, "r", messages[0].ID, "👍", true))
	h.must(h.edit(ada, "e", messages[0].ID, "y"))
	unread(600)
	for i, n := range []int{0, 300, 599} { // counted long ago, and not yet
		h.must(h.remove(ada, fmt.Sprint("d", n), messages[n].ID))
		unread(599 - i)
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ada, bob := h.signIn("Ada"), h.signIn("Bob")
	if _, err := h.createRoom(ada, "tea", "Tea", "old"); err != nil {
		t.Fatal(err)
	}
	to := func(s string) *string { return &s }
	is := func(room chat.RoomID, name, topic string, head uint64) {
		t.Helper()
		r, err := h.Room(t.Context(), room)
		if err != nil || r.Name != name || r.Topic != topic || r.Head != head {
			t.Errorf("%+v, %v", r, err)
		}
	}
	e := h.must(h.describe(ada, "tea", to("  Tea \n room "), nil))
	if name, topic, ok := e.Describes(); !ok || name != "Tea room" || topic != "old" || e.Kind != chat.KindRoom || e.Seq != 2 || e.Counts {
		t.Errorf("%+v", e)
	}
	is("tea", "Tea room", "old", 2)
	h.must(h.describe(ada, "tea", nil, to("")))
	is("tea", "Tea room", "", 3)
	if e := h.must(h.describe(ada, "tea", to("Tea room"), nil)); e.Seq != 0 {
		t.Errorf("nothing changed, but %v", &e)
	}
	h.must(h.describe(ada, "tea", nil, nil))
	is("tea", "Tea room", "", 3)

	_, err := h.describe(bob, "tea", nil, to("mine"))
	wantCode(t, err, chat.Forbidden)
	_, err = h.describe(ada, "nowhere", nil, to("x"))
	wantCode(t, err, chat.NotFound)
	for _, bad := range []string{"", " ", "\u200b", strings.Repeat("x", 81), "a\u202eb", "a\x01"} {
		_, err = h.describe(ada, "tea", &bad, nil)
		wantCode(t, err, chat.Invalid)
	}
	_, err = h.describe(ada, "tea", nil, to(strings.Repeat("x", 251)))
	wantCode(t, err, chat.Invalid)
	is("tea", "Tea room", "", 3)

	h.must(h.describe(bob, chat.General, nil, to("all of us")))
	h.must(h.describe(bob, chat.General, to("General"), to("everybody")))
	_, err = h.describe(bob, chat.General, to("Mine"), to("x"))
	wantCode(t, err, chat.Forbidden)
	is(chat.General, "General", "everybody", 2)
}
