package gateway

import (
	"net/url"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// wishForEcho: /echo mirrors, or says hello.
func wishForEcho(v *wish, q url.Values) error {
	switch q.Get("mode") {
	case "", modeEcho:
		v.mode, v.begin = modeEcho, (*plain).beginEcho
	case modeHello:
		v.mode, v.begin = modeHello, (*plain).beginHello
	default:
		return chat.InvalidField("mode", "mode is echo or hello")
	}
	return nil
}

// mirror is a client that gets back what it sends.
type mirror struct{ *plain }

// beginMirror begins a client of /ws that asks for an echo: it is in no room,
// and hears of nobody.
func (p *plain) beginMirror() { p.client.Start(mirror{p}) }

// beginEcho begins a client of /echo, which gets what is pushed too.
func (p *plain) beginEcho() {
	p.hearPushes()
	p.client.Start(mirror{p})
}

func (p *plain) hearPushes() {
	topic := pushTopic
	if p.wish.page {
		topic = pushPagesTopic
	}
	if p.hub.pool.Subscribe(p.client, topic, false) {
		p.hub.pool.FollowNow(p.client, topic)
	}
}

// Receive sends one message back, whatever its kind.
func (m mirror) Receive(message websocket.Message) {
	if m.pace(m.opPace) {
		_ = m.client.Send(message) // who is closing gets nothing back
	}
}

// Lag hears that the client fell out of the window of what is pushed: nothing
// keeps that for it.
func (m mirror) Lag(string, uint64) { m.client.Close(websocket.CloseTryLater, reasonBehind) }

// greeter is a client that is told hello, and to whose words nobody listens.
type greeter struct{ mirror }

const (
	hello      = "hello"
	helloEvery = 2 * time.Second
)

// beginHello begins a client of /echo that asks for a hello, at once and again
// and again.
func (p *plain) beginHello() {
	p.hearPushes()
	_ = p.client.Send(websocket.Text([]byte(hello)))
	p.tails.Go(func() {
		for p.client.Pause(helloEvery) == nil {
			p.client.Offer(websocket.Text([]byte(hello)))
		}
	})
	p.client.Start(greeter{mirror{p}})
}

// Receive reads what the client says, at its pace, and does nothing with it.
func (g greeter) Receive(websocket.Message) { g.pace(g.opPace) }

// Push sends a text to every client of /echo.
func (h *Hub) Push(text string) {
	h.pool.Broadcast(pushTopic, 0, websocket.Text([]byte(text)))
	h.pool.Broadcast(pushPagesTopic, 0, websocket.Text([]byte(protocol.ForMarkup(text))))
}
