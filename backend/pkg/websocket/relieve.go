package websocket

import "time"

const stalls = 2 * time.Second // who has taken nothing for so long does not read

// relieve is the publisher's own flush of a topic that grows faster than the
// flushers come round. It returns when everybody has been handed the log up to
// target, but for those whose sockets do not take it that fast. While there
// are such, and they do read, the window is stretched. Who may skip is written
// to, but not waited for.
func (p *Pool) relieve(t *topic, target uint64) {
	all := t.snapshot(nil)
	behind := all[:0]
	for _, m := range all {
		if m.behind(target) {
			m.client.flushPlace(m)
			if !m.lossy {
				behind = append(behind, m)
			}
		}
	}
	longer := false
	if len(behind) > 0 {
		begin := time.Now()
		deadline := begin.Add(p.waits.left())
		for _, m := range behind {
			longer = m.settle(target, deadline) || longer
		}
		p.waits.spend(time.Since(begin))
	}
	t.mu.Lock()
	t.longer = longer
	t.mu.Unlock()
}

func (m *member) behind(target uint64) bool {
	m.client.mu.Lock()
	defer m.client.mu.Unlock()
	return m.lacks(target)
}

// lacks says whether m has yet to be handed the log up to target. It is called
// with client.mu held.
func (m *member) lacks(target uint64) bool {
	return m.following && !m.gone && (m.after < target || m.after == fromOrigin)
}

// settle waits until whoever writes to the client has taken everything of the
// topic up to target, or until patience is at its end: with everybody, which
// is the deadline; with a socket that has been full for so long already; or
// with a client for whom it was before, and who has not caught up since. It
// says whether the client is behind still, and reads.
func (m *member) settle(target uint64, deadline time.Time) bool {
	c := m.client
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waiting != 0 {
		if full := c.pool.began.Add(c.waiting + patience); full.Before(deadline) {
			deadline = full
		}
	}
	var timer *time.Timer
	for c.writing && m.lacks(target) && !c.slow {
		left := time.Until(deadline)
		if left <= 0 {
			c.slow = true
			break
		}
		if timer == nil {
			timer = time.AfterFunc(left, func() {
				c.mu.Lock()
				c.changed.Broadcast()
				c.mu.Unlock()
			})
			defer timer.Stop()
		}
		c.changed.Wait()
	}
	return c.writing && m.lacks(target) && c.reads()
}

// reads says whether the client takes anything at all. It is called with mu
// held.
func (c *Client) reads() bool {
	return c.waiting == 0 || c.pool.elapsed()-c.waiting < stalls
}
