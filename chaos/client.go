package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"github.com/teahouse-chat/teahouse/chaos/history"
)

// client is one guest who talks as fast as answers come and never gives up: it
// reconnects, joins again where it stood, and sends again what was not answered.
// All it learns goes into its history.
type client struct {
	n      int
	site   *site
	cookie string
	self   user
	window int // sends in flight
	rng    *rand.Rand
	log    *history.Writer
	clock  func() int64
	talk   *atomic.Bool // while true, new messages are written

	conn    int
	made    int
	pending []command // sent and not answered, in the order of sending
	kept    []command // answered, some of them
	again   *command  // of those, to be sent once more
	seen    map[string]*seen

	mu    sync.Mutex // guards places and open for progress
	rooms []string
	place map[string]*place
	open  int // len(pending)
}

// place is where the client stands in a room.
type place struct {
	after  uint64
	epoch  string
	asked  int64 // when the running join was sent
	joined bool
}

func (c *client) run(ctx context.Context) {
	defer c.log.Flush()
	wait := newBackoff(c.rng)
	for ctx.Err() == nil {
		before := c.conn
		err := c.connection(ctx)
		if ctx.Err() != nil {
			return
		}
		if c.conn > before {
			wait.reset()
		}
		var refused *refusedError
		if errors.As(err, &refused) {
			c.note(history.Record{Kind: history.Refused, Code: refused.Error()})
		}
		c.log.Flush()
		wait.pause(ctx)
	}
}

type refusedError struct{ status int }

func (e *refusedError) Error() string { return fmt.Sprint(e.status) }

// connection is one socket from the upgrade to its loss. One goroutine both
// reads and writes; what is in flight is too little to fill a socket's buffers.
func (c *client) connection(ctx context.Context) error {
	ws, err := c.dial(ctx)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = ws.Close() })
	defer func() {
		if stop() {
			_ = ws.Close()
		}
		for _, cmd := range c.pending {
			c.note(history.Record{Kind: history.Unknown, ID: cmd.ID, Room: cmd.Room})
		}
		c.note(history.Record{Kind: history.Lost})
		c.mu.Lock()
		for _, p := range c.place {
			p.joined = false
		}
		c.mu.Unlock()
	}()

	hello, _, err := c.read(ws)
	if err != nil {
		return err
	}
	c.conn++
	c.note(history.Record{Kind: history.Conn, Author: hello.User.ID})
	if hello.Op != "hello" || hello.Protocol != subprotocol {
		return fmt.Errorf("the first frame is %q", hello.Op)
	}
	for _, room := range c.rooms {
		if err := c.join(ws, room); err != nil {
			return err
		}
	}
	for _, cmd := range c.pending {
		if err := c.send(ws, cmd); err != nil {
			return err
		}
	}
	for {
		if err := c.topUp(ws); err != nil {
			return err
		}
		f, raw, err := c.read(ws)
		if err != nil {
			return err
		}
		if err := c.take(ctx, ws, f, raw); err != nil {
			return err
		}
	}
}

func (c *client) dial(ctx context.Context) (*websocket.Conn, error) {
	dialer := websocket.Dialer{HandshakeTimeout: 5 * time.Second, Subprotocols: []string{subprotocol}}
	ws, res, err := dialer.DialContext(ctx, c.site.socket(), http.Header{
		"Cookie": {c.cookie}, "Origin": {c.site.origin},
	})
	if res != nil {
		_ = res.Body.Close() // gorilla has read what there is of it
	}
	if errors.Is(err, websocket.ErrBadHandshake) && res != nil {
		return nil, &refusedError{status: res.StatusCode}
	}
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	return ws, nil
}

// silence is how long a connection may say nothing before it is given up.
const silence = 30 * time.Second

func (c *client) read(ws *websocket.Conn) (frame, []byte, error) {
	if err := ws.SetReadDeadline(time.Now().Add(silence)); err != nil {
		return frame{}, nil, fmt.Errorf("read: %w", err)
	}
	_, raw, err := ws.ReadMessage()
	if err != nil {
		return frame{}, nil, fmt.Errorf("read: %w", err)
	}
	var f frame
	if err := json.Unmarshal(raw, &f); err != nil {
		return frame{}, nil, fmt.Errorf("decode %q: %w", raw, err)
	}
	return f, raw, nil
}

func (c *client) write(ws *websocket.Conn, cmd command) error {
	if err := ws.SetWriteDeadline(time.Now().Add(silence)); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	if err := ws.WriteJSON(cmd); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// note writes a record into the client's history.
func (c *client) note(r history.Record) {
	r.T, r.Conn = c.clock(), c.conn
	c.log.Write(r)
}

// progress tells how much is still unanswered and where the client stands in a
// room; a room it has not joined again stands at no place.
func (c *client) progress(room string) (open int, after uint64, joined bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.place[room]
	if p == nil {
		return c.open, 0, false
	}
	return c.open, p.after, p.joined
}
