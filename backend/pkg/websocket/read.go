package websocket

import (
	"errors"
	"io"
	"unicode/utf8"

	gws "github.com/gorilla/websocket"
)

const (
	drainLimit = 8 << 20 // bytes read and thrown away after an oversize message
	endedBadly = "the connection ended"
)

// read is the reading goroutine, from Start to the end of the connection.
func (c *Client) read() {
	defer c.pool.present.Done()
	code, reason := c.receiveAll()
	c.Close(code, reason) // only counts if nobody closed before
	c.farewell()
	c.cut(endedBadly)
	c.pool.forget(c)
	c.mu.Lock()
	for c.writing { // which the cut has ended, but for who is about to notice
		c.changed.Wait()
	}
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
			return readFailure(err)
		}
		buf, err = readInto(buf[:0], r)
		if err != nil {
			return readFailure(err)
		}
		c.alive()
		if kind == TextMessage && !utf8.Valid(buf) {
			return CloseInvalidText, "text must be UTF-8"
		}
		c.held.Store(true)
		if c.mayReceive() {
			c.handler.Receive(Message{Type: kind, Body: buf})
		} // else it is closing: read on, so that the close frame is not lost, but do nothing
		c.held.Store(false)
		if cap(buf) > keptBuffer {
			buf = nil
		}
	}
}

// mayReceive waits until the client has read its answers. It is false once it
// is closing.
func (c *Client) mayReceive() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for !c.closing && len(c.private) > privateFull {
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
	c.private = appendFrame(c.private, gws.PongMessage, []byte(payload))
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
	if c.controls <= c.pool.opts.ControlRate {
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
