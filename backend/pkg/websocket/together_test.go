package websocket_test

import (
	"fmt"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// What leaves in one write, and not before.

func TestTogetherIsOneWrite(t *testing.T) {
	both(t, websocket.Options{Gap: -1}, func(t *testing.T, w *world) {
		a, b := w.connect(), w.connect()
		for _, room := range []string{"tea", "coffee", "cake"} {
			w.join(a, room)
		}
		w.join(b, "tea")
		for range 50 {
			w.await("nobody writes", func() bool { return !a.client.Writing() && !b.client.Writing() })
			beforeA, beforeB := w.writes(a), w.writes(b)
			w.pool.Together(func() {
				w.pool.Broadcast("tea", 0, text("tea"))
				w.pool.Broadcast("coffee", 0, text("coffee"))
				if err := a.client.Send(text("ok")); err != nil {
					t.Error(err)
				}
				w.pool.Broadcast("tea", 0, text("more tea"))
				w.pool.Broadcast("cake", 0, text("cake"))
				if w.virtual {
					w.settle()
				}
				if n := w.writes(a) - beforeA + w.writes(b) - beforeB; n != 0 {
					t.Errorf("%d writes before it was over", n)
				}
			})
			b.expect("tea", "more tea")
			got := make(map[string]bool)
			for n := range 5 {
				s, err := a.text()
				if err != nil {
					t.Fatal(err)
				}
				if n == 0 && s != "ok" {
					t.Errorf("%q came before the answer", s)
				}
				got[s] = true
			}
			if len(got) != 5 {
				t.Errorf("got %v", got)
			}
			// One for each topic at most: what is private goes along.
			if n := w.writes(a) - beforeA; n < 1 || n > 3 {
				t.Errorf("%d writes to who is in all", n)
			}
			if n := w.writes(b) - beforeB; n != 1 {
				t.Errorf("%d writes to who is in one", n)
			}
		}
	})
}

func TestTogetherForOneClientIsOneWrite(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connect()
		for range 50 {
			w.await("nobody writes", func() bool { return !g.client.Writing() })
			before := w.writes(g)
			w.pool.Together(func() {
				for n := range 20 {
					if err := g.client.Send(text(fmt.Sprint(n))); err != nil {
						t.Error(err)
					}
				}
			})
			for n := range 20 {
				g.expect(fmt.Sprint(n))
			}
			if n := w.writes(g) - before; n != 1 {
				t.Errorf("%d writes", n)
			}
		}
	})
}

// One who waits for who reads slowly, in the middle of it, holds up nobody.
func TestTogetherLetsGoWhereBroadcastWaits(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connectWith(someBuffer, newRecorder())
		w.join(g, "room")
		read := make(chan error)
		go func() { read <- g.readNumbered(1, 6000) }()
		for first := 1; first <= 6000; first += 1000 {
			w.pool.Together(func() { w.publish("room", first, first+999) })
		}
		if err := <-read; err != nil {
			t.Error(err)
		}
	})
}

// Who speaks gets its answer and its own message in one write.
func TestAnAnswerLeavesWithItsEvent(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		r := newRecorder()
		r.receive = func(body string) {
			w.pool.Together(func() {
				_ = r.client.Send(text("ok")) // it is there
				w.pool.Broadcast("room", 0, text(body))
			})
		}
		g := w.connectWith(0, r)
		w.join(g, "room")
		for range 300 {
			w.await("nobody writes", func() bool { return !g.client.Writing() })
			before := w.writes(g)
			g.say("tea")
			g.expect("ok", "tea")
			if n := w.writes(g) - before; n != 1 {
				t.Fatalf("%d writes", n)
			}
		}
	})
}

func TestAHeldAnswerLeavesWithWhatIsSentFirst(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		hold := accept
		hold.Hold = true
		g := w.upgrade(0, hold)
		if w.virtual {
			w.settle()
		}
		if n := w.writes(g); n != 0 {
			t.Errorf("%d writes before there was anything to say", n)
		}
		w.pool.Together(func() {
			if err := g.client.Send(text("hello")); err != nil {
				t.Error(err)
			}
			g.client.Start(newRecorder())
			w.join(g, "room")
			w.pool.Broadcast("room", 1, text("one"))
		})
		g.answered()
		g.expect("hello", "one")
		if n := w.writes(g); n != 1 {
			t.Errorf("%d writes", n)
		}
	})
}

func TestAHeldAnswerLeavesWithTheGoodbye(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		hold := accept
		hold.Hold = true
		g := w.upgrade(0, hold)
		g.client.Close(websocket.CloseTryLater, "full")
		g.answered()
		if code, reason := g.closeFrame(); code != websocket.CloseTryLater || reason != "full" {
			t.Errorf("closed with %d %q", code, reason)
		}
		if n := w.writes(g); n != 1 {
			t.Errorf("%d writes", n)
		}
	})
}
