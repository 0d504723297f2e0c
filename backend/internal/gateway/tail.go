package gateway

import (
	"context"
	"slices"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
)

// tail is the sending of the rest of a delta. It sends and follows only while
// it is its place's own, which Session.mu guards; so who takes it away need
// not wait for it, however slowly the client reads.
type tail struct {
	session *Session
	place   *place
	last    uint64 // seq that was sent last
	cancel  context.CancelFunc
}

// stopTail is called with mu held. Afterwards nothing comes of the place's tail.
func (s *Session) stopTail(p *place) {
	if p.tail != nil {
		p.tail.cancel()
		s.endTail(p)
		s.free()
	}
}

// endTail is called with mu held.
func (s *Session) endTail(p *place) {
	p.tail = nil
	if s.tailing--; s.tailing == 0 {
		s.unanswered = nil
	}
}

// sendTail sends the events behind last from the store, the next piece only
// when the socket has taken the one before, until nothing is left there and the
// room's frame log can go on. However long that takes, the Session reads on
// meanwhile, and the client does not lag: it is only sent what it has room for.
func (s *Session) sendTail(p *place, last uint64) {
	ctx, cancel := context.WithCancel(s.hub.base)
	t := &tail{session: s, place: p, last: last, cancel: cancel}
	s.mu.Lock()
	p.tail = t
	s.tailing++
	s.mu.Unlock()
	s.tails.Go(func() {
		defer cancel()
		t.run(ctx)
	})
}

func (t *tail) run(ctx context.Context) {
	s := t.session
	for ctx.Err() == nil && s.client.Drained() == nil {
		page, err := s.hub.chat.Following(ctx, t.place.feed.room, t.last, tailBytes)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			s.resync(t.place.feed.room, t.last) // it cannot be read now: the client asks again
			return
		}
		if !t.send(&page) || t.over(page.Head) {
			return
		}
	}
}

// send sends a page, unless the tail was stopped. The Session's own event waits
// for the answer to its command, which comes first.
func (t *tail) send(page *chat.Page) bool {
	s := t.session
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range page.Events {
		e := &page.Events[i]
		for e.User == s.user.ID && slices.Contains(s.unanswered, e.Ref) && t.place.tail == t {
			s.wait()
		}
		if t.place.tail != t {
			return false
		}
		s.send(protocol.AppendEvent(nil, e))
		t.last = e.Seq
	}
	return true
}

// over hands the rest to the room's frame log. A log that nothing was written
// to since the place in it was taken holds nothing of what the store has: it
// may only be followed from the head that the store had after that.
func (t *tail) over(head uint64) bool {
	s := t.session
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.place.tail != t {
		return true
	}
	if t.last < head || !s.hub.pool.Follow(s.client, t.place.feed.events, t.last) {
		return false
	}
	s.endTail(t.place)
	return true
}
