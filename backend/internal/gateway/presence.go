package gateway

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

const (
	presenceTick  = 250 * time.Millisecond
	presenceEvery = time.Second            // at most one frame per room in that time
	presenceNames = 500                    // above so many present, only their count is told
	presenceEach  = 500 * time.Microsecond // and that less often: for each who is there, so long
)

// presence is who is in which room on this node. It is told in deltas, and in
// full to who has just come.
type presence struct {
	mu    sync.Mutex
	rooms map[chat.RoomID]*roomPresence
	due   map[chat.RoomID]*roomPresence // those of which something is to be told
}

type roomPresence struct {
	here    map[chat.UserID]present
	told    map[chat.UserID]string   // who was online in the last frame with names, and how called
	changed map[chat.UserID]struct{} // who came or went since that frame; not kept in a crowd
	newly   map[*Session]struct{}    // Sessions that have had no frame yet
	moved   bool                     // somebody came or went since the last frame
	unnamed bool                     // somebody here was told no names: it is, or was just now, a crowd
	next    time.Time                // not before this is another frame sent
}

// present is one user in one room.
type present struct {
	name     string
	sessions int
}

// crowded says whether so many are in the room that only their count is told.
func (p *presence) crowded(room chat.RoomID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.rooms[room]
	return r != nil && r.unnamed
}

// enter notes that the Session is in the room.
func (p *presence) enter(room chat.RoomID, s *Session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	name := s.author().Name // a change of it that comes after this finds them here
	r := p.rooms[room]
	if r == nil {
		r = &roomPresence{
			here:    make(map[chat.UserID]present),
			told:    make(map[chat.UserID]string),
			changed: make(map[chat.UserID]struct{}),
			newly:   make(map[*Session]struct{}),
		}
		p.rooms[room] = r
	}
	who, there := r.here[s.user.ID]
	if !there {
		who.name = name
		r.move(s.user.ID)
		p.due[room] = r
	}
	who.sessions++
	r.here[s.user.ID] = who
	if len(r.here) > presenceNames && !r.unnamed {
		r.unnamed = true // who comes next is told no names
		r.changed = make(map[chat.UserID]struct{})
	}
}

// await notes that a Session in the room needs the presence in full.
func (p *presence) await(room chat.RoomID, s *Session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.rooms[room]
	r.newly[s] = struct{}{}
	p.due[room] = r
}

// exit notes that the Session is no longer in the room.
func (p *presence) exit(room chat.RoomID, s *Session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.rooms[room]
	who := r.here[s.user.ID]
	delete(r.newly, s)
	if who.sessions--; who.sessions > 0 {
		r.here[s.user.ID] = who
		return
	}
	delete(r.here, s.user.ID)
	r.move(s.user.ID)
	p.due[room] = r
}

// rename notes that somebody is called otherwise, wherever they are.
func (p *presence) rename(user chat.UserID, name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for room, r := range p.rooms {
		if who, there := r.here[user]; there && who.name != name {
			who.name = name
			r.here[user] = who
			r.move(user)
			p.due[room] = r
		}
	}
}

func (r *roomPresence) move(user chat.UserID) {
	r.moved = true
	if !r.unnamed {
		r.changed[user] = struct{}{}
	}
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
	for room, r := range p.due {
		if now.Before(r.next) {
			continue // also for an empty room: who comes back is not told sooner
		}
		delete(p.due, room)
		if len(r.here) == 0 {
			delete(p.rooms, room)
			continue
		}
		r.next = now.Add(r.pause())
		list = append(list, r.news(room))
	}
	return list
}

// pause is the time from one frame to the next. In a large crowd it grows, so
// that telling it how large it is costs the same however many hear it.
func (r *roomPresence) pause() time.Duration {
	return max(presenceEvery, time.Duration(len(r.here))*presenceEach)
}

// news makes the frames, and notes that they were told.
func (r *roomPresence) news(room chat.RoomID) news {
	n := news{room: room}
	count, named := len(r.here), len(r.here) <= presenceNames
	if len(r.newly) > 0 || !named {
		n.full = protocol.PresenceFrame(room, r.everybody(named), nil, count, named)
	}
	switch {
	case !named && r.moved:
		n.delta = n.full
	case named:
		if online, offline := r.delta(); len(online)+len(offline) > 0 {
			n.delta = protocol.PresenceFrame(room, online, offline, count, true)
		}
	}
	r.moved, r.unnamed = false, !named
	clear(r.changed)
	if len(r.newly) > 0 {
		n.newly = slices.Collect(maps.Keys(r.newly))
		r.newly = make(map[*Session]struct{}) // a map keeps the room that it once needed
	}
	return n
}

// everybody is all who are here, where they are named.
func (r *roomPresence) everybody(named bool) []chat.User {
	if !named {
		return nil
	}
	all := make([]chat.User, 0, len(r.here))
	for id, who := range r.here {
		all = append(all, chat.User{ID: id, Name: who.name})
	}
	return all
}

// delta is who came and who went since the last frame with names. After a
// crowd that is everybody: who came meanwhile knows no names at all.
func (r *roomPresence) delta() (online []chat.User, offline []chat.UserID) {
	if r.unnamed {
		for id := range r.told {
			if _, there := r.here[id]; !there {
				offline = append(offline, id)
			}
		}
		clear(r.told)
		for id, who := range r.here {
			r.told[id] = who.name
		}
		return r.everybody(true), offline
	}
	for id := range r.changed {
		who, there := r.here[id]
		name, told := r.told[id]
		switch {
		case there && (!told || name != who.name):
			online = append(online, chat.User{ID: id, Name: who.name})
			r.told[id] = who.name
		case !there && told:
			offline = append(offline, id)
			delete(r.told, id)
		}
	}
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
