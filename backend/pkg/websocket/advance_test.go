package websocket_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// Positions that have no bytes are taken like others: who follows stays in
// step, who comes later can follow from there, and nothing of it is sent.
func TestAdvanceTakesPositions(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		a, b := w.connect(), w.connect()
		w.join(a, "room")
		w.pool.Advance("room", 1)
		w.pool.Broadcast("room", 2, text("two"))
		w.pool.Advance("room", 3)
		w.pool.Advance("room", 4)
		if !w.pool.Subscribe(b.client, "room", false) || !w.pool.Follow(b.client, "room", 4) {
			t.Fatal("nobody can follow behind what has no bytes")
		}
		w.pool.Broadcast("room", 5, text("five"))
		w.pool.Broadcast("room", 5, text("once more"))
		a.expect("two", "five")
		b.expect("five")
		w.pool.Advance("room", 6)
		_ = a.client.Send(text("fence"))
		_ = b.client.Send(text("fence"))
		a.expect("fence")
		b.expect("fence")
	})
}

// However many of them come, the log is tidied as if they were bytes.
func TestAdvanceIsTidied(t *testing.T) {
	const window = 64 << 10
	inTime(t, websocket.Options{Window: window}, func(t *testing.T, w *world) {
		g := w.connectWith(smallBuffer, newRecorder())
		w.join(g, "room")
		for n := range 20_000 { // read, or rather handed over, as it comes
			w.pool.Advance("room", uint64(n+1))
		}
		w.await("all is handed over", func() bool {
			w.pass(time.Second)
			return w.pool.Kept("room") == 0
		})
		if !w.pool.Subscribe(g.client, "room", false) { // it keeps what comes, for who does not follow yet
			t.Fatal("it cannot subscribe")
		}
		for n := range 200_000 {
			w.pool.Advance("room", uint64(20_000+n+1))
		}
		if kept := w.pool.Kept("room"); kept > 2*window {
			t.Errorf("%d bytes are kept of what has none", kept)
		}
		if w.pool.Follow(g.client, "room", 20_000) {
			t.Error("all of it is kept")
		}
	})
}

// Who lags is told up to where it was handed the topic.
func TestLagTellsThePosition(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connectWith(smallBuffer, newRecorder())
		w.join(g, "room")
		w.pool.Advance("room", 7) // what comes first need not be 1
		const messages = 8000
		for n := range messages {
			w.pool.Broadcast("room", uint64(8+n), numbered(8+n))
		}
		last := make(chan uint64, 1)
		go func() {
			<-g.heard.lags
			last <- g.heard.lostAt.Load()
			_ = g.client.Send(text("lagged"))
		}()
		for n := 8; ; n++ {
			got, err := g.text()
			if err != nil {
				t.Fatal(err)
			}
			if got == "lagged" {
				if at := <-last; at != uint64(n-1) {
					t.Errorf("it was told %d, and had been handed %d", at, n-1)
				}
				return
			}
			if want := fmt.Sprintf("%08d", n); got[:8] != want {
				t.Fatalf("got %.8s, want %s", got, want)
			}
		}
	})
}

// With the answer to the handshake what comes meanwhile is held back: so
// nothing is missed by who is told that it is connected.
func TestPlacesWhileTheAnswerIsHeld(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		hold := accept
		hold.Hold = true
		g, r := w.upgrade(0, hold), newRecorder()
		r.client = g.client
		w.join(g, "room")
		w.pool.Broadcast("room", 1, text("broadcast"))
		_ = g.client.Send(text("sent"))
		w.pool.Broadcast("room", 2, text("broadcast too"))
		g.client.Start(r)
		g.answered()
		g.expect("sent", "broadcast", "broadcast too")

		closed := w.upgrade(0, hold)
		w.join(closed, "room")
		closed.client.Close(websocket.CloseTryLater, "not now")
		closed.answered()
		if code, _ := closed.closeFrame(); code != websocket.CloseTryLater {
			t.Errorf("closed with %d", code)
		}
		closed.client.Start(newRecorder())
	})
}

// A client that may not stall is closed when its full socket took nothing for
// that long; who reads slowly is not, nor who has all of it.
func TestStallIsClosed(t *testing.T) {
	inTime(t, websocket.Options{}, func(t *testing.T, w *world) {
		strict := accept
		strict.Stall = 30 * time.Second
		guests := make([]*guest, 3)
		for i := range guests {
			g := w.upgrade([]int{smallBuffer, smallBuffer, 0}[i], strict)
			g.answered()
			g.heard = newRecorder()
			g.client.Start(g.heard)
			guests[i] = g
		}
		stalled, slow, idle := guests[0], guests[1], guests[2]
		w.join(stalled, "room")
		w.join(slow, "room")
		w.publish("room", 1, 1000)
		w.await("the sockets are full", func() bool { return stalled.client.Full() && slow.client.Full() })
		read := 1
		for range 9 {
			<-time.After(2 * time.Millisecond)
			if err := slow.readNumbered(read, read+63); err != nil {
				t.Fatal(err)
			}
			read += 64
			w.pass(5 * time.Second)
		}
		if end := <-stalled.heard.ended; end.code != websocket.CloseTryLater {
			t.Errorf("the one who stalls ended with %v", end)
		}
		if slow.client.Closing() || idle.client.Closing() {
			t.Error("who reads, or has nothing to read, is closed")
		}
	})
}

// A pause ends with its time, or with the client.
func TestPause(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connect()
		began := time.Now()
		if err := g.client.Pause(20 * time.Millisecond); err != nil || time.Since(began) < 20*time.Millisecond {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		over := make(chan error)
		go func() { over <- g.client.Pause(time.Hour) }()
		g.client.Close(websocket.CloseNormal, "")
		if err := <-over; err != websocket.ErrClosed { //nolint:errorlint // never wrapped
			t.Errorf("ended with %v", err)
		}
	})
}
