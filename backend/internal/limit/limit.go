// Package limit keeps one token bucket for each of many: users, addresses,
// connections.
package limit

import (
	"sync"
	"time"
)

// Rate is how fast buckets fill, and how much they hold. One Rate serves any
// number of Buckets; its methods may be called by many at once.
type Rate struct {
	every time.Duration // until there is one more token; 0: nothing is limited
	whole time.Duration // until an empty bucket is full
	began time.Time     // what Buckets count from
}

// Bucket is one bucket of tokens: how long after its Rate's beginning it will
// be full. The zero Bucket is a full one. One goroutine at a time may use it.
type Bucket time.Duration

// NewRate makes a Rate of perSecond tokens, of which a bucket holds burst. With
// on false nothing is limited. began is before any time that Take is told.
func NewRate(perSecond float64, burst int, on bool, began time.Time) Rate {
	if !on {
		return Rate{}
	}
	every := max(time.Duration(float64(time.Second)/perSecond), 1)
	return Rate{every: every, whole: every * time.Duration(burst), began: began}
}

// Take takes one token out of b. It returns 0, or how long to wait before it
// is worth trying again.
func (r *Rate) Take(b *Bucket, now time.Time) time.Duration {
	if r.every == 0 {
		return 0
	}
	at := now.Sub(r.began)
	full := max(time.Duration(*b), at) + r.every
	if wait := full - r.whole - at; wait > 0 {
		return max(wait, time.Millisecond)
	}
	*b = Bucket(full)
	return 0
}

// quiet says whether b is full, as if it had never been used.
func (r *Rate) quiet(b Bucket, now time.Time) bool { return time.Duration(b) <= now.Sub(r.began) }

// Buckets limits each key to a rate with a burst. A key that has been quiet
// for long enough to have its whole burst again costs no memory. Its methods
// may be called by many at once.
type Buckets[K comparable] struct {
	rate Rate

	mu   sync.Mutex
	keys map[K]Bucket
	next int // how many keys there may be before the quiet ones are dropped
}

// fewKeys is how many keys are kept without looking for quiet ones.
const fewKeys = 1024

// New makes Buckets for perSecond events and bursts of burst. With on false
// nothing is limited.
func New[K comparable](perSecond float64, burst int, on bool) *Buckets[K] {
	b := &Buckets[K]{rate: NewRate(perSecond, burst, on, time.Time{}), next: fewKeys}
	if on {
		b.keys = make(map[K]Bucket)
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
	defer b.mu.Unlock()
	if b.rate.began.IsZero() {
		b.rate.began = now
	}
	bucket, known := b.keys[key]
	if !known && len(b.keys) >= b.next {
		b.dropQuiet(now)
	}
	wait := b.rate.Take(&bucket, now)
	b.keys[key] = bucket
	return wait
}

// dropQuiet is called with mu held, and seldom enough that its cost does not
// count: after it there is room for as many keys again as were left.
func (b *Buckets[K]) dropQuiet(now time.Time) {
	for k, bucket := range b.keys {
		if b.rate.quiet(bucket, now) {
			delete(b.keys, k)
		}
	}
	b.next = max(fewKeys, 2*len(b.keys))
}
