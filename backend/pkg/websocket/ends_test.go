package websocket_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// What was sent before the end is received, however close the end is behind it.
func TestTheEndRightBehindTheLastFrame(t *testing.T) {
	for _, size := range []int{0, 1, 100, 8178, 8184, 8185, 9000, 100_000} { // with its header: around 8 KiB
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			both(t, websocket.Options{}, func(t *testing.T, w *world) {
				for n := range 40 {
					g := w.handshake(0)
					g.heard = newRecorder()
					if n%2 == 0 {
						g.client.Start(g.heard)
					}
					sent := make(chan struct{})
					go func() {
						defer close(sent)
						_, _ = g.conn.Write(bytesOf(masked(fin|opText, []byte("first")), masked(fin|opText, make([]byte, size))))
						_ = g.conn.(interface{ CloseWrite() error }).CloseWrite()
					}()
					if n%2 == 1 {
						if n%4 == 1 {
							w.await("sent", func() bool { return isClosed(sent) || size > 60_000 })
						}
						g.client.Start(g.heard)
					}
					if a, b := <-g.heard.received, <-g.heard.received; a != "first" || len(b) != size {
						t.Fatalf("received %q and %d bytes", a, len(b))
					}
					if end := <-g.heard.ended; end.code != 1006 {
						t.Errorf("ended with %v", end)
					}
					<-sent
					_ = g.conn.Close()
				}
			})
		})
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// What comes before Start is received after it.
func TestWhatIsSaidBeforeStart(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		for n := range 20 {
			g := w.handshake(0)
			g.say("early")
			if n%2 == 0 {
				g.frame(opText, []byte("ha")) // the rest comes later
			}
			if w.virtual {
				w.settle()
			}
			r := newRecorder()
			g.client.Start(r)
			if got := <-r.received; got != "early" {
				t.Fatalf("received %q", got)
			}
			if n%2 == 0 {
				g.frame(fin|opContinuation, []byte("lf"))
			} else {
				g.say("half")
			}
			if got := <-r.received; got != "half" {
				t.Fatalf("received %q", got)
			}
		}
	})
}

// Nobody waits for a socket whose other end is gone.
func TestResetWhileTheSocketIsFull(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		all := make([]*guest, 20)
		for i := range all {
			all[i] = w.connectWith(smallBuffer, newRecorder())
			w.join(all[i], "room")
		}
		w.publish("room", 1, 300)
		for _, g := range all {
			w.await("the socket is full", g.client.Full)
		}
		for i, g := range all {
			if i%2 == 0 {
				w.publish("room", 301+i, 301+i)
			}
			g.reset()
			if end := <-g.heard.ended; end.code != 1006 {
				t.Errorf("ended with %v", end)
			}
		}
		if n := w.pool.Len(); n != 0 {
			t.Errorf("the pool has %d clients", n)
		}
	})
}

// Connections come and go, and so do the numbers of their descriptors. Nobody
// hears what is for another, and nobody is ended by another's end.
func TestNobodyHearsAnothersEvents(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		const stay, comers, times, messages = 5, 4, 60, 2000
		var steady, coming sync.WaitGroup
		for range stay {
			g := w.connect()
			w.join(g, "room")
			steady.Go(func() {
				if err := g.readNumbered(1, messages); err != nil {
					t.Error(err)
				}
				if g.client.Cut() {
					t.Error("one who stays is cut")
				}
			})
		}
		for who := range comers {
			random := rand.New(rand.NewPCG(1, uint64(who)))
			coming.Go(func() {
				for n := range times {
					visit(t, w, random, fmt.Sprint(who, "-", n))
				}
			})
		}
		for n := range messages {
			w.pool.Broadcast("room", uint64(n+1), numbered(n+1))
		}
		steady.Wait()
		coming.Wait()
	})
}

// visit is one short connection: it hears itself, and nobody else.
func visit(t *testing.T, w *world, random *rand.Rand, name string) {
	r := newRecorder()
	r.receive = func(body string) {
		if !strings.HasPrefix(body, name+" ") {
			t.Errorf("%s was heard to say %q", name, body)
		}
		_ = r.client.Send(text("you said " + body)) // it may have gone
		w.pool.Broadcast(name, 0, text("we heard "+body))
	}
	g := w.connectWith(0, r)
	w.join(g, name)
	for n := range 1 + random.IntN(5) {
		said := fmt.Sprint(name, " ", n)
		g.say(said)
		for _, want := range []string{"you said " + said, "we heard " + said} {
			if got, err := g.text(); err != nil || got != want {
				t.Errorf("%s got %q (%v), want %q", name, got, err, want)
			}
		}
	}
	want := 1006
	switch random.IntN(4) {
	case 0:
		g.say(name + " and more")
		g.reset()
	case 1:
		_ = g.conn.Close()
	case 2:
		g.client.Close(websocket.CloseNormal, "")
		g.closeFrame()
		want = websocket.CloseNormal
		_ = g.conn.Close()
	case 3:
		g.frame(fin|opClose, closing(1001, ""))
		g.closeFrame()
		want = 1001
		_ = g.conn.Close()
	}
	if end := <-r.ended; end.code != want {
		t.Errorf("%s ended with %v, want %d", name, end, want)
	}
}

// What comes while the server thinks about something else is heard afterwards.
func TestWhatComesDuringReceive(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		thinks, may, other := make(chan string, 1), make(chan struct{}), w.connect()
		r := newRecorder()
		r.receive = func(body string) {
			thinks <- body
			<-may
		}
		g := w.connectWith(0, r)
		for range 20 {
			g.say("one")
			<-thinks
			g.say("two")
			other.say("nothing") // what is heard after it has happened after it
			<-other.heard.received
			may <- struct{}{}
			if got := <-thinks; got != "two" {
				t.Errorf("received %q", got)
			}
			may <- struct{}{}
		}
	})
}

// A frame that ends just where a read did is not the last.
func TestFramesThatFillARead(t *testing.T) {
	const read = 8 << 10
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connect()
		for _, reads := range []int{1, 2, 3} {
			for range 10 {
				filling := masked(fin|opText, make([]byte, reads*read-8)) // and its header
				g.raw(bytesOf(filling, masked(fin|opText, []byte("two"))))
				if a, b := <-g.heard.received, <-g.heard.received; len(a) != reads*read-8 || b != "two" {
					t.Fatalf("received %d bytes and %q", len(a), b)
				}
			}
		}
	})
}
