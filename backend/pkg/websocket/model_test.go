package websocket_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// The property: whatever clients do, and however they read, each one's stream
// is what the rooms' logs say. Behind "joined room head" come head+1, head+2,
// … of that room, until "left room" or "lagged room", and then nothing of it
// before the next "joined"; of a lossy room come some of them, in order. What a
// client asks is answered in order, and before the event that it makes.

var (
	seeds     = flag.Uint64("seeds", 3, "how many runs of the model there are")
	firstSeed = flag.Uint64("seed", 0, "the first of them")
)

var (
	busyRooms  = []string{"coffee", "general", "tea"}
	lossyRooms = []string{"typing"}
	quietRooms = []string{ // more than a client has few places
		"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s",
	}
)

func TestStreamsAreWhatTheLogsSay(t *testing.T) {
	for seed := *firstSeed; seed < *firstSeed+*seeds; seed++ {
		opts := websocket.Options{
			Window:      64 << 10,
			ControlRate: 1 << 30,
			Gap:         []time.Duration{0, -1, 2 * time.Millisecond}[seed%3],
			Flushers:    []int{0, 1, 4, 2}[seed%4],
		}
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			both(t, opts, func(t *testing.T, w *world) { runModel(t, w, seed) })
		})
	}
}

// tally is what happened in a run.
type tally struct {
	mu                            sync.Mutex
	lags, events, deaths, answers int
	skipped                       uint64
}

func runModel(t *testing.T, w *world, seed uint64) {
	h := newHouse(w, slices.Concat(busyRooms, quietRooms), lossyRooms)
	var living sync.WaitGroup
	var sum tally
	for i := range 10 {
		living.Go(func() {
			random := rand.New(rand.NewPCG(seed, uint64(i)))
			rooms := slices.Concat(busyRooms, lossyRooms)
			if i%3 == 0 {
				rooms = slices.Concat(rooms, quietRooms)
			}
			for life := 0; h.lead(t, &sum, fmt.Sprintf("%d.%d", i, life), rooms, random, i%2 == 0); life++ {
				continue
			}
		})
	}
	h.publishAll(seed)
	h.end()
	for _, room := range slices.Concat(busyRooms, lossyRooms) {
		h.publish(false, "last", 10, room) // so that nobody waits for something to read
	}
	living.Wait()
	t.Logf("%d events and %d answers read, %d skipped, %d lags, %d deaths",
		sum.events, sum.answers, sum.skipped, sum.lags, sum.deaths)
	if sum.events == 0 || sum.answers == 0 {
		t.Error("nothing was read")
	}
}

// publishAll has a publisher for each busy room, and one who speaks in many.
func (h *house) publishAll(seed uint64) {
	var publishing sync.WaitGroup
	for i, room := range slices.Concat(busyRooms, lossyRooms) {
		random := rand.New(rand.NewPCG(seed, 100+uint64(i)))
		publishing.Go(func() {
			for range 16 {
				for range random.IntN(1 << random.IntN(10)) {
					h.publish(random.IntN(4) == 0, "-", random.IntN(1<<random.IntN(14)), room)
				}
				<-time.After(time.Duration(random.IntN(5)) * time.Millisecond)
			}
		})
	}
	random := rand.New(rand.NewPCG(seed, 99))
	publishing.Go(func() {
		all := slices.Sorted(slices.Values(slices.Concat(busyRooms, quietRooms)))
		for range 60 {
			var rooms []string
			for _, room := range all {
				if random.IntN(3) == 0 {
					rooms = append(rooms, room)
				}
			}
			h.publish(random.IntN(2) == 0, "-", random.IntN(200), rooms...)
			<-time.After(time.Duration(random.IntN(1000)) * time.Microsecond)
		}
	})
	publishing.Wait()
}

// lead leads one life, and says whether there is another.
func (h *house) lead(t *testing.T, sum *tally, name string, rooms []string, random *rand.Rand, mortal bool) bool {
	g := h.w.handshake(smallBuffer << random.IntN(4))
	server := &resident{h: h, client: g.client, ended: make(chan ending, 1)}
	g.client.Start(server)
	r := &reader{
		peer: g.peer, h: h, random: random, name: name,
		at: make(map[string]uint64), answered: make(map[string]bool),
	}
	err := r.live(rooms, mortal)
	died := errors.Is(err, errDied)
	if died {
		r.die()
	} else {
		g.client.Close(websocket.CloseNormal, "")
		_ = g.conn.Close()
	}
	<-server.ended
	sum.mu.Lock()
	defer sum.mu.Unlock()
	sum.lags, sum.events, sum.skipped = sum.lags+r.lags, sum.events+r.events, sum.skipped+r.skipped
	sum.answers += len(r.answered)
	if died {
		sum.deaths++
	} else if err != nil {
		t.Errorf("member %s: %v", name, err)
	}
	return died
}
