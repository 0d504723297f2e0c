//go:build linux

package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// fakeServer greets one connection and then sends it events with these seqs, in
// pieces of so many bytes.
func fakeServer(t *testing.T, seqs []uint64, piece int) string {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() }) // it may be closed already
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }() // the test is over
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
			return
		}
		out := fmt.Appendf(nil, "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: %s\r\n\r\n", acceptOK)
		out = appendFrame(out, opText, []byte(`{"op":"hello","seq":0}`))
		out = appendFrame(out, opPing, []byte("still there?"))
		event := newTemplate(generalRoom)
		for _, seq := range seqs {
			out = event.appendEvent(out, seq, body(nil, bodySize, clock()))
		}
		for len(out) > 0 {
			n, err := conn.Write(out[:min(piece, len(out))])
			if err != nil {
				return
			}
			out = out[n:]
		}
		_, _ = conn.Read(make([]byte, 1<<10)) // the pong, and then the end
		_, _ = conn.Read(make([]byte, 1))
	}()
	return listener.Addr().String()
}

// A server that loses, repeats or disorders fails the run, whatever the pieces
// in which its bytes come.
func TestTheLoadNotices(t *testing.T) {
	for name, c := range map[string]struct {
		seqs []uint64
		want string // "" where all is well
	}{
		"in order":     {[]uint64{1, 2, 3, 4}, ""},
		"one lost":     {[]uint64{1, 2, 4}, "1 lost, 0 repeated, 0 out of order of 3"},
		"one repeated": {[]uint64{1, 2, 2, 3, 4}, "0 lost, 1 repeated, 0 out of order of 5"},
		"disorder":     {[]uint64{1, 3, 2, 4}, "0 lost, 0 repeated, 1 out of order of 4"},
	} {
		for _, piece := range []int{1, 5, 100, 1 << 20} {
			t.Run(fmt.Sprintf("%s in pieces of %d", name, piece), func(t *testing.T) {
				l, err := newLoad(floorDialect{}, fakeServer(t, c.seqs, piece))
				if err != nil {
					t.Fatal(err)
				}
				defer l.close()
				r := newRoom(l.dialect, generalRoom, wideView)
				if err := l.gather(1, 1, func(int) *room { return r }); err != nil {
					t.Fatal(err)
				}
				r.members, r.sent = 1, 4
				err = l.finish()
				switch {
				case c.want == "" && err != nil:
					t.Error(err)
				case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
					t.Errorf("it says %v, want %s", err, c.want)
				}
			})
		}
	}
}

// What never comes is lost, and is not waited for without end.
func TestTheLoadGivesUp(t *testing.T) {
	l, err := newLoad(floorDialect{}, fakeServer(t, []uint64{1}, 100))
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	l.patience = 50 * time.Millisecond
	r := newRoom(l.dialect, generalRoom, wideView)
	if err := l.gather(1, 1, func(int) *room { return r }); err != nil {
		t.Fatal(err)
	}
	r.members, r.sent = 1, 3
	if err := l.finish(); err == nil || !strings.Contains(err.Error(), "2 lost") {
		t.Errorf("it says %v", err)
	}
}
