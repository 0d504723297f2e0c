package gateway

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// feed is one room's ordered delivery on this node, while somebody listens: it
// passes on only the next seq, and reads from the store what was not heard of.
// It also keeps the newest events for those who join, for a while after the
// last listener left too.
//
// It begins with whatever event comes first. A reader that joined before that
// event has read the log after the feed was there, so what it read reaches at
// least up to the event before.
type feed struct {
	hub  *Hub
	room chat.RoomID

	// The topics of the Pool, each spelt once for all its members.
	events, typing, presence string

	heeded    [dialects]atomic.Int32 // who listens to each dialect
	listeners int                    // guarded by Hub.mu
	left      time.Time              // when the last listener did; guarded by Hub.mu

	mu    sync.Mutex
	last  uint64 // seq that was passed on last; 0 before the first
	known uint64 // the highest seq that anybody here was told of
	keep  keep
}

// fetchTimeout bounds how long the store is asked for what was not heard of.
const fetchTimeout = 5 * time.Second

// follow returns the room's feed, and makes one where there is none. Each
// follow is ended by an unfollow.
func (h *Hub) follow(room chat.RoomID) *feed {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.feeds[room]
	if f == nil {
		f = &feed{
			hub: h, room: room,
			events: eventsTopic(room), typing: typingTopic(room), presence: presenceTopic(room),
		}
		h.feeds[room] = f
	}
	f.listeners++
	return f
}

func (h *Hub) unfollow(f *feed) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f.listeners--; f.listeners == 0 {
		f.left = time.Now()
		if !f.keeps() { // as of a room that is not there
			delete(h.feeds, f.room)
		}
	}
}

// feedOf is the room's feed, or nil.
func (h *Hub) feedOf(room chat.RoomID) *feed {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.feeds[room]
}

// heard is the newest seq that the room's feed passed on; 0 if none.
func (h *Hub) heard(room chat.RoomID) uint64 {
	f := h.feedOf(room)
	if f == nil {
		return 0
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last
}

// Told notes that somebody is being told of a room's head, by an answer or over
// HTTP: from then on no join is answered with an earlier one. It is called
// before they are.
func (h *Hub) Told(room chat.RoomID, head uint64) {
	if f := h.feedOf(room); f != nil {
		f.told(head)
	}
}

func (f *feed) told(head uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.known = max(f.known, head)
}

// pass hands on an event, and what was missed before it. The broker calls it
// from one goroutine.
func (f *feed) pass(e *chat.Event) {
	f.mu.Lock()
	last := f.last
	f.mu.Unlock()
	if last != 0 && e.Seq <= last {
		return
	}
	if last != 0 && e.Seq > last+1 {
		f.fetch(last, e.Seq)
	}
	f.hand(e)
}

// fetch reads what lies between. What cannot be read is left out: the Pool
// sees the hole, and every listener is told to resync.
func (f *feed) fetch(last, until uint64) {
	ctx, cancel := context.WithTimeout(f.hub.base, fetchTimeout)
	defer cancel()
	for last+1 < until {
		p, err := f.hub.chat.Following(ctx, f.room, last, chat.PageBytes)
		if err != nil || len(p.Events) == 0 {
			f.hub.log.Error("events that were not heard of cannot be read", "room", f.room, "after", last, "error", err)
			return
		}
		for i := range p.Events {
			if p.Events[i].Seq >= until {
				return
			}
			f.hand(&p.Events[i])
		}
		last = p.Events[len(p.Events)-1].Seq
	}
}

// hand keeps the event before it is sent: whoever joins between is answered
// with it, and passes over it in the topic.
func (f *feed) hand(e *chat.Event) {
	f.mu.Lock()
	f.last = e.Seq
	body := f.keep.add(f, e)
	f.mu.Unlock()
	if body == nil {
		body = protocol.AppendEvent(nil, e)
	}
	f.hub.pool.Broadcast(f.events, e.Seq, websocket.Text(body))
	f.translate(e)
}
