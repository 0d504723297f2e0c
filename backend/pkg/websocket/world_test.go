package websocket_test

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// both runs a test twice: in virtual time over connections in memory, which
// take the portable path, and over loopback TCP, which take the direct one.
func both(t *testing.T, opts websocket.Options, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) { inMemory(t, opts, test) })
	t.Run("tcp", func(t *testing.T) { overTCP(t, opts, test) })
}

// inMemory runs a test in virtual time. A goroutine that stays behind fails it.
func inMemory(t *testing.T, opts websocket.Options, test func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, opts, func(int) (net.Conn, net.Conn) { return memPair(64 << 10) })
		w.virtual = true
		test(t, w)
	})
}

// overTCP runs a test over real sockets. A goroutine that stays behind fails it.
func overTCP(t *testing.T, opts websocket.Options, test func(t *testing.T, w *world)) {
	t.Helper()
	here := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, here) })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	var one sync.Mutex // who dials shall get what is accepted
	test(t, newWorld(t, opts, func(buffer int) (net.Conn, net.Conn) {
		one.Lock()
		defer one.Unlock()
		return tcpPair(t, listener, buffer)
	}))
}

// tcpPair makes a connection whose buffers are about so small, or the kernel's
// choice where buffer is 0.
func tcpPair(t testing.TB, listener net.Listener, buffer int) (client, server net.Conn) {
	dialer := net.Dialer{Timeout: 10 * time.Second, Control: smallWindow(buffer)}
	client, err := dialer.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server, err = listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if buffer > 0 {
		if err := server.(*net.TCPConn).SetWriteBuffer(buffer); err != nil {
			t.Fatal(err)
		}
	}
	return client, server
}

// world is a pool and what connects to it.
type world struct {
	t       testing.TB
	pool    *websocket.Pool
	pair    func(buffer int) (client, server net.Conn)
	virtual bool       // time is
	clock   *handClock // nil: the pool goes by the machine's
}

func newWorld(t testing.TB, opts websocket.Options, pair func(int) (net.Conn, net.Conn)) *world {
	w := &world{t: t, pool: websocket.NewPool(opts), pair: pair}
	t.Cleanup(func() { w.shutdown(5 * time.Second) })
	return w
}

func (w *world) shutdown(patience time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	w.pool.Shutdown(ctx, func() string { return "retry_ms=100" })
}

// guest is both ends of a connection: the peer that speaks raw frames, and
// what the server has of it.
type guest struct {
	*peer
	client *websocket.Client
	heard  *recorder
}

// connect makes a connection that is started.
func (w *world) connect() *guest { return w.connectWith(0, newRecorder()) }

// connectWith makes one with buffers of about so many bytes, where that can be
// had, and the handler given.
func (w *world) connectWith(buffer int, r *recorder) *guest {
	w.t.Helper()
	g := w.handshake(buffer)
	g.heard = r
	r.client = g.client
	g.client.Start(r)
	return g
}

// handshake makes one that is not started.
func (w *world) handshake(buffer int) *guest {
	w.t.Helper()
	g := w.upgrade(buffer, accept)
	g.answered()
	return g
}

// upgrade makes one whose handshake's answer has yet to be read.
func (w *world) upgrade(buffer int, how websocket.Upgrade) *guest {
	w.t.Helper()
	near, far := w.pair(buffer)
	w.t.Cleanup(func() { _ = near.Close() })
	if err := near.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		w.t.Fatal(err)
	}
	p := newPeer(w.t, near)
	p.raw([]byte(handshake))
	writer, request := received(w.t, far)
	client, err := w.pool.Upgrade(writer, request, how)
	if err != nil {
		w.t.Fatal(err)
	}
	return &guest{peer: p, client: client}
}

// answered reads the answer to the handshake.
func (p *peer) answered() {
	p.t.Helper()
	response, err := http.ReadResponse(p.in, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusSwitchingProtocols {
		p.t.Fatalf("the handshake was answered %s", response.Status)
	}
}

// writes is how many writes have reached the guest.
func (w *world) writes(g *guest) int {
	w.t.Helper()
	if conn, ok := g.conn.(*net.TCPConn); ok {
		return segments(w.t, conn)
	}
	half := g.conn.(*memConn).in
	half.mu.Lock()
	defer half.mu.Unlock()
	return half.writes
}

// join makes the guest follow what is broadcast in the topic from now on.
func (w *world) join(g *guest, topic string) {
	w.t.Helper()
	if !w.pool.Subscribe(g.client, topic, false) {
		w.t.Fatal("a live client cannot subscribe")
	}
	w.pool.FollowNow(g.client, topic)
}

// hijackable is the part of net/http's server that an upgrade needs.
type hijackable struct {
	http.ResponseWriter
	conn net.Conn
	rw   *bufio.ReadWriter
}

func (h *hijackable) Hijack() (net.Conn, *bufio.ReadWriter, error) { return h.conn, h.rw, nil }

// received reads a request from a server's end, and makes the writer for its
// answer.
func received(t testing.TB, conn net.Conn) (*hijackable, *http.Request) {
	rw := bufio.NewReadWriter(bufio.NewReader(conn), bufio.NewWriter(conn))
	request, err := http.ReadRequest(rw.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &hijackable{ResponseWriter: httptest.NewRecorder(), conn: conn, rw: rw}, request
}

// recorder is a Handler that remembers.
type recorder struct {
	client  *websocket.Client
	receive func(body string) // nil: put it into received

	received chan string
	lags     chan string
	lostAt   atomic.Uint64 // up to where it had the topic that it lost last
	ended    chan ending
}

type ending struct {
	code   int
	reason string
}

func newRecorder() *recorder {
	return &recorder{
		received: make(chan string, 1024),
		lags:     make(chan string, 64),
		ended:    make(chan ending, 1),
	}
}

func (r *recorder) Receive(m websocket.Message) {
	if r.receive != nil {
		r.receive(string(m.Body))
		return
	}
	r.received <- string(m.Body)
}

func (r *recorder) Lag(topic string, after uint64) {
	r.lostAt.Store(after)
	r.lags <- topic
}

func (r *recorder) Closed(code int, reason string) {
	r.ended <- ending{code, reason} // a second call would block, and fail the test
}

// settle waits, in virtual time, until everybody waits.
func (w *world) settle() { synctest.Wait() }
