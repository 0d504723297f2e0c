package websocket_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

func TestFanOutKeepsTheOrderForEverybody(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		const members, messages = 20, 2000
		guests := make([]*guest, members)
		for i := range guests {
			guests[i] = w.connect()
			w.join(guests[i], "room")
		}
		var reading sync.WaitGroup
		for i, g := range guests {
			reading.Go(func() {
				for n := range messages {
					got, err := g.text()
					if want := fmt.Sprint("event ", n+1); err != nil || got != want {
						t.Errorf("member %d got %q (%v), want %q", i, got, err, want)
						return
					}
				}
			})
		}
		for n := range messages {
			w.pool.Broadcast("room", uint64(n+1), text(fmt.Sprint("event ", n+1)))
		}
		reading.Wait()
	})
}

func TestFramesOfEveryLength(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connect()
		w.join(g, "room")
		for _, n := range []int{0, 1, 125, 126, 127, 2047, 2048, 65535, 65536, 300_000} {
			body := strings.Repeat("x", n)
			w.pool.Broadcast("room", 0, text(body))
			g.expect(body)
			if err := g.client.Send(text(body)); err != nil {
				t.Fatal(err)
			}
			g.expect(body)
		}
		w.pool.Broadcast("room", 0, websocket.Message{Type: websocket.BinaryMessage, Body: []byte{0, 255}})
		g.expectFrame(opBinary, "\x00\xff")
	})
}

// On the connection that sent a command the answer comes before the event,
// however many others broadcast at the same time.
func TestAnswerBeforeItsEvent(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		const guests, commands = 8, 200
		var room sync.Mutex
		var working sync.WaitGroup
		for i := range guests {
			r := newRecorder()
			r.receive = func(body string) {
				room.Lock()
				defer room.Unlock()
				if err := r.client.Send(text("ok " + body)); err != nil {
					t.Error(err)
				}
				w.pool.Broadcast("room", 0, text("event "+body))
			}
			g := w.connectWith(0, r)
			w.join(g, "room")
			working.Go(func() {
				for n := range commands {
					id := fmt.Sprint(i, "-", n)
					if _, err := g.conn.Write(masked(fin|opText, []byte(id))); err != nil {
						t.Error(err)
						return
					}
					answered := false
					for {
						got, err := g.text()
						if err != nil {
							t.Error(err)
							return
						}
						answered = answered || got == "ok "+id
						if got == "event "+id {
							break
						}
					}
					if !answered {
						t.Errorf("the event of %s came before its answer", id)
						return
					}
				}
			})
		}
		working.Wait()
	})
}

func TestJoinLeaveReplace(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connect()
		answer := func(s string) {
			t.Helper()
			if err := g.client.Send(text(s)); err != nil {
				t.Fatal(err)
			}
		}
		w.pool.Broadcast("room", 1, text("before anybody listens"))
		w.pool.Subscribe(w.connect().client, "room", false) // so that the log is kept
		w.pool.Subscribe(g.client, "room", false)
		w.pool.Broadcast("room", 2, text("two"))
		w.pool.Broadcast("room", 3, text("three"))
		answer("the page up to two")
		if !w.pool.Follow(g.client, "room", 2) {
			t.Fatal("the log has lost three")
		}
		g.expect("the page up to two", "three")

		// A new place in the same topic: what it follows is its own matter.
		w.pool.Subscribe(g.client, "room", false)
		w.pool.Broadcast("room", 4, text("four"))
		answer("again from one")
		if !w.pool.Follow(g.client, "room", 2) {
			t.Fatal("the log has lost three")
		}
		g.expect("again from one", "three", "four")

		w.pool.Unsubscribe(g.client, "room")
		w.pool.Unsubscribe(g.client, "room") // has no effect
		answer("left")
		w.pool.Broadcast("room", 5, text("five"))
		if w.pool.Follow(g.client, "room", 4) {
			t.Error("a client follows a topic that it has left")
		}
		w.pool.FollowNow(g.client, "room")
		w.pool.Broadcast("room", 6, text("six"))

		w.join(g, "room")
		w.pool.Broadcast("room", 7, text("seven"))
		answer("end")
		g.expect("left")
		// An answer may overtake an event that was broadcast before it.
		a, err := g.text()
		if err != nil {
			t.Fatal(err)
		}
		b, err := g.text()
		if err != nil {
			t.Fatal(err)
		}
		if a+b != "sevenend" && a+b != "endseven" {
			t.Errorf("got %q and %q", a, b)
		}
	})
}

