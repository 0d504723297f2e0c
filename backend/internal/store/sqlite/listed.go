package sqlite

import (
	"context"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// Listed reads what is on the room's list.
func (s *Store) Listed(ctx context.Context, id chat.RoomID) (chat.Page, error) {
	return s.page(ctx, id, func(c *conn, r *room, p *chat.Page) error {
		before := &chat.Event{}
		return c.query(`SELECT `+eventColumns+` FROM events WHERE pos IN
			(SELECT pos FROM listed WHERE pos BETWEEN ? AND ? ORDER BY pos LIMIT ?) ORDER BY pos`,
			[]any{pos(r.num, 0), pos(r.num, maxSeq), chat.MaxListed}, func(row row) bool {
				p.Events = append(p.Events, scanEvent(r.ID, row, before))
				before = &p.Events[len(p.Events)-1]
				return true
			})
	})
}

func (t *tx) Listed() (int, error) {
	var n int64
	_, err := t.w.conn.one(`SELECT count(*) FROM listed WHERE pos BETWEEN ? AND ?`, []any{pos(t.room.num, 0), pos(t.room.num, maxSeq)}, &n)
	if err != nil {
		t.fault = err
	}
	return int(n), err
}

func (t *tx) ListedAs(body string) (seqs []uint64, err error) {
	err = t.w.conn.query(`SELECT pos FROM listed JOIN events USING (pos) WHERE pos BETWEEN ? AND ? AND body = ? ORDER BY pos`,
		[]any{pos(t.room.num, 0), pos(t.room.num, maxSeq), body}, func(r row) bool {
			seqs = append(seqs, r.seq(0)&maxSeq)
			return true
		})
	if err != nil {
		t.fault = err
	}
	return seqs, err
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
