package sqlite

import "github.com/teahouse-chat/teahouse/backend/internal/chat"

// loadRefs reads the commands that are not in the table yet.
func (s *Store) loadRefs() error {
	w := &s.writer
	w.refs.init(s.digestKey)
	type span struct{ num, from, to int64 }
	var behind []span
	err := w.conn.query(`SELECT * FROM (SELECT r.num, r.indexed, `+headOf+` AS head FROM rooms r) WHERE indexed < head`, nil, func(r row) bool {
		behind = append(behind, span{r.int(0), r.int(1), r.int(2)})
		return true
	})
	if err != nil {
		return err
	}
	for _, b := range behind {
		for from := b.from; from < b.to; {
			to := min(from+int64(maxWaiting), b.to)
			if err := w.readRefs(pos(b.num, uint64(from)), pos(b.num, uint64(to))); err != nil { //nolint:gosec // never negative
				return err
			}
			from = to
			w.refs.heads[b.num] = uint64(to) //nolint:gosec // never negative
			if err := s.relieveRefs(maxLoading); err != nil {
				return err
			}
		}
	}
	return s.relieveRefs(4 * maxWaiting) // what a crash leaves is less, and can wait
}

func (w *writer) readRefs(from, to int64) error {
	x := &w.refs
	err := w.conn.query(`SELECT pos, user, ref FROM events WHERE pos > ? AND pos <= ? AND ref IS NOT NULL`, []any{from, to}, func(r row) bool {
		x.add(x.key(chat.UserID(r.text(1)), r.text(2)), r.int(0))
		return true
	})
	x.added = x.added[:0]
	return err
}

// relieveRefs moves all to the table where as many as limit wait.
func (s *Store) relieveRefs(limit int) error {
	w := &s.writer
	if w.refs.waiting < limit {
		return nil
	}
	if err := w.conn.script("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := w.moveRefs(0, refParts); err != nil {
		return err
	}
	if err := w.conn.script("COMMIT"); err != nil {
		return err
	}
	w.refs.committed(nil)
	_, _, err := w.checkpoint("PASSIVE")
	return err
}
