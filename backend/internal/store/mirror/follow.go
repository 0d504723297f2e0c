package mirror

import (
	"context"
	"errors"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/store/sqlite"
)

// follow writes what a commit changed. The store tells its outcomes after it.
// Only where Redis has just stopped answering does it wait for nothing.
func (m *Mirror) follow(c *sqlite.Changes) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.lost != nil {
		return m.lost
	}
	for _, e := range c.Entries {
		r := m.room(e.Room)
		r.head = max(r.head, e.Seq)
	}
	if m.down {
		m.miss(c)
		return nil
	}
	b := m.batch(c)
	err := m.send(context.Background(), b, m.options.Patience)
	second := m.second(b, err)
	if second != nil {
		m.lost = second
		m.fall("another server writes there")
		return second
	}
	if err != nil {
		m.miss(c)
		m.trouble(err)
		return nil
	}
	for _, e := range c.Entries {
		if r := m.rooms[e.Room]; r.upto < r.head {
			m.stale[e.Room] = struct{}{}
			m.poke()
		}
	}
	return nil
}

func (m *Mirror) room(id chat.RoomID) *room {
	r := m.rooms[id]
	if r == nil {
		r = new(room)
		m.rooms[id] = r
	}
	return r
}

// batch is what Redis has to do for what a commit changed. Of a room that is
// behind only what is in its stream already; the rest comes when it is refilled.
func (m *Mirror) batch(c *sqlite.Changes) *batch {
	b := new(batch)
	for rest := c.Entries; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].Room == rest[0].Room {
			n++
		}
		r := m.rooms[rest[0].Room]
		of := rest[:n]
		if of[0].Seq == r.upto+1 && !r.reset {
			b.log(of[0].Room, r, of, m.keep())
		}
		rest = rest[n:]
	}
	for _, mark := range c.Marks {
		b.mark(mark, m.room(mark.Room))
	}
	for _, row := range c.Rows {
		b.row(row, tableKey(row.Table))
		if m.copying != nil && m.copying.table() == row.Table {
			b.row(row, m.copying.key())
		}
	}
	return b
}

func (m *Mirror) keep() uint64 { return uint64(m.options.Events) } //nolint:gosec // at least 1

// miss notes what of a commit is not in Redis.
func (m *Mirror) miss(c *sqlite.Changes) {
	for _, e := range c.Entries {
		m.stale[e.Room] = struct{}{}
	}
	for _, mark := range c.Marks {
		if r := m.room(mark.Room); mark.Seq <= r.upto || mark.What == sqlite.MarkListed {
			r.redo = 1
			m.stale[mark.Room] = struct{}{}
		}
	}
	if len(c.Rows) > 0 {
		m.copying = new(copying)
	}
}

// second says whether a batch failed because of another server. Whether events
// that were refused are that one's is found out when order is restored, if not
// now.
func (m *Mirror) second(b *batch, failed error) error {
	if errors.Is(failed, errTaken) {
		return failed
	}
	if !errors.Is(failed, errRefused) {
		return nil
	}
	for _, g := range b.grown {
		there, err := m.entries(context.Background(), m.options.Patience, g.id, entryID(g.next.Seq), "+", 1)
		if err != nil {
			return nil //nolint:nilerr // the refusal itself is told
		}
		if len(there) > 0 && (there[0].seq != g.next.Seq || there[0].event() != g.next.ID) {
			return &conflict{g.id, there[0].seq, true}
		}
	}
	return nil
}
