package gateway

import (
	"net/url"
	"strings"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// lister is a plain client of /todo. Each of its frames is a command, and is
// answered with the room's list as it is behind that command's commit; nothing
// else is ever sent to it.
type lister struct {
	*plain

	refused error // why the last command was not taken; done before settle returns
}

func (p *plain) beginTodos() { p.client.Start(&lister{plain: p}) }

func wishForTodos(v *wish, q url.Values) error {
	if room := q.Get("room"); room != "" {
		v.room = chat.RoomID(strings.Clone(room))
	}
	v.mode, v.begin = "todo", (*plain).beginTodos
	return nil
}

// Receive takes one command. No other is read before that one is answered, nor
// while answers wait for who does not read them: the transport sees to that.
func (l *lister) Receive(m websocket.Message) {
	if m.Type != websocket.TextMessage {
		l.dismiss(websocket.CloseUnsupported, "send text frames")
		return
	}
	if !l.pace(l.opPace) {
		return
	}
	word, item, _ := strings.Cut(string(m.Body), " ")
	if strings.IndexByte(item, 0) >= 0 {
		l.dismiss(websocket.CloseInvalidText, "text may not hold U+0000")
		return
	}
	if (word == "add" || word == "done") && !l.change(item, word == "add") {
		return
	}
	l.list()
}

// change adds an item or ticks off all of that text, and waits until it is
// done. It returns false where the client was closed for it. What is blank or
// not on the list changes nothing.
func (l *lister) change(item string, add bool) bool {
	l.submit("")
	l.refused = nil
	command := chat.TodoCommand{Room: l.wish.room, Body: item, On: add}
	l.hub.chat.Todo(l.author(), command, func(_ chat.Event, err error) {
		if l.refused = err; err == nil {
			l.stored.Store(true)
		}
		l.answered("")
	})
	l.settle()
	if l.refused == nil {
		return true
	}
	if e := chat.AsError(l.refused); e.Code == chat.NotFound || e.Field == "body" {
		return true
	}
	l.refuse(l.refused)
	return false
}

func (l *lister) list() {
	err := l.hub.InTurn(func() error {
		page, err := l.hub.chat.Todos(l.hub.base, l.wish.room)
		if err != nil {
			return err
		}
		l.hub.Told(l.wish.room, page.Head)
		_ = l.client.Send(websocket.Text(protocol.PlainTodos(page.Events, l.wish.page))) // who is closing needs none
		return nil
	})
	if err != nil {
		l.refuse(err)
	}
}
