package gateway

import (
	"context"

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
}

// place makes or renews the Session's place in a room, with nothing delivered
// for it yet.
func (s *Session) place(room chat.RoomID) *place {
	s.mu.Lock()
	s.joining = room
	p := s.rooms[room]
	if p != nil {
		if p.cancel != nil {
			p.cancel()
		}
		p.lagging, p.introduced = false, false
		s.mu.Unlock()
		s.tails.Wait() // it may be about to send events of this room
		s.hub.pool.Unsubscribe(s.client, presenceTopic(room))
		s.hub.presence.again(room, s)
		return p
	}
	p = &place{}
	s.rooms[room] = p
	s.mu.Unlock()
	s.hub.follow(room)
	s.hub.presence.enter(room, s)
	return p
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
	if p != nil && p.cancel != nil {
		p.cancel()
	}
	s.mu.Unlock()
	if p == nil {
		return
	}
	s.tails.Wait()
	s.hub.pool.Unsubscribe(s.client, eventsTopic(room))
	s.hub.pool.Unsubscribe(s.client, typingTopic(room))
	s.hub.pool.Unsubscribe(s.client, presenceTopic(room))
	s.hub.unfollow(room)
	s.hub.presence.exit(room, s)
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

// sendTail sends the events behind last from the store, the next piece only
// when the socket has taken the one before, until nothing is left there and the
// room's frame log can go on. However long that takes, the Session reads on
// meanwhile, and the client does not lag: it is only sent what it has room for.
func (s *Session) sendTail(p *place, room chat.RoomID, last uint64) {
	ctx, cancel := context.WithCancel(s.ctx)
	s.mu.Lock()
	if s.rooms[room] != p {
		s.mu.Unlock()
		cancel()
		return
	}
	p.cancel = cancel
	s.mu.Unlock()
	s.tails.Go(func() {
		defer cancel()
		for {
			if ctx.Err() != nil || s.client.Drained() != nil {
				return
			}
			page, err := s.hub.chat.Following(ctx, room, last, tailBytes)
			if ctx.Err() != nil {
				return
			}
			if err != nil {
				s.resync(room, last) // it cannot be read now: the client asks again
				return
			}
			for i := range page.Events {
				s.send(protocol.AppendEvent(nil, &page.Events[i]))
				last = page.Events[i].Seq
			}
			// A log that nothing was written to since the place in it was taken
			// holds nothing of what the store has: it may only be followed from
			// the head that the store had after that.
			if last >= page.Head && s.hub.pool.Follow(s.client, eventsTopic(room), last) {
				return
			}
		}
	})
}
