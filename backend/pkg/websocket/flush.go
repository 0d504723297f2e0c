package websocket

import (
	"sync"
	"time"
)

const (
	writeLimit = 256 << 10              // bytes of a topic that one turn of a flush takes
	patience   = 100 * time.Millisecond // a blocking write that takes longer counts as refused
)

// queue holds the topics and clients that have something to be written. Each
// stands in it once at most, so it is bounded by how many there are.
type queue struct {
	mu      sync.Mutex
	arrived sync.Cond
	topics  []*topic
	clients []*Client
	closed  bool
}

func (p *Pool) flushTopic(t *topic) {
	q := &p.queue
	q.mu.Lock()
	q.topics = append(q.topics, t)
	q.mu.Unlock()
	q.arrived.Signal()
}

func (p *Pool) flushClient(c *Client) {
	q := &p.queue
	q.mu.Lock()
	q.clients = append(q.clients, c)
	q.mu.Unlock()
	q.arrived.Signal()
}

// flusher is one of the goroutines that write. It ends when the pool is shut.
func (p *Pool) flusher() {
	q := &p.queue
	var members []*member
	var clients []*Client
	for {
		q.mu.Lock()
		for len(q.topics) == 0 && len(q.clients) == 0 && !q.closed {
			q.arrived.Wait()
		}
		if len(q.topics) == 0 && len(q.clients) == 0 {
			q.mu.Unlock()
			return
		}
		var t *topic
		if n := len(q.topics); n > 0 {
			t = q.topics[0]
			q.topics[0] = nil
			q.topics = q.topics[1:]
			if n == 1 {
				q.topics = nil
			}
		} else {
			clients, q.clients = q.clients, clients[:0]
		}
		q.mu.Unlock()
		if t != nil {
			members = p.flushMembers(t, members)
			continue
		}
		for i, c := range clients {
			c.flush(nil)
			clients[i] = nil
		}
		clients = clients[:0]
	}
}

// flushMembers flushes every member of the topic, and returns the scratch
// slice for the next time.
func (p *Pool) flushMembers(t *topic, scratch []*member) []*member {
	t.mu.Lock()
	t.queued = false
	t.unsent = 0
	scratch = append(scratch[:0], t.members...)
	t.mu.Unlock()
	for i, m := range scratch {
		m.client.flush(m)
		scratch[i] = nil
	}
	return scratch
}

// relieve is the publisher's own flush of a topic that grows faster than the
// flushers come round. It returns when no member that can be written to is
// behind.
func (p *Pool) relieve(t *topic) {
	t.mu.Lock()
	t.unsent = 0
	target := t.next - 1
	members := append([]*member(nil), t.members...)
	t.mu.Unlock()
	for _, m := range members {
		m.client.flush(m)
	}
	for _, m := range members {
		m.settle(target)
	}
}

// flush writes what the client has waiting, and what is new for m if m is not
// nil. It returns without waiting: where the socket takes no more, a goroutine
// goes on. Where somebody is writing already, that one takes it along.
func (c *Client) flush(m *member) {
	c.mu.Lock()
	if m == nil {
		c.queued = false
	} else if !c.noteReady(m) {
		c.mu.Unlock()
		return
	}
	if c.writing || c.finished {
		c.mu.Unlock()
		return
	}
	c.writing = true
	c.turns(nil)
}

// noteReady marks a place as one with something new. It is called with mu held.
func (c *Client) noteReady(m *member) bool {
	if m.gone || !m.following {
		return false
	}
	if !m.ready {
		m.ready = true
		c.ready = append(c.ready, m)
	}
	return true
}

// turns writes until nothing is left. It is called with mu held and writing
// set, and returns with mu released. wait is nil where it must not wait.
func (c *Client) turns(wait func(p []byte) error) {
	var store [8][]byte
	for {
		bufs, lagging := c.gather(store[:0])
		if len(bufs) == 0 && len(lagging) == 0 {
			c.writing = false
			c.changed.Broadcast()
			c.mu.Unlock()
			return
		}
		c.mu.Unlock()
		for _, t := range lagging {
			c.handler.Lag(t)
		}
		for i, b := range bufs {
			if wait == nil {
				rest, ok := c.push(b)
				if !ok {
					c.broken()
					return
				}
				if rest != nil {
					left := append([][]byte{rest}, bufs[i+1:]...)
					c.pool.running.Go(func() { c.catchUp(left) })
					return // writing stays set: the goroutine has it now
				}
			} else if wait(b) != nil {
				c.broken()
				return
			}
		}
		c.mu.Lock()
		c.written()
	}
}

