package websocket

import (
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	gws "github.com/gorilla/websocket"
)

const (
	drainLimit = 8 << 20 // bytes read and thrown away after an oversize message
	keptBody   = 4 << 10 // bytes of a buffer for messages that are kept for the next
	endedBadly = "the connection ended"
)

// bodies are buffers for messages while they are received.
var bodies = sync.Pool{New: func() any { return new(body) }}

type body struct{ b []byte }

// free gives the buffer to the next who reads.
func (b *body) free() {
	if cap(b.b) > keptBody {
		b.b = nil
	}
	bodies.Put(b)
}

// reading is whether somebody reads from a client whose socket the poller
// watches. Nobody does while there is nothing: a goroutine begins with an event
// and ends when it has taken all there was.
type reading struct {
	state atomic.Int32
	ended atomic.Bool // the connection has ended, or the other side's half of it
}

const (
	readUnstarted = iota // Start has not been called
	readEarly            // nor has it, but there is something
	readIdle             // nobody reads
	readRunning          // a goroutine does
	readAgain            // and there was an event since it began
	readWaiting          // it waits, in the middle of a message
)

// readable hears that there is something to read, and sees to it that somebody
// does.
func (c *Client) readable() {
	for state := &c.reading.state; ; {
		switch state.Load() {
		case readUnstarted:
			if state.CompareAndSwap(readUnstarted, readEarly) {
				return
			}
		case readIdle:
			if state.CompareAndSwap(readIdle, readRunning) {
				c.pool.present.Add(1)
				go c.readOn()
				return
			}
		case readRunning:
			if state.CompareAndSwap(readRunning, readAgain) {
				return
			}
		case readWaiting:
			if state.CompareAndSwap(readWaiting, readRunning) {
				c.mu.Lock()
				c.changed.Broadcast()
				c.mu.Unlock()
				return
			}
		default:
			return // somebody will look
		}
	}
}

// startReading lets events have their effect.
func (c *Client) startReading() {
	if c.reading.state.CompareAndSwap(readUnstarted, readIdle) {
		return
	}
	c.reading.state.Store(readIdle)
	c.readable()
}

// awaitReadable waits, in the middle of a message, for more of it. It returns
// false when the connection has been cut.
func (c *Client) awaitReadable() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.reading.state.CompareAndSwap(readRunning, readWaiting) {
		c.reading.state.Store(readRunning) // from readAgain: there may be something
		return !c.finished
	}
	for c.reading.state.Load() == readWaiting && !c.finished {
		c.changed.Wait()
	}
	c.reading.state.Store(readRunning) // an event that this hides is not lost: who asked looks first
	return !c.finished
}

// readOn is the goroutine that reads while there is something. When the
// connection ends it never becomes idle again: it is the last.
func (c *Client) readOn() {
	defer c.pool.present.Done()
	buf, _ := bodies.Get().(*body)
	defer buf.free()
	for {
		for c.socket.pending() {
			if code, reason, ended := c.readNext(buf); ended {
				c.finish(code, reason)
				return
			}
			if c.socket.drained() {
				break
			}
		}
		if c.reading.state.CompareAndSwap(readRunning, readIdle) {
			return
		}
		c.reading.state.Store(readRunning)
	}
}

// readNext reads a ping or a pong that stands between two messages, or a
// message. Given a pong, gorilla would go on and wait for a message, and this
// goroutine with it, for as long as the client is idle.
func (c *Client) readNext(buf *body) (code int, reason string, ended bool) {
	opcode, payload, ok := c.socket.control()
	if !ok {
		return c.receive(buf)
	}
	if opcode == gws.PingMessage {
		_ = c.pinged(string(payload)) // never fails
	} else {
		_ = c.ponged("")
	}
	return 0, "", false
}

// read is the reading goroutine of a connection that the poller does not
// watch, from Start to its end.
func (c *Client) read() {
	buf := new(body)
	for {
		if code, reason, ended := c.receive(buf); ended {
			c.finish(code, reason)
			return
		}
	}
}

