package sqlite

import (
	"context"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// read lends fn a reading connection. Everything that fn reads is of one moment.
func (s *Store) read(ctx context.Context, fn func(*conn) error) error {
	select {
	case <-s.dead:
		return chat.ErrUnavailable
	case <-s.closing:
		return chat.ErrUnavailable
	default:
	}
	var c *conn
	select {
	case c = <-s.readers:
	case <-s.closing:
		return chat.ErrUnavailable
	case <-ctx.Done():
		return chat.ErrUnavailable
	}
	s.gate.RLock()
	err := snapshot(c, fn)
	s.gate.RUnlock()
	s.readers <- c
	if !isFault(err) {
		return err
	}
	if severityOf(err) == fatal {
		s.fail(err)
	} else {
		s.log.Error("reading from the database", "err", err)
	}
	return chat.ErrUnavailable
}

func snapshot(c *conn, fn func(*conn) error) error {
	if _, err := c.exec("BEGIN"); err != nil {
		return err
	}
	err := fn(c)
	if _, end := c.exec("ROLLBACK"); err == nil {
		err = end
	}
	return err
}
