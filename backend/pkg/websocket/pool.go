package websocket

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Options are a Pool's limits. Zero values mean the defaults.
type Options struct {
	ReadLimit    int64         // bytes of one message; 256 KiB
	Window       int           // bytes of a topic's frame log; 1 MiB
	PingInterval time.Duration // 25 s
	IdleTimeout  time.Duration // silence after which a connection is cut; 60 s
	ControlRate  int           // pings and pongs a second above which a client is closed; 1000
	Gap          time.Duration // how long a busy topic may wait for more, to write it at once; 10 ms; negative: not at all
	Flushers     int           // goroutines that write; one per core, and two at least
	Clock        Clock         // what pings and time-outs go by; the machine's own
}

// Clock is a source of time.
type Clock interface {
	// Now is the time since whenever; it never goes back.
	Now() time.Duration
	// Tick sends about every d until stop is called.
	Tick(d time.Duration) (ticks <-chan time.Time, stop func())
}

// machineClock is the machine's monotonic clock.
type machineClock struct{ began time.Time }

func (m machineClock) Now() time.Duration { return time.Since(m.began) }

func (machineClock) Tick(d time.Duration) (ticks <-chan time.Time, stop func()) {
	t := time.NewTicker(d)
	return t.C, t.Stop
}

func (o Options) withDefaults() Options {
	if o.ReadLimit == 0 {
		o.ReadLimit = 256 << 10
	}
	if o.Window == 0 {
		o.Window = 1 << 20
	}
	if o.PingInterval == 0 {
		o.PingInterval = 25 * time.Second
	}
	if o.IdleTimeout == 0 {
		o.IdleTimeout = 60 * time.Second
	}
	if o.ControlRate == 0 {
		o.ControlRate = 1000
	}
	if o.Gap == 0 {
		o.Gap = 10 * time.Millisecond
	}
	if o.Flushers == 0 {
		o.Flushers = max(2, runtime.GOMAXPROCS(0))
	}
	if o.Clock == nil {
		o.Clock = machineClock{time.Now()}
	}
	return o
}

// Pool is the registry of one process: which clients there are, and which of
// them listen to which topic. Its methods may be called by many at once.
type Pool struct {
	opts    Options
	began   time.Time
	present sync.WaitGroup // clients, from register to the end of their goroutines
	running sync.WaitGroup // flushers, pacer, poller and sweeper
	queue   queue
	pacer   pacer
	waits   allowance
	stop    chan struct{} // closed when the sweeper shall end
	stopped sync.Once

	polling sync.Once
	poller  *poller // nil where there is none

	mu      sync.RWMutex
	clients map[*Client]struct{}
	topics  map[string]*topic
	shut    bool

	count atomic.Int64
}

// NewPool starts a pool. Shutdown ends it.
func NewPool(opts Options) *Pool {
	p := &Pool{
		opts:    opts.withDefaults(),
		began:   time.Now(),
		clients: make(map[*Client]struct{}),
		topics:  make(map[string]*topic),
		stop:    make(chan struct{}),
	}
	p.queue.arrived.L = &p.queue.mu
	p.pacer.init()
	for range p.opts.Flushers {
		p.running.Go(p.flusher)
	}
	p.running.Go(p.sweeper)
	p.running.Go(p.pace)
	return p
}

// elapsed is the time since the pool began, on the machine's monotonic clock.
func (p *Pool) elapsed() time.Duration { return time.Since(p.began) }

// sinceNow is elapsed, but never 0.
func (p *Pool) sinceNow() time.Duration { return max(1, p.elapsed()) }

// startPolling starts the poller, when the first connection needs it.
func (p *Pool) startPolling() {
	p.polling.Do(func() {
		if p.poller = newPoller(); p.poller != nil {
			p.running.Go(p.poller.run)
		}
	})
}

// Len is the number of connected clients.
func (p *Pool) Len() int { return int(p.count.Load()) }

func (p *Pool) isShut() bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.shut
}

// register adds a client, unless the pool is shut.
func (p *Pool) register(c *Client) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shut {
		return false
	}
	p.clients[c] = struct{}{}
	p.count.Add(1)
	p.present.Add(1)
	return true
}

func (p *Pool) forget(c *Client) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.clients[c]; known {
		delete(p.clients, c)
		p.count.Add(-1)
	}
}

// Subscribe gives the client a place in the topic, and keeps the topic's
// messages from now on, but sends none before Follow. A place that it had is
// replaced. A lossy place skips what it falls behind on in silence, where
// another loses the topic and hears Lag. It returns false once the client is
// closing.
func (p *Pool) Subscribe(c *Client, name string, lossy bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.telling {
		c.changed.Wait()
	}
	if c.closing {
		return false
	}
	p.mu.Lock()
	t := p.topics[name]
	if t == nil {
		t = &topic{name: name}
		p.topics[name] = t
	}
	m := &member{client: c, topic: t, lossy: lossy}
	t.mu.Lock()
	t.add(m)
	t.mu.Unlock()
	p.mu.Unlock()
	if old := c.places.put(m); old != nil {
		p.drop(old)
	}
	return true
}

