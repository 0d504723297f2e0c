package gateway

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

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

// Session is one user on one Client, from the handshake to the close.
type Session struct {
	hub    *Hub
	client *websocket.Client
	user   chat.User // the Name is guarded by mu, all else never changes; see author
	hash   [32]byte  // of the session's token
	slot   *slot     // nil for a visitor

	ctx    context.Context // ends with the connection
	cancel context.CancelFunc
	tails  sync.WaitGroup // goroutines of tails

	ops         *rate.Limiter // nil without limits; used by the reading goroutine alone
	meaningless tally
	ignored     tally

	greeted atomic.Bool
	stored  atomic.Bool // the store knows the user

	belongs map[chat.RoomID]struct{} // guarded by Hub.mu, general left out

	mu         sync.Mutex
	freed      sync.Cond      // a durable command was answered, or a tail stopped
	waiting    int            // durable commands that are not answered yet
	unanswered map[string]int // the same by their ids
	rooms      map[chat.RoomID]*place
	joining    chat.RoomID               // the room whose join is under way
	reads      map[chat.RoomID]uint64    // a visitor's read positions
	typed      map[chat.RoomID]time.Time // when typing was passed on last, and not long ago
}

// place is the Session's place in one room that it joined.
type place struct {
	lagging    bool  // live events stopped; a resync was sent
	present    bool  // counts as there; the reading goroutine's own
	introduced bool  // had the presence in full
	tail       *tail // sends the rest of a delta; nil as a rule
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

func newSession(h *Hub, user chat.User, hash [32]byte, sl *slot) *Session {
	s := &Session{
		hub: h, user: user, hash: hash, slot: sl,
		belongs: make(map[chat.RoomID]struct{}),
		rooms:   make(map[chat.RoomID]*place),
		reads:   make(map[chat.RoomID]uint64),
		typed:   make(map[chat.RoomID]time.Time),

		unanswered: make(map[string]int),
	}
	s.stored.Store(user.Stored)
	s.freed.L = &s.mu
	s.ctx, s.cancel = context.WithCancel(h.base)
	if h.opts.RateLimits {
		s.ops = rate.NewLimiter(rate.Limit(h.opts.OpRate), h.opts.OpBurst)
	}
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
	if s.visitor() {
		s.mu.Lock()
		for i := range rooms {
			s.reads[rooms[i].ID] = rooms[i].Read
		}
		s.mu.Unlock()
	}
	s.hub.belongTo(s, rooms)
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
			if s.meaningless.add(now) >= maxMeaningless {
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
	if refusal == nil && c.Op == protocol.Send {
		return s.hub.sends.Take(s.user.ID, now)
	}
	return limit.Take(s.ops, now)
}

func (s *Session) tooFast(id string, wait time.Duration, now time.Time) {
	e := chat.Errorf(chat.RateLimited, "too fast; try again in a moment")
	e.RetryMS = max(wait.Milliseconds(), 1)
	s.send(protocol.Failed(id, e))
	if s.ignored.add(now) >= maxIgnored {
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
func (s *Session) Lag(topic string) {
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
	p := s.rooms[room]
	if p == nil || p.lagging || s.joining == room {
		s.mu.Unlock()
		return
	}
	p.lagging = true
	s.mu.Unlock()
	s.send(protocol.ResyncFrame(room, head))
}

// Closed ends the Session.
func (s *Session) Closed(code int, _ string) {
	s.cancel()
	s.mu.Lock()
	rooms := make([]chat.RoomID, 0, len(s.rooms))
	for room := range s.rooms {
		rooms = append(rooms, room)
	}
	s.mu.Unlock()
	for _, room := range rooms {
		s.quit(room)
	}
	s.tails.Wait()
	s.hub.detach(s)
	s.end()
	s.hub.log.Debug("a connection ended", "user", s.user.ID, "code", code)
}

// end gives back what the handshake took.
func (s *Session) end() {
	s.cancel()
	if s.visitor() {
		s.hub.chat.VisitorLeft(s.user)
		return
	}
	s.hub.release(s.hash, s.slot)
}

func (s *Session) inRoom(room chat.RoomID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rooms[room] != nil
}

func (s *Session) readTo(room chat.RoomID) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reads[room]
}

// introduce sends the presence of a room in full, once; deltas follow it.
func (s *Session) introduce(room chat.RoomID, full []byte) {
	s.mu.Lock()
	p := s.rooms[room]
	if p == nil || p.introduced {
		s.mu.Unlock()
		return
	}
	p.introduced = true
	s.mu.Unlock()
	s.client.Offer(websocket.Text(full))
	if s.hub.pool.Subscribe(s.client, presenceTopic(room), true) {
		s.hub.pool.FollowNow(s.client, presenceTopic(room))
	}
	if !s.inRoom(room) { // left meanwhile
		s.hub.pool.Unsubscribe(s.client, presenceTopic(room))
	}
}
