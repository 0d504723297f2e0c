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
	told    map[chat.UserID]struct{} // who was online in the last frame with names
	changed map[chat.UserID]struct{} // who came or went since that frame
	newly   map[*Session]struct{}    // Sessions that have had no frame yet
	moved   bool                     // somebody came or went since the last frame
	unnamed bool                     // the last frame told only the count
	next    time.Time                // not before this is another frame sent
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
		who = &present{user: s.author()}
		r.here[s.user.ID] = who
		r.move(s.user.ID)
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
	r.move(s.user.ID)
}

// rename notes that somebody is called otherwise, wherever they are.
func (p *presence) rename(user chat.UserID, name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.rooms {
		if who := r.here[user]; who != nil && who.user.Name != name {
			who.user.Name = name
			delete(r.told, user) // so they are told once more as online
			r.move(user)
		}
	}
}

func (r *roomPresence) move(user chat.UserID) {
	r.changed[user] = struct{}{}
	r.moved = true
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
		if r.moved || len(r.newly) > 0 {
			r.next = now.Add(presenceEvery)
			list = append(list, r.news(room))
		}
	}
	return list
}

// news makes the frames, and notes that they were told.
func (r *roomPresence) news(room chat.RoomID) news {
	n := news{room: room}
	count, named := len(r.here), len(r.here) <= presenceNames
	if len(r.newly) > 0 || !named {
		n.full = protocol.PresenceFrame(room, r.everybody(), nil, count, named)
	}
	switch {
	case !named && r.moved:
		n.delta = n.full
	case named:
		online, offline := r.delta()
		if r.unnamed { // who came meanwhile knows no names at all
			online = r.everybody()
		}
		if len(online)+len(offline) > 0 {
			n.delta = protocol.PresenceFrame(room, online, offline, count, true)
		}
	}
	r.moved, r.unnamed = false, !named
	for s := range r.newly {
		n.newly = append(n.newly, s)
	}
	clear(r.newly)
	return n
}

func (r *roomPresence) everybody() []chat.User {
	all := make([]chat.User, 0, len(r.here))
	for _, who := range r.here {
		all = append(all, who.user)
	}
	return all
}

// delta is who came and who went since the last frame with names.
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
