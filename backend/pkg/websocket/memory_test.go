package websocket_test

import (
	"testing"
	"time"

	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// What a topic keeps, and gives back. A sweep comes about once a second.

const twoSweeps = 2100 * time.Millisecond

// publish broadcasts the messages from first to last, of 1 KiB each.
func (w *world) publish(topic string, first, last int) {
	for n := first; n <= last; n++ {
		w.pool.Broadcast(topic, uint64(n), numbered(n))
	}
}

func (w *world) expectKept(topic string, from, to int) {
	w.t.Helper()
	if n := w.pool.Kept(topic); n < from || n > to {
		w.t.Errorf("%s keeps %d bytes, want %d to %d", topic, n, from, to)
	}
}

func TestALogThatNobodyNeedsIsGivenBack(t *testing.T) {
	inMemory(t, websocket.Options{}, func(t *testing.T, w *world) {
		g, late := w.connect(), w.connect()
		w.join(g, "room")
		read := make(chan error)
		go func() { read <- g.readNumbered(1, 3000) }()
		w.publish("room", 1, 3000)
		if err := <-read; err != nil {
			t.Fatal(err)
		}
		<-time.After(twoSweeps)
		w.expectKept("room", 0, 0)

		w.pool.Subscribe(late.client, "room", false)
		if w.pool.Follow(late.client, "room", 2999) {
			t.Error("Follow promises what is gone")
		}
		if !w.pool.Follow(late.client, "room", 3000) {
			t.Error("Follow refuses the head")
		}
		w.publish("room", 3001, 3002)
		for _, member := range []*guest{g, late} {
			if err := member.readNumbered(3001, 3002); err != nil {
				t.Error(err)
			}
		}
		if w.pool.Follow(late.client, "room", 2999) {
			t.Error("Follow promises what is gone")
		}
	})
}

// Who has subscribed and does not follow yet will need what came since.
func TestALogIsKeptForWhoWillFollow(t *testing.T) {
	inMemory(t, websocket.Options{}, func(t *testing.T, w *world) {
		g, paused := w.connect(), w.connect()
		w.join(g, "room")
		read := make(chan error)
		go func() { read <- g.readNumbered(1, 500) }()
		w.publish("room", 1, 200)
		w.pool.Subscribe(paused.client, "room", false)
		w.publish("room", 201, 500)
		if err := <-read; err != nil {
			t.Fatal(err)
		}
		<-time.After(twoSweeps)
		w.expectKept("room", 300<<10, 370<<10) // by whole chunks
		if !w.pool.Follow(paused.client, "room", 200) {
			t.Fatal("what came since Subscribe is gone")
		}
		if err := paused.readNumbered(201, 500); err != nil {
			t.Fatal(err)
		}
		<-time.After(twoSweeps)
		w.expectKept("room", 0, 0)
	})
}

// One who stalls keeps a window, and four only while it reads.
func TestTheStretchIsGivenBack(t *testing.T) {
	inMemory(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connect()
		w.join(g, "room")
		w.publish("room", 1, 3500)
		w.expectKept("room", 3*mebibyte, 4*mebibyte)
		<-time.After(2 * twoSweeps)
		w.expectKept("room", 0, mebibyte+128<<10)
		for lost := false; !lost; {
			select {
			case <-g.heard.lags:
				lost = true
			default:
				if _, err := g.text(); err != nil {
					t.Fatal(err)
				}
				w.settle()
			}
		}
		w.expectKept("room", 0, 0)
	})
}

// Who has fallen out of the window keeps nothing from being given back.
func TestWhoHasFallenOutKeepsNothing(t *testing.T) {
	inMemory(t, websocket.Options{}, func(t *testing.T, w *world) {
		g, stalled := w.connect(), w.connect()
		w.join(g, "room")
		w.join(stalled, "room")
		read := make(chan error)
		go func() { read <- g.readNumbered(1, 8000) }()
		w.publish("room", 1, 8000)
		if err := <-read; err != nil {
			t.Fatal(err)
		}
		<-time.After(2 * twoSweeps)
		w.expectKept("room", 0, 0)
	})
}

func TestALossyTopicKeepsLittle(t *testing.T) {
	inMemory(t, websocket.Options{}, func(t *testing.T, w *world) {
		g, strict := w.connect(), w.connect()
		w.pool.Subscribe(g.client, "typing", true)
		w.pool.FollowNow(g.client, "typing")
		w.publish("typing", 1, 1000)
		w.expectKept("typing", 32<<10, 48<<10)
		w.pool.Subscribe(strict.client, "typing", false)
		w.publish("typing", 1001, 1600)
		w.expectKept("typing", 600<<10, 700<<10)
		w.pool.Unsubscribe(strict.client, "typing")
		w.publish("typing", 1601, 1601)
		w.expectKept("typing", 32<<10, 128<<10)
	})
}

// Who drains and stalls, again and again, holds up the publisher now and then.
func TestPublisherIsNotHeldUpAgainAndAgain(t *testing.T) {
	inMemory(t, websocket.Options{}, func(t *testing.T, w *world) {
		const rounds, messages = 100, 900 // less than a window, more than a turn
		g := w.connect()
		w.join(g, "room")
		begin := time.Now()
		for round := range rounds {
			first, last := round*messages+1, (round+1)*messages
			w.publish("room", first, last)
			if err := g.readNumbered(first, last); err != nil {
				t.Fatal(err)
			}
			w.settle()
		}
		// A second at first, moments in each round, and a twentieth of it all.
		took := time.Since(begin)
		if most := time.Second + rounds*15*time.Millisecond + took/20; took > most {
			t.Errorf("the publisher was held up for %v", took)
		}
	})
}
