package gateway_test

import (
	"testing"

	ws "github.com/gorilla/websocket"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// What is long is some megabytes each: however many ask for it at once, and
// read none of it, a few are given it at a time.
func TestLongReadingsAreInTurn(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/todo":      "Current Todos: \n\n - milk\n\n----------------------------------------",
		"/websocket": `{"username":"bob","text":"hi"}`,
	} {
		n := start(t)
		n.says("hi")
		done := make(chan error, 1)
		n.chat.Todo(bob, chat.TodoCommand{Room: chat.General, Body: "milk", On: true}, func(_ chat.Event, err error) { done <- err })
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		n.store.patient.Store(true)
		var all []*ws.Conn
		for range 20 {
			c := n.plain(path)
			if path == "/todo" {
				if err := c.WriteMessage(ws.TextMessage, []byte("list")); err != nil {
					t.Fatal(err)
				}
			}
			all = append(all, c)
		}
		for _, c := range all {
			if _, text, err := c.ReadMessage(); err != nil || string(text) != want {
				t.Errorf("%q %v", text, err)
			}
		}
		select {
		case <-n.store.crowd:
			t.Errorf("%s: more than two read the store at once", path)
		default:
		}
	}
}
