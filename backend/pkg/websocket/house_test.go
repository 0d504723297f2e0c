package websocket_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// house is the product of the model: rooms with gapless logs.
type house struct {
	w     *world
	mu    sync.Mutex
	moved sync.Cond
	rooms map[string]*roomLog
	over  bool // nothing is published any more
	sum   int  // messages published
}

// roomLog is locked by its channel: virtual time passes while somebody waits
// for that, and not while one waits for a mutex.
type roomLog struct {
	lock  chan struct{}
	lossy bool
	head  uint64
}

func newHouse(w *world, strict, lossy []string) *house {
	h := &house{w: w, rooms: make(map[string]*roomLog)}
	h.moved.L = &h.mu
	for _, name := range slices.Concat(strict, lossy) {
		h.rooms[name] = &roomLog{lock: make(chan struct{}, 1), lossy: slices.Contains(lossy, name)}
	}
	return h
}

// event appends to a room's log, which is locked.
func (h *house) event(room, id string, size int) {
	r := h.rooms[room]
	r.head++
	h.w.pool.Broadcast(room, r.head, text(fmt.Sprintf("event %s %d %s %s", room, r.head, id, strings.Repeat("x", size))))
	h.mu.Lock()
	h.sum++
	h.mu.Unlock()
	h.moved.Broadcast()
}

// publish appends to several rooms' logs, whose names are sorted: one by one,
// or all together.
func (h *house) publish(together bool, id string, size int, rooms ...string) {
	for _, name := range rooms {
		h.rooms[name].lock <- struct{}{}
	}
	all := func() {
		for _, name := range rooms {
			h.event(name, id, size)
		}
	}
	if together {
		h.w.pool.Together(all)
	} else {
		all()
	}
	for _, name := range rooms {
		<-h.rooms[name].lock
	}
}

// head is a read of the store.
func (h *house) head(room string) uint64 {
	r := h.rooms[room]
	r.lock <- struct{}{}
	defer func() { <-r.lock }()
	return r.head
}

// await waits until so many more messages have been published, or all.
func (h *house) await(more int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for until := h.sum + more; h.sum < until && !h.over; {
		h.moved.Wait()
	}
}

func (h *house) isOver() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.over
}

func (h *house) end() {
	h.mu.Lock()
	h.over = true
	h.mu.Unlock()
	h.moved.Broadcast()
}

// resident is the server's side of a client in the model.
type resident struct {
	h      *house
	client *websocket.Client
	ended  chan ending
}

func (r *resident) send(format string, args ...any) {
	_ = r.client.Send(text(fmt.Sprintf(format, args...))) // in vain once it is closed
}

func (r *resident) Receive(m websocket.Message) {
	order, rest, _ := strings.Cut(string(m.Body), " ")
	switch order {
	case "join":
		r.join(rest)
	case "leave":
		r.h.w.pool.Unsubscribe(r.client, rest)
		r.send("left %s", rest)
	case "note":
		r.send("noted %s", rest)
	case "say":
		room, id, _ := strings.Cut(rest, " ")
		log := r.h.rooms[room]
		log.lock <- struct{}{}
		say := func() {
			r.send("ok %s", id)
			r.h.event(room, id, 10)
		}
		if len(id)%2 == 0 {
			r.h.w.pool.Together(say)
		} else {
			say()
		}
		<-log.lock
	}
}

func (r *resident) join(room string) {
	lossy := r.h.rooms[room].lossy
	if !r.h.w.pool.Subscribe(r.client, room, lossy) {
		return
	}
	head := r.h.head(room)
	r.send("joined %s %d", room, head)
	switch {
	case r.h.w.pool.Follow(r.client, room, head):
	case lossy:
		r.h.w.pool.FollowNow(r.client, room)
	default:
		r.send("lagged %s", room) // between the two came more than the window holds
		r.h.w.pool.Unsubscribe(r.client, room)
	}
}

func (r *resident) Lag(topic string, _ uint64)     { r.send("lagged %s", topic) }
func (r *resident) Closed(code int, reason string) { r.ended <- ending{code, reason} }
