package gateway

import "time"

// Sweep is the sweep of what is kept, as if it were so late.
func (h *Hub) Sweep(now time.Time) { h.sweepKept(now) }

// KeepAtMost sets how many bytes of events may be kept.
func (h *Hub) KeepAtMost(bytes int64) { h.keepBytes.Store(bytes) }

// Kept is how many rooms are followed or remembered, how many bytes are counted
// of them, and how many bytes they hold.
func (h *Hub) Kept() (rooms int, counted, held int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range h.feeds {
		f.mu.Lock()
		if f.keep.recent != nil {
			held += int64(f.keep.recent.size())
		}
		f.mu.Unlock()
	}
	return len(h.feeds), h.kept.Load(), held
}
