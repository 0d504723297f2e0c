package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// Who is too fast is answered all the same, later.
func TestTodoPlainIsPaced(t *testing.T) {
	t.Parallel()
	h := open(t, "OP_RATE=20", "OP_BURST=5")
	l := h.lists("/todo", "")
	began := time.Now()
	for n := range 15 {
		l.say(fmt.Sprint("add ", n))
	}
	for n := range 15 {
		if got := l.answer(); strings.Count(got, "\n - ") != n+1 || !strings.Contains(got, fmt.Sprintf("\n - %d\n\n-", n)) {
			t.Errorf("answer %d is %q", n, got)
		}
	}
	if took := time.Since(began); took < 400*time.Millisecond {
		t.Errorf("15 commands took %s", took)
	}
}

// Each room has a list; it is the same for both kinds of client.
func TestTodoPlainAndProtocolShareLists(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.signIn("Ada")
	ada.room("tea")
	c := ada.dial()
	c.join("general")
	c.join("tea")
	l, tea := h.lists("/todo?name=Vera", ""), h.lists("/todo?room=tea", "")
	l.ask("add milk", "milk")
	e := c.event("general")
	if e.Kind != "todo" || e.Body != "milk" || e.User.Name != "Vera" || e.Ref != "" || !strings.Contains(e.raw, `"on":true`) || strings.Contains(e.raw, `"message"`) {
		t.Error(e.raw)
	}
	tea.ask("list")
	tea.ask("add leaves", "leaves")
	if e := c.event("tea"); e.Body != "leaves" {
		t.Error(e.raw)
	}
	c.ok(cmd{"op": "todo", "room": "general", "body": "bread", "on": true})
	c.event("general")
	l.ask("list", "milk", "bread")
	c.ok(cmd{"op": "todo", "room": "general", "message": e.ID})
	c.event("general")
	l.ask("list", "bread")
	c.ok(cmd{"op": "todo", "room": "general", "message": e.ID, "on": true})
	c.event("general")
	l.ask("done milk", "bread")
	if e := c.event("general"); e.Body != "milk" || !strings.Contains(e.raw, `"on":false`) || strings.Contains(e.raw, `"message"`) {
		t.Error(e.raw)
	}
	l.ask("done milk", "bread") // is not there: no event
	c.none("event", "general")

	// Who brings a bearer is that user; a cookie says nothing here.
	h.listsAs("/todo", http.Header{"Authorization": {"Bearer " + ada.token}}).ask("add tea", "bread", "tea")
	if e := c.event("general"); e.User.ID != ada.ID || e.User.Name != "Ada" {
		t.Error(e.raw)
	}
	h.listsAs("/todo", ada.header()).ask("add tea", "bread", "tea", "tea")
	if e := c.event("general"); e.User.ID == ada.ID {
		t.Error(e.raw)
	}

	d := websocket.Dialer{HandshakeTimeout: patience}
	for path, status := range map[string]int{"/todo?room=nowhere": http.StatusNotFound, "/todo?name=%20": http.StatusBadRequest, "/todo?token=x": http.StatusBadRequest} {
		_, answer, err := d.DialContext(t.Context(), "ws://"+h.addr+path, nil)
		if err == nil || answer == nil {
			t.Fatalf("%s: %v", path, err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != status {
			t.Errorf("%s: %s", path, answer.Status)
		}
	}
}
