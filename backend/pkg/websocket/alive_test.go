package websocket_test

import (
	"testing"
	"time"

	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

func TestPingsEveryInterval(t *testing.T) {
	inTime(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connect()
		for range 20 {
			w.pass(24 * time.Second)
			w.quiet(g)
			w.pass(time.Second)
			g.expectFrame(opPing, "")
			g.frame(fin|opPong, nil)
			w.live(g)
		}
	})
}

func TestSilenceIsCut(t *testing.T) {
	inTime(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connect()
		w.cutAfter(g, 60*time.Second)
		if end := <-g.heard.ended; end != (ending{1006, "no sign of life"}) {
			t.Errorf("ended with %v", end)
		}
	})
}

func TestSilenceOfAClientThatWasNeverStarted(t *testing.T) {
	inTime(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.handshake(0)
		w.cutAfter(g, 60*time.Second)
		if n := w.pool.Len(); n != 0 {
			t.Errorf("the pool has %d clients", n)
		}
		late := newRecorder()
		g.client.Start(late)
		if end := <-late.ended; end.code != 1006 {
			t.Errorf("Start of a client that is gone: closed with %v", end)
		}
	})
}

// A sign of life is a ping, a pong or a message, and not a byte.
func TestSignsOfLife(t *testing.T) {
	for name, sign := range map[string][]byte{
		"ping":    masked(fin|opPing, []byte("x")),
		"pong":    masked(fin|opPong, nil),
		"message": masked(fin|opText, []byte("x")),
	} {
		t.Run(name, func(t *testing.T) {
			inTime(t, websocket.Options{}, func(t *testing.T, w *world) {
				g := w.connect()
				for range 10 {
					w.pass(50 * time.Second)
					g.raw(sign)
					w.live(g)
				}
				w.cutAfter(g, 60*time.Second)
			})
		})
	}
}

func TestHalfAFrameThatStallsIsCut(t *testing.T) {
	for name, part := range map[string][]byte{
		"one byte":           {fin | opText},
		"a header":           {fin | opText, 0x80 | 126, 0xEA, 0x60},
		"a header and more":  masked(fin|opText, make([]byte, 60_000))[:9],
		"an open fragment":   masked(opText, []byte("once upon")),
		"half a ping":        masked(fin|opPing, []byte("hello"))[:7],
		"half a close frame": masked(fin|opClose, closing(1000, "bye"))[:7],
	} {
		t.Run(name, func(t *testing.T) {
			inTime(t, websocket.Options{}, func(t *testing.T, w *world) {
				g := w.connect()
				g.raw(part)
				w.cutAfter(g, 60*time.Second)
				if end := <-g.heard.ended; end.code != 1006 {
					t.Errorf("ended with %v", end)
				}
			})
		})
	}
}

// A byte now and then does not keep half a frame alive.
func TestATrickleIsCut(t *testing.T) {
	inTime(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connect()
		frame := masked(fin|opText, make([]byte, 60_000))
		w.cutAfter(g, 60*time.Second, func() {
			g.raw(frame[:1])
			frame = frame[1:]
		})
		<-g.heard.ended
	})
}

// As many controls a second as are allowed are taken for ever, and one more
// never.
func TestFloodOfControls(t *testing.T) {
	for name, first := range map[string]byte{"pings": fin | opPing, "pongs": fin | opPong} {
		t.Run(name, func(t *testing.T) {
			inTime(t, websocket.Options{}, func(t *testing.T, w *world) { flood(t, w, first) })
		})
	}
}

func flood(t *testing.T, w *world, first byte) {
	g := w.connect()
	for range 3 {
		w.pass(2 * time.Second)
		written := flooding(g.conn, 1000, masked(first, []byte("there?")))
		for n := 0; first == fin|opPing && n < 1000; n++ {
			g.expectFrame(opPong, "there?")
		}
		<-written
		g.say("I am")
		if got := <-g.heard.received; got != "I am" {
			t.Fatalf("received %q", got)
		}
	}
	written := flooding(g.conn, 3000, masked(first, []byte("there?")))
	if code, reason := g.closeFrame(); code != websocket.ClosePolicy {
		t.Errorf("closed with %d %s", code, reason)
	}
	_ = g.conn.Close()
	<-written
	if end := <-g.heard.ended; end.code != websocket.ClosePolicy {
		t.Errorf("ended with %v", end)
	}
}

