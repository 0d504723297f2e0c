package rest

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"time"
)

// begun is a connection of which something was read already.
type begun struct {
	net.Conn

	tcp   *net.TCPConn // the same
	read  []byte
	until time.Time // when the whole head of the first request must have come
}

// SetReadDeadline sets it no later than the door did, the first time: that is
// for the request which began to come there.
func (b *begun) SetReadDeadline(t time.Time) error {
	if !b.until.IsZero() && (t.IsZero() || t.After(b.until)) {
		t = b.until
	}
	b.until = time.Time{}
	return b.Conn.SetReadDeadline(t)
}

// CloseWrite lets net/http end a connection so that its last answer is read.
func (b *begun) CloseWrite() error { return b.tcp.CloseWrite() }

func (b *begun) Read(p []byte) (int, error) {
	if len(b.read) == 0 {
		return b.Conn.Read(p)
	}
	n := copy(p, b.read)
	if b.read = b.read[n:]; len(b.read) == 0 {
		b.read = nil
	}
	return n, nil
}

// direct takes over connections as they were before the door.
type direct struct{ http.ResponseWriter }

// Hijack returns the connection itself, once what the door read was read again.
func (w direct) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if b, ok := c.(*begun); ok && b.read == nil {
		c = b.tcp
	}
	return c, rw, err
}

// reply is the answer to one handshake that is refused.
type reply struct {
	conn   net.Conn
	desk   *desk
	taken  bool
	status int
	header http.Header
	body   bytes.Buffer
}

func (w *reply) Header() http.Header {
	if w.header == nil {
		w.header = make(http.Header)
	}
	return w.header
}

func (w *reply) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *reply) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}

// Hijack hands the connection over.
func (w *reply) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.taken = true
	w.desk.writer.Reset(w.conn)
	return w.conn, bufio.NewReadWriter(nothing, w.desk.writer), nil
}

// nothing is the reader of who has nothing to read: nothing came too early.
var nothing = bufio.NewReaderSize(http.NoBody, 16)

func (w *reply) send(r *http.Request) {
	w.WriteHeader(http.StatusOK)
	w.Header().Set("Date", time.Now().UTC().Format(http.TimeFormat))
	answer := http.Response{
		StatusCode: w.status, ProtoMajor: 1, ProtoMinor: 1, Request: r, Close: true,
		Header: w.header, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()),
	}
	_ = w.conn.SetWriteDeadline(time.Now().Add(requestTimeout))
	_ = answer.Write(w.conn) // who does not wait for it need not have it
}
