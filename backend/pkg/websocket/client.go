package websocket

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	gws "github.com/gorilla/websocket"
)

// Handler is the product's side of one Client.
type Handler interface {
	// Receive is called for each message, one after the other. The body is
	// only good until it returns. While it has not returned, nothing more is
	// read from this client, and from nobody else is anything held back.
	Receive(m Message)
	// Lag says that the client fell behind and has lost the topic, of which it
	// was handed everything up to position after. What it sends arrives before
	// anything of a new place in the topic: Subscribe waits for it. So it must
	// not block, nor take a lock under which somebody calls Subscribe.
	Lag(topic string, after uint64)
	// Closed is called once and last, after every Receive and Lag: the close
	// code and reason that came first, from whichever side.
	Closed(code int, reason string)
}

// ErrClosed is what a Client answers once it is closing.
var ErrClosed = errors.New("websocket: the client is closed")

const (
	privateFull = 256 << 10       // bytes of unread answers above which reading pauses
	privateBusy = 64 << 10        // bytes of unread answers above which Offer drops
	closeGrace  = 2 * time.Second // from our close frame until the connection is cut
)

// Client is one WebSocket connection: its private answers, its places in
// topics, and its reading.
type Client struct {
	pool       *Pool
	conn       *gws.Conn
	socket     *socket
	descriptor *descriptor // nil where the poller does not watch the connection

	reading  reading
	blocked  atomic.Bool  // the socket took no more; the poller will say when it does
	heard    atomic.Int64 // when the last sign of life came, on the pool's clock
	held     atomic.Bool  // it is the server that does not read on
	asked    atomic.Int64 // when the last ping was sent, likewise
	moved    atomic.Int64 // when a socket that is full took something last, likewise
	second   int64        // when the present second of counting controls began; the reader's own
	controls int32        // pings and pongs in it; the reader's own
	stall    int32        // milliseconds; see Upgrade

	mu       sync.Mutex
	changed  sync.Cond // private got smaller, writing ended, Lag returned, there is more to read, or closed
	handler  Handler   // nil before Start
	private  outgoing  // finished frames for this client alone
	leaving  *buffer   // those that are on their way to the socket
	unsent   [][]byte  // of a turn, what the full socket did not take
	ready    []*member // places with something new
	places   places
	queued   bool          // waits for a flusher
	holding  bool          // the answer to the handshake waits for Start or Close; writing is set meanwhile
	writing  bool          // see below
	sending  bool          // something of private is on its way
	telling  bool          // Lag is being called
	slow     bool          // a publisher waited in vain; none does again before it has caught up
	closing  bool          // a close frame is in private or gone; nothing follows it
	finished bool          // the connection is cut
	waiting  time.Duration // since when a full socket has taken nothing, on Pool.elapsed; 0 while it takes
	cutAt    int64         // when it is cut if it does not leave, on the pool's clock
	backlog  int32         // bytes that its full socket had unacknowledged when the sweeper last looked
	code     int32
	reason   string
}

// Who sets writing owns the socket's outgoing side, and is the only one to
// write: a flusher (flush, flushPlace, flushTail), for as long as there is
// something (turns). It looks for more before it gives writing up. A full socket
// keeps it, with nobody at work: park leaves the rest in unsent, and the flusher
// that is called when there is room goes on with it (resume). Where writing may
// have to wait, a goroutine takes it over (handOver, catchUp).

// Subprotocol is the one that was agreed on, or "".
func (c *Client) Subprotocol() string { return c.conn.Subprotocol() }

// Start begins reading, with h to hear of it. It returns at once. It is called
// once; before it, nothing is read. Places in topics may be taken before it
// where Upgrade.Hold keeps everything back until then, else after it. Where the
// client is gone already, h hears that before Start returns.
func (c *Client) Start(h Handler) {
	c.mu.Lock()
	c.handler = h
	c.release()
	gone, code, reason := c.finished, int(c.code), c.reason
	c.mu.Unlock()
	if gone {
		h.Closed(code, reason)
		return
	}
	c.mu.Lock()
	c.wakeIfAny()
	if c.descriptor != nil {
		c.startReading()
		return
	}
	go c.read() // Pool.present has counted it since it was registered
}

