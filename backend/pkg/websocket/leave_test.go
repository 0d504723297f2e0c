package websocket_test

import (
	"testing"
	"time"

	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// How long a goodbye takes, at most.

func TestACloseThatIsNotAnsweredIsCut(t *testing.T) {
	inTime(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connect()
		g.client.Close(websocket.ClosePolicy, "out")
		w.cutAfter(g, 2*time.Second)
		if end := <-g.heard.ended; end != (ending{1008, "out"}) {
			t.Errorf("ended with %v", end)
		}
	})
}

func TestCloseWhileStalledIsCut(t *testing.T) {
	inTime(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connectWith(smallBuffer, newRecorder())
		for n := range 1000 {
			if err := g.client.Send(numbered(n)); err != nil {
				t.Fatal(err)
			}
		}
		w.await("the socket is full", g.client.Full)
		g.client.Close(websocket.ClosePolicy, "out")
		w.cutAfter(g, 2*time.Second)
		if end := <-g.heard.ended; end != (ending{1008, "out"}) {
			t.Errorf("ended with %v", end)
		}
	})
}

// Who writes without end does not hold up the goodbye either.
func TestCloseOfOneWhoNeverStopsTalking(t *testing.T) {
	inTime(t, websocket.Options{}, func(t *testing.T, w *world) {
		r := newRecorder()
		r.receive = func(string) {}
		g := w.connectWith(0, r)
		g.client.Close(websocket.ClosePolicy, "out")
		if code, _ := g.closeFrame(); code != 1008 {
			t.Errorf("closed with %d", code)
		}
		w.cutAfter(g, 2*time.Second, func() { g.say("and another thing") })
		<-r.ended
	})
}

// Those who do not listen to the goodbye do not hold up Shutdown for longer
// than any other goodbye, though it would wait.
func TestShutdownWhileSocketsAreFull(t *testing.T) {
	inTime(t, websocket.Options{}, func(t *testing.T, w *world) {
		full := make([]*guest, 10)
		for i := range full {
			full[i] = w.connectWith(smallBuffer, newRecorder())
			w.join(full[i], "room")
		}
		w.publish("room", 1, 3000)
		for _, g := range full {
			w.await("the socket is full", g.client.Full)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			w.shutdown(time.Hour)
		}()
		for _, g := range full {
			w.await("the goodbye is said", g.client.Closing)
		}
		w.cutAfter(full[0], 2*time.Second)
		for _, g := range full {
			if end := <-g.heard.ended; end.code != websocket.CloseRestart {
				t.Errorf("ended with %v", end)
			}
		}
		<-done
	})
}
