package sqlite

// loadRefs reads the commands that are not in the table yet.
func (s *Store) loadRefs() error {
	w := &s.writer
	w.refs.init(s.digestKey)
	type span struct{ num, from, to int64 }
	var behind []span
	all := 0
	err := w.conn.query(`SELECT * FROM (SELECT r.num, r.indexed, `+headOf+` AS head FROM rooms r) WHERE indexed < head`, nil, func(r row) bool {
		behind = append(behind, span{r.int(0), r.int(1), r.int(2)})
		all += int(r.int(2) - r.int(1))
		return true
	})
	if err != nil {
		return err
	}
	w.refs.expect(min(all, 2*maxWaiting))
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
	// What a crash leaves is less as a rule, and can wait; so can the rest while
	// the disk is full.
	err = s.relieveRefs(4 * maxWaiting)
	if err != nil && severityOf(err) == trouble {
		s.log.Warn("bringing the index of commands up to date; it is tried again with the next command", "err", err)
		return nil
	}
	return err
}

func (w *writer) readRefs(from, to int64) error {
	x := &w.refs
	err := w.conn.query(`SELECT pos, user, ref FROM events WHERE pos > ? AND pos <= ? AND ref IS NOT NULL`, []any{from, to}, func(r row) bool {
		x.add(hashRef(&x.secret, r.view(1), r.view(2)), r.int(0))
		return true
	})
	x.added = x.added[:0]
	return err
}

// relieveRefs moves all to the table where at least limit wait.
func (s *Store) relieveRefs(limit int) error {
	w := &s.writer
	if w.refs.waiting < limit {
		return nil
	}
	if err := w.conn.script("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err := w.moveRefs(0, refParts)
	if err == nil {
		err = w.conn.script("COMMIT")
	}
	if err != nil {
		w.refs.rolledBack()
		_ = w.conn.script("ROLLBACK") // as in transact
		return err
	}
	w.refs.committed(nil)
	// What cannot be moved into the database now stays in the log.
	if _, _, err := w.checkpoint("PASSIVE"); err != nil && severityOf(err) == fatal {
		return err
	}
	return nil
}

// settleRefs moves all to the table before the database is closed, so that the
// next start has nothing to read.
func (s *Store) settleRefs() {
	for range 2 { // the rest of the round that is under way, and a whole one
		err := s.relieveRefs(0)
		switch {
		case err == nil:
			continue
		case severityOf(err) == fatal:
			s.fail(err)
		default:
			s.log.Warn("bringing the index of commands up to date; the next start does it", "err", err)
		}
		return
	}
}
