// Package limit keeps one token bucket for each of many: users, addresses.
package limit

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Buckets limits each key to a rate with a burst. The zero rate limits
// nothing. A key that has been quiet for long enough to have its whole burst
// again costs no memory. Its methods may be called by many at once.
type Buckets[K comparable] struct {
	rate  rate.Limit
	burst int

	mu   sync.Mutex
	keys map[K]*rate.Limiter
	next int // how many keys there may be before the quiet ones are dropped
}

// fewKeys is how many keys are kept without looking for quiet ones.
const fewKeys = 1024

// New makes Buckets for perSecond events and bursts of burst. With on false
// nothing is limited.
func New[K comparable](perSecond float64, burst int, on bool) *Buckets[K] {
	b := &Buckets[K]{rate: rate.Limit(perSecond), burst: burst, next: fewKeys}
	if on {
		b.keys = make(map[K]*rate.Limiter)
	}
	return b
}

// Take takes one token of key. It returns 0, or how long to wait before it is
// worth trying again.
func (b *Buckets[K]) Take(key K, now time.Time) time.Duration {
	if b.keys == nil {
		return 0
	}
	b.mu.Lock()
	l := b.keys[key]
	if l == nil {
		if len(b.keys) >= b.next {
			b.dropQuiet(now)
		}
		l = rate.NewLimiter(b.rate, b.burst)
		b.keys[key] = l
	}
	b.mu.Unlock()
	return Take(l, now)
}

// dropQuiet is called with mu held, and seldom enough that its cost does not
// count: after it there is room for as many keys again as were left.
func (b *Buckets[K]) dropQuiet(now time.Time) {
	for k, l := range b.keys {
		if l.TokensAt(now) >= float64(b.burst) {
			delete(b.keys, k)
		}
	}
	b.next = max(fewKeys, 2*len(b.keys))
}

// Take takes one token of a single bucket, which may be nil for no limit. It
// returns 0, or how long to wait before it is worth trying again.
func Take(l *rate.Limiter, now time.Time) time.Duration {
	if l == nil || l.AllowN(now, 1) {
		return 0
	}
	r := l.ReserveN(now, 1)
	defer r.CancelAt(now)
	return max(r.DelayFrom(now), time.Millisecond)
}
