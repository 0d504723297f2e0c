package websocket_test

import (
	"testing"
	"time"

	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// What is about time runs in virtual time alone.

func TestPingsEveryInterval(t *testing.T) {
	inMemory(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connect()
		begin := time.Now()
		for n := 1; n <= 20; n++ {
			opcode, body, err := g.next()
			if err != nil || opcode != opPing || len(body) != 0 {
				t.Fatalf("got %d %q (%v)", opcode, body, err)
			}
			want := time.Duration(n) * 25 * time.Second
			if at := time.Since(begin); at < want || at > want+time.Duration(n)*time.Second {
				t.Errorf("ping %d came after %v", n, at)
			}
			g.frame(fin|opPong, nil)
		}
	})
}

// endsAfter reads on until the connection ends, and says when that was.
func endsAfter(t *testing.T, g *guest, want time.Duration) {
	t.Helper()
	begin := time.Now()
	for {
		if _, _, err := g.next(); err != nil {
			break
		}
	}
	if at := time.Since(begin); at < want-time.Second || at > want+2*time.Second {
		t.Errorf("it ended after %v, want %v", at, want)
	}
}

func TestSilenceIsCut(t *testing.T) {
	inMemory(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connect()
		endsAfter(t, g, 60*time.Second)
		if end := <-g.heard.ended; end != (ending{1006, "no sign of life"}) {
			t.Errorf("ended with %v", end)
		}
	})
}

func TestSilenceOfAClientThatWasNeverStarted(t *testing.T) {
	inMemory(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.handshake(0)
		endsAfter(t, g, 60*time.Second)
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
			inMemory(t, websocket.Options{}, func(t *testing.T, w *world) {
				g := w.connect()
				ended := make(chan struct{})
				go func() {
					defer close(ended)
					endsAfter(t, g, 10*50*time.Second+60*time.Second)
				}()
				for range 10 {
					<-time.After(50 * time.Second)
					g.raw(sign)
				}
				<-ended
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
			inMemory(t, websocket.Options{}, func(t *testing.T, w *world) {
				g := w.connect()
				g.raw(part)
				endsAfter(t, g, 60*time.Second)
				if end := <-g.heard.ended; end.code != 1006 {
					t.Errorf("ended with %v", end)
				}
			})
		})
	}
}

// A byte now and then does not keep half a frame alive.
func TestATrickleIsCut(t *testing.T) {
	inMemory(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connect()
		silenced := make(chan struct{})
		go func() {
			defer close(silenced)
			frame := masked(fin|opText, make([]byte, 60_000))
			for _, b := range frame {
				if _, err := g.conn.Write([]byte{b}); err != nil {
					return
				}
				<-time.After(time.Second)
			}
		}()
		endsAfter(t, g, 60*time.Second)
		<-silenced
	})
}

func TestACloseThatIsNotAnsweredIsCut(t *testing.T) {
	inMemory(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connect()
		g.client.Close(websocket.ClosePolicy, "out")
		endsAfter(t, g, 3*time.Second)
		if end := <-g.heard.ended; end != (ending{1008, "out"}) {
			t.Errorf("ended with %v", end)
		}
	})
}

func TestCloseWhileStalledIsCut(t *testing.T) {
	inMemory(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connect()
		for range 200 { // more than the connection holds
			if err := g.client.Send(numbered(1)); err != nil {
				t.Fatal(err)
			}
		}
		begin := time.Now()
		g.client.Close(websocket.ClosePolicy, "out")
		if end := <-g.heard.ended; end != (ending{1008, "out"}) {
			t.Errorf("ended with %v", end)
		}
		if at := time.Since(begin); at > 4*time.Second {
			t.Errorf("it ended after %v", at)
		}
	})
}