// A client that pings and does not read makes the server stop reading, not
// remember ever more pongs; then it is cut as one who is silent.
func TestPingsOfOneWhoDoesNotRead(t *testing.T) {
	inTime(t, websocket.Options{ControlRate: 1 << 30}, func(t *testing.T, w *world) {
		g := w.connectWith(smallBuffer, newRecorder())
		const many = 1 << 20
		written := flooding(g.conn, many, masked(fin|opPing, make([]byte, 125)))
		w.await("the pongs do not fit", g.client.Full)
		for passed := time.Duration(0); !g.client.Cut(); passed += time.Second {
			w.pass(time.Second)
			if passed > 5*time.Minute {
				t.Fatal("it is not cut")
			}
			if n := g.client.Private(); n > 300<<10 {
				t.Fatalf("%d bytes of pongs are kept", n)
			}
		}
		<-written
		if end := <-g.heard.ended; end.code != 1006 {
			t.Errorf("ended with %v", end)
		}
	})
}

// Who reads so slowly that its pong is behind what it has yet to read shows
// that it lives by reading; and when it does not read any more, that it does not.
func TestASlowReaderIsAlive(t *testing.T) {
	inTime(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connectWith(smallBuffer, newRecorder())
		w.join(g, "room")
		w.publish("room", 1, 1000)
		w.await("the socket is full", g.client.Full)
		// 1.6 KiB a second: over loopback, whose segments are of 64 KiB, a socket
		// tells of new room only when that much is free.
		for n := 1; n <= 800; n += 16 {
			<-time.After(2 * time.Millisecond) // who had to wait for less has not waited
			if err := g.readNumbered(n, n+15); err != nil {
				t.Fatal(err)
			}
			w.pass(10 * time.Second)
		}
		silent := time.Duration(0)
		for ; !g.client.Cut() && silent < 70*time.Second; silent += time.Second {
			w.pass(time.Second)
		}
		if silent > 61*time.Second {
			t.Errorf("it is cut after %v", silent)
		}
		<-g.heard.ended
	})
}

func TestOneWhoReadsNothingIsCut(t *testing.T) {
	inTime(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connectWith(smallBuffer, newRecorder())
		w.join(g, "room")
		w.publish("room", 1, 800)
		w.await("the socket is full", g.client.Full)
		w.cutAfter(g, 60*time.Second)
		if end := <-g.heard.ended; end != (ending{1006, "no sign of life"}) {
			t.Errorf("ended with %v", end)
		}
	})
}

// thinker is a recorder that thinks about each message until it may go on.
func thinker() (r *recorder, thinks chan string, may chan struct{}) {
	r, thinks, may = newRecorder(), make(chan string, 1), make(chan struct{})
	r.receive = func(body string) {
		thinks <- body
		<-may
	}
	return r, thinks, may
}

// While the server does not listen, silence is not the client's.
func TestALongReceiveIsNoSilence(t *testing.T) {
	inTime(t, websocket.Options{}, func(t *testing.T, w *world) {
		r, thinks, may := thinker()
		g := w.connectWith(0, r)
		g.say("think")
		<-thinks
		for range 11 {
			w.pass(25 * time.Second)
			g.expectFrame(opPing, "")
			w.live(g)
		}
		w.pass(15 * time.Second)
		close(may)
		w.cutAfter(g, 45*time.Second) // 60 after the last ping in that time
		<-r.ended
	})
}

// But one who does not take anything is not waited for.
func TestALongReceiveForOneWhoIsGone(t *testing.T) {
	inTime(t, websocket.Options{}, func(t *testing.T, w *world) {
		r, thinks, may := thinker()
		g := w.connectWith(smallBuffer, r)
		w.join(g, "room")
		w.publish("room", 1, 800)
		w.await("the socket is full", g.client.Full)
		g.say("think")
		<-thinks
		w.cutAfter(g, 60*time.Second)
		close(may)
		<-r.ended
	})
}
