package gateway

import (
	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
)

const (
	answerBytes = 1 << 20   // of encoded events in one answer
	tailBytes   = 256 << 10 // of bodies read at once for the rest of a delta
)

// join is one act: subscribe, then read, then follow from the last seq that
// was read. Reading first would lose what falls between.
func (s *Session) join(c *protocol.Command) {
	s.settle()
	if err := s.mayJoin(c.Room); err != nil {
		s.fail(c.ID, err)
		return
	}
	topic := eventsTopic(c.Room)
	p := s.place(c.Room)
	s.hub.pool.Subscribe(s.client, topic, false)
	start, err := s.hub.chat.Join(s.ctx, chat.JoinCommand{
		Room: c.Room, After: c.After, HasAfter: c.HasAfter, Epoch: c.Epoch, Limit: c.Limit,
	})
	if err != nil {
		s.quit(c.Room)
		s.joined()
		s.fail(c.ID, err)
		return
	}
	events, last, goesOn := s.answerable(&start, c.After)
	more := !start.Delta && (start.More || len(events) < len(start.Events))
	s.send(protocol.Joined(c.ID, c.Room, start.Head, start.Epoch, events, more, start.Reset, goesOn))
	s.joined()
	if goesOn || !s.hub.pool.Follow(s.client, topic, last) {
		s.sendTail(p, c.Room, last)
	}
	s.hub.pool.Subscribe(s.client, typingTopic(c.Room), true)
	s.hub.pool.FollowNow(s.client, typingTopic(c.Room))
	s.appear(p, c.Room)
}

// mayJoin refuses what no room can be called, and one room too many.
func (s *Session) mayJoin(room chat.RoomID) error {
	if !chat.ValidRoomID(string(room)) {
		return chat.Errorf(chat.NotFound, "there is no such room")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rooms[room] == nil && len(s.rooms) >= s.hub.opts.SocketRooms {
		return chat.Errorf(chat.Forbidden, "one connection may join %d rooms; leave one first", s.hub.opts.SocketRooms)
	}
	return nil
}

// place makes or renews the Session's place in a room, with nothing delivered
// for it yet.
func (s *Session) place(room chat.RoomID) *place {
	s.mu.Lock()
	s.joining = room
	p := s.rooms[room]
	if p != nil {
		s.stopTail(p)
		p.lagging = false
		s.mu.Unlock()
		return p
	}
	p = &place{}
	s.rooms[room] = p
	s.mu.Unlock() // Hub.mu is never taken under it: Hub.absent takes both the other way round
	s.hub.follow(room)
	return p
}

// appear shows the Session in the room's presence, and asks for all of it: on
// joining again too, as frames may have been dropped while it was behind.
func (s *Session) appear(p *place, room chat.RoomID) {
	if !p.present {
		p.present = true
		s.hub.presence.enter(room, s)
		return
	}
	s.hub.pool.Unsubscribe(s.client, presenceTopic(room))
	s.mu.Lock()
	p.introduced = false
	s.mu.Unlock()
	s.hub.presence.again(room, s)
}

// joined ends what place began.
func (s *Session) joined() {
	s.mu.Lock()
	s.joining = ""
	s.mu.Unlock()
}

// quit gives up the Session's place in a room, if it has one.
func (s *Session) quit(room chat.RoomID) {
	s.mu.Lock()
	p := s.rooms[room]
	delete(s.rooms, room)
	if p != nil {
		s.stopTail(p)
	}
	s.mu.Unlock()
	if p == nil {
		return
	}
	s.hub.pool.Unsubscribe(s.client, eventsTopic(room))
	s.hub.pool.Unsubscribe(s.client, typingTopic(room))
	s.hub.pool.Unsubscribe(s.client, presenceTopic(room))
	s.hub.unfollow(room)
	if p.present {
		s.hub.presence.exit(room, s)
	}
}

// answerable encodes what fits into one answer: of a page the newest, of a
// delta the oldest events. It returns the seq that the answer reaches, and
// whether the rest of the delta follows as frames.
func (s *Session) answerable(start *chat.Start, after uint64) (events [][]byte, last uint64, goesOn bool) {
	size := 0
	if !start.Delta {
		first := len(start.Events)
		encoded := make([][]byte, len(start.Events))
		for first > 0 {
			e := protocol.AppendEvent(nil, &start.Events[first-1])
			if size += len(e); size > answerBytes && first < len(start.Events) {
				break
			}
			first--
			encoded[first] = e
		}
		return encoded[first:], start.Head, false
	}
	last = after
	for i := range start.Events {
		e := protocol.AppendEvent(nil, &start.Events[i])
		if size += len(e); size > answerBytes && i > 0 {
			break
		}
		events = append(events, e)
		last = start.Events[i].Seq
	}
	return events, last, last < start.Head
}
