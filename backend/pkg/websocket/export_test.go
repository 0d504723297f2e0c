package websocket

import "time"

// Kept is how many bytes the topic's log holds.
func (p *Pool) Kept(name string) int {
	p.mu.RLock()
	t := p.topics[name]
	p.mu.RUnlock()
	if t == nil {
		return 0
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.size
}

// Now is the time on the pool's clock.
func (p *Pool) Now() time.Duration { return p.opts.Clock.Now() }

// Heard is when the last sign of life came, on the pool's clock.
func (c *Client) Heard() time.Duration { return time.Duration(c.heard.Load()) }

// Cut says whether the connection has been cut.
func (c *Client) Cut() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.finished
}

// Full says whether the socket is full: somebody waits for it to take more.
func (c *Client) Full() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waiting != 0
}

// Writing says whether somebody is writing to it.
func (c *Client) Writing() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.writing || c.queued
}

// Private is how many bytes of private frames wait.
func (c *Client) Private() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.private.size()
}

// Closing says whether there is a goodbye.
func (c *Client) Closing() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closing
}
