package websocket_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

func TestCloseByTheClient(t *testing.T) {
	tests := []struct {
		name string
		body []byte
		want ending
	}{
		{"with a code", closing(1000, ""), ending{1000, ""}},
		{"with a reason", closing(1001, "closing the tab"), ending{1001, "closing the tab"}},
		{"with an own code", closing(4321, "own"), ending{4321, "own"}},
		{"without a code", nil, ending{1005, ""}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			both(t, websocket.Options{}, func(t *testing.T, w *world) {
				g := w.connect()
				w.join(g, "room")
				g.frame(fin|opClose, test.body)
				if code, _ := g.closeFrame(); code != test.want.code {
					t.Errorf("answered with %d, want %d", code, test.want.code)
				}
				g.expectEnd()
				_ = g.conn.Close()
				if end := <-g.heard.ended; end != test.want {
					t.Errorf("ended with %v, want %v", end, test.want)
				}
				if w.pool.Len() != 0 {
					t.Error("the pool still has it")
				}
			})
		})
	}
}

func TestCloseByTheServer(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connect()
		w.join(g, "room")
		if err := g.client.Send(text("last words")); err != nil {
			t.Fatal(err)
		}
		g.client.Close(websocket.CloseTryLater, "overloaded")
		g.client.Close(websocket.CloseNormal, "never mind")
		w.pool.Broadcast("room", 0, text("not for one who leaves"))
		if err := g.client.Send(text("nor this")); !errors.Is(err, websocket.ErrClosed) {
			t.Errorf("Send behind the close frame: %v", err)
		}
		g.expect("last words")
		g.say("not listened to any more")
		if code, reason := g.closeFrame(); code != websocket.CloseTryLater || reason != "overloaded" {
			t.Errorf("closed with %d %q", code, reason)
		}
		g.frame(fin|opClose, closing(websocket.CloseTryLater, ""))
		g.expectEnd()
		_ = g.conn.Close()
		if end := <-g.heard.ended; end != (ending{websocket.CloseTryLater, "overloaded"}) {
			t.Errorf("ended with %v", end)
		}
		if len(g.heard.received) != 0 {
			t.Errorf("received %q", <-g.heard.received)
		}
	})
}

// A reason must fit into a control frame, and stay UTF-8.
func TestLongReasons(t *testing.T) {
	inMemory(t, websocket.Options{}, func(t *testing.T, w *world) {
		for n := 118; n <= 126; n++ {
			g := w.connect()
			g.client.Close(websocket.ClosePolicy, strings.Repeat("x", n)+"茶茶茶")
			_, reason := g.closeFrame()
			if !utf8.ValidString(reason) || len(reason) > 123 || len(reason) < 121 {
				t.Errorf("the reason has %d bytes, valid %v", len(reason), utf8.ValidString(reason))
			}
			_ = g.conn.Close()
		}
	})
}

// breaks ends a connection in some rude way.
var breaks = map[string]func(g *guest){
	"reset":                func(g *guest) { g.reset() },
	"reset inside a frame": func(g *guest) { g.raw(masked(fin|opText, []byte("hello"))[:8]); g.reset() },
	"end":                  func(g *guest) { _ = g.conn.(interface{ CloseWrite() error }).CloseWrite() },
	"end inside a frame": func(g *guest) {
		g.raw(masked(fin|opText, []byte("hello"))[:8])
		_ = g.conn.(interface{ CloseWrite() error }).CloseWrite()
	},
}

func TestRudeEnds(t *testing.T) {
	for name, end := range breaks {
		t.Run(name, func(t *testing.T) {
			both(t, websocket.Options{}, func(t *testing.T, w *world) {
				g, other := w.connect(), w.connect()
				w.join(g, "room")
				w.join(other, "room")
				end(g)
				if e := <-g.heard.ended; e.code != 1006 {
					t.Errorf("ended with %v", e)
				}
				if w.pool.Len() != 1 {
					t.Errorf("the pool has %d", w.pool.Len())
				}
				w.pool.Broadcast("room", 0, text("and on we go"))
				other.expect("and on we go")
			})
		})
	}
}

