package websocket

import (
	"sync"
	"time"
)

const (
	writeLimit = 256 << 10 // bytes of a topic that one turn of a flush takes
	joinLimit  = 16 << 10  // bytes of a turn that are copied together, to save system calls
)

// scratches are the places where small turns are copied together.
var scratches = sync.Pool{New: func() any { return new([joinLimit]byte) }}

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
	c.turns()
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

// turns writes, a turn at a time, until nothing is left or the socket is full;
// then catchUp goes on. It is called with mu held and writing set, and returns
// with mu released.
func (c *Client) turns() {
	var store [8][]byte
	for c.begin() {
		bufs, lagging := c.gather(store[:0])
		c.mu.Unlock()
		c.tell(lagging)
		bufs, scratch := together(bufs)
		for i, b := range bufs {
			n, err := c.push(b)
			if err != nil {
				c.broken()
				return
			}
			if n < len(b) {
				left := append([][]byte{b[n:]}, bufs[i+1:]...) // and with them scratch, for good
				c.handOver(left)
				return
			}
		}
		if scratch != nil {
			scratches.Put(scratch)
		}
		c.mu.Lock()
		c.written()
	}
}

// catchUp is the goroutine that waits for one slow socket. It holds at most
// the buffers of one turn, and ends when nothing is left or the connection is.
func (c *Client) catchUp(bufs [][]byte) {
	for {
		for _, b := range bufs {
			if _, err := c.raw.Write(b); err != nil {
				c.broken()
				return
			}
		}
		c.mu.Lock()
		c.written()
		if !c.begin() {
			return
		}
		c.waiting = time.Now()
		var lagging []string
		bufs, lagging = c.gather(nil)
		c.mu.Unlock()
		c.tell(lagging)
		bufs, _ = together(bufs)
	}
}

// handOver lets a goroutine of its own go on with a turn. Writing stays set.
func (c *Client) handOver(left [][]byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.finished {
		c.stopWriting()
		return
	}
	c.waiting = time.Now()
	c.pool.present.Go(func() { c.catchUp(left) })
}

// begin says whether there is anything for another turn. Where there is not it
// ends the writing and releases mu, with which it is called.
func (c *Client) begin() bool {
	if !c.finished && (len(c.private) > 0 || len(c.ready) > 0) {
		return true
	}
	c.stopWriting()
	c.mu.Unlock()
	return false
}

// stopWriting is called with mu held.
func (c *Client) stopWriting() {
	c.writing, c.slow, c.waiting = false, false, time.Time{}
	c.changed.Broadcast()
}

// push writes b as far as the socket takes it now.
func (c *Client) push(b []byte) (int, error) {
	if c.direct == nil {
		return 0, nil
	}
	return c.direct.write(b)
}

// gather takes the private buffer and the next bytes of each ready place. It
// is called with mu held. The ends of the logs are read before the private
// buffer is taken: whoever answers first and broadcasts then is seen in that
// order.
func (c *Client) gather(bufs [][]byte) (out [][]byte, lagging []string) {
	out = append(bufs, nil)
	kept := c.ready[:0]
	for _, m := range c.ready {
		m.ready = false
		if m.gone || !m.following {
			continue
		}
		t := m.topic
		t.mu.Lock()
		var lag bool
		out, m.after, lag = t.take(out, m.after, writeLimit)
		if lag && m.lossy {
			m.after, lag = t.next-1, false
		}
		more := m.after+1 < t.next
		t.mu.Unlock()
		switch {
		case lag:
			lagging = append(lagging, t.name)
			delete(c.subs, t.name)
			c.pool.drop(m)
		case more:
			m.ready = true
			kept = append(kept, m)
		}
	}
	clear(c.ready[len(kept):])
	c.ready = kept
	c.telling = len(lagging) > 0
	if len(c.private) > 0 {
		out[0] = c.private
		c.private, c.spare, c.sending = c.spare[:0], c.private, true
		return out, lagging
	}
	return out[1:], lagging
}

// tell tells the Handler what the client has lost.
func (c *Client) tell(lagging []string) {
	if len(lagging) == 0 {
		return
	}
	c.mu.Lock()
	h := c.handler
	c.mu.Unlock()
	for _, t := range lagging {
		h.Lag(t)
	}
	c.mu.Lock()
	c.telling = false
	c.changed.Broadcast()
	c.mu.Unlock()
}

// together copies the buffers of a small turn into one, so that they leave in
// one write. The array is nil where nothing was copied.
func together(bufs [][]byte) ([][]byte, *[joinLimit]byte) {
	total := 0
	for _, b := range bufs {
		total += len(b)
	}
	if len(bufs) < 2 || total > joinLimit {
		return bufs, nil
	}
	scratch, _ := scratches.Get().(*[joinLimit]byte)
	joined := scratch[:0]
	for _, b := range bufs {
		joined = append(joined, b...)
	}
	return append(bufs[:0], joined), scratch
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
	c.cut(endedBadly)
	c.mu.Lock()
	c.stopWriting()
	c.mu.Unlock()
}