func TestFollowAtEveryPosition(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		w.pool.Subscribe(w.connect().client, "room", false) // so that there is a log, which is kept
		for n := uint64(10); n <= 14; n++ {
			w.pool.Broadcast("room", n, text(fmt.Sprint(n)))
		}
		for after := range uint64(20) {
			g := w.connect()
			w.pool.Subscribe(g.client, "room", false)
			kept := w.pool.Follow(g.client, "room", after)
			if want := after >= 9; kept != want {
				t.Fatalf("Follow(%d) is %v", after, kept)
			}
			if !kept {
				w.pool.FollowNow(g.client, "room") // the place is still there
				continue
			}
			for n := after + 1; n <= 14; n++ {
				g.expect(fmt.Sprint(n))
			}
			g.client.Close(websocket.CloseNormal, "")
			if code, _ := g.closeFrame(); code != websocket.CloseNormal {
				t.Errorf("closed with %d", code)
			}
		}
	})
}

// A node may read a later event from the store than its log has seen yet.
func TestFollowAheadOfTheLog(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		keeper, g := w.connect(), w.connect()
		w.join(keeper, "room")
		w.pool.Broadcast("room", 1, text("1"))
		w.pool.Subscribe(g.client, "room", false)
		if !w.pool.Follow(g.client, "room", 3) {
			t.Fatal("cannot follow ahead of the log")
		}
		for n := uint64(2); n <= 5; n++ {
			w.pool.Broadcast("room", n, text(fmt.Sprint(n)))
		}
		g.expect("4", "5")
		keeper.expect("1", "2", "3", "4", "5")
	})
}

func TestFollowNowOnALogThatHasYetToBegin(t *testing.T) {
	for _, lossy := range []bool{false, true} {
		for _, first := range []uint64{0, 1, 57} {
			t.Run(fmt.Sprint(lossy, first), func(t *testing.T) {
				both(t, websocket.Options{}, func(t *testing.T, w *world) {
					g := w.connect()
					w.pool.Subscribe(g.client, "room", lossy)
					w.pool.FollowNow(g.client, "room")
					w.pool.Broadcast("room", first, text("first"))
					w.pool.Broadcast("room", 0, text("second"))
					g.expect("first", "second")
				})
			})
		}
	}
}

func TestPositionsThatAreNotNew(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connect()
		w.join(g, "room")
		for _, n := range []uint64{7, 8, 8, 3, 9} {
			w.pool.Broadcast("room", n, text(fmt.Sprint(n)))
		}
		g.expect("7", "8", "9")
	})
}

// Who stands behind a hole in the log cannot be served from it.
func TestHoleInTheLog(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		g, ahead := w.connect(), w.connect()
		w.join(g, "room")
		w.pool.Broadcast("room", 1, text("1"))
		g.expect("1")
		w.pool.Subscribe(ahead.client, "room", false)
		w.pool.Follow(ahead.client, "room", 4)
		w.pool.Broadcast("room", 5, text("5"))
		if topic := <-g.heard.lags; topic != "room" {
			t.Errorf("lag in %q", topic)
		}
		ahead.expect("5")
		w.join(g, "room")
		w.pool.Broadcast("room", 6, text("6"))
		g.expect("6")
		ahead.expect("6")
	})
}

func TestRegistry(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		a, b := w.connect(), w.connect()
		if w.pool.Len() != 2 || len(w.pool.Clients()) != 2 {
			t.Errorf("%d clients, %d in the list", w.pool.Len(), len(w.pool.Clients()))
		}
		a.reset()
		<-a.heard.ended
		if all := w.pool.Clients(); w.pool.Len() != 1 || len(all) != 1 || all[0] != b.client {
			t.Errorf("%d clients, the list is %v", w.pool.Len(), all)
		}
		if w.pool.Subscribe(a.client, "room", false) {
			t.Error("a client that is gone subscribes")
		}
		if err := a.client.Send(text("x")); !errors.Is(err, websocket.ErrClosed) {
			t.Errorf("Send to a client that is gone: %v", err)
		}
		if a.client.Offer(text("x")) {
			t.Error("a client that is gone takes an offer")
		}
		if err := a.client.Drained(); !errors.Is(err, websocket.ErrClosed) {
			t.Errorf("Drained of a client that is gone: %v", err)
		}
	})
}
