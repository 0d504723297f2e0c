package gateway

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/auth"
	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/limit"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// Options are the limits of the sockets.
type Options struct {
	RateLimits     bool                        // off: none of the rates below counts
	Sends          *limit.Buckets[chat.UserID] // durable commands; HTTP takes from the same
	OpRate         float64                     // other commands a second and connection
	OpBurst        int
	ConnectRate    float64 // handshakes a second and address
	ConnectBurst   int
	SocketRooms    int           // rooms that one connection may join
	SessionSockets int           // open sockets of one session
	MaxSockets     int           // open sockets of this node
	DefaultMode    string        // of plain clients at /ws: auto, json or text
	Stall          time.Duration // after which a plain client whose full socket took nothing is closed
	Limits         protocol.Limits
	Memory         *limit.Memory // of this process
}

// Hub is all Sessions of this node.
type Hub struct {
	chat  *chat.Service
	guard *auth.Guard
	pool  *websocket.Pool
	log   *slog.Logger
	opts  Options

	sends    *limit.Buckets[chat.UserID]
	connects *limit.Buckets[netip.Addr]
	ops      limit.Rate

	base   context.Context // ends with the hub
	cancel context.CancelFunc
	done   sync.WaitGroup

	presence presence
	activity activity
	general  *feed // always followed: everybody is greeted with its head

	seats     atomic.Int64 // taken by Sessions, from before they are looked up to their end
	away      atomic.Int64 // connections that are being turned away
	kept      atomic.Int64 // bytes of events that the feeds keep
	keepBytes atomic.Int64 // how many that may be
	came      atomic.Uint64

	turns chan struct{} // holds as many as are taken; see InTurn

	// When connections were closed for want of memory last, and how many
	// collections there had been; look's own.
	shed       time.Time
	shedCycles uint64

	mu       sync.Mutex
	sessions map[*Session]struct{}
	byUser   map[chat.UserID]*Session              // the first of a list; visitors left out
	members  map[chat.RoomID]map[*Session]struct{} // who belongs, general left out
	slots    map[[32]byte]*slot
	feeds    map[chat.RoomID]*feed
}

// NewHub starts a Hub that hears of events from broker. Close ends it.
func NewHub(service *chat.Service, broker chat.Broker, guard *auth.Guard, pool *websocket.Pool, log *slog.Logger, opts Options) *Hub {
	base, cancel := context.WithCancel(context.Background())
	h := &Hub{
		chat: service, guard: guard, pool: pool, log: log, opts: opts,
		sends:    opts.Sends,
		connects: limit.New[netip.Addr](opts.ConnectRate, opts.ConnectBurst, opts.RateLimits),
		ops:      limit.NewRate(opts.OpRate, opts.OpBurst, opts.RateLimits, time.Now()),
		base:     base, cancel: cancel,
		turns:    make(chan struct{}, turns),
		sessions: make(map[*Session]struct{}),
		byUser:   make(map[chat.UserID]*Session),
		members:  make(map[chat.RoomID]map[*Session]struct{}),
		slots:    make(map[[32]byte]*slot),
		feeds:    make(map[chat.RoomID]*feed),
	}
	h.keepBytes.Store(min(keepBytes, opts.Memory.Limit()/keepMemory))
	h.presence.rooms = make(map[chat.RoomID]*roomPresence)
	h.presence.due = make(map[chat.RoomID]*roomPresence)
	h.activity.dirty = make(map[chat.RoomID]struct{})
	h.general = h.follow(chat.General)
	broker.Listen(h.hear)
	service.OnSignOut(h.signedOut)
	service.OnRename(h.renamed)
	h.done.Go(func() { h.every(presenceTick, h.tellPresence) })
	h.done.Go(func() { h.every(activityTick, h.tellActivity) })
	h.done.Go(func() { h.every(loadTick, h.look) })
	h.done.Go(func() { h.every(keepSweep, func() { h.sweepKept(time.Now()) }) })
	return h
}

