package chat_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

func (h *house) todo(by chat.User, c chat.TodoCommand) (chat.Event, error) {
	c.Room = chat.General
	return wait(func(answer func(chat.Event, error)) { h.Todo(by, c, answer) })
}

// add puts an item on general's list.
func (h *house) add(by chat.User, id, body string) chat.Event {
	h.t.Helper()
	return h.must(h.todo(by, chat.TodoCommand{ID: id, Body: body, On: true}))
}

// todos spells what is open in general: "2 milk, 4 tea".
func (h *house) todos() string {
	h.t.Helper()
	p, err := h.Todos(h.t.Context(), chat.General)
	if err != nil {
		h.t.Fatal(err)
	}
	var list []string
	for _, e := range p.Events {
		list = append(list, fmt.Sprint(e.Seq, " ", e.Body))
	}
	return strings.Join(list, ", ")
}

func TestTodo(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ada, bob := h.signIn("Ada"), h.signIn("Bob")
	milk := h.add(ada, "1", "buy milk")
	if milk.Seq != 1 || milk.Kind != chat.KindTodo || milk.Body != "buy milk" || !milk.On || milk.Target != 0 ||
		milk.Counts || milk.Changes != 0 || milk.Ref != "1" || milk.Name != "Ada" {
		t.Errorf("%+v", milk)
	}
	h.add(bob, "1", "tea")
	h.add(bob, "2", "  buy \r\n\t milk\u2028")
	h.add(bob, "3", "Buy milk")
	for n, step := range []struct {
		c    chat.TodoCommand
		want string // the list then
		on   chat.EventID
	}{
		{chat.TodoCommand{Message: milk.ID.String()}, "2 tea, 3 buy milk, 4 Buy milk", milk.ID},
		{chat.TodoCommand{Message: milk.ID.String(), On: true}, "1 buy milk, 2 tea, 3 buy milk, 4 Buy milk", milk.ID},
		{chat.TodoCommand{Message: milk.ID.String(), On: true}, "1 buy milk, 2 tea, 3 buy milk, 4 Buy milk", milk.ID},
		{chat.TodoCommand{Body: " buy\nmilk "}, "2 tea, 4 Buy milk", 0},
		{chat.TodoCommand{Message: milk.ID.String(), On: true}, "1 buy milk, 2 tea, 4 Buy milk", milk.ID},
		{chat.TodoCommand{Body: "buy milk"}, "2 tea, 4 Buy milk", 0},
	} {
		step.c.ID = fmt.Sprint("step ", n)
		e := h.must(h.todo(bob, step.c))
		if got := h.todos(); got != step.want {
			t.Errorf("after %+v there is %s, want %s", step.c, got, step.want)
		}
		if e.Seq != uint64(5+n) || e.Body != "buy milk" || e.On != step.c.On || e.Target != step.on || e.Counts || e.Changes != 0 { //nolint:gosec // small
			t.Errorf("%+v: %+v", step.c, e)
		}
		if again := h.must(h.todo(bob, step.c)); again.Seq != e.Seq {
			t.Errorf("%+v: the second answer is %v", step.c, &again)
		}
	}
	if got := h.shown(1); got.Shown != nil || got.Body != "buy milk" {
		t.Errorf("in a page it is %+v", got)
	}
}

