package websocket

import (
	"errors"
	"math"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	gws "github.com/gorilla/websocket"
)

// Upgrade is how a handshake is to be answered.
type Upgrade struct {
	// CheckOrigin decides about the Origin header. It must be set: browsers
	// let any page open a WebSocket to anywhere.
	CheckOrigin func(*http.Request) bool
	// Subprotocols that the server speaks, the best first.
	Subprotocols []string
	// Refuse writes the answer to a handshake that fails.
	Refuse func(w http.ResponseWriter, r *http.Request, status int, reason string)
	// Hold keeps the answer to the handshake back until Start or Close, and
	// with it all that is sent and broadcast before: that leaves behind it, in
	// the same write where that is small.
	Hold bool
	// Stall is after how long a client whose full socket took no byte is closed
	// with CloseTryLater; 0: it is left to IdleTimeout.
	Stall time.Duration
}

// ErrShut is the answer to a handshake while the pool is going down.
var ErrShut = errors.New("websocket: the server is going down")

// Upgrade turns the request into a Client that is registered with the pool.
// Where it fails it has answered, or closed the connection of a client that
// did not wait for the answer. The caller sets the Client going with Start, or
// ends it with Close.
func (p *Pool) Upgrade(w http.ResponseWriter, r *http.Request, u Upgrade) (*Client, error) {
	if p.isShut() {
		u.Refuse(w, r, http.StatusServiceUnavailable, "the server is going down")
		return nil, ErrShut
	}
	if status, reason := handshakeFault(r); status != 0 {
		switch status {
		case http.StatusMethodNotAllowed:
			w.Header().Set("Allow", http.MethodGet)
		case http.StatusUpgradeRequired:
			w.Header().Set("Upgrade", "websocket")
			w.Header().Set("Connection", "Upgrade")
			w.Header().Set("Sec-WebSocket-Version", "13")
		}
		u.Refuse(w, r, status, reason)
		return nil, errors.New("websocket: " + reason)
	}
	upgrader := gws.Upgrader{
		ReadBufferSize:  0,              // the one that the hijacker brings
		WriteBufferPool: noWriteBuffers, // gorilla writes control frames alone
		Subprotocols:    u.Subprotocols,
		CheckOrigin:     u.CheckOrigin,
		Error: func(w http.ResponseWriter, r *http.Request, status int, reason error) {
			u.Refuse(w, r, status, strings.TrimPrefix(reason.Error(), "websocket: "))
		},
	}
	h := &hijacker{ResponseWriter: w, hold: u.Hold}
	conn, err := upgrader.Upgrade(h, r, nil)
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(p.opts.ReadLimit)
	c := &Client{pool: p, conn: conn, socket: h.socket}
	c.changed.L = &c.mu
	conn.SetPingHandler(c.pinged)
	conn.SetPongHandler(c.ponged)
	conn.SetCloseHandler(c.closed)
	c.asked.Store(c.alive())
	c.private.finished(h.socket.answer)
	h.socket.answer, h.socket.client = nil, c
	c.holding, c.writing = u.Hold, u.Hold
	c.stall = int32(min(u.Stall.Milliseconds(), math.MaxInt32)) //nolint:gosec // it fits now
	p.adopt(c)
	if !p.register(c) {
		c.hangUp() // went down meanwhile: nothing is owed to it
		return nil, ErrShut
	}
	if c.descriptor != nil && p.poller.watch(c, c.descriptor) != nil {
		c.cut(endedBadly) // or somebody has already
	}
	return c, nil
}

// noWriteBuffers is what gorilla would take the buffers for messages from.
var noWriteBuffers = new(sync.Pool)

// adopt makes the client's connection one that the poller can watch, where that
// is possible. Nobody else knows the client yet.
func (p *Pool) adopt(c *Client) {
	if _, ok := c.socket.Conn.(*net.TCPConn); !ok {
		return
	}
	p.startPolling()
	if p.poller == nil {
		return
	}
	if d := takeOver(c.socket.Conn); d != nil {
		c.descriptor, c.socket.Conn = d, nil
	}
}

// handshakeFault finds what gorilla answers less precisely.
func handshakeFault(r *http.Request) (status int, reason string) {
	switch {
	case r.Method != http.MethodGet:
		return http.StatusMethodNotAllowed, "a WebSocket begins with GET"
	case !gws.IsWebSocketUpgrade(r):
		return http.StatusUpgradeRequired, "this address speaks WebSocket only"
	case r.Header.Get("Sec-Websocket-Version") != "13":
		return http.StatusUpgradeRequired, "only version 13 of WebSocket is spoken here"
	}
	return 0, ""
}
