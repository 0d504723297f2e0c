package rest

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"time"
)

// Door stands before net/http: it takes the connections, answers the usual form
// of a handshake at /ws by itself, through the same handler, and passes on all
// else, from its first byte. A handshake then costs a third less, as there is
// nothing to set up for requests that never follow it.
type Door struct {
	net.Listener

	handler http.Handler
	log     *slog.Logger
	others  chan net.Conn
	closing chan struct{}
	once    sync.Once
	busy    sync.WaitGroup

	mu      sync.Mutex
	waiting map[net.Conn]struct{} // connections that have yet to send their request
}

const (
	doorBytes   = 4 << 10 // of a handshake that is answered here
	doorHeaders = 32
)

// NewDoor makes a Door. patience is how long a request may take to come.
func NewDoor(l net.Listener, handler http.Handler, log *slog.Logger, patience time.Duration) *Door {
	d := &Door{
		Listener: l, handler: handler, log: log,
		others: make(chan net.Conn), closing: make(chan struct{}),
		waiting: make(map[net.Conn]struct{}),
	}
	d.busy.Go(func() { d.take(patience) })
	return d
}

// Accept returns the next connection that net/http shall serve.
func (d *Door) Accept() (net.Conn, error) {
	select {
	case c := <-d.others:
		return c, nil
	case <-d.closing:
		return nil, net.ErrClosed
	}
}

// Close takes no more connections, and cuts those that have asked for nothing.
func (d *Door) Close() error {
	d.once.Do(func() { close(d.closing) }) // first: what Accept then says is no fault
	err := d.Listener.Close()
	d.mu.Lock()
	defer d.mu.Unlock()
	for c := range d.waiting {
		_ = c.Close() // it was promised nothing
	}
	return err
}

// Wait returns when every handshake has been answered. It is called after Close.
func (d *Door) Wait() { d.busy.Wait() }

func (d *Door) take(patience time.Duration) {
	var pause time.Duration
	for {
		c, err := d.Listener.Accept()
		if err != nil {
			select {
			case <-d.closing:
				return
			default:
			}
			// Out of descriptors, as a rule: those who leave make room.
			pause = min(max(2*pause, 5*time.Millisecond), time.Second)
			d.log.Warn("no connection can be taken", "error", err)
			t := time.NewTimer(pause)
			select {
			case <-d.closing:
			case <-t.C:
			}
			t.Stop()
			continue
		}
		pause = 0
		if tcp, ok := c.(*net.TCPConn); ok {
			d.busy.Go(func() { d.meet(tcp, patience) })
		} else {
			d.busy.Go(func() { d.pass(c) })
		}
	}
}

// desk is what one handshake needs, for as long as it takes.
type desk struct {
	buf    [doorBytes]byte
	writer *bufio.Writer
}

var desks = sync.Pool{New: func() any { return &desk{writer: bufio.NewWriterSize(io.Discard, 512)} }}

// meet reads a request, and answers it or passes it on.
func (d *Door) meet(c *net.TCPConn, patience time.Duration) {
	k, _ := desks.Get().(*desk)
	defer desks.Put(k)
	if !d.await(c) {
		_ = c.Close() // the door is closed
		return
	}
	until := time.Now().Add(patience)
	_ = c.SetReadDeadline(until) // a failure shows in reading
	n := 0
	var r *http.Request
	for r == nil && n < doorBytes {
		m, err := c.Read(k.buf[n:])
		n += m
		if err != nil && m == 0 {
			d.came(c)
			_ = c.Close() // it said nothing, or nothing more
			return
		}
		var more bool
		if r, more = handshake(k.buf[:n]); !more {
			break
		}
	}
	d.came(c)
	if r == nil {
		d.pass(&begun{Conn: c, tcp: c, read: bytes.Clone(k.buf[:n]), until: until})
		return
	}
	_ = c.SetReadDeadline(time.Time{})
	r.RemoteAddr = c.RemoteAddr().String()
	d.serve(c, r, k)
}

// await notes a connection that has yet to send its request.
func (d *Door) await(c net.Conn) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	select {
	case <-d.closing:
		return false
	default:
		d.waiting[c] = struct{}{}
		return true
	}
}

func (d *Door) came(c net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.waiting, c)
}

// pass gives a connection to net/http.
func (d *Door) pass(c net.Conn) {
	select {
	case d.others <- c:
	case <-d.closing:
		_ = c.Close()
	}
}

// serve lets the handler answer, and ends the connection where it did not take
// it over.
func (d *Door) serve(c net.Conn, r *http.Request, k *desk) {
	w := &reply{conn: c, desk: k}
	defer func() {
		if p := recover(); p != nil {
			d.log.Error("a handshake panicked", "panic", p, "stack", string(debug.Stack()))
			_ = c.Close()
			return
		}
		if !w.taken {
			w.send(r)
			_ = c.Close()
		}
	}()
	d.handler.ServeHTTP(w, r)
}
