package websocket

import (
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	gws "github.com/gorilla/websocket"
)

// Handler is the product's side of one Client.
type Handler interface {
	// Receive is called for each message, one after the other. The body is
	// only good until it returns. While it has not returned, nothing more is
	// read from this client, and from nobody else is anything held back.
	Receive(m Message)
	// Lag says that the client fell behind and has lost the topic. It must not
	// block.
	Lag(topic string)
	// Closed is called once, after the last Receive: the close code and reason
	// that came first, from whichever side.
	Closed(code int, reason string)
}

// ErrClosed is what a Client answers once it is closing.
var ErrClosed = errors.New("websocket: the client is closed")

const (
	privateFull = 256 << 10       // bytes of unread answers above which reading pauses
	privateBusy = 64 << 10        // bytes of unread answers above which Offer drops
	closeGrace  = 2 * time.Second // from our close frame until the connection is cut
	drainLimit  = 8 << 20         // bytes read and thrown away after an oversize message
	keptBuffer  = 4 << 10         // bytes of a private buffer that are kept while idle
)

// Client is one WebSocket connection: its private answers, its places in
// topics, and its reading.
type Client struct {
	pool    *Pool
	raw     net.Conn
	conn    *gws.Conn
	socket  *socket
	handler Handler
	direct  directWriter // nil where writing would block

	heard atomic.Int64 // when the last frame came, in Unix nanoseconds
	asked atomic.Int64 // when the last ping was sent, likewise

	mu       sync.Mutex
	changed  sync.Cond // private got smaller, writing ended, or closed
	private  []byte    // finished frames for this client alone
	spare    []byte    // the buffer that private takes turns with
	sending  bool      // spare is on its way to the socket
	ready    []*member // places with something new
	subs     map[string]*member
	queued   bool // waits for a flusher
	writing  bool // somebody is writing; whoever it is looks again before it stops
	refused  bool // the socket took no more, and has not yet taken it since
	closing  bool // a close frame is in private or gone; nothing follows it
	finished bool // the connection is cut
	cutAt    time.Time
	code     int
	reason   string
}

// Subprotocol is the one that was agreed on, or "".
func (c *Client) Subprotocol() string { return c.conn.Subprotocol() }

// Start begins reading, with h to hear of it. It returns at once. It is called
// once; before it, nothing is read.
func (c *Client) Start(h Handler) {
	c.handler = h
	c.pool.running.Go(c.read)
}

// Send queues an answer for this client alone. It leaves before anything that
// is broadcast afterwards. It never blocks; what bounds the buffer is that
// nothing more is read from a client that does not read its answers.
func (c *Client) Send(m Message) error {
	c.mu.Lock()
	if c.closing {
		c.mu.Unlock()
		return ErrClosed
	}
	c.private = appendFrame(c.private, m.Type, m.Body)
	c.wake()
	return nil
}

// Offer is Send for what may be lost: it drops the message when the client is
// behind in reading, and says whether it was taken.
func (c *Client) Offer(m Message) bool {
	c.mu.Lock()
	if c.closing || len(c.private) > privateBusy {
		c.mu.Unlock()
		return false
	}
	c.private = appendFrame(c.private, m.Type, m.Body)
	c.wake()
	return true
}

// Drained waits until everything that was queued by Send has been taken by the
// socket. It returns ErrClosed once the client is closing.
func (c *Client) Drained() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for !c.closing && (len(c.private) > 0 || c.sending) {
		c.changed.Wait()
	}
	if c.closing {
		return ErrClosed
	}
	return nil
}

// Close sends a close frame behind what is queued for this client, takes it
// out of all topics, and cuts the connection when the other side has answered,
// or soon after. Only the first code and reason count.
func (c *Client) Close(code int, reason string) {
	c.mu.Lock()
	if c.closing {
		c.mu.Unlock()
		return
	}
	c.beginClose(code, reason)
	if code != closeAbnormal { // which never stands in a frame, RFC 6455 section 7.4.1
		c.private = appendClose(c.private, code, reason)
	}
	c.wake()
}

// beginClose is called with mu held.
func (c *Client) beginClose(code int, reason string) {
	c.closing = true
	c.code, c.reason = code, reason
	c.cutAt = time.Now().Add(closeGrace)
	for _, m := range c.subs {
		c.pool.drop(m)
	}
	clear(c.subs)
	c.changed.Broadcast()
}

// wake hands the client to a flusher and releases mu.
func (c *Client) wake() {
	queue := !c.queued && !c.writing
	if queue {
		c.queued = true
	}
	c.mu.Unlock()
	if queue {
		c.pool.flushClient(c)
	}
}