// The end is found by who writes, or by who reads: it comes to the same.
func TestResetDuringABurst(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		const rounds = 30
		stays := w.connect()
		w.join(stays, "room")
		read := make(chan error)
		go func() { read <- stays.readNumbered(1, rounds*100) }()
		for round := range rounds {
			g := w.connectWith(smallBuffer, newRecorder())
			w.join(g, "room")
			for n := range 100 {
				if n == 50 {
					g.reset()
				}
				w.pool.Broadcast("room", 0, numbered(round*100+n+1))
			}
			if end := <-g.heard.ended; end.code != 1006 {
				t.Errorf("ended with %v", end)
			}
		}
		if err := <-read; err != nil {
			t.Error(err)
		}
	})
}

func TestShutdownSaysRestartToAll(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		guests := make([]*guest, 20)
		for i := range guests {
			guests[i] = w.connect()
			w.join(guests[i], fmt.Sprint("room ", i%3))
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			w.shutdown(time.Minute)
		}()
		for _, g := range guests {
			if code, reason := g.closeFrame(); code != websocket.CloseRestart || reason != "retry_ms=100" {
				t.Errorf("closed with %d %q", code, reason)
			}
			g.frame(fin|opClose, closing(websocket.CloseRestart, ""))
			g.expectEnd()
			_ = g.conn.Close()
			if end := <-g.heard.ended; end.code != websocket.CloseRestart {
				t.Errorf("ended with %v", end)
			}
		}
		<-done
		w.pool.Broadcast("room 1", 0, text("to nobody"))
		w.shutdown(0) // has no effect
	})
}

// Shutdown cuts, when its time is up: who stalls, who does not answer, and who
// was never started.
func TestShutdownDoesNotWaitForEver(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		stalled, silent := w.connectWith(smallBuffer, newRecorder()), w.connect()
		w.handshake(0)
		w.join(stalled, "room")
		for n := range 3000 {
			w.pool.Broadcast("room", 0, numbered(n))
		}
		begin := time.Now()
		w.shutdown(100 * time.Millisecond)
		if took := time.Since(begin); took > 2*time.Second {
			t.Errorf("it took %v", took)
		}
		for _, g := range []*guest{stalled, silent} {
			if end := <-g.heard.ended; end.code != websocket.CloseRestart {
				t.Errorf("ended with %v", end)
			}
		}
		if w.pool.Len() != 0 {
			t.Errorf("the pool has %d", w.pool.Len())
		}
	})
}

// Everything at once: whatever the moment, nothing hangs and nothing stays.
func TestShutdownInTheMiddleOfEverything(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		stop, stopped := make(chan struct{}), make(chan struct{})
		for i := range 10 {
			g := w.connectWith(smallBuffer, newRecorder())
			w.join(g, "room")
			if i%2 == 0 {
				go func() {
					for {
						if _, err := g.text(); err != nil {
							return
						}
					}
				}()
			}
		}
		go func() {
			defer close(stopped)
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
					w.pool.Broadcast("room", 0, numbered(n))
				}
			}
		}()
		w.shutdown(0) // time does not pass while somebody is busy, in memory
		close(stop)
		<-stopped
	})
}

func TestCloseOfOneThatWasNeverStarted(t *testing.T) {
	inMemory(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.handshake(0)
		g.client.Close(websocket.CloseTryLater, "full")
		if code, reason := g.closeFrame(); code != websocket.CloseTryLater || reason != "full" {
			t.Errorf("closed with %d %q", code, reason)
		}
		g.expectEnd()
		late := newRecorder()
		g.client.Start(late)
		if end := <-late.ended; end != (ending{websocket.CloseTryLater, "full"}) {
			t.Errorf("ended with %v", end)
		}
		w.shutdown(time.Minute) // which waits until the pool has let it go
		if w.pool.Len() != 0 {
			t.Errorf("the pool has %d", w.pool.Len())
		}
	})
}
