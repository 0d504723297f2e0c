package gateway

import (
	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// guest is a plain client in a room, which it is shown in a dialect.
type guest struct {
	*plain

	dialect dialect
	topic   string
	read    func(*guest, []byte) // what it says
}

// beginLines begins a client of /ws: of what was said before it hears nothing.
func (p *plain) beginLines() {
	g := &guest{plain: p, dialect: inText, read: (*guest).line}
	if p.wish.mode == modeJSON {
		g.dialect, g.read = inJSON, (*guest).opaque
	}
	if g.appear() {
		p.hub.pool.FollowNow(p.client, g.topic)
	}
	g.announce()
	p.client.Start(g)
}

// appear brings the client into the room, with a place in the dialect's topic
// that does not follow yet. It is false where the client is gone already.
func (g *guest) appear() bool {
	g.enter(g.wish.room)
	g.topic = dialectTopic(g.dialect, g.wish.room)
	g.spot.feed.heed(g.dialect)
	return g.hub.pool.Subscribe(g.client, g.topic, false)
}

// announce tells clients of the json form that somebody came; who is of it too
// hears that of itself first, and then of those who come later.
func (g *guest) announce() {
	joined := websocket.Text([]byte(protocol.PlainJoined))
	topic := noticesTopic(g.wish.room)
	g.hub.pool.Broadcast(topic, 0, joined)
	if g.dialect != inJSON {
		return
	}
	_ = g.client.Send(joined) // who is closing needs none
	g.hearNotices()
}

// hearNotices lets the client hear of comings and goings. Its place is none
// that may skip them: those are written later than what is said meanwhile.
func (g *guest) hearNotices() {
	topic := noticesTopic(g.wish.room)
	if g.hub.pool.Subscribe(g.client, topic, false) {
		g.hub.pool.FollowNow(g.client, topic)
	}
}

// Receive takes one message from the client.
func (g *guest) Receive(m websocket.Message) {
	if m.Type != websocket.TextMessage {
		g.dismiss(websocket.CloseUnsupported, "send text frames")
		return
	}
	g.read(g, m.Body)
}

// opaque is a message as it is.
func (g *guest) opaque(body []byte) { g.publish("", string(body)) }

// line is a message in one line.
func (g *guest) line(body []byte) { g.publish("", protocol.OneLine(string(body))) }

// Lag hears that the client fell out of its topic's window: it is shown the
// rest from the store. Comings and goings that it has missed it does without.
func (g *guest) Lag(topic string, after uint64) {
	if topic != g.topic {
		g.tails.Go(g.hearNotices)
		return
	}
	g.hub.log.Debug("a plain client fell behind", "user", g.user.ID, "room", g.wish.room)
	g.tails.Go(func() {
		if g.hub.pool.Subscribe(g.client, topic, false) {
			g.pursue(after, mayMiss)
		}
	})
}

// Closed ends the Session. That it went is told when what it said was stored.
func (g *guest) Closed(code int, reason string) {
	g.settle()
	g.spot.feed.unheed(g.dialect)
	g.Session.Closed(code, reason)
	g.hub.pool.Broadcast(noticesTopic(g.wish.room), 0, websocket.Text([]byte(protocol.PlainLeft)))
}

// mayMiss is how many events a plain client may be behind the log, when it has
// fallen out of the window of its topic.
const mayMiss = chat.MaxDelta

// pursue shows the client the events behind after from the store, the next
// piece only when the socket has taken the one before, until the topic can be
// followed. However slowly the client reads, that costs no more memory. Who was
// behind by more than mayMiss to begin with, as it is shown what was said
// before it came, may be by slack; from wherever it has come nearest, it may
// fall back by mayMiss again.
func (g *guest) pursue(after, slack uint64) {
	var frame []byte
	for g.client.Drained() == nil {
		page, err := g.following(after)
		if err != nil {
			g.unreadable()
			return
		}
		behind := page.Head - min(page.Head, after)
		if behind > slack {
			g.client.Close(websocket.CloseTryLater, reasonBehind)
			return
		}
		slack = max(mayMiss, min(slack, behind+mayMiss))
		for i := range page.Events {
			e := &page.Events[i]
			if protocol.PlainShows(e) {
				frame = g.dialect.append(frame[:0], e)
				_ = g.client.Send(websocket.Text(frame)) // Drained tells when it is closing
			}
			after = e.Seq
		}
		if after >= page.Head && g.hub.pool.Follow(g.client, g.topic, after) {
			return
		}
	}
}

const reasonBehind = "too far behind; come back later"

// unreadable ends a client that cannot be shown what it is to see.
func (g *guest) unreadable() {
	g.client.Close(websocket.CloseTryLater, "the server cannot read this room right now; come back later")
}

func (g *guest) following(after uint64) (page chat.Page, err error) {
	err = g.hub.InTurn(func() (err error) {
		page, err = g.hub.chat.Following(g.hub.base, g.wish.room, after, tailBytes)
		return err
	})
	return page, err
}
