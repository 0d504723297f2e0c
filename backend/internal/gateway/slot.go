package gateway

import (
	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// slot is the open sockets of one signed-in session.
type slot struct {
	hash     [32]byte // of the session's token
	open     int
	ended    bool   // signed out: nobody may come in any more
	name     string // the user's, where it changed while the slot was open
	sessions map[*Session]struct{}
}

// reserve takes one of a session's sockets. It returns nil where all are open.
func (h *Hub) reserve(hash [32]byte) *slot {
	h.mu.Lock()
	defer h.mu.Unlock()
	sl := h.slots[hash]
	if sl == nil {
		sl = &slot{hash: hash, sessions: make(map[*Session]struct{})}
		h.slots[hash] = sl
	}
	if h.opts.RateLimits && sl.open >= h.opts.SessionSockets {
		return nil
	}
	sl.open++
	return sl
}

func (h *Hub) release(sl *slot) {
	h.mu.Lock()
	defer h.mu.Unlock()
	sl.open--
	if sl.open == 0 && h.slots[sl.hash] == sl {
		delete(h.slots, sl.hash)
	}
}

// Connected are the sessions that have an open socket.
func (h *Hub) Connected() [][32]byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	hashes := make([][32]byte, 0, len(h.slots))
	for hash, sl := range h.slots {
		if !sl.ended && len(sl.sessions) > 0 {
			hashes = append(hashes, hash)
		}
	}
	return hashes
}

// signedOut closes the open sockets of a session that has ended.
func (h *Hub) signedOut(hash [32]byte) {
	h.mu.Lock()
	sl := h.slots[hash]
	var list []*Session
	if sl != nil {
		sl.ended = true
		for s := range sl.sessions {
			list = append(list, s)
		}
	}
	h.mu.Unlock()
	for _, s := range list {
		s.client.Close(websocket.ClosePolicy, reasonSignedOut)
	}
}

// renamed tells a user's new name to the open Sessions, and to the handshakes
// that are under way.
func (h *Hub) renamed(hash [32]byte, user chat.User) {
	h.mu.Lock()
	if sl := h.slots[hash]; sl != nil {
		sl.name = user.Name
	}
	for s := h.byUser[user.ID]; s != nil; s = s.next {
		s.rename(user.Name)
	}
	h.mu.Unlock()
	h.presence.rename(user.ID, user.Name)
}

const reasonSignedOut = "signed out"
