package websocket

import (
	"time"

	gws "github.com/gorilla/websocket"
)

// clock is what pings and time-outs go by, in nanoseconds.
func (p *Pool) clock() int64 { return int64(p.opts.Clock.Now()) }

// hadToWait is how long a write must have waited to show that it is the other
// side that made room for it.
const hadToWait = time.Millisecond

// alive notes a sign of life, and says when it came.
func (c *Client) alive() int64 {
	now := c.pool.clock()
	c.heard.Store(now)
	return now
}

// took notes that the socket took some bytes. That the system takes them says
// nothing of the other side, unless they had to wait for it: then it reads,
// and what it would answer is stuck behind what it has yet to read. But while
// the server does not read its answers, it is not silent either.
func (c *Client) took(waited bool) {
	if waited || c.held.Load() {
		c.alive()
	}
}

// sweeper pings and times out, for all clients, and tidies all topics, with
// one timer.
func (p *Pool) sweeper() {
	every := min(time.Second, p.opts.PingInterval/2, p.opts.IdleTimeout/4)
	ticks, stop := p.opts.Clock.Tick(max(every, time.Millisecond))
	defer stop()
	var topics []*topic
	var members []*member
	for {
		select {
		case <-p.stop:
			return
		case <-ticks:
			for _, c := range p.Clients() {
				c.sweep()
			}
			topics = p.allTopics(topics[:0])
			for i, t := range topics {
				members = t.tidy(p.opts.Window, members)
				topics[i] = nil
			}
		}
	}
}

// allTopics appends the topics to dst.
func (p *Pool) allTopics(dst []*topic) []*topic {
	p.mu.RLock()
	defer p.mu.RUnlock()
	for _, t := range p.topics {
		dst = append(dst, t)
	}
	return dst
}

// sweep pings the client, and cuts it where it stays silent or does not leave.
func (c *Client) sweep() {
	c.mu.Lock()
	closing, cutAt := c.closing, c.cutAt
	stuck, full := c.unsent != nil, c.waiting != 0
	c.mu.Unlock()
	if stuck {
		c.look()
	}
	now := c.pool.clock()
	switch {
	case closing:
		if now > cutAt {
			c.cut(endedBadly)
		}
	case full && c.stall > 0 && now-c.moved.Load() >= int64(c.stall)*int64(time.Millisecond):
		c.Close(CloseTryLater, "nothing was read for too long")
	case now-c.heard.Load() >= int64(c.pool.opts.IdleTimeout):
		c.cut("no sign of life")
	case now-c.asked.Load() >= int64(c.pool.opts.PingInterval):
		c.asked.Store(now)
		c.offer(gws.PingMessage, nil) // who is that far behind has a ping before it already
	}
}

// look asks how much of what the full socket was given has not arrived yet.
// Where that gets less, the other side reads, however slowly.
func (c *Client) look() {
	left := c.descriptor.unacknowledged()
	c.mu.Lock()
	less := left < c.backlog && left >= 0
	c.backlog = left
	c.mu.Unlock()
	if less {
		c.moved.Store(c.alive())
	}
}
