package gateway

import (
	"context"
	"sync"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// feed is one room's ordered delivery on this node, while somebody listens: it
// passes on only the next seq, and reads from the store what was not heard of.
//
// It begins with whatever event comes first. A reader that joined before that
// event has read the log after the feed was there, so what it read reaches at
// least up to the event before.
type feed struct {
	hub       *Hub
	room      chat.RoomID
	listeners int // guarded by Hub.mu

	mu   sync.Mutex
	last uint64 // seq that was passed on last; 0 before the first
}

// fetchTimeout bounds how long the store is asked for what was not heard of.
const fetchTimeout = 5 * time.Second

// follow makes sure that the room has a feed. Each follow is ended by an
// unfollow.
func (h *Hub) follow(room chat.RoomID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.feeds[room]
	if f == nil {
		f = &feed{hub: h, room: room}
		h.feeds[room] = f
	}
	f.listeners++
}

func (h *Hub) unfollow(room chat.RoomID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.feeds[room]
	if f.listeners--; f.listeners == 0 {
		delete(h.feeds, room)
	}
}

// heard is the newest seq that the room's feed passed on; 0 if none.
func (h *Hub) heard(room chat.RoomID) uint64 {
	h.mu.Lock()
	f := h.feeds[room]
	h.mu.Unlock()
	if f == nil {
		return 0
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last
}

// pass hands on an event, and what was missed before it. The broker calls it
// from one goroutine.
func (f *feed) pass(e chat.Event) {
	f.mu.Lock()
	last := f.last
	f.mu.Unlock()
	if last != 0 && e.Seq <= last {
		return
	}
	if last != 0 && e.Seq > last+1 {
		f.fetch(last, e.Seq)
	}
	f.hand(&e)
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

func (f *feed) hand(e *chat.Event) {
	f.hub.pool.Broadcast(eventsTopic(f.room), e.Seq, websocket.Text(protocol.AppendEvent(nil, e)))
	f.mu.Lock()
	f.last = e.Seq
	f.mu.Unlock()
}
