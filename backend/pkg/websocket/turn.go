package websocket

import (
	"slices"
	"sync"
)

const (
	writeLimit = 256 << 10 // bytes of all topics together that one turn of a flush takes, about
	joinLimit  = 16 << 10  // bytes of a turn that are copied together, to save system calls
)

// scratches are the places where small turns are copied together.
var scratches = sync.Pool{New: func() any { return new([joinLimit]byte) }}

// lost is a topic that a client has lost, and up to where it was handed it.
type lost struct {
	topic string
	after uint64
}

// gather takes the private buffer and the next bytes of the ready places, one
// after the other until the turn is full: it is all that is kept from being
// freed while the socket is. Who had no turn comes first in the next. It is
// called with mu held. The ends of the logs are read before the private buffer
// is taken: whoever answers first and broadcasts then is seen in that order.
func (c *Client) gather(bufs [][]byte) (out [][]byte, lagging []lost) {
	out = append(bufs, nil)
	kept := c.ready[:0]
	had, total := 0, 0
	for ; had < len(c.ready) && total < writeLimit; had++ {
		m := c.ready[had]
		m.ready = false
		if m.gone || !m.following {
			continue
		}
		t := m.topic
		t.mu.Lock()
		var lag bool
		before := len(out)
		out, m.after, lag = t.take(out, m.after, writeLimit-total)
		total += sizeOf(out[before:])
		if lag && m.lossy {
			m.after, lag = t.next-1, false
		}
		more := m.after+1 < t.next
		t.mu.Unlock()
		switch {
		case lag:
			lagging = append(lagging, lost{t.name, m.after})
			c.places.remove(m)
			c.pool.drop(m)
		case more:
			m.ready = true
			kept = append(kept, m)
		}
	}
	if rest := c.ready[had:]; len(rest) > 0 {
		c.ready = slices.Concat(rest, kept)
	} else {
		clear(c.ready[len(kept):])
		c.ready = kept
	}
	c.telling = len(lagging) > 0
	if c.takePrivate() {
		out[0] = c.leaving.b
		return out, lagging
	}
	return out[1:], lagging
}

// takePrivate moves the private frames to those that are leaving. It is called
// with mu held.
func (c *Client) takePrivate() bool {
	c.leaving = c.private.take()
	c.sending = c.leaving != nil
	return c.sending
}

// tell tells the Handler what the client has lost.
func (c *Client) tell(lagging []lost) {
	if len(lagging) == 0 {
		return
	}
	c.mu.Lock()
	h := c.handler
	c.mu.Unlock()
	for _, t := range lagging {
		h.Lag(t.topic, t.after)
	}
	c.mu.Lock()
	c.telling = false
	c.changed.Broadcast()
	c.mu.Unlock()
}

// together copies the buffers of a small turn into one, so that they leave in
// one write. The array is nil where nothing was copied.
func together(bufs [][]byte) ([][]byte, *[joinLimit]byte) {
	if len(bufs) < 2 || sizeOf(bufs) > joinLimit {
		return bufs, nil
	}
	scratch, _ := scratches.Get().(*[joinLimit]byte)
	joined := scratch[:0]
	for _, b := range bufs {
		joined = append(joined, b...)
	}
	return append(bufs[:0], joined), scratch
}

func sizeOf(bufs [][]byte) (total int) {
	for _, b := range bufs {
		total += len(b)
	}
	return total
}
