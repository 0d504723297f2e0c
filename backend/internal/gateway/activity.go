package gateway

import (
	"context"
	"sync"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

const (
	activityTick   = time.Second
	activityBudget = 300 * time.Millisecond // of each tick; what is left waits for the next
)

// activity is the rooms that grew since the last tick. Noting one costs the
// same however many belong to it; telling is done at most once a second.
type activity struct {
	mu    sync.Mutex
	dirty map[chat.RoomID]struct{}
}

func (a *activity) note(room chat.RoomID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.dirty[room] = struct{}{}
}

func (a *activity) take() map[chat.RoomID]struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.dirty) == 0 {
		return nil // and not the map that is written to next
	}
	taken := a.dirty
	a.dirty = make(map[chat.RoomID]struct{})
	return taken
}

// tellActivity tells the new heads to all Sessions that belong to a room and
// have not joined it.
func (h *Hub) tellActivity() {
	rooms := h.activity.take()
	if len(rooms) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(h.base, activityBudget)
	defer cancel()
	for room := range rooms {
		if !h.tellRoom(ctx, room) {
			h.activity.note(room)
		}
	}
}

// tellRoom returns false where somebody has still to be told.
func (h *Hub) tellRoom(ctx context.Context, room chat.RoomID) bool {
	complete := true
	head := h.heard(room)
	for _, s := range h.absent(room) {
		if room == chat.General && s.knows(head) {
			continue // hello told it, a moment ago
		}
		if ctx.Err() != nil || !s.greeted.Load() {
			complete = false
			continue
		}
		b, err := h.position(ctx, room, s)
		if err != nil {
			complete = false
			continue
		}
		h.Told(room, b.Head)
		s.client.Offer(websocket.Text(protocol.ActivityFrame(room, b.Head, b.Unread)))
	}
	return complete
}

// position is the room's head and what the Session's user has not read of it,
// by one reading of the store.
func (h *Hub) position(ctx context.Context, room chat.RoomID, s *Session) (chat.Belonging, error) {
	if s.visitor() {
		return h.chat.UnreadAfter(ctx, room, s.user.ID, s.readTo(room))
	}
	return h.chat.Belonging(ctx, room, s.user.ID)
}

// absent are the Sessions that belong to the room and have not joined it; plain
// clients are never told.
func (h *Hub) absent(room chat.RoomID) []*Session {
	h.mu.Lock()
	defer h.mu.Unlock()
	set := h.members[room]
	if room == chat.General {
		set = h.sessions
	}
	var list []*Session
	for s := range set {
		if !s.plain && !s.inRoom(room) {
			list = append(list, s)
		}
	}
	return list
}
