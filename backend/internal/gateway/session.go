package gateway

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/limit"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

const (
	maxUnanswered = 64 // durable commands of one connection that wait for their commit

	// Patience with a client that breaks the rules, per minute.
	maxMeaningless = 20
	maxIgnored     = 1000
)

// Session is one user on one Client, from the handshake to the close. There are
// many: what most of them never need is made when it is needed.
type Session struct {
	hub    *Hub
	client *websocket.Client
	user   chat.User // the Name is guarded by mu, all else never changes; see author
	slot   *slot     // nil for a visitor
	number uint64    // in the order in which they came

	tails sync.WaitGroup // goroutines of tails

	ops     limit.Bucket // used by the reading goroutine alone
	manners *manners     // nil while they are good; the reading goroutine's own

	plain   bool // a plain client's: see plain.go
	greeted atomic.Bool
	stored  atomic.Bool // the store knows the user

	belongs map[chat.RoomID]struct{} // guarded by Hub.mu, general left out
	next    *Session                 // another one of the same user; guarded by Hub.mu

	mu         sync.Mutex
	freed      *sync.Cond // a durable command was answered, or a tail stopped; nil while nobody waits
	waiting    int32      // durable commands that are not answered yet
	tailing    int32      // tails that have not been stopped
	unanswered []string   // ids of durable commands, of those that came while there was a tail
	places     []*place
	joining    *place                    // whose join is under way
	greetedAt  uint64                    // the head of general that it was greeted with
	reads      map[chat.RoomID]uint64    // where a visitor has read further than that
	typed      map[chat.RoomID]time.Time // when typing was passed on last, and not long ago
}

// place is the Session's place in one room that it joined.
type place struct {
	feed       *feed
	tail       *tail // sends the rest of a delta; nil as a rule
	lagging    bool  // live events stopped; a resync was sent
	present    bool  // counts as there; the reading goroutine's own
	introduced bool  // had the presence in full
}

// manners count what a client does that it should not.
type manners struct {
	meaningless tally
	ignored     tally
}

// tally counts what happens within a minute.
type tally struct {
	since time.Time
	n     int
}

func (t *tally) add(now time.Time) int {
	if now.Sub(t.since) > time.Minute {
		t.since, t.n = now, 0
	}
	t.n++
	return t.n
}

func newSession(h *Hub, user chat.User, sl *slot) *Session {
	s := &Session{hub: h, user: user, slot: sl, number: h.came.Add(1)}
	s.stored.Store(user.Stored)
	return s
}

// visitor: a guest without a session, who is gone with the connection.
func (s *Session) visitor() bool { return s.slot == nil }

// author is the user as they are now.
func (s *Session) author() chat.User {
	s.mu.Lock()
	u := s.user
	s.mu.Unlock()
	u.Stored = s.stored.Load()
	return u
}

// rename gives the user another name.
func (s *Session) rename(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.user.Name = name
}

// greet sends hello and begins to read.
func (s *Session) greet(rooms []chat.Belonging) {
	s.mu.Lock()
	s.greetedAt = rooms[0].Head // of general, which comes first
	s.mu.Unlock()
	if !s.visitor() {
		s.hub.belongTo(s, rooms)
	}
	for i := range rooms {
		s.hub.Told(rooms[i].ID, rooms[i].Head)
	}
	user := s.author()
	s.send(protocol.Hello(&user, rooms, s.hub.opts.Limits))
	s.greeted.Store(true)
	s.client.Start(s)
}

// send queues a frame. A client that is closing needs none.
func (s *Session) send(frame []byte) { _ = s.client.Send(websocket.Text(frame)) }

func (s *Session) fail(id string, err error) {
	if errors.Is(err, chat.ErrUnknown) {
		return // no answer is true; the server is about to end, and the client asks again
	}
	e := chat.AsError(err)
	if e.Code == chat.Internal {
		s.hub.log.Error("a command failed", "user", s.user.ID, "error", err)
	}
	s.send(protocol.Failed(id, e))
}

