package mirror

import (
	"context"
	"errors"
	"fmt"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/store/sqlite"
)

// pieceSize is how many events, or rows, are refilled at once: so few that who
// waits for the lock is not late.
const pieceSize = 250

// copying is how far the tables are copied. Each is copied under another name,
// which it gives up when it is complete, so that what is there stays until then.
type copying struct {
	done  int    // tables
	after string // the last key of the next one
}

func (c *copying) table() string { return sqlite.Tables[c.done] }
func (c *copying) key() string   { return tableKey(c.table()) + ":new" }

// refill writes one piece of what is behind, and says whether there may be
// more.
func (m *Mirror) refill(ctx context.Context) (more bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.down || m.lost != nil {
		return false, nil
	}
	switch {
	case m.copying != nil:
		err = m.copyRows(ctx)
	case len(m.stale) > 0:
		for id := range m.stale {
			err = m.copyRoom(ctx, id, m.rooms[id])
			break
		}
	}
	if err != nil {
		if ctx.Err() == nil && !errors.Is(err, errTaken) {
			m.trouble(err)
		}
		return false, err
	}
	if m.complete() {
		m.settle()
		if m.silent {
			m.silent = false
			m.log.Info("Redis keeps the messages again, and is complete")
		}
	}
	return !m.complete(), nil
}

func (m *Mirror) copyRows(ctx context.Context) error {
	c := m.copying
	rows, err := m.store.CopyRows(ctx, c.table(), c.after, pieceSize)
	if err != nil {
		return fmt.Errorf("read the database: %w", err)
	}
	b, next := new(batch), *c
	if c.after == "" {
		put(&b.rest, "UNLINK", c.key())
	}
	for _, row := range rows {
		b.row(row, c.key())
		next.after = row.Key
	}
	if len(rows) < pieceSize {
		if next.after == "" {
			put(&b.rest, "UNLINK", tableKey(c.table()))
		} else {
			put(&b.rest, "RENAME", c.key(), tableKey(c.table()))
		}
		next = copying{done: c.done + 1}
	}
	if err := m.send(ctx, b, m.options.Patience); err != nil {
		return err
	}
	*c = next
	if c.done == len(sqlite.Tables) {
		m.copying = nil
	}
	return nil
}

func (m *Mirror) copyRoom(ctx context.Context, id chat.RoomID, r *room) error {
	b, anew := new(batch), r.upto == 0 || r.reset
	from := r.upto + 1
	if anew {
		for _, what := range []string{whatLog, sqlite.MarkText, sqlite.MarkState} {
			put(&b.logs, "UNLINK", roomKey(what, id))
		}
		r.first, r.upto, from = 0, 0, 1
		if r.head > m.keep() {
			from = r.head - m.keep() + 1
		}
	} else if r.redo > 0 {
		from = max(r.first, r.redo)
	}
	if anew || r.redo == 1 {
		if err := m.copyList(ctx, b, id, r); err != nil {
			return err
		}
	}
	piece, err := m.store.CopyLog(ctx, id, from, pieceSize)
	if err != nil {
		return fmt.Errorf("read the database: %w", err)
	}
	last, added := uint64(0), piece.Entries
	// What was committed since is still to be heard of: if it were in the log
	// before, older marks would come after it.
	for n := len(added); n > 0 && added[n-1].Seq > r.head; n-- {
		added = added[:n-1]
	}
	if n := len(added); n > 0 {
		last = added[n-1].Seq
	}
	for len(added) > 0 && added[0].Seq <= r.upto {
		added = added[1:]
	}
	b.log(id, r, added, m.keep())
	for _, mark := range piece.Marks {
		b.mark(mark, r)
	}
	if err := m.send(ctx, b, m.options.Patience); err != nil {
		return err
	}
	r.reset = false
	if r.redo > 0 {
		r.redo = last + 1
	}
	if anew || last >= r.upto || last == 0 {
		r.redo = 0
	}
	if r.redo == 0 && r.upto >= r.head {
		delete(m.stale, id)
	}
	return nil
}

// copyList writes a room's list anew.
func (m *Mirror) copyList(ctx context.Context, b *batch, id chat.RoomID, r *room) error {
	list, err := m.store.CopyListed(ctx, id)
	if err != nil {
		return fmt.Errorf("read the database: %w", err)
	}
	put(&b.rest, "UNLINK", roomKey(sqlite.MarkListed, id))
	for _, mark := range list {
		b.mark(mark, r)
	}
	return nil
}
