package websocket_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// When a topic's log is written. In virtual time a write takes none, so what is
// late has been made to wait.

const mostGap = 12500 * time.Microsecond // the longest, 10 ms, up to the end of a part that is common to all topics

// delays broadcasts a message at each call, and says how late it arrives.
func delays(w *world, g *guest, topic string) func() time.Duration {
	return func() time.Duration {
		begin := time.Now()
		w.pool.Broadcast(topic, 0, text("now"))
		g.expect("now")
		return time.Since(begin)
	}
}

func TestAQuietTopicIsNotMadeToWait(t *testing.T) {
	inMemory(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connect()
		w.join(g, "room")
		once := delays(w, g, "room")
		for n := range 200 {
			if late := once(); late != 0 {
				t.Errorf("message %d is %v late", n, late)
			}
			<-time.After(25 * time.Millisecond)
		}
	})
}

// stamped publishes n messages at this distance, which tell when that was, and
// returns how late each arrived, and at how many moments they did.
func stamped(t *testing.T, w *world, g *guest, n int, every time.Duration) (late []time.Duration, moments int) {
	t.Helper()
	begin := time.Now()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range n {
			w.pool.Broadcast("room", 0, text(fmt.Sprint(int64(time.Since(begin)))))
			<-time.After(every)
		}
	}()
	last := time.Duration(-1)
	for range n {
		got, err := g.text()
		if err != nil {
			t.Fatal(err)
		}
		var at time.Duration
		if _, err := fmt.Sscan(got, (*int64)(&at)); err != nil {
			t.Fatal(err)
		}
		now := time.Since(begin)
		late = append(late, now-at)
		if now != last {
			moments++
		}
		last = now
	}
	<-done
	return late, moments
}

func TestABusyTopicsFramesLeaveTogether(t *testing.T) {
	inMemory(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connect()
		w.join(g, "room")
		late, moments := stamped(t, w, g, 2000, 2*time.Millisecond)
		for n, d := range late {
			if d > mostGap || n == 0 && d > 0 {
				t.Errorf("message %d is %v late", n, d)
			}
		}
		if moments > 2000/4+100 {
			t.Errorf("2000 frames came at %d moments", moments)
		}
		<-time.After(time.Second)
		if d := delays(w, g, "room")(); d != 0 {
			t.Errorf("the first one after a pause is %v late", d)
		}
	})
}

func TestManyFramesDoNotWaitForTheGapsEnd(t *testing.T) {
	inMemory(t, websocket.Options{Gap: time.Second}, func(t *testing.T, w *world) {
		g := w.connect()
		w.join(g, "room")
		late, _ := stamped(t, w, g, 4000, time.Millisecond)
		for n, d := range late[:3900] {
			if d > 32*time.Millisecond {
				t.Fatalf("message %d is %v late", n, d)
			}
		}
	})
}

func TestNoGapMeansNone(t *testing.T) {
	inMemory(t, websocket.Options{Gap: -1}, func(t *testing.T, w *world) {
		g := w.connect()
		w.join(g, "room")
		late, _ := stamped(t, w, g, 1000, time.Millisecond)
		for n, d := range late {
			if d > 0 {
				t.Errorf("message %d is %v late", n, d)
			}
		}
	})
}

// Who speaks again only when it has been heard gains nothing from a gap, and is
// soon spared it.
func TestAGapThatDoesNotHelpIsGivenUp(t *testing.T) {
	inMemory(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connect()
		w.join(g, "room")
		once := delays(w, g, "room")
		const messages = 8_000 // 40 s
		late := 0
		for n := range messages {
			switch d := once(); {
			case d > mostGap:
				t.Fatalf("message %d is %v late", n, d)
			case d > 0:
				late++
			}
			<-time.After(5 * time.Millisecond)
		}
		if late > 40 { // a few at each try: after 1, 2, 4, 8, 16, … seconds
			t.Errorf("%d of %d messages are late", late, messages)
		}
	})
}

// What may be lost may also wait.
func TestALossyTopicWaits(t *testing.T) {
	inMemory(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connect()
		w.pool.Subscribe(g.client, "room", true)
		w.pool.FollowNow(g.client, "room")
		late, moments := stamped(t, w, g, 300, 3*time.Millisecond)
		for n, d := range late {
			if d > mostGap {
				t.Errorf("message %d is %v late", n, d)
			}
		}
		if moments > 150 {
			t.Errorf("300 frames came at %d moments", moments)
		}
	})
}

// Topics that wait are due together, and who is in several gets one write.
func TestTopicsThatWaitLeaveTogether(t *testing.T) {
	inMemory(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connect()
		topics := []string{"a", "b", "c", "d"}
		for _, topic := range topics {
			w.pool.Subscribe(g.client, topic, true)
			w.pool.FollowNow(g.client, topic)
		}
		before := w.writes(g)
		const rounds = 50
		for range rounds {
			for _, topic := range topics {
				w.pool.Broadcast(topic, 0, text(topic))
				<-time.After(300 * time.Microsecond)
			}
			for range topics {
				if _, err := g.text(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if n := w.writes(g) - before; n > rounds*3/2 {
			t.Errorf("%d writes, for %d rounds", n, rounds)
		}
	})
}