// Receive takes one frame from the client.
func (s *Session) Receive(m websocket.Message) {
	if m.Type != websocket.TextMessage {
		s.dismiss(websocket.CloseUnsupported, "send text frames")
		return
	}
	now := time.Now()
	c, refusal := protocol.Decode(m.Body)
	if wait := s.limit(&c, refusal, now); wait > 0 {
		s.tooFast(c.ID, wait, now)
		return
	}
	if refusal != nil {
		s.fail(c.ID, refusal)
		if refusal.Code == chat.BadJSON || refusal.Code == chat.UnknownOp {
			if s.mind().meaningless.add(now) >= maxMeaningless {
				s.dismiss(websocket.ClosePolicy, "too many frames without a meaning")
			}
		}
		return
	}
	handlers[c.Op](s, &c)
}

// limit takes a token for the command: from the user's for durable ones, from
// the connection's for all else.
func (s *Session) limit(c *protocol.Command, refusal *chat.Error, now time.Time) time.Duration {
	if refusal == nil && c.Op.Durable() {
		return s.hub.sends.Take(s.user.ID, now)
	}
	return s.hub.ops.Take(&s.ops, now)
}

func (s *Session) mind() *manners {
	if s.manners == nil {
		s.manners = &manners{}
	}
	return s.manners
}

func (s *Session) tooFast(id string, wait time.Duration, now time.Time) {
	e := chat.Errorf(chat.RateLimited, "too fast; try again in a moment")
	e.RetryMS = max(wait.Milliseconds(), 1)
	s.send(protocol.Failed(id, e))
	if s.mind().ignored.add(now) >= maxIgnored {
		s.dismiss(websocket.ClosePolicy, "the limits were ignored")
	}
}

// dismiss closes for what the client did, after the answers that it has still
// to get. The reading goroutine alone calls it.
func (s *Session) dismiss(code int, reason string) {
	s.settle()
	s.client.Close(code, reason)
}

// Lag hears that the client fell out of a topic's window.
func (s *Session) Lag(topic string, _ uint64) {
	room, ok := eventsRoom(topic)
	if ok {
		s.resync(room, s.hub.heard(room))
	}
}

// resync tells the client, once, that live events of the room have stopped.
// While a join of the room is under way there is nothing to tell: its answer
// begins anew.
func (s *Session) resync(room chat.RoomID, head uint64) {
	s.mu.Lock()
	p := s.placeIn(room)
	if p == nil || p.lagging || s.joining == p {
		s.mu.Unlock()
		return
	}
	p.lagging = true
	s.mu.Unlock()
	s.send(protocol.ResyncFrame(room, head))
}

// Closed ends the Session.
func (s *Session) Closed(code int, _ string) {
	for s.anyPlace() != nil {
		s.quit(s.anyPlace().feed.room)
	}
	s.tails.Wait()
	s.hub.detach(s)
	s.end()
	s.hub.log.Debug("a connection ended", "user", s.user.ID, "code", code)
}

// end gives back what the handshake took.
func (s *Session) end() {
	s.hub.seats.Add(-1)
	if s.visitor() {
		s.hub.chat.VisitorLeft(s.user)
		return
	}
	s.hub.release(s.slot)
}

func (s *Session) inRoom(room chat.RoomID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.placeIn(room) != nil
}

// placeIn is the Session's place in the room, or nil. It is called with mu held.
func (s *Session) placeIn(room chat.RoomID) *place {
	for _, p := range s.places {
		if p.feed.room == room {
			return p
		}
	}
	return nil
}

// forget takes a place away. It is called with mu held.
func (s *Session) forget(p *place) {
	i := slices.Index(s.places, p)
	s.places = slices.Delete(s.places, i, i+1)
	if len(s.places) == 0 {
		s.places = nil
	}
}

// anyPlace is one of the Session's places, or nil where it has none.
func (s *Session) anyPlace() *place {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.places) == 0 {
		return nil
	}
	return s.places[len(s.places)-1]
}

// knows says whether the Session was greeted with this head of general, or a
// later one.
func (s *Session) knows(head uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.greetedAt >= head && s.greetedAt > 0
}

// readTo is how far a visitor has read the room.
func (s *Session) readTo(room chat.RoomID) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if room == chat.General {
		return max(s.greetedAt, s.reads[room])
	}
	return s.reads[room]
}

// wait waits until something was freed. It is called with mu held.
func (s *Session) wait() {
	if s.freed == nil {
		s.freed = sync.NewCond(&s.mu)
	}
	s.freed.Wait()
}

// free wakes who waits. It is called with mu held.
func (s *Session) free() {
	if s.freed != nil {
		s.freed.Broadcast()
	}
}