func TestTodoIsRefused(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ada := h.signIn("Ada")
	said := h.say(ada, "m", "hello")
	tea := h.add(ada, "tea", "tea")
	done := h.must(h.todo(ada, chat.TodoCommand{ID: "done", Message: tea.ID.String()}))
	if _, err := h.createRoom(ada, "tea", "Tea", ""); err != nil {
		t.Fatal(err)
	}
	elsewhere, err := wait(func(answer func(chat.Event, error)) {
		h.Todo(ada, chat.TodoCommand{ID: "elsewhere", Room: "tea", Body: "leaves", On: true}, answer)
	})
	if err != nil {
		t.Fatal(err)
	}
	item := func(id chat.EventID, on bool) chat.TodoCommand { return chat.TodoCommand{Message: id.String(), On: on} }
	for n, step := range []struct {
		c    chat.TodoCommand
		code chat.Code
	}{
		{chat.TodoCommand{On: true}, chat.Invalid},
		{chat.TodoCommand{Body: " \n\u200b\x01", On: true}, chat.Invalid},
		{chat.TodoCommand{Body: " "}, chat.Invalid},
		{chat.TodoCommand{Body: strings.Repeat("茶", 1001), On: true}, chat.TooLong},
		{chat.TodoCommand{Body: strings.Repeat("x", 1001)}, chat.TooLong},
		{chat.TodoCommand{Body: "tea"}, chat.NotFound},
		{chat.TodoCommand{Body: "leaves"}, chat.NotFound},
		{item(tea.ID, false), chat.NotFound},
		{item(done.ID, false), chat.NotFound},
		{item(done.ID, true), chat.NotFound},
		{item(said.ID, true), chat.NotFound},
		{item(elsewhere.ID, false), chat.NotFound},
		{item(elsewhere.ID, true), chat.NotFound},
		{item(1, true), chat.NotFound},
		{chat.TodoCommand{Message: "nonsense"}, chat.NotFound},
	} {
		step.c.ID = fmt.Sprint(n)
		_, err := h.todo(ada, step.c)
		if chat.AsError(err).Code != step.code {
			t.Errorf("%+.50v: %v, want %s", step.c, err, step.code)
		}
	}
	_, err = wait(func(answer func(chat.Event, error)) {
		h.Todo(ada, chat.TodoCommand{ID: "x", Room: "nowhere", Body: "tea", On: true}, answer)
	})
	wantCode(t, err, chat.NotFound)
	if head := h.say(ada, "last", "x").Seq; head != 4 {
		t.Errorf("%d events were written by what was refused", head-4)
	}
	long := h.add(ada, "long", strings.Repeat("茶", 1000))
	if got := h.must(h.todo(ada, chat.TodoCommand{ID: "long off", Body: long.Body})); got.Seq != long.Seq+1 {
		t.Errorf("%v", &got)
	}
}

// A list has an end. What was taken before is answered all the same.
func TestTodosAreLimited(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ada := h.signIn("Ada")
	first := h.add(ada, "first", "first")
	h.must(h.todo(ada, chat.TodoCommand{ID: "off", Message: first.ID.String()}))
	for n := range chat.MaxListed - 1 {
		h.Todo(ada, chat.TodoCommand{ID: fmt.Sprint(n), Room: chat.General, Body: "x", On: true}, func(_ chat.Event, err error) {
			if err != nil {
				t.Error(err)
			}
		})
	}
	last := h.add(ada, "last", "y")
	_, err := h.todo(ada, chat.TodoCommand{ID: "one more", Body: "z", On: true})
	wantCode(t, err, chat.Forbidden)
	_, err = h.todo(ada, chat.TodoCommand{ID: "again", Message: first.ID.String(), On: true})
	wantCode(t, err, chat.Forbidden)
	h.must(h.todo(ada, chat.TodoCommand{ID: "open is open", Message: last.ID.String(), On: true}))
	if again := h.add(ada, "last", "y"); again.Seq != last.Seq {
		t.Errorf("the second answer is %v", &again)
	}
	h.must(h.todo(ada, chat.TodoCommand{ID: "all", Body: "x"}))
	if got := h.todos(); got != fmt.Sprint(last.Seq, " y") {
		t.Errorf("there is %s", got)
	}
	h.must(h.todo(ada, chat.TodoCommand{ID: "again", Message: first.ID.String(), On: true})) // errors are not remembered
}

// One id is one command, whatever it does; without an id each is its own.
func TestTodosAreRepeated(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ada, bob := h.signIn("Ada"), h.signIn("Bob")
	milk := h.add(ada, "add", "milk")
	off := h.must(h.todo(ada, chat.TodoCommand{ID: "off", Body: "milk"}))
	if again := h.add(ada, "add", "milk"); again.Seq != milk.Seq || again.ID != milk.ID || h.todos() != "" {
		t.Errorf("%v, and there is %s", &again, h.todos())
	}
	if again := h.must(h.todo(ada, chat.TodoCommand{ID: "off", Body: "milk"})); again.Seq != off.Seq {
		t.Errorf("%v", &again)
	}
	for _, c := range []chat.TodoCommand{
		{ID: "add", Body: "milk"},
		{ID: "add", Body: " milk", On: true},
		{ID: "off", Body: "milk", On: true},
		{ID: "off", Message: milk.ID.String()},
		{ID: "off", Message: "m_0000000000001"},
	} {
		_, err := h.todo(ada, c)
		wantCode(t, err, chat.Conflict)
	}
	_, err := h.send(ada, chat.SendCommand{ID: "add", Room: chat.General, Body: "milk"})
	wantCode(t, err, chat.Conflict)
	h.add(bob, "add", "milk")
	for range 2 {
		h.add(bob, "", "tea")
	}
	if got := h.todos(); got != "3 milk, 4 tea, 5 tea" {
		t.Errorf("there is %s", got)
	}
	h.must(h.todo(bob, chat.TodoCommand{Body: "tea"}))
	_, err = h.todo(bob, chat.TodoCommand{Body: "tea"})
	wantCode(t, err, chat.NotFound)
}
