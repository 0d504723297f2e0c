package sqlite

import (
	"context"
	"errors"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// call is a job that somebody waits for.
type call struct {
	fn     func(*writer) error
	result chan error
}

func (c *call) write(w *writer) error { return c.fn(w) }
func (c *call) done(err error)        { c.result <- err }

// errUnknown: what was asked for may or may not have been written.
var errUnknown = errors.New("the database failed while it was writing; the outcome is unknown")

// do runs fn on the writer and waits until it is committed. Where ctx ends
// first, fn may still be run: the caller must not touch what fn writes to.
func (s *Store) do(ctx context.Context, fn func(*writer) error) error {
	if s.isDead() {
		return chat.ErrUnavailable
	}
	c := &call{fn: fn, result: make(chan error, 1)}
	if !s.queue.put(c) {
		return chat.ErrUnavailable
	}
	select {
	case err := <-c.result:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-s.dead:
	}
	// The publisher still answers what was settled before, and what came after.
	select {
	case err := <-c.result:
		return err
	default:
		return errUnknown
	}
}
