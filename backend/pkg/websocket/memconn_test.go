package websocket_test

import (
	"io"
	"net"
	"sync"
	"syscall"
	"time"
)

// half is one direction of an in-memory connection: a bounded buffer. All
// waiting is on a sync.Cond, so that virtual time sees it.
type half struct {
	mu      sync.Mutex
	changed sync.Cond
	buf     []byte
	limit   int
	writes  int  // calls of write
	ended   bool // no more is written
	dead    error
}

func newHalf(limit int) *half {
	h := &half{limit: limit}
	h.changed.L = &h.mu
	return h
}

func (h *half) read(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for len(h.buf) == 0 && !h.ended && h.dead == nil {
		h.changed.Wait()
	}
	switch {
	case h.dead != nil:
		return 0, h.dead
	case len(h.buf) == 0:
		return 0, io.EOF
	}
	n := copy(p, h.buf)
	h.buf = append(h.buf[:0], h.buf[n:]...)
	h.changed.Broadcast()
	return n, nil
}

func (h *half) write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	written := 0
	h.writes++
	for len(p) > 0 {
		for len(h.buf) >= h.limit && !h.ended && h.dead == nil {
			h.changed.Wait()
		}
		if h.dead != nil {
			return written, h.dead
		}
		if h.ended {
			return written, io.ErrClosedPipe
		}
		n := min(len(p), h.limit-len(h.buf))
		h.buf = append(h.buf, p[:n]...)
		p, written = p[n:], written+n
		h.changed.Broadcast()
	}
	return written, nil
}

func (h *half) end() {
	h.mu.Lock()
	h.ended = true
	h.mu.Unlock()
	h.changed.Broadcast()
}

func (h *half) kill(err error) {
	h.mu.Lock()
	if h.dead == nil {
		h.dead = err
	}
	h.mu.Unlock()
	h.changed.Broadcast()
}

// memConn is one end of a connection in memory.
type memConn struct{ in, out *half }

// memPair connects two ends whose buffers hold limit bytes each way.
func memPair(limit int) (client, server *memConn) {
	up, down := newHalf(limit), newHalf(limit)
	return &memConn{in: down, out: up}, &memConn{in: up, out: down}
}

func (c *memConn) Read(p []byte) (int, error)  { return c.in.read(p) }
func (c *memConn) Write(p []byte) (int, error) { return c.out.write(p) }

// Close lets the other side read what is buffered, and refuses what it writes.
func (c *memConn) Close() error {
	c.out.end()
	c.in.kill(net.ErrClosed)
	return nil
}

func (c *memConn) CloseWrite() error { c.out.end(); return nil }

// Reset ends the connection at once, both ways.
func (c *memConn) Reset() {
	c.in.kill(syscall.ECONNRESET)
	c.out.kill(syscall.ECONNRESET)
}

func (c *memConn) LocalAddr() net.Addr              { return &net.IPAddr{} }
func (c *memConn) RemoteAddr() net.Addr             { return &net.IPAddr{} }
func (c *memConn) SetDeadline(time.Time) error      { return nil }
func (c *memConn) SetReadDeadline(time.Time) error  { return nil }
func (c *memConn) SetWriteDeadline(time.Time) error { return nil }
