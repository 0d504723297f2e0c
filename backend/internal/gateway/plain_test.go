package gateway_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	ws "github.com/gorilla/websocket"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// chatter connects to /websocket.
func (n *node) chatter() *ws.Conn {
	n.t.Helper()
	return n.plain("/websocket")
}

// plain connects to an endpoint, as a program does.
func (n *node) plain(path string) *ws.Conn {
	n.t.Helper()
	c, response, err := new(ws.Dialer).DialContext(n.t.Context(), n.url+path, nil)
	if err != nil {
		n.t.Fatal(err)
	}
	_ = response.Body.Close()
	n.t.Cleanup(func() { _ = c.Close() })
	_ = c.SetReadDeadline(time.Now().Add(30 * time.Second))
	return c
}

// hears reads these messages of bob's, and no other between them.
func (n *node) hears(c *ws.Conn, want ...string) {
	n.t.Helper()
	for i, w := range want {
		_, got, err := c.ReadMessage()
		if err != nil || string(got) != fmt.Sprintf(`{"username":"bob","text":%q}`, w) {
			n.t.Fatalf("%d of %d: heard %s %v, want %s", i+1, len(want), got, err, w)
		}
	}
}

var bob = chat.User{ID: "u_bob", Name: "bob", Role: chat.Guest}

// says sends messages, and returns when they are stored.
func (n *node) says(texts ...string) {
	n.t.Helper()
	done := make(chan error, len(texts))
	for _, text := range texts {
		n.chat.Send(bob, chat.SendCommand{Room: chat.General, Body: text}, func(_ chat.Event, err error) { done <- err })
	}
	for range texts {
		if err := <-done; err != nil {
			n.t.Fatal(err)
		}
	}
}

// stirs appends so many events that plain clients are not shown.
func (n *node) stirs(events int) {
	n.t.Helper()
	done := make(chan error, events)
	for range events {
		n.stirred++
		id := n.stirred
		n.store.InRoom(chat.General, func(tx chat.Tx) error {
			tx.Append(chat.Event{Kind: "stir", User: bob.ID, Name: bob.Name, ID: id})
			return nil
		}, func(o chat.Outcome, err error) {
			if err == nil {
				n.broker.Publish(o.Event)
			}
			done <- err
		})
	}
	for range events {
		if err := <-done; err != nil {
			n.t.Fatal(err)
		}
	}
}

func numbers(from, to int) (list []string) {
	for i := from; i < to; i++ {
		list = append(list, fmt.Sprint(i))
	}
	return list
}

// The newest 500 messages are found among events that are not shown, up to
// 10,000 of them back.
func TestPastOfPlainClients(t *testing.T) {
	t.Parallel()
	n := start(t)
	n.hears(n.chatter()) // of an empty room
	n.says(numbers(0, 300)...)
	n.stirs(700) // more than is read at once
	n.says(numbers(300, 600)...)
	c := n.chatter()
	n.hears(c, numbers(100, 600)...)
	n.says("600")
	n.hears(c, "600")
	n.stirs(9899)
	few := n.chatter()
	n.hears(few, numbers(600-100, 601)...) // with those of the newest 10,000 events
	n.says("601")
	n.hears(c, "601")
	n.hears(few, "601")
}

// What is said while somebody is shown the past is shown once.
func TestPastWhileSomebodyTalks(t *testing.T) {
	t.Parallel()
	n := start(t)
	n.says(numbers(0, 10)...)
	var c *ws.Conn
	between := func() { n.says("between") }
	n.store.meanwhile.Store(&between)
	c = n.chatter()
	n.hears(c, append(numbers(0, 10), "between")...)
	n.says("after")
	n.hears(c, "after")
}

func (n *node) closedWith(c *ws.Conn, code int) {
	n.t.Helper()
	for {
		_, _, err := c.ReadMessage()
		if err == nil {
			continue
		}
		var closed *ws.CloseError
		if !errors.As(err, &closed) || closed.Code != code || closed.Text == "" {
			n.t.Errorf("ended with %v, want %d", err, code)
		}
		return
	}
}

// Nothing that a plain client says is lost in silence.
func TestPlainClientsHearOfFailures(t *testing.T) {
	t.Parallel()
	n := start(t)
	c := n.chatter()
	n.store.full.Store(true)
	if err := c.WriteMessage(ws.TextMessage, []byte(`{"username":"bob","text":"lost"}`)); err != nil {
		t.Fatal(err)
	}
	n.closedWith(c, ws.CloseTryAgainLater)
	n.store.full.Store(false)
	n.store.blind.Store(true)
	n.closedWith(n.chatter(), ws.CloseTryAgainLater)
	n.store.blind.Store(false)
	c = n.chatter()
	n.says("found")
	n.hears(c, "found")
}
