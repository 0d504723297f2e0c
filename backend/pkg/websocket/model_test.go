package websocket_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// The property: whatever clients do, and however they read, each one's stream
// is what the rooms' logs say. Behind "joined room head" come head+1, head+2,
// … of that room, until "left room" or "lagged room", and then nothing of it
// before the next "joined".

// house is the product of the model: rooms with gapless logs.
type house struct {
	w     *world
	mu    sync.Mutex
	moved sync.Cond
	heads map[string]*roomLog
	over  bool // nothing is published any more
	sum   int  // messages published
}

// roomLog is locked by its channel: virtual time passes while somebody waits
// for that, and not while one waits for a mutex.
type roomLog struct {
	lock chan struct{}
	head uint64
}

func (h *house) publish(room string, size int) {
	r := h.heads[room]
	r.lock <- struct{}{}
	r.head++
	h.w.pool.Broadcast(room, r.head, text(fmt.Sprintf("event %s %d %s", room, r.head, strings.Repeat("x", size))))
	<-r.lock
	h.mu.Lock()
	h.sum++
	h.mu.Unlock()
	h.moved.Broadcast()
}

// head is a read of the store.
func (h *house) head(room string) uint64 {
	r := h.heads[room]
	r.lock <- struct{}{}
	defer func() { <-r.lock }()
	return r.head
}

// await waits until so many messages have been published, or all.
func (h *house) await(sum int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for h.sum < sum && !h.over {
		h.moved.Wait()
	}
}

func (h *house) published() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.sum
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
	order, room, _ := strings.Cut(string(m.Body), " ")
	switch order {
	case "join":
		if !r.h.w.pool.Subscribe(r.client, room, false) {
			return
		}
		head := r.h.head(room)
		r.send("joined %s %d", room, head)
		if !r.h.w.pool.Follow(r.client, room, head) {
			r.send("lagged %s", room) // between the two came more than the window holds
			r.h.w.pool.Unsubscribe(r.client, room)
		}
	case "leave":
		r.h.w.pool.Unsubscribe(r.client, room)
		r.send("left %s", room)
	case "say":
		r.h.publish(room, 10)
	}
}

func (r *resident) Lag(topic string)               { r.send("lagged %s", topic) }
func (r *resident) Closed(code int, reason string) { r.ended <- ending{code, reason} }

// reader is the client's side: what it believes, from what it has read alone.
type reader struct {
	*peer
	h      *house
	random *rand.Rand
	at     map[string]uint64 // rooms that it follows, and up to where
	lags   int
	events int
}

// read takes one message of the stream, and checks it.
func (r *reader) read() error {
	got, err := r.text()
	if err != nil {
		return err
	}
	var what, room string
	var seq uint64
	if _, err := fmt.Sscan(got, &what, &room); err != nil {
		return fmt.Errorf("%.40q: %w", got, err)
	}
	at, follows := r.at[room]
	switch what {
	case "joined":
		_, err = fmt.Sscan(got, &what, &room, &seq)
		r.at[room] = seq
		return err
	case "left":
		delete(r.at, room)
		return nil
	case "lagged":
		r.lags++
		if !follows {
			return fmt.Errorf("%q, and it does not follow", got)
		}
		delete(r.at, room)
		_, err := r.conn.Write(masked(fin|opText, []byte("join "+room)))
		return err
	}
	if _, err := fmt.Sscan(got, &what, &room, &seq); err != nil {
		return fmt.Errorf("%.40q: %w", got, err)
	}
	if !follows {
		return fmt.Errorf("%.40q, and it does not follow", got)
	}
	if seq != at+1 {
		return fmt.Errorf("%.40q came after %d", got, at)
	}
	r.at[room] = seq
	r.events++
	return nil
}

// act does something at random now and then.
func (r *reader) act(rooms []string) error {
	which := r.random.IntN(len(rooms))
	room, order := rooms[which], ""
	switch n := r.random.IntN(1000); {
	case n < 15:
		order = "join " + room
	case n < 20:
		other := rooms[(which+1)%len(rooms)] // so that it always has something to read
		if _, err := r.conn.Write(masked(fin|opText, []byte("leave "+room))); err != nil {
			return err
		}
		order = "join " + other
	case n < 60:
		order = "say " + room
	case n < 62:
		r.h.await(r.h.published() + r.random.IntN(4000)) // stall
	}
	if order == "" {
		return nil
	}
	_, err := r.conn.Write(masked(fin|opText, []byte(order)))
	return err
}

