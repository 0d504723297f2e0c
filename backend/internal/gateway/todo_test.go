package gateway_test

import (
	"testing"
	"time"

	ws "github.com/gorilla/websocket"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// Long lists are some megabytes each: however many ask at once, and read none
// of it, a few are read at a time.
func TestListsAreReadInTurn(t *testing.T) {
	t.Parallel()
	n := start(t)
	done := make(chan error, 1)
	n.chat.Todo(bob, chat.TodoCommand{Room: chat.General, Body: "milk", On: true}, func(_ chat.Event, err error) { done <- err })
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	var all []*ws.Conn
	for range 20 {
		all = append(all, n.plain("/todo"))
	}
	for _, c := range all {
		if err := c.WriteMessage(ws.TextMessage, []byte("list")); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range all {
		if _, text, err := c.ReadMessage(); err != nil || string(text) != "Current Todos: \n\n - milk\n\n----------------------------------------" {
			t.Errorf("%q %v", text, err)
		}
	}
	select {
	case <-n.store.crowd:
		t.Error("more than two lists were read at once")
	default:
	}
}

// listWait is how long one who reads a list waits for a third to come.
const listWait = 20 * time.Millisecond
