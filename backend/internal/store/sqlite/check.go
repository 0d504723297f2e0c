package sqlite

import (
	"context"
	"errors"
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

	mu      sync.Mutex
	running *probe    // the one that is queued; those who ask meanwhile share it
	said    time.Time // when err was said
	err     error     // nil: the last probe was written
}

func (c *checker) wrote(now time.Time) { c.last.Store(&now) }

// probe is a small write that shows whether the store can write.
type probe struct {
	checker  *checker
	finished chan struct{} // closed when err is set
	err      error
}

func (p *probe) write(w *writer) error {
	_, err := w.exec(`UPDATE meta SET value = ? WHERE key = 'checked'`, []byte(time.Now().UTC().Format(time.RFC3339Nano)))
	return err
}

func (p *probe) done(err error) {
	c := p.checker
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running, c.said, c.err = nil, time.Now(), err
	p.err = err
	close(p.finished)
}

// Check proves that the store can write. Where nothing was committed within
// the last 2 s it writes a small row. While the disk does not answer only one
// such write waits, and who comes within 2 s after somebody's time was up is
// not kept waiting.
func (s *Store) Check(ctx context.Context) error {
	if s.isDead() {
		return chat.ErrUnavailable
	}
	if last := s.check.last.Load(); last != nil && time.Since(*last) < checkEvery {
		return nil
	}
	p, err := s.probe()
	if err != nil {
		return err
	}
	select {
	case <-p.finished:
		return p.err
	case <-ctx.Done():
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		s.check.late(p)
	}
	return chat.ErrUnavailable
}

// probe returns the write that is under way, or begins one; or what was found
// out a moment ago.
func (s *Store) probe() (*probe, error) {
	c := &s.check
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil && time.Since(c.said) < checkEvery {
		return nil, c.err
	}
	if c.running == nil {
		p := &probe{checker: c, finished: make(chan struct{})}
		if !s.queue.push(p) {
			return nil, chat.ErrUnavailable
		}
		c.running = p
	}
	return c.running, nil
}

// late notes that the probe was not written in time.
func (c *checker) late(p *probe) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running == p {
		c.said, c.err = time.Now(), chat.ErrUnavailable
	}
}
