package websocket_test

import (
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// handClock is a clock that stands still until it is moved.
type handClock struct {
	ticks   chan time.Time // taken only while the sweeper waits
	stopped chan struct{}

	mu    sync.Mutex
	now   time.Duration
	every time.Duration // 0 before somebody asks for ticks
}

func newHandClock() *handClock {
	return &handClock{ticks: make(chan time.Time), stopped: make(chan struct{})}
}

func (c *handClock) Now() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *handClock) Tick(d time.Duration) (ticks <-chan time.Time, stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.every = d
	return c.ticks, func() { close(c.stopped) }
}

// pass moves the clock on by d, a tick at a time, and returns when the sweeper
// has done its round for the last one.
func (c *handClock) pass(d time.Duration) {
	c.tick() // so that somebody has asked for them
	for d > 0 {
		c.mu.Lock()
		step := min(d, c.every)
		c.now += step
		c.mu.Unlock()
		d -= step
		c.tick()
	}
	c.tick() // it is taken when the round before is over, and changes nothing
}

func (c *handClock) tick() {
	select {
	case c.ticks <- time.Time{}:
	case <-c.stopped:
	}
}

// inTime is both for tests that are about time: it passes when they say so.
func inTime(t *testing.T, opts websocket.Options, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) { inMemory(t, opts, test) })
	t.Run("tcp", func(t *testing.T) {
		clock := newHandClock()
		opts.Clock = clock
		overTCP(t, opts, func(t *testing.T, w *world) {
			w.clock = clock
			test(t, w)
		})
	})
}

// pass lets so much time pass, and returns when what is due by then has been
// done.
func (w *world) pass(d time.Duration) {
	if w.clock != nil {
		w.clock.pass(d)
		return
	}
	<-time.After(d)
	synctest.Wait()
}

// await waits until the condition holds, while no time passes.
func (w *world) await(what string, holds func() bool) {
	w.t.Helper()
	if w.virtual {
		synctest.Wait()
		if !holds() {
			w.t.Fatalf("%s: not so when all is quiet", what)
		}
		return
	}
	deadline := time.After(20 * time.Second)
	for !holds() {
		select {
		case <-time.After(100 * time.Microsecond):
		case <-deadline:
			w.t.Fatalf("%s: not so after 20 s", what)
		}
	}
}

// live says that the server has heard the guest by now.
func (w *world) live(g *guest) {
	w.t.Helper()
	w.await("a sign of life", func() bool { return g.client.Heard() == w.pool.Now() })
}

// cutAfter lets time pass until the guest is cut, which must be then. What is
// to be done each second may be given.
func (w *world) cutAfter(g *guest, want time.Duration, each ...func()) {
	w.t.Helper()
	var at time.Duration
	for ; !g.client.Cut() && at <= want+2*time.Second; at += time.Second {
		for _, do := range each {
			do()
		}
		w.pass(time.Second)
	}
	if at < want || at > want+2*time.Second {
		w.t.Errorf("it is cut after %v, want %v", at, want)
	}
}

// quiet says that nothing but what this sends is on its way to the guest.
func (w *world) quiet(g *guest) {
	w.t.Helper()
	if err := g.client.Send(text("quiet?")); err != nil {
		w.t.Fatal(err)
	}
	g.expectFrame(opText, "quiet?")
}

// flooding writes the frame as often as it is told or until the
// connection ends, which is when the channel is closed.
func flooding(conn net.Conn, times int, frame []byte) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range times {
			if _, err := conn.Write(frame); err != nil {
				return
			}
		}
	}()
	return done
}
