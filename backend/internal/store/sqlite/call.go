package sqlite

import (
	"context"
	"sync/atomic"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// call is a job that somebody waits for, and may withdraw until it is begun.
type call struct {
	fn     func(*writer) error
	result chan error
	state  atomic.Int32
}

// The states of a call.
const (
	callWaits int32 = iota
	callBegun
	callWithdrawn
)

func (c *call) write(w *writer) error {
	if !c.state.CompareAndSwap(callWaits, callBegun) && c.state.Load() == callWithdrawn {
		return chat.ErrUnavailable
	}
	return c.fn(w)
}

func (c *call) done(err error) { c.result <- err }

// do runs fn on the writer and waits until it is committed. Where ctx ends
// before fn is begun, it never runs, and the error is chat.ErrUnavailable.
// Where it ends later the error is chat.ErrUnknown, and fn may still be
// running: the caller must not touch what fn writes to.
func (s *Store) do(ctx context.Context, fn func(*writer) error) error {
	if s.isDead() {
		return chat.ErrUnavailable
	}
	c := &call{fn: fn, result: make(chan error, 1)}
	if !s.queue.put(ctx, c) {
		return chat.ErrUnavailable
	}
	select {
	case err := <-c.result:
		return err
	case <-ctx.Done():
	}
	if c.state.CompareAndSwap(callWaits, callWithdrawn) {
		return chat.ErrUnavailable
	}
	select {
	case err := <-c.result:
		return err
	default:
		return chat.ErrUnknown
	}
}