// push writes b as far as the socket takes it now.
func (c *Client) push(b []byte) (rest []byte, ok bool) {
	if c.direct == nil {
		return b, true
	}
	n, full, err := c.direct(b)
	if err != nil {
		return nil, false
	}
	if full {
		return b[n:], true
	}
	return nil, true
}

// gather takes the private buffer and the next bytes of each ready place. It
// is called with mu held. The ends of the logs are read before the private
// buffer is taken: whoever answers first and broadcasts then is seen in that
// order.
func (c *Client) gather(bufs [][]byte) (out [][]byte, lagging []string) {
	out = append(bufs, nil)
	kept := c.ready[:0]
	for _, m := range c.ready {
		if m.gone || !m.following {
			m.ready = false
			continue
		}
		t := m.topic
		t.mu.Lock()
		var lag bool
		out, m.after, lag = t.take(out, m.after, writeLimit)
		if lag && m.lossy {
			m.after, lag = t.next-1, false
		}
		more := t.next != 0 && m.after+1 < t.next
		t.mu.Unlock()
		if lag {
			lagging = append(lagging, t.name)
			delete(c.subs, t.name)
			c.pool.drop(m)
		}
		if more && !lag {
			kept = append(kept, m)
		} else {
			m.ready = false
		}
	}
	clear(c.ready[len(kept):])
	c.ready = kept
	if len(c.private) > 0 {
		out[0] = c.private
		c.private, c.spare, c.sending = c.spare[:0], c.private, true
		return out, lagging
	}
	return out[1:], lagging
}

// written notes that the bytes of a turn are with the socket. It is called
// with mu held.
func (c *Client) written() {
	if c.sending {
		c.sending = false
		c.spare = c.spare[:0]
		if cap(c.spare) > keptBuffer {
			c.spare = nil
		}
	}
	c.changed.Broadcast()
}

// broken ends writing after a write that failed. The reading goroutine notices
// the cut and tells the Handler.
func (c *Client) broken() {
	c.cut()
	c.mu.Lock()
	c.writing = false
	c.changed.Broadcast()
	c.mu.Unlock()
}

// catchUp is the goroutine that waits for one slow socket. It holds at most
// the buffers of one turn, and ends when nothing is left or the connection is.
func (c *Client) catchUp(bufs [][]byte) {
	for _, b := range bufs {
		if c.writeSlowly(b) != nil {
			c.broken()
			return
		}
	}
	c.mu.Lock()
	c.written()
	c.turns(c.writeSlowly)
}

// writeSlowly writes all of b, however long that takes. A socket that said no
// before counts as refusing until it has taken b.
func (c *Client) writeSlowly(b []byte) error {
	if c.direct != nil {
		c.mu.Lock()
		c.refused = true
		c.changed.Broadcast()
		c.mu.Unlock()
	}
	_, err := c.raw.Write(b)
	c.mu.Lock()
	c.refused = false
	c.mu.Unlock()
	return err
}

// settle waits until whoever writes to the client has taken everything of the
// topic up to position target, or its socket refuses. The publisher calls it
// before it appends more than the window can hold, so that a member that reads
// is never overrun. A write that blocks for longer than patience counts as
// refused until it returns.
func (m *member) settle(target uint64) {
	c := m.client
	c.mu.Lock()
	defer c.mu.Unlock()
	var timer *time.Timer
	deadline := time.Now().Add(patience)
	for c.writing && !c.refused && !c.closing && !m.gone && m.following && m.after < target {
		if !time.Now().Before(deadline) {
			c.refused = true
			break
		}
		if timer == nil {
			timer = time.AfterFunc(patience, func() {
				c.mu.Lock()
				c.changed.Broadcast()
				c.mu.Unlock()
			})
		}
		c.changed.Wait()
	}
	if timer != nil {
		timer.Stop()
	}
}