// every calls f until the hub ends, with at least pause between the end of one
// call and the beginning of the next: a machine that was late does not make up
// for it by two calls at once.
func (h *Hub) every(pause time.Duration, f func()) {
	t := time.NewTimer(pause)
	defer t.Stop()
	for {
		select {
		case <-h.base.Done():
			return
		case <-t.C:
			f()
			t.Reset(pause)
		}
	}
}

// spread is over how long clients of a server that stops are told to come
// back.
const spread = 3 * time.Second

// Close tells every client that the server goes away and when to come back,
// and returns when all Sessions have ended. What is still connected when ctx
// ends is cut.
func (h *Hub) Close(ctx context.Context) {
	h.pool.Shutdown(ctx, func() string {
		wait := 200 + rand.IntN(int(spread.Milliseconds())) //nolint:gosec // no secret
		return "the server is restarting, retry_ms=" + strconv.Itoa(wait)
	})
	h.cancel()
	h.done.Wait()
}

// hear takes a committed event. It is called in commit order, from one
// goroutine, and does not block on any client.
func (h *Hub) hear(e chat.Event) {
	if user, member, changed := e.Membership(); changed {
		h.setMember(e.Room, user, member)
	}
	h.activity.note(e.Room)
	if f := h.feedOf(e.Room); f != nil {
		f.pass(&e)
	}
}

// setMember follows a change of membership for the user's open Sessions.
func (h *Hub) setMember(room chat.RoomID, user chat.UserID, member bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := h.byUser[user]; s != nil; s = s.next {
		h.belong(s, room, member)
	}
}

// belong is called with mu held.
func (h *Hub) belong(s *Session, room chat.RoomID, member bool) {
	set := h.members[room]
	if member {
		if set == nil {
			set = make(map[*Session]struct{})
			h.members[room] = set
		}
		set[s] = struct{}{}
		if s.belongs == nil {
			s.belongs = make(map[chat.RoomID]struct{})
		}
		s.belongs[room] = struct{}{}
		return
	}
	delete(s.belongs, room)
	delete(set, s)
	if len(set) == 0 {
		delete(h.members, room)
	}
}

// attach makes a Session known, before it reads what it will greet with, so
// that no change falls between.
func (h *Hub) attach(s *Session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sessions[s] = struct{}{}
	if s.visitor() {
		return // who has one connection, and nobody looks for it
	}
	s.next = h.byUser[s.user.ID]
	h.byUser[s.user.ID] = s
	s.slot.sessions[s] = struct{}{}
	if s.slot.name != "" { // it was read before the change
		s.rename(s.slot.name)
	}
}

// belongTo notes the rooms that a Session was greeted with.
func (h *Hub) belongTo(s *Session, rooms []chat.Belonging) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, here := h.sessions[s]; !here {
		return
	}
	for i := range rooms {
		if rooms[i].ID != chat.General {
			h.belong(s, rooms[i].ID, true)
		}
	}
}

func (h *Hub) detach(s *Session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.sessions, s)
	if s.visitor() {
		return
	}
	h.unlist(s)
	for room := range s.belongs {
		h.belong(s, room, false)
	}
	delete(s.slot.sessions, s)
}

// unlist takes a Session out of its user's. It is called with mu held.
func (h *Hub) unlist(s *Session) {
	first := h.byUser[s.user.ID]
	if first == s {
		if s.next == nil {
			delete(h.byUser, s.user.ID)
		} else {
			h.byUser[s.user.ID] = s.next
		}
		return
	}
	for o := first; o != nil; o = o.next {
		if o.next == s {
			o.next = s.next
		}
	}
}

// others are the user's Sessions but for this one.
func (h *Hub) others(s *Session) []*Session {
	h.mu.Lock()
	defer h.mu.Unlock()
	var list []*Session
	for o := h.byUser[s.user.ID]; o != nil; o = o.next {
		if o != s {
			list = append(list, o)
		}
	}
	return list
}
