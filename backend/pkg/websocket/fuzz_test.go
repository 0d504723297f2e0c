package websocket_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// FuzzRawBytes sends what it likes behind a good handshake, in pieces of the
// sizes given, over both paths. The server may take it as messages, or wait for
// more, or close; it never panics, what it answers is whole frames, and when the
// bytes end so does the client, having been told once. Both paths hear, answer
// and close alike.
func FuzzRawBytes(f *testing.F) {
	for _, seed := range [][]byte{
		nil,
		masked(fin|opText, []byte("tea")),
		masked(fin|opText, make([]byte, 300)),
		masked(fin|opBinary, []byte{0, 1, 2}),
		bytesOf(masked(opText, []byte("te")), masked(fin|opPing, []byte("p")), masked(fin|opContinuation, []byte("a"))),
		masked(fin|opText, []byte("\xC3\x28")),
		masked(fin|opPing, nil),
		masked(fin|opPong, []byte("x")),
		bytesOf(masked(fin|opPing, []byte("1")), masked(fin|opPong, nil), masked(fin|opPing, []byte("2"))),
		masked(opPing, nil),
		masked(fin|opPing, make([]byte, 126)),
		masked(fin|opClose, nil),
		masked(fin|opClose, []byte{3}),
		masked(fin|opClose, closing(1000, "bye")),
		masked(fin|opClose, closing(999, "")),
		bytesOf(masked(fin|opClose, closing(1000, "")), masked(fin|opText, []byte("late"))),
		masked(fin|0x40|opText, []byte("x")),
		masked(fin|0x3, nil),
		masked(fin|opContinuation, []byte("x")),
		{fin | opText, 2, 'h', 'i'},
		announced(1 << 20),
		announced(1<<63 - 1),
		announced(1 << 63),
		masked(fin|opText, make([]byte, 5000)),
	} {
		f.Add(seed, []byte{byte(len(seed) / 2)})
		f.Add(seed, []byte{1, 1, 1, 1, 1, 1, 1, 1})
	}
	// Each connection keeps its pair of ports for a minute: one listener would
	// run out of them.
	listeners := make(chan net.Listener, 32)
	for range cap(listeners) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			f.Fatal(err)
		}
		f.Cleanup(func() { _ = listener.Close() })
		listeners <- listener
	}
	opts := websocket.Options{ReadLimit: 4 << 10, ControlRate: 1 << 30, PingInterval: time.Hour, IdleTimeout: time.Hour}
	pool := websocket.NewPool(opts)
	f.Cleanup(func() { (&world{pool: pool}).shutdown(5 * time.Second) })
	f.Fuzz(func(t *testing.T, sent, cuts []byte) {
		memory := &world{t: t, pool: pool, pair: func(int) (net.Conn, net.Conn) { return memPair(64 << 10) }}
		tcp := &world{t: t, pool: pool, pair: func(int) (net.Conn, net.Conn) {
			listener := <-listeners
			defer func() { listeners <- listener }()
			return tcpPair(t, listener, 0)
		}}
		a, b := memory.converse(pieces(sent, cuts)), tcp.converse(pieces(sent, cuts))
		if a.end != b.end || !slices.Equal(a.heard, b.heard) {
			t.Errorf("in memory it heard %q and ended with %v, over TCP %q and %v", a.heard, a.end, b.heard, b.end)
		}
		// Where nobody said goodbye, answers may be lost with the connection.
		n := min(len(a.answers), len(b.answers))
		if a.end.code == 1006 {
			a.answers, b.answers = a.answers[:n], b.answers[:n]
		}
		if !slices.Equal(a.answers, b.answers) {
			t.Errorf("in memory it answered %q, over TCP %q", a.answers, b.answers)
		}
	})
}

// pieces cuts b into pieces of so many bytes each, and the rest.
func pieces(b, sizes []byte) (all [][]byte) {
	for _, n := range sizes[:min(len(sizes), 50)] {
		n := min(int(n), len(b))
		all, b = append(all, b[:n]), b[n:]
	}
	return append(all, b)
}

// conversation is what came of what somebody sent.
type conversation struct {
	heard   []string // by the server
	answers []string // frames of it
	end     ending
}

// converse sends the parts over a new connection, ends it, and reads all that
// comes.
func (w *world) converse(parts [][]byte) (c conversation) {
	r := newRecorder()
	r.receive = func(body string) {
		if len(body) > 4<<10 {
			w.t.Errorf("a message of %d bytes", len(body))
		}
		c.heard = append(c.heard, body)
		_ = r.client.Send(text(fmt.Sprint("ok ", len(body))))
	}
	g := w.connectWith(0, r)
	wrote := make(chan struct{})
	go func() {
		defer close(wrote)
		for _, part := range parts {
			if _, err := g.conn.Write(part); err != nil {
				return
			}
		}
		_ = g.conn.(interface{ CloseWrite() error }).CloseWrite()
	}()
	for {
		opcode, body, err := g.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			w.t.Errorf("what was answered is no frame: %v", err)
			break
		}
		c.answers = append(c.answers, fmt.Sprintf("%d %q", opcode, body))
	}
	<-wrote
	_ = g.conn.Close()
	c.end = <-r.ended
	if c.end.code < 1000 || c.end.code > 4999 {
		w.t.Errorf("ended with %v", c.end)
	}
	return c
}