// live is a client's life: it joins, reads and does things until nothing more
// is published, and then reads to the end. With resets, it may die before.
func (r *reader) live(rooms []string, mortal bool) error {
	for _, room := range rooms {
		if _, err := r.conn.Write(masked(fin|opText, []byte("join "+room))); err != nil {
			return err
		}
	}
	for {
		if err := r.read(); err != nil {
			return err
		}
		if err := r.act(rooms); err != nil {
			return err
		}
		if mortal && r.random.IntN(2000) == 0 {
			return errDied
		}
		r.h.mu.Lock()
		over := r.h.over
		r.h.mu.Unlock()
		if over {
			break
		}
	}
	// What has been published arrives without anybody's doing more.
	for _, room := range rooms {
		head := r.h.head(room)
		for at, follows := r.at[room]; follows && at < head; at, follows = r.at[room] {
			if err := r.read(); err != nil {
				return err
			}
		}
	}
	// All that it said and asked is behind us when the last answer comes.
	for _, room := range rooms {
		if _, err := r.conn.Write(masked(fin|opText, []byte("leave "+room))); err != nil {
			return err
		}
		for joined := true; joined; _, joined = r.at[room] {
			if err := r.read(); err != nil {
				return err
			}
		}
	}
	return nil
}

var errDied = errors.New("died")

func TestStreamsAreWhatTheLogsSay(t *testing.T) {
	rounds := uint64(3)
	if testing.Short() {
		rounds = 2
	}
	for seed := range rounds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			both(t, websocket.Options{Window: 64 << 10}, func(t *testing.T, w *world) { runModel(t, w, seed) })
		})
	}
}

func runModel(t *testing.T, w *world, seed uint64) {
	rooms := []string{"general", "tea", "coffee"}
	h := &house{w: w, heads: make(map[string]*roomLog)}
	h.moved.L = &h.mu
	for _, room := range rooms {
		h.heads[room] = &roomLog{lock: make(chan struct{}, 1)}
	}
	var living, publishing sync.WaitGroup
	var mu sync.Mutex
	lags, events, deaths := 0, 0, 0
	for i := range 10 {
		random := rand.New(rand.NewPCG(seed, uint64(i)))
		buffer := smallBuffer << random.IntN(6)
		living.Go(func() {
			for {
				g := w.handshake(buffer)
				server := &resident{h: h, client: g.client, ended: make(chan ending, 1)}
				g.client.Start(server)
				r := &reader{peer: g.peer, h: h, random: random, at: make(map[string]uint64)}
				err := r.live(rooms, i%2 == 0)
				if errors.Is(err, errDied) {
					g.reset()
				} else {
					g.client.Close(websocket.CloseNormal, "")
					_ = g.conn.Close()
				}
				<-server.ended
				mu.Lock()
				lags, events = lags+r.lags, events+r.events
				mu.Unlock()
				if !errors.Is(err, errDied) {
					if err != nil {
						t.Errorf("member %d: %v", i, err)
					}
					return
				}
				mu.Lock()
				deaths++
				mu.Unlock()
			}
		})
	}
	for i, room := range rooms {
		random := rand.New(rand.NewPCG(seed, 100+uint64(i)))
		publishing.Go(func() {
			for range 15 {
				for range random.IntN(1 << random.IntN(10)) {
					h.publish(room, random.IntN(1<<random.IntN(12)))
				}
				<-time.After(time.Duration(random.IntN(5)) * time.Millisecond)
			}
		})
	}
	publishing.Wait()
	h.end()
	for _, room := range rooms {
		h.publish(room, 10) // so that nobody waits for something to read
	}
	living.Wait()
	t.Logf("%d events read, %d lags, %d deaths", events, lags, deaths)
	if events == 0 {
		t.Error("nothing was read")
	}
}
