package websocket_test

import (
	"runtime"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// goroutines waits until there are at most so many more than before.
func (w *world) goroutines(what string, before, more int) {
	w.t.Helper()
	w.await(what, func() bool { return runtime.NumGoroutine() <= before+more })
}

// Who says nothing, hears nothing or takes nothing costs no goroutine.
func TestNobodyCostsAGoroutine(t *testing.T) {
	overTCP(t, websocket.Options{}, func(t *testing.T, w *world) {
		const guests, few = 200, 4
		w.join(w.connect(), "room") // the poller runs
		before := runtime.NumGoroutine()
		all := make([]*guest, guests)
		for i := range all {
			all[i] = w.connectWith(smallBuffer, newRecorder())
			w.join(all[i], "room")
		}
		w.goroutines("idle", before, few)

		for i, g := range all {
			g.frame(fin|opPing, nil)
			g.frame(fin|opPong, nil)
			g.say("hello")
			g.expectFrame(opPong, "")
			if got := <-g.heard.received; got != "hello" {
				t.Fatalf("%d was heard to say %q", i, got)
			}
		}
		w.goroutines("idle again", before, few)

		w.publish("room", 1, 300)
		for _, g := range all {
			w.await("the socket is full", g.client.Full)
		}
		w.goroutines("all sockets full", before, few)

		for _, g := range all[:10] {
			if err := g.readNumbered(1, 300); err != nil {
				t.Fatal(err)
			}
		}
		w.goroutines("some have caught up", before, few)
	})
}
