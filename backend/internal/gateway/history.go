package gateway

import (
	"net/url"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

const (
	pastMessages = 500    // that a client of /websocket is shown first
	pastEvents   = 10_000 // among which they are looked for
	pastPage     = 500    // events that are read at once for that
)

// wishForChat: /websocket is about general, and asks for nothing.
func wishForChat(v *wish, _ url.Values) error {
	v.mode, v.begin = "chat", (*plain).beginChat
	return nil
}

// beginChat begins a client of /websocket: it is shown the newest messages, and
// then what comes. Names come with the messages.
func (p *plain) beginChat() {
	g := &guest{plain: p, dialect: inChat, read: (*guest).object}
	if p.wish.page {
		g.dialect = inPage
	}
	if g.appear() {
		p.tails.Go(g.retell)
	}
	g.announce()
	p.client.Start(g)
}

// object is a message with the name of who says it. One without a name bears
// the guest's own.
func (g *guest) object(body []byte) {
	var name, text string
	if e := protocol.DecodeObject(body, map[string]*string{"username": &name, "text": &text}); e != nil {
		g.dismiss(websocket.CloseInvalidText, e.Detail)
		return
	}
	if name != "" {
		clean, err := chat.CleanUserName(name)
		if err != nil {
			g.dismiss(websocket.CloseInvalidText, chat.AsError(err).Detail)
			return
		}
		name = clean
	}
	g.publish(name, text)
}

// retell shows the client the newest messages, and what comes after them. It
// has its place in the topic already.
func (g *guest) retell() {
	after, head, err := g.past()
	if err != nil {
		g.unreadable()
		return
	}
	g.pursue(after, head-after+mayMiss)
}

// past finds the event behind which the newest messages begin, reading
// backwards, and the head of the log.
func (g *guest) past() (after, head uint64, err error) {
	messages, events := 0, 0
	for before := uint64(0); ; {
		var page chat.Page
		err = g.hub.InTurn(func() (err error) {
			page, err = g.hub.chat.Earlier(g.hub.base, g.wish.room, before, pastPage)
			return err
		})
		if err != nil {
			return 0, 0, err
		}
		if before == 0 {
			head, after = page.Head, page.Head
		}
		for i := len(page.Events) - 1; i >= 0; i-- {
			e := &page.Events[i]
			after, before = e.Seq-1, e.Seq
			events++
			if protocol.PlainShows(e) {
				messages++
			}
			if messages == pastMessages || events == pastEvents {
				return after, head, nil
			}
		}
		if !page.More || len(page.Events) == 0 {
			return after, head, nil
		}
	}
}
