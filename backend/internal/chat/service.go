package chat

import (
	"encoding/binary"
	"errors"
	"sync"
	"time"
)

// Clock is where chat gets the time and its randomness from.
type Clock interface {
	// Now is the time of day.
	Now() time.Time
	// Random fills b with random bytes that nobody can guess.
	Random(b []byte)
}

// Limits are the settings that rules ask for.
type Limits struct {
	Body       int64 // bytes of UTF-8 in one message
	MaxRooms   int
	Guests     bool // people may come in with a name and no account
	GuestRooms bool // guests may make rooms
	SessionTTL time.Duration
}

// Service is the product's rules over a Store and a Broker.
type Service struct {
	store  Store
	broker Broker
	clock  Clock
	limits Limits
	ids    idSource
	names  nameBook

	digests  sync.Pool // of *digester
	sendings sync.Pool // of *sending

	mu      sync.Mutex
	ended   []func(hash [32]byte)            // told of every session that ends
	renamed []func(hash [32]byte, user User) // told of every user's new name
}

// New puts a Service together.
func New(store Store, broker Broker, clock Clock, limits Limits) *Service {
	s := &Service{
		store: store, broker: broker, clock: clock, limits: limits,
		names: nameBook{taken: make(map[string]struct{}), spare: make(map[string]string)},
	}
	key := store.DigestKey()
	s.digests.New = func() any { return newDigester(key) }
	s.sendings.New = func() any { return newSending(s) }
	return s
}

// idSource gives event ids: 41 bits of milliseconds since 2024 and 22 bits
// that begin at random each millisecond and rise, so ids rise strictly.
type idSource struct {
	mu     sync.Mutex
	last   EventID
	random [256]byte
	unused int // bytes of random, at its end
}

var idEpoch = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()

func (s *Service) nextID(now time.Time) EventID {
	s.ids.mu.Lock()
	defer s.ids.mu.Unlock()
	if s.ids.unused == 0 {
		s.clock.Random(s.ids.random[:])
		s.ids.unused = len(s.ids.random)
	}
	r := binary.LittleEndian.Uint32(s.ids.random[len(s.ids.random)-s.ids.unused:])
	s.ids.unused -= 4
	low := int64(r & (1<<21 - 1)) // half, to leave room to rise
	id := EventID((now.UnixMilli()-idEpoch)<<22 | low)
	if id <= s.ids.last {
		id = s.ids.last + 1
	}
	s.ids.last = id
	return id
}

// newUserID makes an id that nobody can guess: 80 random bits.
func (s *Service) newUserID() UserID { return UserID("u_" + s.randomText(16)) }

// randomText is n letters and digits, 5 random bits each.
func (s *Service) randomText(n int) string {
	raw := make([]byte, n)
	s.clock.Random(raw)
	for i := range raw {
		raw[i] = idAlphabet[raw[i]&31]
	}
	return string(raw)
}

// settle answers a command that becomes an event, with this digest of its
// content: after the commit it answers first, then tells everybody. A repeat is
// answered like the first time, and told to nobody.
func (s *Service) settle(d Digest, answer func(Event, error), o *Outcome, err error) {
	switch {
	case err != nil:
		answer(Event{}, noRoom(err))
	case o.Repeat && o.Event.Digest != d:
		answer(Event{}, Errorf(Conflict, "this id was used for another command"))
	case o.Repeat:
		answer(o.Event, nil)
	default:
		answer(o.Event, nil)
		if o.Event.Seq != 0 {
			s.broker.Publish(o.Event)
		}
	}
}

// noRoom turns the store's ErrNotFound into the answer for a room.
func noRoom(err error) error {
	if errors.Is(err, ErrNotFound) {
		return Errorf(NotFound, "there is no such room")
	}
	return err
}
