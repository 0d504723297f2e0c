package websocket

import (
	"sync"
	"time"
)

const (
	patience = 100 * time.Millisecond // how long a publisher waits, all in all, for who is behind
	briefly  = 10 * time.Millisecond  // how long it waits if all have waited too much of late
	saved    = time.Second            // waiting that adds up while there is none
	share    = 20                     // one part in so many of all time is for waiting
)

// allowance is the waiting that all publishers of a pool may still do for who
// reads slowly, beyond moments. One publisher may speak for every topic: who
// stalls, drains and stalls again shall not stop all the others each time.
type allowance struct {
	mu    sync.Mutex
	spent time.Duration // of what is saved
	asOf  time.Time
}

// left is how long a publisher may wait now.
func (a *allowance) left() time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	if a.spent > 0 {
		a.spent = max(0, a.spent-now.Sub(a.asOf)/share)
	}
	a.asOf = now
	return min(patience, max(briefly, saved-a.spent))
}

// spend notes that a publisher has waited for so long. Moments are free.
func (a *allowance) spend(waited time.Duration) {
	if waited <= briefly {
		return
	}
	a.mu.Lock()
	a.spent += waited - briefly
	a.mu.Unlock()
}
