package websocket

import (
	"slices"
	"time"
)

// pieceLimit is how many bytes are written at once where it may take its time.
const pieceLimit = 16 << 10

// flush writes what the client has waiting. It returns without waiting: where
// the socket takes no more, the poller says when to go on. Where somebody is
// writing already, that one takes it along.
func (c *Client) flush() {
	c.mu.Lock()
	c.queued = false
	switch {
	case c.unsent != nil && !c.blocked.Load():
		c.resume()
	case c.writing || c.finished:
		c.mu.Unlock()
	default:
		c.writing = true
		c.noteNews()
		c.turns()
	}
}

// noteNews marks the places whose topics have something new, where they are few:
// what is broadcast right behind an answer leaves with it. It is called with mu
// held.
func (c *Client) noteNews() {
	if c.places.byName != nil {
		return
	}
	for _, m := range c.places.list {
		if m.following && !m.ready && m.topic.reaches(m.after) {
			c.noteReady(m)
		}
	}
}

// flushPlace is flush for what is new at one place.
func (c *Client) flushPlace(m *member) {
	c.mu.Lock()
	if !c.noteReady(m) || c.writing || c.finished {
		c.mu.Unlock()
		return
	}
	c.writing = true
	c.turns()
}

// flushTail is flushPlace for a topic whose log ends like this. It is the path
// that nearly every delivery takes: a client that has all but the newest frames
// gets them in one write, uncopied, and nothing else is looked at.
func (c *Client) flushTail(m *member, end *tail) {
	c.mu.Lock()
	if m.gone || !m.following {
		c.mu.Unlock()
		return
	}
	news, near := end.behind(m.after)
	if !near || c.descriptor == nil || c.writing || c.finished || len(c.ready) > 0 {
		c.mu.Unlock()
		c.flushPlace(m)
		return
	}
	if m.after+1 < end.next {
		m.after = end.next - 1
	}
	if len(news) == 0 {
		c.mu.Unlock()
		return
	}
	c.writing = true
	private := c.takePrivate()
	c.mu.Unlock()
	if private {
		if !c.writeOut([][]byte{c.leaving.b, news}) {
			return
		}
	} else if !c.writeOne(news) {
		return
	}
	c.mu.Lock()
	c.written()
	c.turns()
}

// claim notes that the place has something new, and says whether a flusher is
// to be called for it.
func (c *Client) claim(m *member) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.noteReady(m) || c.queued || c.writing || c.finished {
		return false
	}
	c.queued = true
	return true
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

// turns writes, a turn at a time, until nothing is left or the socket is full.
// It is called with mu held and writing set, and returns with mu released.
func (c *Client) turns() {
	for c.begin() && c.turn() {
		c.mu.Lock()
		c.written()
	}
}

// turn is one of turns. It is called with mu held, and returns with mu
// released: true where all of it is with the socket.
func (c *Client) turn() bool {
	var store [8][]byte
	bufs, lagging := c.gather(store[:0])
	c.mu.Unlock()
	c.tell(lagging)
	return c.writeOut(bufs)
}

// resume goes on with a turn whose socket was full. It is called with mu held,
// and returns with mu released.
func (c *Client) resume() {
	left, waited := c.unsent, c.pool.elapsed()-c.waiting
	c.unsent, c.waiting = nil, 0
	c.mu.Unlock()
	c.took(waited >= hadToWait)
	if !c.writeOut(left) {
		return
	}
	c.mu.Lock()
	c.written()
	c.turns()
}

// writeOut writes what one turn has. It returns false where somebody else goes
// on with it, or nobody does: the socket is full, or the connection ended.
func (c *Client) writeOut(bufs [][]byte) bool {
	bufs, scratch := together(bufs)
	if c.descriptor == nil {
		c.handOver(slices.Clone(bufs))
		return false
	}
	for i, b := range bufs {
		if !c.writeSome(b, bufs[i+1:]) {
			return false // and with what is left scratch is gone
		}
	}
	if scratch != nil {
		scratches.Put(scratch)
	}
	return true
}

