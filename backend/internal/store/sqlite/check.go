package sqlite

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// checkEvery is for how long one answer of Check holds.
const checkEvery = 2 * time.Second

// checker remembers when something was last committed.
type checker struct {
	last atomic.Pointer[time.Time] // of the last commit that wrote

	mu    sync.Mutex // held by the one who checks
	tried time.Time
	err   error
}

func (c *checker) wrote(now time.Time) { c.last.Store(&now) }

// Check proves that the store can write. Where nothing was committed within
// the last 2 s it writes a small row, at most once in 2 s.
func (s *Store) Check(ctx context.Context) error {
	if s.isDead() {
		return chat.ErrUnavailable
	}
	c := &s.check
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if last := c.last.Load(); last != nil && now.Sub(*last) < checkEvery {
		return nil
	}
	if c.err != nil && now.Sub(c.tried) < checkEvery {
		return c.err
	}
	err := s.do(ctx, func(w *writer) error {
		_, err := w.exec(`UPDATE meta SET value = ? WHERE key = 'checked'`, []byte(now.UTC().Format(time.RFC3339Nano)))
		return err
	})
	if ctx.Err() == nil {
		c.tried, c.err = now, err
	}
	return err
}
