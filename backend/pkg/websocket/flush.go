package websocket

import "time"

// pieceLimit is how many bytes are written at once where it may take its time.
const pieceLimit = 16 << 10

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
			if n > 0 {
				c.took(false)
			}
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
		c.waiting = time.Now()
		var lagging []string
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
		if _, err := c.raw.Write(b[:n]); err != nil {
			return err
		}
		c.took(time.Since(begin) >= hadToWait)
		b = b[n:]
	}
	return nil
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
