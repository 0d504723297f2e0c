package websocket_test

import (
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// FuzzRawBytes sends what it likes behind a good handshake, in two pieces. The
// server may take it as messages, or wait for more, or close; it never panics,
// what it answers is whole frames, and when the bytes end so does the client,
// having been told once.
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
		f.Add(seed, uint16(len(seed)/2))
	}
	pool := websocket.NewPool(websocket.Options{ReadLimit: 4 << 10, PingInterval: time.Hour, IdleTimeout: time.Hour})
	w := &world{pool: pool, pair: func(int) (net.Conn, net.Conn) { return memPair(64 << 10) }}
	f.Cleanup(func() { w.shutdown(5 * time.Second) })
	f.Fuzz(func(t *testing.T, sent []byte, cut uint16) {
		here := &world{t: t, pool: w.pool, pair: w.pair}
		r := newRecorder()
		r.receive = func(body string) {
			if len(body) > 4<<10 {
				t.Errorf("a message of %d bytes", len(body))
			}
			_ = r.client.Send(text("ok"))
		}
		g := here.connectWith(0, r)
		wrote := make(chan struct{})
		go func() {
			defer close(wrote)
			half := min(int(cut), len(sent))
			for _, part := range [][]byte{sent[:half], sent[half:]} {
				if _, err := g.conn.Write(part); err != nil {
					return
				}
			}
			_ = g.conn.(*memConn).CloseWrite()
		}()
		for {
			_, _, err := g.next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Errorf("what was answered is no frame: %v", err)
				break
			}
		}
		<-wrote
		_ = g.conn.Close()
		if end := <-r.ended; end.code < 1000 || end.code > 4999 {
			t.Errorf("ended with %v", end)
		}
	})
}
