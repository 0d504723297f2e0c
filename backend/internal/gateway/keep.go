package gateway

import (
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

const (
	keepQuiet  = time.Minute     // how long a room's events are kept when nobody listens any more
	keepBytes  = 64 << 20        // bytes of events that are kept of all rooms together; up to twice that between two sweeps, never more
	keepPage   = 128             // events that are read to begin with
	keepSweep  = 5 * time.Second // how often it is looked for what to let go
	keepMemory = 8               // the part of the memory limit that they may take: one in so many
)

// keep is what a feed keeps for those who join: the newest events, and what a
// greeting tells of the room. It is guarded by feed.mu.
type keep struct {
	recent  *recent
	reading *reading // of the store, under way; nil as a rule
	used    time.Time
	size    int // that is counted in Hub.kept

	// An event that changes an earlier one makes what is kept of that one
	// unfit, and with it all that begins there or before. changed is the
	// highest seq that this happened to, and by the seq of the last event that
	// did it: a page that reaches there shows it as it stands.
	changed, by uint64

	name, topic string
	named       bool   // the two are as the store has them
	changes     uint64 // events that have changed them
}

// reading is one reading of the store that all who came meanwhile wait for.
type reading struct {
	done chan struct{} // closed when it is over
	err  error         // why it failed; written before done is closed
}

// beginning is where somebody who joins begins, as it is answered.
type beginning struct {
	head   uint64
	epoch  string
	events []byte // encoded, separated by commas
	more   bool
}

func (f *feed) keeps() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.keep.recent != nil || f.keep.reading != nil
}

// add keeps an event that was passed on. It returns it encoded, or nil where
// it is not the next one to be kept.
func (k *keep) add(f *feed, e *chat.Event) []byte {
	if _, _, renamed := e.Describes(); renamed {
		k.named = false
		k.changes++
	}
	if k.recent == nil {
		if k.reading == nil {
			return nil
		}
		k.recent = &recent{first: e.Seq} // what is read now may not reach here
	}
	if next := k.recent.head() + 1; e.Seq != next {
		if e.Seq > next {
			k.drop(f.hub)
		}
		return nil
	}
	if e.Changes != 0 {
		k.changed, k.by = max(k.changed, e.Changes), e.Seq
	}
	body := k.recent.add(e)
	k.count(f.hub)
	return body
}

// fill takes over a page of the newest events, and puts behind it what was
// passed on since.
func (k *keep) fill(f *feed, p *chat.Page) {
	r := &recent{epoch: p.Epoch, first: p.Head + 1}
	if len(p.Events) > 0 {
		r.first = p.Events[0].Seq
	}
	for i := range p.Events {
		r.add(&p.Events[i])
	}
	if old := k.recent; old != nil && old.head() > r.head() && old.reaches(r.head()+1) {
		r.take(old, r.head()+1)
	}
	if k.by <= p.Head {
		k.changed, k.by = 0, 0
	}
	k.recent = r
	if r.head() < f.last {
		k.drop(f.hub)
		return
	}
	k.used = time.Now()
	k.count(f.hub)
}

// count accounts for what is kept. Where all rooms together keep too much it
// lets go at once; the next sweep looks for a better one.
func (k *keep) count(h *Hub) {
	size := k.recent.size()
	if size == k.size {
		return
	}
	h.kept.Add(int64(size - k.size))
	k.size = size
	if h.kept.Load() > 2*h.keepBytes.Load() {
		k.drop(h)
	}
}

func (k *keep) drop(h *Hub) {
	h.kept.Add(int64(-k.size))
	k.recent, k.size = nil, 0
	k.changed, k.by = 0, 0
}
