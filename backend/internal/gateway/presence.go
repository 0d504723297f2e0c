package gateway

import (
	"sync"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

const (
	presenceTick  = 250 * time.Millisecond
	presenceEvery = time.Second // at most one frame per room in that time
	presenceNames = 500         // above so many present, only their count is told
)

// presence is who is in which room on this node. It is told in deltas, and in
// full to who has just come.
type presence struct {
	mu    sync.Mutex
	rooms map[chat.RoomID]*roomPresence
}

type roomPresence struct {
	here    map[chat.UserID]*present
	told    map[chat.UserID]struct{} // who was online in the last frame
	changed map[chat.UserID]struct{}
	newly   map[*Session]struct{} // Sessions that have had no frame yet
	unnamed bool                  // the last frame told only the count
	next    time.Time             // not before this is another frame sent
}

type present struct {
	user     chat.User
	sessions int
}

// enter notes that the Session is in the room.
func (p *presence) enter(room chat.RoomID, s *Session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.rooms[room]
	if r == nil {
		r = &roomPresence{
			here:    make(map[chat.UserID]*present),
			told:    make(map[chat.UserID]struct{}),
			changed: make(map[chat.UserID]struct{}),
			newly:   make(map[*Session]struct{}),
		}
		p.rooms[room] = r
	}
	who := r.here[s.user.ID]
	if who == nil {
		who = &present{user: s.user}
		r.here[s.user.ID] = who
		r.changed[s.user.ID] = struct{}{}
	}
	who.sessions++
	r.newly[s] = struct{}{}
}

// exit notes that the Session is no longer in the room.
func (p *presence) exit(room chat.RoomID, s *Session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.rooms[room]
	who := r.here[s.user.ID]
	delete(r.newly, s)
	if who.sessions--; who.sessions > 0 {
		return
	}
	delete(r.here, s.user.ID)
	r.changed[s.user.ID] = struct{}{}
}

// again notes that a Session in the room needs the full list once more: while
// it was behind, frames may have been dropped.
func (p *presence) again(room chat.RoomID, s *Session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rooms[room].newly[s] = struct{}{}
}

// news is one room's frames of one tick.
type news struct {
	room  chat.RoomID
	delta []byte
	full  []byte
	newly []*Session
}

// collect takes what is to be told now.
func (p *presence) collect(now time.Time) []news {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []news
	for room, r := range p.rooms {
		if now.Before(r.next) {
			continue // also for an empty room: who comes back is not told sooner
		}
		if len(r.here) == 0 {
			delete(p.rooms, room)
			continue
		}
		if len(r.changed) == 0 && len(r.newly) == 0 {
			continue
		}
		r.next = now.Add(presenceEvery)
		n := news{room: room}
		named := len(r.here) <= presenceNames
		online, offline := r.delta()
		if len(r.newly) > 0 || (named && r.unnamed) {
			n.full = protocol.PresenceFrame(room, r.everybody(), nil, len(r.here), named)
		}
		if len(online)+len(offline) > 0 {
			n.delta = protocol.PresenceFrame(room, online, offline, len(r.here), named)
			if named && r.unnamed {
				n.delta = n.full // names are told again: all of them
			}
			r.unnamed = !named
		}
		if len(r.newly) > 0 {
			for s := range r.newly {
				n.newly = append(n.newly, s)
			}
			clear(r.newly)
		}
		list = append(list, n)
	}
	return list
}

func (r *roomPresence) everybody() []chat.User {
	all := make([]chat.User, 0, len(r.here))
	for _, who := range r.here {
		all = append(all, who.user)
	}
	return all
}

// delta is who came and who went since the last frame.
func (r *roomPresence) delta() (online []chat.User, offline []chat.UserID) {
	for id := range r.changed {
		who := r.here[id]
		_, told := r.told[id]
		switch {
		case who != nil && !told:
			online = append(online, who.user)
			r.told[id] = struct{}{}
		case who == nil && told:
			offline = append(offline, id)
			delete(r.told, id)
		}
	}
	clear(r.changed)
	return online, offline
}

// tellPresence sends what is due: the delta to those who have had a frame, the
// full list to those who have not, who from then on get the deltas.
func (h *Hub) tellPresence() {
	for _, n := range h.presence.collect(time.Now()) {
		if n.delta != nil {
			h.pool.Broadcast(presenceTopic(n.room), 0, websocket.Text(n.delta))
		}
		for _, s := range n.newly {
			s.introduce(n.room, n.full)
		}
	}
}
