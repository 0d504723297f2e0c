package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// frame is a frame from the server. What is absent is nil or zero.
type frame struct {
	Op, ID, Room, Epoch, Kind, Body, Ref, Parent, Message, Code, Detail, Field, Protocol string

	Seq    uint64
	At     int64
	Events []json.RawMessage
	More   *bool
	Reset  *bool
	Joined *bool
	Limit  int64
	Retry  int64 `json:"retry_ms"`

	User    account
	Online  []account
	Offline []string
	Count   int

	Unread   int
	Mentions *int
	Read     uint64
	Rooms    []struct {
		ID, Name     string
		Seq, Read    uint64
		Unread       int
		NotForOthers json.RawMessage `json:"-"`
	}
	Limits struct{ Body, Frame int64 }

	raw string
	n   int // place in the order of arrival
}

type account struct{ ID, Name, Role string }

func (f *frame) event(i int) *frame {
	var e frame
	if err := json.Unmarshal(f.Events[i], &e); err != nil {
		panic(err) // the frame was decoded already
	}
	e.raw = string(f.Events[i])
	return &e
}

// seqs are the positions of the answer's events.
func (f *frame) seqs() []uint64 {
	list := []uint64{}
	for i := range f.Events {
		list = append(list, f.event(i).Seq)
	}
	return list
}

// conn is a client that reads with a deadline and keeps, in their order, the
// frames that nobody asked for yet.
type conn struct {
	t       testing.TB
	ws      *websocket.Conn
	hello   *frame
	waiting []*frame
	read    int
	ops     map[string]int // how many frames of each op were read
	err     error          // why there is nothing more to read
}

// cmd is a command. Its id is made up where it has none.
type cmd map[string]any

var ids atomic.Int64

func newID() string { return "c" + strconv.FormatInt(ids.Add(1), 10) }

// dialWith opens /ws. The answer of a refused handshake is in the response.
func (h *house) dialWith(path string, header http.Header) (*websocket.Conn, *http.Response, error) {
	d := websocket.Dialer{Subprotocols: []string{"teahouse.v1"}, HandshakeTimeout: patience}
	return d.DialContext(h.t.Context(), "ws://"+h.addr+path, header)
}

// dial connects and reads hello.
func (h *house) dial(path string, header http.Header) *conn {
	h.t.Helper()
	ws, answer, err := h.dialWith(path, header)
	if err != nil {
		status := ""
		if answer != nil {
			status = answer.Status
			_ = answer.Body.Close()
		}
		h.t.Fatalf("dial %s: %v %s", path, err, status)
	}
	return h.greeted(ws)
}

// knock connects, and leaves it open what comes then.
func (h *house) knock() *conn {
	h.t.Helper()
	ws, answer, err := h.dialWith("/ws", nil)
	if err != nil {
		if answer != nil {
			_ = answer.Body.Close()
		}
		h.t.Fatal(err)
	}
	return h.heard(ws)
}

// heard is a connection of which nothing was read yet.
func (h *house) heard(ws *websocket.Conn) *conn {
	h.t.Cleanup(func() { _ = ws.Close() })
	return &conn{t: h.t, ws: ws, ops: map[string]int{}}
}

func (h *house) greeted(ws *websocket.Conn) *conn {
	h.t.Helper()
	c := h.heard(ws)
	c.hello = c.next()
	if c.hello.Op != "hello" {
		h.t.Fatalf("the first frame is %s", c.hello.raw)
	}
	return c
}

// visit connects as a guest without a cookie.
func (h *house) visit() *conn {
	h.t.Helper()
	return h.dial("/ws", nil)
}

// receive reads the next frame off the socket.
func (c *conn) receive() (*frame, error) {
	if c.err != nil {
		return nil, c.err
	}
	_ = c.ws.SetReadDeadline(time.Now().Add(patience))
	kind, text, err := c.ws.ReadMessage()
	if err != nil {
		c.err = err
		return nil, err
	}
	c.read++
	f := &frame{raw: string(text), n: c.read}
	if kind != websocket.TextMessage {
		return nil, fmt.Errorf("a frame of kind %d", kind)
	}
	err = json.Unmarshal(text, f)
	c.ops[f.Op]++
	return f, err
}

