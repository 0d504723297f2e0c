package rest

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
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
	err := d.Listener.Close()
	d.once.Do(func() { close(d.closing) })
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
	_ = c.SetReadDeadline(time.Now().Add(patience)) // a failure shows in reading
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
		d.pass(&begun{Conn: c, tcp: c, read: bytes.Clone(k.buf[:n])})
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

// begun is a connection of which something was read already.
type begun struct {
	net.Conn

	tcp  *net.TCPConn // the same
	read []byte
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

// serve lets the handler answer, and ends the connection where it did not take
// it over.
func (d *Door) serve(c net.Conn, r *http.Request, k *desk) {
	w := &reply{conn: c, desk: k}
	defer func() {
		if p := recover(); p != nil {
			d.log.Error("a handshake panicked", "panic", p)
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

// handshake reads the usual form of a handshake: a GET of /ws on one line, with
// few headers, none of them unusual, and nothing behind. more says that it may
// be one once more of it has come; what is none here net/http may understand.
func handshake(b []byte) (r *http.Request, more bool) {
	const begin = "GET /ws"
	if !bytes.HasPrefix(b, []byte(begin)[:min(len(b), len(begin))]) {
		return nil, false
	}
	if !bytes.HasSuffix(b, []byte("\r\n\r\n")) {
		return nil, !bytes.Contains(b, []byte("\r\n\r\n"))
	}
	head := string(b[:len(b)-2])
	line, head, _ := strings.Cut(head, "\r\n")
	target, ok := strings.CutSuffix(line[len("GET "):], " HTTP/1.1")
	if !ok {
		return nil, false
	}
	u := &url.URL{Path: target}
	if path, query, has := strings.Cut(target, "?"); has {
		u.Path, u.RawQuery = path, query
	}
	if u.Path != "/ws" || !plain(target) || strings.HasSuffix(target, "?") {
		return nil, false
	}
	r = &http.Request{
		Method: http.MethodGet, URL: u, RequestURI: target,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: make(http.Header, doorHeaders/2), Body: http.NoBody,
	}
	if !headers(r, head) || r.Host == "" || r.Header["Upgrade"] == nil {
		return nil, false
	}
	if r.Header["Pragma"] != nil && r.Header["Cache-Control"] == nil {
		return nil, false // net/http makes one of the other
	}
	return r, false
}

// headers reads the header lines.
func headers(r *http.Request, head string) bool {
	values := make([]string, 0, doorHeaders)
	for n := 0; head != ""; n++ {
		var line string
		line, head, _ = strings.Cut(head, "\r\n")
		name, value, ok := strings.Cut(line, ":")
		value = strings.Trim(value, " \t")
		if !ok || !token(name) || !visible(value) || n == doorHeaders {
			return false
		}
		name = textproto.CanonicalMIMEHeaderKey(name)
		switch name {
		case "Host":
			if r.Host != "" || value == "" || !plain(value) || strings.ContainsAny(value, "/?@%\\") {
				return false
			}
			r.Host = value
			continue
		case "Content-Length", "Transfer-Encoding", "Expect", "Trailer":
			return false
		case "Sec-Websocket-Protocol":
			value = strings.Clone(value) // it is kept for as long as the connection
		}
		if r.Header[name] != nil {
			r.Header[name] = append(r.Header[name], value)
			continue
		}
		values = append(values, value)
		r.Header[name] = values[len(values)-1 : len(values) : len(values)]
	}
	return true
}

// plain: nothing but visible ASCII, and no fragment.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7F || s[i] == '#' {
			return false
		}
	}
	return true
}

func visible(s string) bool {
	for i := range len(s) {
		if (s[i] < ' ' && s[i] != '\t') || s[i] >= 0x7F {
			return false
		}
	}
	return true
}

// token: letters, digits and dashes, as all usual headers are.
func token(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if (c < 'a' || c > 'z') && (s[i] < '0' || s[i] > '9') && s[i] != '-' {
			return false
		}
	}
	return s != ""
}
