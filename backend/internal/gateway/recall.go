package gateway

import (
	"context"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

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
// store for all who want one at the same time, and another one where something
// was changed meanwhile. ok is false where this join needs a reading of its own.
func (f *feed) begin(c *chat.JoinCommand) (b beginning, ok bool, err error) {
	for read := 0; ; read++ {
		f.mu.Lock()
		b, ok = f.recall(c)
		over := read == 2 || (read == 1 && f.keep.recent == nil) // it is not to be kept
		if ok || over || !f.worth(c) {
			f.mu.Unlock()
			return b, ok, nil
		}
		if err := f.read(); err != nil {
			return b, false, err
		}
	}
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
	f.keep.used = time.Now()
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
