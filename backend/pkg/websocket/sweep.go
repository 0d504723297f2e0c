package websocket

import (
	"time"

	gws "github.com/gorilla/websocket"
)

// clock is the time since the pool began. It does not jump when somebody sets
// the machine's clock.
func (p *Pool) clock() int64 { return int64(time.Since(p.began)) }

// alive notes that a frame came, and says when.
func (c *Client) alive() int64 {
	now := c.pool.clock()
	c.heard.Store(now)
	return now
}

// sweeper pings and times out, for all clients, with one timer.
func (p *Pool) sweeper() {
	every := min(time.Second, p.opts.PingInterval/2, p.opts.IdleTimeout/4)
	ticker := time.NewTicker(max(every, time.Millisecond))
	defer ticker.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-ticker.C:
			for _, c := range p.Clients() {
				c.sweep()
			}
		}
	}
}

// sweep pings the client, and cuts it where it stays silent or does not leave.
func (c *Client) sweep() {
	c.mu.Lock()
	closing, cutAt := c.closing, c.cutAt
	c.mu.Unlock()
	now := c.pool.clock()
	switch {
	case closing:
		if time.Now().After(cutAt) {
			c.cut(endedBadly)
		}
	case now-c.heard.Load() >= int64(c.pool.opts.IdleTimeout):
		c.cut("no sign of life")
	case now-c.asked.Load() >= int64(c.pool.opts.PingInterval):
		c.asked.Store(now)
		c.offer(gws.PingMessage, nil) // who is that far behind has a ping before it already
	}
}
