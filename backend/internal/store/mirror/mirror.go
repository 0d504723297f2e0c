package mirror

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/store/sqlite"
)

// Mirror is a copy of one store in one Redis.
type Mirror struct {
	options Options
	log     *slog.Logger
	client  atomic.Pointer[rueidis.Client] // nil until there was a connection
	asking  sync.WaitGroup                 // those who ask Redis
	token   string                         // of this process, among those who write

	// From Attach on.
	store   *sqlite.Store
	lineage string
	tending sync.WaitGroup
	stop    context.CancelFunc
	wake    chan struct{} // there is something to tend

	hurry chan struct{} // somebody waits for what is tended

	mu       sync.Mutex
	term     uint64 // in which this process writes; 0 for none yet
	turn     uint64 // its scripts in that term
	rooms    map[chat.RoomID]*room
	stale    map[chat.RoomID]struct{} // rooms whose streams are behind
	copying  *copying                 // of the tables; nil where they are as they should be
	runID    string                   // of the Redis that was written to last
	restored bool                     // the store was made from what is there,
	torn     bool                     // or from what is left of it
	down     bool                     // nothing is written until order is restored
	silent   bool                     // the trouble was logged
	why      string                   // it is down, for people
	lost     error                    // it can never be written again
	settled  chan struct{}            // closed, and made anew, where it is complete, or down
}

// room is a room's stream.
type room struct {
	first, upto uint64 // of the events in it; 0 for none
	head        uint64 // of the room, as far as was heard
	redo        uint64 // from here on, up to upto, marks may be wrong; 0 for nowhere
	reset       bool   // what is there is of no use
}

// helloTimeout is how long the start waits for Redis.
const helloTimeout = 5 * time.Second

// Open connects to Redis, for some seconds. Where that fails it says so, and
// the mirror goes on trying once it is attached.
func Open(ctx context.Context, o Options, log *slog.Logger) *Mirror {
	m := &Mirror{
		options: o, log: log, token: rand.Text(),
		wake: make(chan struct{}, 1), hurry: make(chan struct{}, 1), settled: make(chan struct{}),
		rooms: make(map[chat.RoomID]*room), stale: make(map[chat.RoomID]struct{}),
	}
	if m.options.Patience == 0 {
		m.options.Patience = patience
	}
	ctx, cancel := context.WithTimeout(ctx, helloTimeout)
	defer cancel()
	var err error
	for pause := 100 * time.Millisecond; ; pause *= 2 {
		if err = m.connect(ctx); err == nil {
			return m
		}
		select {
		case <-time.After(pause):
			continue
		case <-ctx.Done():
		}
		break
	}
	m.fall("cannot be reached")
	m.silent = true
	m.log.Error("Redis (REDIS_URL) cannot be reached: the server starts without it and goes on trying. Until then messages are on this machine's disk alone; where the disk does not outlive the machine, they are lost with it",
		"address", o.Address, "cause", err)
	return m
}

// Attach makes the mirror follow the store. An error is a sentence for the
// operator: then what is in Redis and what is in the database contradict each
// other.
func (m *Mirror) Attach(ctx context.Context, store *sqlite.Store) error {
	m.store, m.lineage = store, store.Lineage()
	spans, err := store.Spans(ctx)
	if err != nil {
		return fmt.Errorf("read the rooms: %w", err)
	}
	for _, s := range spans {
		m.rooms[s.Room] = &room{head: s.Head, redo: 1}
	}
	if m.client.Load() != nil {
		var c *conflict
		switch err := m.recover(ctx, true); {
		case errors.As(err, &c):
			return fmt.Errorf("the database in DATA_DIR and Redis (REDIS_URL) hold histories of the same origin that contradict each other: %w. To go on with that in Redis, start with an empty DATA_DIR; to go on with that in DATA_DIR, delete the keys %s* in Redis", c, prefix)
		case errors.Is(err, errTaken):
			return fmt.Errorf("start the server: %w", err)
		case err != nil:
			m.trouble(err)
		}
	}
	if m.term == 0 {
		// A seal may still be there, and would not be true any more.
		if err := store.NewEpochs(ctx); err != nil {
			return fmt.Errorf("give every room a new epoch: %w", err)
		}
	}
	if err := store.Follow(ctx, m.follow); err != nil {
		return fmt.Errorf("follow the store: %w", err)
	}
	tending, stop := context.WithCancel(context.Background())
	m.stop = stop
	m.tending.Go(func() { m.tend(tending) })
	return nil
}

// Status says what is wrong with the mirror, or nothing.
func (m *Mirror) Status() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.lost != nil:
		return "another server writes there"
	case m.down:
		return m.why
	case !m.complete():
		return "is being filled"
	}
	return ""
}

// complete is whether all that it should hold is there.
func (m *Mirror) complete() bool { return len(m.stale) == 0 && m.copying == nil }

// fall stops all writing until order is restored.
func (m *Mirror) fall(why string) {
	m.down, m.why = true, why
	m.settle()
	m.poke()
}

// settle tells who waits for the mirror.
func (m *Mirror) settle() {
	close(m.settled)
	m.settled = make(chan struct{})
}

// poke wakes the goroutine that tends.
func (m *Mirror) poke() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

const whyForeign = "keeps the history of another database"

// trouble falls, and says why, once.
func (m *Mirror) trouble(err error) {
	why := "cannot be reached"
	switch {
	case errors.Is(err, errFull):
		why = "is full"
	case errors.Is(err, errForeign):
		why = whyForeign
	case errors.Is(err, errLost):
		why = "has lost what it kept"
	}
	m.fall(why)
	if m.silent {
		return
	}
	m.silent = true
	if errors.Is(err, errForeign) {
		m.log.Error("Redis keeps the history of another database, and nothing is written there. To have that history, start again with an empty DATA_DIR; to keep this one, delete the keys " + prefix + "* in Redis, or give another REDIS_URL")
		return
	}
	m.log.Error("Redis does not keep the messages now: they are acknowledged from this machine's disk alone until it can be filled again", "redis", why, "cause", err)
}
