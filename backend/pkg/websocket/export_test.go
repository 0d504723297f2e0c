package websocket

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
