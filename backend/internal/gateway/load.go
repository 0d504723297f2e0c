package gateway

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/limit"
	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

const (
	loadTick  = 250 * time.Millisecond
	shedEvery = time.Second // from one step of closing connections to the next: it takes a while to show
	shedPart  = 20          // one in so many of the connections is closed in a step
	shedLeast = 8
	maxAway   = 256 // connections that are being turned away at once; above, it is done without an upgrade

	// When those who are turned away are told to come back: at random between
	// these, so that they do not come all at once.
	comeBackFrom = 3 * time.Second
	comeBackTo   = 12 * time.Second
)

// look follows the memory that is left, and lets go before it is used up: first
// what can be read again from the store, then the newest connections, in steps.
func (h *Hub) look() {
	level := h.opts.Memory.Look()
	if level == limit.Calm {
		return
	}
	h.mu.Lock()
	feeds := make([]*feed, 0, len(h.feeds))
	for _, f := range h.feeds {
		feeds = append(feeds, f)
	}
	h.mu.Unlock()
	if level == limit.Pressed {
		h.letGo(feeds, h.keepBytes.Load()/4)
		return
	}
	h.letGo(feeds, 0)
	now, cycles := time.Now(), h.opts.Memory.Cycles()
	if now.Sub(h.shed) >= shedEvery && cycles > h.shedCycles+1 { // else it may not show yet what the last step brought
		h.shed, h.shedCycles = now, cycles
		h.closeNewest()
	}
}

// closeNewest closes one step of the connections, those that came last.
func (h *Hub) closeNewest() {
	h.mu.Lock()
	list := make([]*Session, 0, len(h.sessions))
	for s := range h.sessions {
		list = append(list, s)
	}
	h.mu.Unlock()
	slices.SortFunc(list, func(a, b *Session) int { return int(b.number - a.number) }) //nolint:gosec // a difference of counts
	list = list[:min(len(list), max(shedLeast, len(list)/shedPart))]
	for _, s := range list {
		s.client.Close(websocket.CloseTryLater, comeBack())
	}
	if len(list) > 0 {
		h.log.Warn("memory is nearly used up; connections are closed", "count", len(list))
	}
}

// mayRead refuses to read a page from the store while memory is used up.
func (h *Hub) mayRead() error {
	if h.opts.Memory.Level() < limit.Full {
		return nil
	}
	e := chat.Errorf(chat.Unavailable, "the server is short of memory right now; try again in a moment")
	e.RetryMS = retryMS()
	return e
}

// turns is how many readings of the store InTurn lets be made at the same time:
// fewer than it can make, so that who joins does not wait for all of them.
const turns = 2

// InTurn calls read, which reads of the store what may be some megabytes, and
// perhaps tells it. However many want that at once, a few do it, and who had to
// wait asks only then whether there is memory left.
func (h *Hub) InTurn(read func() error) error {
	h.turns <- struct{}{}
	defer func() { <-h.turns }()
	if err := h.mayRead(); err != nil {
		return err
	}
	return read()
}

func retryMS() int64 {
	return comeBackFrom.Milliseconds() + rand.Int64N((comeBackTo - comeBackFrom).Milliseconds()) //nolint:gosec // no secret
}

// comeBack is the reason of a close that says when to try again.
func comeBack() string {
	return "the server has no room right now, retry_ms=" + strconv.FormatInt(retryMS(), 10)
}

// takeSeat takes the place of one more Session, where there is room for it.
// Whoever took one gives it back with seats.Add(-1).
func (h *Hub) takeSeat() bool {
	if h.opts.Memory.Level() >= limit.Pressed {
		return false
	}
	if h.seats.Add(1) > int64(h.opts.MaxSockets) {
		h.seats.Add(-1)
		return false
	}
	return true
}

// turnAway tells who cannot be taken on when to come back: by a close frame, as
// no page ever sees the status of a handshake that failed. Where even that
// would be too much, a status must do.
func (h *Hub) turnAway(w http.ResponseWriter, r *http.Request, v *wish, refuse Refuse) {
	defer h.away.Add(-1)
	if h.away.Add(1) > maxAway {
		e := chat.Errorf(chat.Unavailable, "this server has no room right now; try again later")
		e.RetryMS = retryMS()
		refuse(w, r, 0, e)
		return
	}
	if client := h.upgrade(w, r, v, refuse); client != nil {
		h.away.Add(1)
		client.Close(websocket.CloseTryLater, comeBack())
		client.Start(turnedAway{h})
	}
}

// turnedAway is who hears nothing of a connection but its end.
type turnedAway struct{ hub *Hub }

func (turnedAway) Receive(websocket.Message) {}
func (turnedAway) Lag(string, uint64)        {}
func (t turnedAway) Closed(int, string)      { t.hub.away.Add(-1) }