// Who writes without end does not hold up the goodbye either.
func TestCloseOfOneWhoNeverStopsTalking(t *testing.T) {
	inMemory(t, websocket.Options{}, func(t *testing.T, w *world) {
		r := newRecorder()
		r.receive = func(string) {}
		g := w.connectWith(0, r)
		silenced := make(chan struct{})
		go func() {
			defer close(silenced)
			for {
				if _, err := g.conn.Write(masked(fin|opText, []byte("and another thing"))); err != nil {
					return
				}
				<-time.After(time.Millisecond)
			}
		}()
		begin := time.Now()
		g.client.Close(websocket.ClosePolicy, "out")
		if code, _ := g.closeFrame(); code != 1008 {
			t.Errorf("closed with %d", code)
		}
		<-r.ended
		if at := time.Since(begin); at > 4*time.Second {
			t.Errorf("it ended after %v", at)
		}
		<-silenced
	})
}

func TestFloodOfControls(t *testing.T) {
	for name, first := range map[string]byte{"pings": fin | opPing, "pongs": fin | opPong} {
		t.Run(name, func(t *testing.T) {
			inMemory(t, websocket.Options{}, func(t *testing.T, w *world) { flood(t, w, first) })
		})
	}
}

func flood(t *testing.T, w *world, first byte) {
	r := newRecorder()
	g := w.connectWith(0, r)
	go func() {
		for range 3000 {
			if _, err := g.conn.Write(masked(first, []byte("are you there"))); err != nil {
				return
			}
		}
	}()
	if code, reason := g.closeFrame(); code != websocket.ClosePolicy {
		t.Errorf("closed with %d %s", code, reason)
	}
	if end := <-r.ended; end.code != websocket.ClosePolicy {
		t.Errorf("ended with %v", end)
	}
}

// A client that pings and does not read makes the server stop reading, not
// remember ever more pongs; then it is cut as one who is silent.
func TestPingsOfOneWhoDoesNotRead(t *testing.T) {
	inMemory(t, websocket.Options{ControlRate: 1 << 30}, func(t *testing.T, w *world) {
		g := w.connect()
		taken := 0
		frame := masked(fin|opPing, make([]byte, 125))
		for {
			if _, err := g.conn.Write(frame); err != nil {
				break
			}
			taken += len(frame)
		}
		if taken > mebibyte {
			t.Errorf("%d bytes of pings were taken", taken)
		}
		if end := <-g.heard.ended; end.code != 1006 {
			t.Errorf("ended with %v", end)
		}
	})
}

// Who reads so slowly that its pong is behind what it has yet to read shows
// that it lives by reading.
func TestASlowReaderIsAlive(t *testing.T) {
	inMemory(t, websocket.Options{}, func(t *testing.T, w *world) {
		const messages = 800
		g := w.connect()
		w.join(g, "room")
		w.publish("room", 1, messages)
		for n := 1; n <= messages; n++ {
			if err := g.readNumbered(n, n); err != nil {
				t.Fatal(err)
			}
			<-time.After(200 * time.Millisecond) // 5 KiB a second
		}
		endsAfter(t, g, 47*time.Second) // the sockets have held the last 64 KiB
	})
}

// While the server does not listen, silence is not the client's.
func TestALongReceiveIsNoSilence(t *testing.T) {
	inMemory(t, websocket.Options{}, func(t *testing.T, w *world) {
		r := newRecorder()
		r.receive = func(string) { <-time.After(290 * time.Second) }
		g := w.connectWith(0, r)
		g.say("think")
		endsAfter(t, g, (275+60)*time.Second) // after the last ping in that time
	})
}

// But one who does not take anything is not waited for.
func TestALongReceiveForOneWhoIsGone(t *testing.T) {
	inMemory(t, websocket.Options{}, func(t *testing.T, w *world) {
		r := newRecorder()
		thought := make(chan struct{})
		r.receive = func(string) { <-thought }
		g := w.connectWith(0, r)
		w.join(g, "room")
		w.publish("room", 1, 200) // more than the connection holds
		g.say("think")
		<-time.After(63 * time.Second)
		w.settle()
		if _, err := g.conn.Write(masked(fin|opText, []byte("?"))); err == nil {
			t.Error("it is not cut")
		}
		close(thought)
		<-r.ended
	})
}
