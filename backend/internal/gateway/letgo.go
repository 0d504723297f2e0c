package gateway

import (
	"slices"
	"time"
)

// sweepKept lets go of rooms to which nobody has listened for a while, and,
// where there is too much, of what was not asked for for the longest time.
func (h *Hub) sweepKept(now time.Time) {
	var rest, over []*feed
	h.mu.Lock()
	for room, f := range h.feeds {
		if f.listeners == 0 && now.Sub(f.left) >= keepQuiet {
			delete(h.feeds, room)
			over = append(over, f)
		} else {
			rest = append(rest, f)
		}
	}
	h.mu.Unlock()
	for _, f := range over {
		f.letGo()
	}
	if most := h.keepBytes.Load(); h.kept.Load() > most {
		h.letGo(rest, most*3/4)
	}
}

// letGo lets go of what the feeds keep, the longest unused first, until all
// together keep no more than that.
func (h *Hub) letGo(feeds []*feed, until int64) {
	used := make(map[*feed]time.Time, len(feeds))
	for _, f := range feeds {
		f.mu.Lock()
		used[f] = f.keep.used
		f.mu.Unlock()
	}
	slices.SortFunc(feeds, func(a, b *feed) int { return used[a].Compare(used[b]) })
	for _, f := range feeds {
		if h.kept.Load() <= until {
			return
		}
		f.letGo()
	}
}

func (f *feed) letGo() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.keep.drop(f.hub)
}