// Follow starts delivery at the client's place in the topic, with the message
// at position after+1. It returns false where that one is no longer kept, or
// there is no such place: then nothing has changed.
func (p *Pool) Follow(c *Client, name string, after uint64) bool {
	c.mu.Lock()
	m := c.places.get(name)
	if m == nil {
		c.mu.Unlock()
		return false
	}
	m.topic.mu.Lock()
	held := m.topic.holds(after)
	m.topic.mu.Unlock()
	if !held {
		c.mu.Unlock()
		return false
	}
	m.after, m.following = after, true
	c.noteReady(m)
	c.wake()
	return true
}

// FollowNow starts delivery with whatever is broadcast from now on.
func (p *Pool) FollowNow(c *Client, name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.places.get(name)
	if m == nil {
		return
	}
	m.topic.mu.Lock()
	m.after = m.topic.next - 1 // fromOrigin where there is none
	m.topic.mu.Unlock()
	m.following = true
}

// Unsubscribe takes the client out of the topic. Nothing of it is sent any
// more, but for what is already on its way to the socket.
func (p *Pool) Unsubscribe(c *Client, name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if m := c.places.get(name); m != nil {
		c.places.remove(m)
		p.drop(m)
	}
}

// drop takes a place away, and the topic with the last one. It is called with
// client.mu held.
func (p *Pool) drop(m *member) {
	if m.gone {
		return
	}
	m.gone = true
	p.mu.Lock()
	defer p.mu.Unlock()
	t := m.topic
	t.mu.Lock()
	defer t.mu.Unlock()
	t.remove(m)
	if len(t.members) == 0 && p.topics[t.name] == t {
		delete(p.topics, t.name)
	}
}

// Broadcast appends the message to the topic's log at position seq, or at the
// next one where seq is 0, and hands it to every member. The positions of a
// topic must come in order; one that was there already is ignored. Where
// nobody listens it does nothing. It waits for no reader, except that it lets
// those that can be written to keep up with a topic that grows very fast; who
// broadcasts in the same topic at the same time does not wait with it.
func (p *Pool) Broadcast(name string, seq uint64, m Message) {
	p.mu.RLock()
	t := p.topics[name]
	p.mu.RUnlock()
	if t == nil {
		return
	}
	t.mu.Lock()
	window := t.window(p.opts.Window)
	before := t.appended
	if !t.append(seq, m, window) {
		t.mu.Unlock()
		return
	}
	queue := p.due(t, int(t.appended-before)) //nolint:gosec // the length of a frame
	target, grown := t.quarter(window)
	t.mu.Unlock()
	if queue {
		p.queue.add(job{topic: t})
	}
	if grown {
		p.queue.lift()
		p.relieve(t, target)
		p.queue.settle()
	}
}

// Advance is Broadcast of nothing: it takes the position seq, so that those who
// follow the topic stay on its positions, and sends nobody anything.
func (p *Pool) Advance(name string, seq uint64) { p.Broadcast(name, seq, Message{}) }

// Together calls publish, and lets what it sends and broadcasts be written only
// when it has returned: one write for a client that gets much at once. It must
// not wait for anything; Broadcast may, for who reads slowly, and lets all be
// written meanwhile.
func (p *Pool) Together(publish func()) {
	p.queue.hold()
	defer runtime.Gosched() // on one core, who has much to tell would keep the flushers from it
	defer p.queue.release()
	publish()
}

// Clients is a snapshot of the connected clients.
func (p *Pool) Clients() []*Client {
	p.mu.RLock()
	defer p.mu.RUnlock()
	all := make([]*Client, 0, len(p.clients))
	for c := range p.clients {
		all = append(all, c)
	}
	return all
}

// Shutdown refuses new clients, closes all others with CloseRestart and the
// reason that hint gives for each, and returns when every goroutine of the
// pool has ended. Connections that are still there when ctx ends are cut.
func (p *Pool) Shutdown(ctx context.Context, hint func() string) {
	p.mu.Lock()
	p.shut = true
	p.mu.Unlock()
	for _, c := range p.Clients() {
		c.Close(CloseRestart, hint())
	}
	gone := make(chan struct{})
	go func() { // ends when the last client has, which the cut below makes sure of
		p.present.Wait()
		close(gone)
	}()
	select {
	case <-gone:
	case <-ctx.Done():
		for _, c := range p.Clients() {
			c.cut(endedBadly)
		}
		<-gone
	}
	p.stopped.Do(func() {
		close(p.stop)
		p.polling.Do(func() {}) // none is started any more
		if p.poller != nil {
			p.poller.close()
		}
	})
	p.queue.close()
	p.running.Wait()
}