// take returns the first frame that fits, and leaves the others for later.
func (c *conn) take(what string, fits func(*frame) bool) *frame {
	c.t.Helper()
	for i, f := range c.waiting {
		if fits(f) {
			c.waiting = append(c.waiting[:i:i], c.waiting[i+1:]...)
			return f
		}
	}
	for {
		f, err := c.receive()
		if err != nil {
			c.t.Fatalf("waiting for %s: %v", what, err)
		}
		if fits(f) {
			return f
		}
		c.waiting = append(c.waiting, f)
	}
}

func (c *conn) next() *frame {
	c.t.Helper()
	return c.take("a frame", func(*frame) bool { return true })
}

func (c *conn) takeOp(op, room string) *frame {
	c.t.Helper()
	return c.take(op, func(f *frame) bool { return f.Op == op && f.Room == room })
}

// event returns the room's next event.
func (c *conn) event(room string) *frame {
	c.t.Helper()
	return c.takeOp("event", room)
}

// write sends raw text.
func (c *conn) write(text string) {
	c.t.Helper()
	_ = c.ws.SetWriteDeadline(time.Now().Add(patience))
	if err := c.ws.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

// say sends a command and returns its id.
func (c *conn) say(m cmd) string {
	c.t.Helper()
	if _, there := m["id"]; !there {
		m["id"] = newID()
	}
	text, err := json.Marshal(m)
	if err != nil {
		c.t.Fatal(err)
	}
	c.write(string(text))
	return fmt.Sprint(m["id"])
}

// answer waits for the answer to a command.
func (c *conn) answer(id string) *frame {
	c.t.Helper()
	return c.take("the answer to "+id, func(f *frame) bool { return f.ID == id && (f.Op == "ok" || f.Op == "error") })
}

// ask sends a command and waits for its answer.
func (c *conn) ask(m cmd) *frame {
	c.t.Helper()
	return c.answer(c.say(m))
}

// ok is ask for what must go well.
func (c *conn) ok(m cmd) *frame {
	c.t.Helper()
	f := c.ask(m)
	if f.Op != "ok" {
		c.t.Fatalf("%v: %s", m, f.raw)
	}
	return f
}

// refused is ask for what must be refused with this code.
func (c *conn) refused(code string, m cmd) *frame {
	c.t.Helper()
	f := c.ask(m)
	if f.Op != "error" || f.Code != code || f.Detail == "" {
		c.t.Fatalf("%.200v: want %s, got %.300s", m, code, f.raw)
	}
	return f
}

func (c *conn) send(room, body string) *frame {
	c.t.Helper()
	return c.ok(cmd{"op": "send", "room": room, "body": body})
}

func (c *conn) join(room string) *frame {
	c.t.Helper()
	return c.ok(cmd{"op": "join", "room": room})
}

// fence reads everything that was sent before now.
func (c *conn) fence() {
	c.t.Helper()
	c.ok(cmd{"op": "ping"})
}

// none shows that no frame like that has come or was on its way.
func (c *conn) none(op, room string) {
	c.t.Helper()
	c.fence()
	for _, f := range c.waiting {
		if f.Op == op && f.Room == room {
			c.t.Errorf("unexpected: %.300s", f.raw)
		}
	}
}

// closed reads on to the close frame and returns its code and reason.
func (c *conn) closed() (int, string) {
	c.t.Helper()
	for {
		f, err := c.receive()
		if err == nil {
			c.waiting = append(c.waiting, f)
			continue
		}
		var closed *websocket.CloseError
		if !errors.As(err, &closed) {
			c.t.Fatalf("the connection ended without a close frame: %v", err)
		}
		return closed.Code, closed.Text
	}
}

// closedWith is closed for an expected code.
func (c *conn) closedWith(code int) {
	c.t.Helper()
	if got, reason := c.closed(); got != code {
		c.t.Errorf("closed with %d %q, want %d", got, reason, code)
	}
}

// bye ends the connection as a browser does.
func (c *conn) bye() {
	c.t.Helper()
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""), time.Now().Add(patience))
	c.closedWith(1000)
	_ = c.ws.Close()
}