// receive reads one message and passes it on. It says whether, and how, the
// connection has ended.
func (c *Client) receive(buf *body) (code int, reason string, ended bool) {
	kind, r, err := c.conn.NextReader()
	if err == nil {
		buf.b, err = readInto(buf.b[:0], r)
	}
	if err != nil {
		code, reason = readFailure(err)
		return code, reason, true
	}
	c.alive()
	if kind == TextMessage && !utf8.Valid(buf.b) {
		return CloseInvalidText, "text must be UTF-8", true
	}
	c.held.Store(true)
	if c.mayReceive() {
		c.handler.Receive(Message{Type: kind, Body: buf.b})
	} // else it is closing: read on, so that the close frame is not lost, but do nothing
	c.held.Store(false)
	if cap(buf.b) > keptBody {
		buf.b = nil
	}
	return 0, "", false
}

// finish ends a client that was started: nothing more is read from it.
func (c *Client) finish(code int, reason string) {
	defer c.pool.present.Done() // for what register counted
	c.Close(code, reason)       // only counts if nobody closed before
	c.farewell()
	c.cut(endedBadly)
	c.pool.forget(c)
	c.mu.Lock()
	for c.writing { // which the cut has ended, but for who is about to notice
		c.changed.Wait()
	}
	code, reason = int(c.code), c.reason
	c.mu.Unlock()
	c.socket.release()
	c.handler.Closed(code, reason)
}

// mayReceive waits until the client has read its answers. It is false once it
// is closing.
func (c *Client) mayReceive() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for !c.closing && c.private.size() > privateFull {
		c.changed.Wait()
	}
	return !c.closing
}

func readFailure(err error) (int, string) {
	var closed *gws.CloseError
	switch {
	case errors.As(err, &closed):
		return closed.Code, closed.Text
	case errors.Is(err, gws.ErrReadLimit):
		return CloseTooBig, "the message is too big"
	default:
		return closeAbnormal, endedBadly
	}
}

// farewell lets the close frame out and reads on for a moment: closing a
// socket with unread bytes would reset it, and the close frame would be lost.
func (c *Client) farewell() {
	c.mu.Lock()
	for !c.finished && (c.sending || c.private.size() > 0) && c.code != closeAbnormal {
		c.changed.Wait()
	}
	over := c.finished || c.code == closeAbnormal
	c.mu.Unlock()
	if over || c.closeWrite() != nil {
		return
	}
	_, _ = io.CopyN(io.Discard, receiver{c.socket}, drainLimit) // ends with EOF, or when the sweeper cuts
}

// receiver reads from a socket past gorilla.
type receiver struct{ s *socket }

func (r receiver) Read(p []byte) (int, error) { return r.s.receive(p) }

// closeWrite says to the other side that no more comes, where that is possible.
func (c *Client) closeWrite() error {
	if c.descriptor != nil {
		return c.descriptor.closeWrite()
	}
	if half, ok := c.socket.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return net.ErrClosed
}

// control takes what gorilla itself wants to write: the close frame for what
// it found wrong.
func (c *Client) control(frame []byte) {
	if frame[0]&0x0F != gws.CloseMessage || len(frame) < 4 {
		return // it writes nothing else: pings and closes are answered below
	}
	c.Close(int(frame[2])<<8|int(frame[3]), string(frame[4:]))
}

// pinged answers a ping. It blocks the reading goroutine, which calls it,
// while the client does not read.
func (c *Client) pinged(payload string) error {
	c.held.Store(true)
	defer c.held.Store(false)
	if c.tooMany() || !c.mayReceive() {
		return nil
	}
	c.mu.Lock()
	if c.closing {
		c.mu.Unlock()
		return nil
	}
	c.private.frame(gws.PongMessage, []byte(payload))
	c.wake()
	return nil
}

// ponged takes a sign of life.
func (c *Client) ponged(string) error {
	c.tooMany()
	return nil
}

// tooMany counts pings and pongs, and closes on who floods.
func (c *Client) tooMany() bool {
	now := c.alive()
	if now-c.second >= 1e9 {
		c.second, c.controls = now, 0
	}
	c.controls++
	if int(c.controls) <= c.pool.opts.ControlRate {
		return false
	}
	c.Close(ClosePolicy, "too many pings")
	return true
}

// closed answers a close frame with the same code.
func (c *Client) closed(code int, reason string) error {
	if code == closeNoStatus && c.socket.closedWithOneByte() {
		c.Close(CloseProtocol, "half a close code")
		return nil
	}
	c.closeWith(code, reason, "")
	return nil
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