// control takes what gorilla itself wants to write: pongs and close frames,
// finished. It blocks the reading goroutine, which calls it, while the client
// does not read; so a flood of pings costs a bounded buffer.
func (c *Client) control(frame []byte) {
	c.mu.Lock()
	for !c.closing && len(c.private) > privateFull {
		c.changed.Wait()
	}
	if c.closing {
		c.mu.Unlock()
		return // our close frame is the last; the answer to a close may be left out
	}
	if frame[0]&0x0F == gws.CloseMessage {
		code, reason := closeNoStatus, ""
		if len(frame) >= 4 {
			code, reason = int(frame[2])<<8|int(frame[3]), string(frame[4:])
		}
		c.beginClose(code, reason)
	}
	c.private = append(c.private, frame...)
	c.wake()
}

// pinged answers a ping.
func (c *Client) pinged(payload string) error {
	c.heard.Store(time.Now().UnixNano())
	c.control(appendFrame(nil, gws.PongMessage, []byte(payload)))
	return nil
}

// ponged takes a sign of life.
func (c *Client) ponged(string) error {
	c.heard.Store(time.Now().UnixNano())
	return nil
}

// read is the reading goroutine, from Start to the end of the connection.
func (c *Client) read() {
	code, reason := c.receiveAll()
	c.Close(code, reason) // only counts if nobody closed before
	c.farewell()
	c.cut()
	c.pool.forget(c)
	c.mu.Lock()
	code, reason = c.code, c.reason
	c.mu.Unlock()
	c.handler.Closed(code, reason)
}

// receiveAll reads messages until the connection ends, and says with which
// code and reason.
func (c *Client) receiveAll() (int, string) {
	var buf []byte
	for {
		kind, r, err := c.conn.NextReader()
		if err != nil {
			return c.readFailure(err)
		}
		buf, err = readInto(buf[:0], r)
		if err != nil {
			return c.readFailure(err)
		}
		c.heard.Store(time.Now().UnixNano())
		if kind == TextMessage && !utf8.Valid(buf) {
			return CloseInvalidText, "text must be UTF-8"
		}
		if !c.mayReceive() {
			continue // closing: read on, so that the close frame is not lost, but do nothing
		}
		c.handler.Receive(Message{Type: kind, Body: buf})
		if cap(buf) > keptBuffer {
			buf = nil
		}
	}
}

// mayReceive waits until the client has read its answers.
func (c *Client) mayReceive() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for !c.closing && len(c.private) > privateFull {
		c.changed.Wait()
	}
	return !c.closing
}

func (c *Client) readFailure(err error) (int, string) {
	var closed *gws.CloseError
	switch {
	case errors.As(err, &closed):
		return closed.Code, closed.Text
	case errors.Is(err, gws.ErrReadLimit):
		return CloseTooBig, "the message is too big"
	default:
		return closeAbnormal, "the connection ended"
	}
}

// farewell lets the close frame out and reads on for a moment: closing a
// socket with unread bytes would reset it, and the close frame would be lost.
func (c *Client) farewell() {
	c.mu.Lock()
	for !c.finished && (c.sending || len(c.private) > 0) && c.code != closeAbnormal {
		c.changed.Wait()
	}
	over := c.finished || c.code == closeAbnormal
	c.mu.Unlock()
	if over {
		return
	}
	if half, ok := c.raw.(interface{ CloseWrite() error }); ok {
		if half.CloseWrite() != nil {
			return
		}
		_, _ = io.CopyN(io.Discard, c.raw, drainLimit) // ends with EOF, or when the sweeper cuts
	}
}

// cut closes the connection for good.
func (c *Client) cut() {
	c.mu.Lock()
	already := c.finished
	c.finished, c.closing = true, true
	c.changed.Broadcast()
	c.mu.Unlock()
	if !already {
		_ = c.raw.Close() // nothing can be done about a failed close
	}
}

// sweep is called about once a second: it pings, and cuts what stays silent or
// does not leave.
func (c *Client) sweep(now time.Time) {
	c.mu.Lock()
	closing, cutAt := c.closing, c.cutAt
	c.mu.Unlock()
	if closing {
		if now.After(cutAt) {
			c.cut()
		}
		return
	}
	if now.UnixNano()-c.heard.Load() >= int64(c.pool.opts.IdleTimeout) {
		c.mu.Lock()
		if !c.closing {
			c.beginClose(closeAbnormal, "no sign of life")
		}
		c.mu.Unlock()
		c.cut()
		return
	}
	if now.UnixNano()-c.asked.Load() >= int64(c.pool.opts.PingInterval) {
		c.asked.Store(now.UnixNano())
		c.mu.Lock()
		if c.closing || len(c.private) > privateBusy {
			c.mu.Unlock()
			return
		}
		c.private = appendFrame(c.private, gws.PingMessage, nil)
		c.wake()
	}
}

// readInto reads all of r behind dst.
func readInto(dst []byte, r io.Reader) ([]byte, error) {
	for {
		if len(dst) == cap(dst) {
			dst = append(dst, 0)[:len(dst)]
		}
		n, err := r.Read(dst[len(dst):cap(dst)])
		dst = dst[:len(dst)+n]
		if errors.Is(err, io.EOF) {
			return dst, nil
		}
		if err != nil {
			return dst, err
		}
	}
}
