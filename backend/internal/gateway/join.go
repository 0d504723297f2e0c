package gateway

import (
	"sync"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
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
	p := s.place(c.Room)
	s.hub.pool.Subscribe(s.client, p.feed.events, false)
	last, goesOn, err := s.begin(p, c)
	s.joined()
	if err != nil {
		s.quit(c.Room)
		s.fail(c.ID, err)
		return
	}
	if goesOn || !s.hub.pool.Follow(s.client, p.feed.events, last) {
		s.sendTail(p, last)
	}
	s.hub.pool.Subscribe(s.client, p.feed.typing, true)
	s.hub.pool.FollowNow(s.client, p.feed.typing)
	s.appear(p)
}

// mayJoin decides who may listen to a room, before its place in it is made: it
// refuses what no room can be called, and one room too many. Every room that
// there is is public; begin finds out whether it is there.
func (s *Session) mayJoin(room chat.RoomID) error {
	if !chat.ValidRoomID(string(room)) {
		return chat.Errorf(chat.NotFound, "there is no such room")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.placeIn(room) == nil && len(s.places) >= s.hub.opts.SocketRooms {
		return chat.Errorf(chat.Forbidden, "one connection may join %d rooms; leave one first", s.hub.opts.SocketRooms)
	}
	return nil
}

// begin answers a join, from memory or from the store. It returns the seq that
// the answer reaches, and whether the rest of the delta follows as frames.
func (s *Session) begin(p *place, c *protocol.Command) (last uint64, goesOn bool, err error) {
	command := chat.JoinCommand{Room: c.Room, After: c.After, HasAfter: c.HasAfter, Epoch: c.Epoch, Limit: c.Limit}
	b, ok, err := p.feed.begin(&command)
	if err != nil {
		return 0, false, err
	}
	if ok {
		s.recall(c, &b)
		return b.head, false, nil
	}
	if err := s.hub.mayRead(); err != nil {
		return 0, false, err
	}
	start, err := s.hub.chat.Join(s.hub.base, command)
	if err != nil {
		return 0, false, err
	}
	events, last, goesOn := s.answerable(&start, c.After)
	more := !start.Delta && (start.More || len(events) < len(start.Events))
	p.feed.told(start.Head)
	s.send(protocol.Joined(c.ID, c.Room, start.Head, start.Epoch, events, more, start.Reset, goesOn))
	return last, goesOn, nil
}

// answers are the places where answers from memory are put together: a Client
// copies what it is to send.
var answers = sync.Pool{New: func() any { return new([]byte) }}

// recall answers a join with what was kept.
func (s *Session) recall(c *protocol.Command, b *beginning) {
	var events [1][]byte
	n := 0
	if len(b.events) > 0 {
		events[0], n = b.events, 1
	}
	frame, _ := answers.Get().(*[]byte)
	*frame = protocol.AppendJoined((*frame)[:0], c.ID, c.Room, b.head, b.epoch, events[:n], b.more, false, false)
	s.send(*frame)
	answers.Put(frame)
}

// place makes or renews the Session's place in a room, with nothing delivered
// for it yet.
func (s *Session) place(room chat.RoomID) *place {
	s.mu.Lock()
	if p := s.placeIn(room); p != nil {
		s.joining = p
		s.stopTail(p)
		p.lagging = false
		s.mu.Unlock()
		return p
	}
	s.mu.Unlock() // Hub.mu is never taken under it: Hub.absent takes both the other way round
	p := &place{feed: s.hub.follow(room)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.joining = p
	s.places = append(s.places, p)
	return p
}

// appear shows the Session in the room's presence, and asks for all of it: on
// joining again too, as frames may have been dropped while it was behind. Who
// comes into a crowd, of which only the count is told, hears that with
// everybody else.
func (s *Session) appear(p *place) {
	room, topic := p.feed.room, p.feed.presence
	crowd := !p.present && s.hub.presence.crowded(room)
	switch {
	case crowd:
		s.hub.pool.Subscribe(s.client, topic, true)
		s.hub.pool.FollowNow(s.client, topic)
	case p.present:
		s.hub.pool.Unsubscribe(s.client, topic)
	}
	s.introduced(p, crowd)
	if !p.present {
		p.present = true
		s.hub.presence.enter(room, s)
	}
	if crowd && s.hub.presence.crowded(room) {
		return
	}
	if crowd { // it has thinned out meanwhile
		s.hub.pool.Unsubscribe(s.client, topic)
		s.introduced(p, false)
	}
	s.hub.presence.await(room, s)
}

func (s *Session) introduced(p *place, yes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p.introduced = yes
}

// joined ends what place began.
func (s *Session) joined() {
	s.mu.Lock()
	s.joining = nil
	s.mu.Unlock()
}

// quit gives up the Session's place in a room, if it has one.
func (s *Session) quit(room chat.RoomID) {
	s.mu.Lock()
	p := s.placeIn(room)
	if p == nil {
		s.mu.Unlock()
		return
	}
	s.forget(p)
	s.stopTail(p)
	s.mu.Unlock()
	s.hub.pool.Unsubscribe(s.client, p.feed.events)
	s.hub.pool.Unsubscribe(s.client, p.feed.typing)
	s.hub.pool.Unsubscribe(s.client, p.feed.presence)
	s.hub.unfollow(p.feed)
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

// introduce sends the presence of a room in full, once; deltas follow it.
func (s *Session) introduce(room chat.RoomID, full []byte) {
	s.mu.Lock()
	p := s.placeIn(room)
	if p == nil || p.introduced {
		s.mu.Unlock()
		return
	}
	p.introduced = true
	s.mu.Unlock()
	s.client.Offer(websocket.Text(full))
	if s.hub.pool.Subscribe(s.client, p.feed.presence, true) {
		s.hub.pool.FollowNow(s.client, p.feed.presence)
	}
	if !s.inRoom(room) { // left meanwhile
		s.hub.pool.Unsubscribe(s.client, p.feed.presence)
	}
}
