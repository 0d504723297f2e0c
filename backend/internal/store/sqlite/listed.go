package sqlite

import (
	"context"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// listed are the events on a room's list, in order.
func listed(c *conn, r *room) ([]chat.Event, error) {
	var events []chat.Event
	before := &chat.Event{}
	err := c.query(`SELECT `+eventColumns+` FROM events WHERE pos IN (SELECT pos FROM listed WHERE pos BETWEEN ? AND ?) ORDER BY pos`,
		[]any{pos(r.num, 0), pos(r.num, maxSeq)}, func(row row) bool {
			events = append(events, scanEvent(r.ID, row, before))
			before = &events[len(events)-1]
			return true
		})
	return events, err
}

// Listed reads what is on the room's list.
func (s *Store) Listed(ctx context.Context, id chat.RoomID) (chat.Page, error) {
	return s.page(ctx, id, func(c *conn, r *room, p *chat.Page) (err error) {
		p.Events, err = listed(c, r)
		return err
	})
}

func (t *tx) Listed() ([]chat.Event, error) {
	events, err := listed(t.w.conn, t.room)
	if err != nil {
		t.fault = err
	}
	return events, err
}

func (t *tx) List(seq uint64, on bool) {
	t.then(func(w *writer, _ *chat.Event) error {
		sql := `DELETE FROM listed WHERE pos = ?`
		if on {
			sql = `INSERT INTO listed (pos) VALUES (?) ON CONFLICT DO NOTHING`
		}
		_, err := w.exec(sql, pos(t.room.num, seq))
		return err
	})
}