// writeOne is writeOut for a single buffer.
func (c *Client) writeOne(b []byte) bool { return c.writeSome(b, nil) }

// writeSome writes b as far as the socket takes it. Where that is not all, b
// and what comes behind it wait for the poller, and it returns false.
func (c *Client) writeSome(b []byte, behind [][]byte) bool {
	for {
		n, err := c.descriptor.write(b)
		if n > 0 {
			c.took(false)
		}
		switch {
		case err != nil:
			c.broken()
			return false
		case n == len(b):
			return true
		case !c.blocked.Swap(true) || n > 0:
			b = b[n:] // once more, now that room that is made is heard of
			continue
		}
		left := append([][]byte{b}, behind...)
		if c.park(left) {
			return false
		}
	}
}

// park lets what is left of a turn wait for the poller. It returns false where
// that has called already. Writing stays set.
func (c *Client) park(left [][]byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.finished {
		c.stopWriting()
		return true
	}
	if !c.blocked.Load() {
		return false
	}
	c.unsent = left
	c.full()
	c.backlog = -1
	return true
}

// writable hears from the poller that a socket may have room again.
func (c *Client) writable() {
	if !c.blocked.Load() {
		return
	}
	c.mu.Lock()
	if !c.blocked.Swap(false) || c.queued {
		c.mu.Unlock()
		return
	}
	c.queued = true
	c.mu.Unlock()
	c.pool.queue.add(job{client: c})
}

// handOver lets a goroutine of its own go on with a turn, where writing may
// have to wait. Writing stays set.
func (c *Client) handOver(left [][]byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.finished {
		c.stopWriting()
		return
	}
	c.full()
	c.pool.present.Go(func() { c.catchUp(left) })
}

// full notes that from now on the socket is waited for. It is called with mu
// held.
func (c *Client) full() {
	c.waiting = c.pool.sinceNow()
	c.moved.Store(c.pool.clock())
}

// catchUp is the goroutine that waits for one socket. It holds at most the
// buffers of one turn, and ends when nothing is left or the connection is.
func (c *Client) catchUp(bufs [][]byte) {
	for {
		for _, b := range bufs {
			if c.writeAll(b) != nil {
				c.broken()
				return
			}
		}
		c.mu.Lock()
		c.written()
		if !c.begin() {
			return
		}
		c.full()
		var lagging []lost
		bufs, lagging = c.gather(nil)
		c.mu.Unlock()
		c.tell(lagging)
		bufs, _ = together(bufs)
	}
}

// writeAll writes b, and waits for it: in pieces, so that one who takes it
// slowly is seen to take it.
func (c *Client) writeAll(b []byte) error {
	for len(b) > 0 {
		n := min(len(b), pieceLimit)
		begin := time.Now()
		if _, err := c.socket.Conn.Write(b[:n]); err != nil {
			return err
		}
		c.took(time.Since(begin) >= hadToWait)
		c.moved.Store(c.pool.clock())
		b = b[n:]
	}
	return nil
}

// begin says whether there is anything for another turn. Where there is not it
// ends the writing and releases mu, with which it is called.
func (c *Client) begin() bool {
	if !c.finished && (c.private.size() > 0 || len(c.ready) > 0) {
		return true
	}
	c.stopWriting()
	c.mu.Unlock()
	return false
}

// stopWriting is called with mu held.
func (c *Client) stopWriting() {
	c.writing, c.slow, c.waiting = false, false, 0
	c.changed.Broadcast()
}

// written notes that the bytes of a turn are with the socket. It is called
// with mu held.
func (c *Client) written() {
	if c.sending {
		c.sending = false
		c.leaving.free()
		c.leaving = nil
	}
	c.changed.Broadcast()
}

// broken ends writing after a write that failed. Who reads notices the cut and
// tells the Handler.
func (c *Client) broken() {
	c.cut(endedBadly)
	c.mu.Lock()
	c.stopWriting()
	c.mu.Unlock()
}