// Send queues an answer for this client alone. It leaves before anything that
// is broadcast afterwards. It never blocks; what bounds the buffer is that
// nothing more is read from a client that does not read its answers.
func (c *Client) Send(m Message) error {
	c.mu.Lock()
	if c.closing {
		c.mu.Unlock()
		return ErrClosed
	}
	c.private.frame(m.Type, m.Body)
	c.wake()
	return nil
}

// Offer is Send for what may be lost: it drops the message when the client is
// behind in reading, and says whether it was taken.
func (c *Client) Offer(m Message) bool {
	return c.offer(m.Type, m.Body)
}

func (c *Client) offer(opcode int, body []byte) bool {
	c.mu.Lock()
	if c.closing || c.private.size() > privateBusy {
		c.mu.Unlock()
		return false
	}
	c.private.frame(opcode, body)
	c.wake()
	return true
}

// Drained waits until everything that was queued by Send has been taken by the
// socket. It returns ErrClosed once the client is closing.
func (c *Client) Drained() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for !c.closing && (c.private.size() > 0 || c.sending) {
		c.changed.Wait()
	}
	if c.closing {
		return ErrClosed
	}
	return nil
}

// Pause waits for d, for who reads too fast to be let read on at once. It
// returns ErrClosed as soon as the client is closing.
func (c *Client) Pause(d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	over := false
	timer := time.AfterFunc(d, func() {
		c.mu.Lock()
		over = true
		c.changed.Broadcast()
		c.mu.Unlock()
	})
	defer timer.Stop()
	for !over && !c.closing {
		c.changed.Wait()
	}
	if c.closing {
		return ErrClosed
	}
	return nil
}

// Close sends a close frame behind what is queued for this client, takes it
// out of all topics, and cuts the connection when the other side has answered,
// or soon after. Only the first code and reason count.
func (c *Client) Close(code int, reason string) {
	c.closeWith(code, reason, reason)
}

// closeWith is Close with a reason to tell that is not the reason to keep.
func (c *Client) closeWith(code int, reason, told string) {
	c.mu.Lock()
	if c.closing {
		c.mu.Unlock()
		return
	}
	c.beginClose(code, reason)
	if code != closeAbnormal { // which never stands in a frame, RFC 6455 section 7.4.1
		c.private.close(code, told)
	}
	c.release()
	c.wake()
}

// release lets what was held back leave. It is called with mu held.
func (c *Client) release() {
	if c.holding {
		c.holding, c.writing = false, false
	}
}

// beginClose is called with mu held.
func (c *Client) beginClose(code int, reason string) {
	c.closing = true
	c.code, c.reason = int32(code), reason //nolint:gosec // of 16 bits on the wire
	c.cutAt = c.pool.clock() + int64(closeGrace)
	for _, m := range c.places.all() {
		c.pool.drop(m)
	}
	c.places = places{}
	c.changed.Broadcast()
}

// cut closes the connection for good. Where nothing was said before, it ended
// for the reason given.
func (c *Client) cut(reason string) {
	c.mu.Lock()
	if c.finished {
		c.mu.Unlock()
		return
	}
	if !c.closing {
		c.beginClose(closeAbnormal, reason)
	}
	c.finished = true
	unread := c.handler == nil
	if c.unsent != nil { // nobody is at it: the poller would have said when to go on
		c.unsent = nil
		c.stopWriting()
	}
	c.changed.Broadcast()
	c.mu.Unlock()
	c.hangUp()
	if unread { // no reader will do it
		c.pool.forget(c)
		c.pool.present.Done()
	}
}

// hangUp closes the connection. Who reads from it hears of that; where nobody
// does, somebody begins.
func (c *Client) hangUp() {
	if c.descriptor == nil {
		_ = c.socket.Close() // nothing can be done about a failed close
		return
	}
	c.descriptor.close()
	c.pool.poller.forget(c, c.descriptor)
	c.reading.ended.Store(true)
	c.readable()
}

// wake hands the client to a flusher and releases mu.
func (c *Client) wake() {
	queue := !c.queued && !c.writing
	if queue {
		c.queued = true
	}
	c.mu.Unlock()
	if queue {
		c.pool.queue.add(job{client: c})
	}
}

// wakeIfAny is wake where something waits to be sent.
func (c *Client) wakeIfAny() {
	if c.private.size() == 0 && len(c.ready) == 0 {
		c.mu.Unlock()
		return
	}
	c.wake()
}
