package chat

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"strings"
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
	key    []byte
	ids    idSource
	names  nameBook

	mu      sync.Mutex
	ended   []func(hash [32]byte)            // told of every session that ends
	renamed []func(hash [32]byte, user User) // told of every user's new name
}

// New puts a Service together.
func New(store Store, broker Broker, clock Clock, limits Limits) *Service {
	return &Service{
		store: store, broker: broker, clock: clock, limits: limits,
		key:   store.DigestKey(),
		names: nameBook{taken: make(map[string]struct{})},
	}
}

// idSource gives event ids: 41 bits of milliseconds since 2024 and 22 bits
// that begin at random each millisecond and rise, so ids rise strictly.
type idSource struct {
	mu   sync.Mutex
	last EventID
}

var idEpoch = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()

func (s *Service) nextID(now time.Time) EventID {
	var r [4]byte
	s.clock.Random(r[:])
	low := int64(binary.LittleEndian.Uint32(r[:]) & (1<<21 - 1)) // half, to leave room to rise
	id := EventID((now.UnixMilli()-idEpoch)<<22 | low)
	s.ids.mu.Lock()
	defer s.ids.mu.Unlock()
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

// digest binds the content of a command: all its fields but op and id, and the
// op, as no id may serve two ops. It is keyed, so that it says nothing about
// text that was deleted.
func (s *Service) digest(parts ...string) Digest {
	mac := hmac.New(sha256.New, s.key)
	var n [8]byte
	for _, p := range parts {
		binary.LittleEndian.PutUint64(n[:], uint64(len(p)))
		mac.Write(n[:])
		mac.Write([]byte(p))
	}
	var d Digest
	copy(d[:], mac.Sum(nil))
	return d
}

// publishing wraps answer for a command that becomes an event: after the
// commit it answers first, then tells everybody. A repeat is answered like the
// first time, and told to nobody.
func (s *Service) publishing(d Digest, answer func(Event, error)) func(Outcome, error) {
	return func(o Outcome, err error) {
		switch {
		case err != nil:
			answer(Event{}, err)
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
}

// noRoom turns the store's ErrNotFound into the answer for a room.
func noRoom(err error) error {
	return translate(err, ErrNotFound, Errorf(NotFound, "there is no such room"))
}

// joinParts is a list as one part of a digest.
func joinParts(list []string) string {
	var b strings.Builder
	var n [8]byte
	for _, p := range list {
		binary.LittleEndian.PutUint64(n[:], uint64(len(p)))
		b.Write(n[:])
		b.WriteString(p)
	}
	return b.String()
}
