package gateway

import (
	"context"
	"slices"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

const (
	keepQuiet  = time.Minute     // how long a room's events are kept when nobody listens any more
	keepBytes  = 64 << 20        // bytes of events that are kept of all rooms together, at most
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
	changes     uint64 // events that may have changed them
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
	if !e.Counts {
		k.named = false // it may be the one that renames the room
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
	if h.kept.Load() > 2*h.keepBytes {
		k.drop(h)
	}
}

func (k *keep) drop(h *Hub) {
	h.kept.Add(int64(-k.size))
	k.recent, k.size = nil, 0
	k.changed, k.by = 0, 0
}

// recall answers a join from memory. ok is false where only the store can.
func (f *feed) recall(c *chat.JoinCommand) (b beginning, ok bool) {
	r := f.keep.recent
	if r == nil || r.epoch == "" || r.head() < f.known {
		return b, false
	}
	b = beginning{head: r.head(), epoch: r.epoch}
	from := c.After + 1
	switch {
	case !c.HasAfter:
		from = b.head + 1 - min(b.head, uint64(c.Limit)) //nolint:gosec // 1 to 200
		b.more = from > 1
	case c.After > b.head || (c.Epoch != "" && c.Epoch != b.epoch):
		return b, false // before it is a reset, the store is asked
	}
	if from <= b.head && (!r.reaches(from) || from <= f.keep.changed) {
		return b, false
	}
	b.events = r.since(from)
	f.keep.used = time.Now()
	return b, true
}

// worth says whether reading the newest page would make recall answer.
func (f *feed) worth(c *chat.JoinCommand) bool {
	k := &f.keep
	switch {
	case k.recent == nil || k.recent.epoch == "":
		return true
	case k.recent.head() < f.known:
		return false // it is about to hear of what was told elsewhere
	}
	return k.changed != 0 && (!c.HasAfter || c.After < k.changed)
}

// begin answers a join from memory where it can, after one reading of the
// store for all who want one at the same time. ok is false where this join
// needs a reading of its own.
func (f *feed) begin(c *chat.JoinCommand) (b beginning, ok bool, err error) {
	f.mu.Lock()
	if b, ok = f.recall(c); ok || !f.worth(c) {
		f.mu.Unlock()
		return b, ok, nil
	}
	if err := f.read(); err != nil {
		return b, false, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	b, ok = f.recall(c)
	return b, ok, nil
}

// greeting is the room as a greeting tells of it. ok is false where only the
// store can tell.
func (f *feed) greeting() (room chat.Room, ok bool) {
	f.mu.Lock()
	if f.keep.recent == nil || f.keep.recent.epoch == "" {
		if f.read() != nil {
			return room, false
		}
		f.mu.Lock()
	}
	if !f.keep.named {
		changes := f.keep.changes
		f.mu.Unlock()
		r, err := f.hub.chat.Room(f.hub.base, f.room)
		if err != nil {
			return room, false
		}
		f.mu.Lock()
		if changes == f.keep.changes { // else it may be called otherwise already
			f.keep.name, f.keep.topic, f.keep.named = r.Name, r.Topic, true
		}
	}
	defer f.mu.Unlock()
	r := f.keep.recent
	if !f.keep.named || r == nil || r.epoch == "" || r.head() < f.known {
		return room, false
	}
	return chat.Room{ID: f.room, Name: f.keep.name, Topic: f.keep.topic, Head: r.head(), Epoch: r.epoch}, true
}

// read fills what is kept from the store, or waits for who is doing so. It is
// called with mu held, and releases it.
func (f *feed) read() error {
	if under := f.keep.reading; under != nil {
		f.mu.Unlock()
		<-under.done
		return under.err
	}
	under := &reading{done: make(chan struct{})}
	f.keep.reading = under
	f.mu.Unlock()
	ctx, cancel := context.WithTimeout(f.hub.base, fetchTimeout)
	defer cancel()
	var page chat.Page
	if under.err = f.hub.mayRead(); under.err == nil {
		page, under.err = f.hub.chat.Earlier(ctx, f.room, 0, keepPage)
	}
	f.mu.Lock()
	f.keep.reading = nil
	if under.err == nil {
		f.keep.fill(f, &page)
	} else if f.keep.recent != nil && f.keep.recent.epoch == "" {
		f.keep.drop(f.hub)
	}
	f.mu.Unlock()
	close(under.done)
	return under.err
}

// sweepKept lets go of rooms to which nobody has listened for a while, and,
// where there is too much, of what was not asked for for the longest time.
func (h *Hub) sweepKept() {
	now := time.Now()
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
	if h.kept.Load() > h.keepBytes {
		h.letGo(rest, h.keepBytes*3/4)
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
