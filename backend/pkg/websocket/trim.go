package websocket

import "math"

// trim drops the oldest chunks that the window does not need.
func (t *topic) trim(window int) {
	if t.longer {
		window *= stretch
	}
	for len(t.chunks) > 1 {
		oldest, left := t.chunks[0], t.chunks[1]
		if t.size-oldest.size() < window || t.next-left.from < minFrames {
			return
		}
		t.dropOldest()
	}
}

// dropBelow drops the chunks that hold nothing from position floor on. A log
// that has nothing left goes on at next: who is not there yet lags.
func (t *topic) dropBelow(floor uint64) {
	for len(t.chunks) > 0 && t.chunks[0].from+uint64(len(t.chunks[0].ends)) <= floor {
		t.dropOldest()
	}
}

func (t *topic) dropOldest() {
	t.size -= t.chunks[0].size()
	t.chunks[0] = nil
	t.chunks = t.chunks[1:]
	t.first = 0
	if len(t.chunks) > 0 {
		t.first = t.chunks[0].from
		return
	}
	t.chunks = nil // and with it what the list itself was kept in
}

// tidy gives back, at leisure, what the window has room for and nobody needs:
// what every member has been handed, and the stretch for who has caught up or
// reads no more. Where nothing was broadcast, and nobody is behind, it costs
// nothing; else it costs less than a broadcast does. It returns scratch.
func (t *topic) tidy(whole int, scratch []*member) []*member {
	t.mu.Lock()
	kept, first, next, origin := len(t.chunks) > 0, t.first, t.next, t.origin
	t.mu.Unlock()
	if !kept {
		return scratch
	}
	scratch = t.snapshot(scratch[:0])
	floor, longer := next, false
	for i, m := range scratch {
		need, reads := m.needs(first, next, origin)
		floor, longer = min(floor, need), longer || reads
		scratch[i] = nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	// Whoever subscribed meanwhile needs nothing below next, and nobody goes
	// back behind that. But who is behind may have changed with the log.
	t.dropBelow(floor)
	if t.next == next {
		t.longer = t.longer && longer
		t.trim(t.window(whole))
	}
	return scratch
}

// needs says from which position on m may still take what the log has, which
// reaches from first to next; and whether it is behind, reads, and minds.
func (m *member) needs(first, next, origin uint64) (from uint64, reads bool) {
	m.client.mu.Lock()
	defer m.client.mu.Unlock()
	switch {
	case m.gone:
		return math.MaxUint64, false
	case !m.following:
		return m.since, false // it will follow from there, or later
	case m.after == fromOrigin:
		from = origin
	default:
		from = m.after + 1
	}
	if from < first {
		return math.MaxUint64, false // it has fallen out: nothing here is for it any more
	}
	return from, from < next && !m.lossy && m.client.reads()
}
