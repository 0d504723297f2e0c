package sqlite

import "time"

// Pages of the log from which on it is moved into the database, and from which
// on it has to start over even if readers must wait for that.
const (
	foldPages  = 1000
	resetPages = 8000
	// measureEvery so many small commits the length of the log is asked for.
	measureEvery = 16
)

// scrubEvery is how often the log is emptied at most for the sake of what was
// erased.
var scrubEvery = time.Minute

// tendLog moves the write-ahead log into the database when it has grown, or
// holds what was erased. It runs after the answers went out. Trouble here harms
// nobody: what is committed stays in the log, and the next call tries again.
func (s *Store) tendLog() {
	w := &s.writer
	scrub := w.erased && time.Since(w.scrubbed) >= scrubEvery
	if (w.unmeasured < measureEvery && !scrub) || s.isDead() {
		return
	}
	w.unmeasured = 0
	if scrub {
		s.scrub()
		return
	}
	pages, moved, err := w.checkpoint("NOOP")
	if err == nil && pages-moved >= foldPages {
		pages, moved, err = w.checkpoint("PASSIVE")
	}
	// Readers that follow each other without a pause keep the log from ever
	// starting over: hold them back for the moment that this takes.
	if err == nil && pages >= resetPages {
		s.gate.Lock()
		_, _, err = w.checkpoint("RESTART")
		s.gate.Unlock()
	}
	s.tended(pages-moved, err)
}

// scrub empties the log into the database, where old pages are written over.
func (s *Store) scrub() {
	w := &s.writer
	w.scrubbed = time.Now()
	pages, _, err := w.checkpoint("PASSIVE") // most of it, before anybody is held back
	if err == nil {
		s.gate.Lock()
		pages, _, err = w.checkpoint("TRUNCATE")
		s.gate.Unlock()
	}
	w.erased = err != nil || pages > 0
	s.tended(pages, err)
}

// tended says what came of moving the log, of which so many pages are left.
func (s *Store) tended(left int64, err error) {
	w := &s.writer
	switch {
	case err == nil:
		w.stuck = false
	case severityOf(err) == fatal:
		s.fail(err)
	case !w.stuck:
		w.stuck = true
		s.log.Warn("moving the log into the database; it stays in the log for now", "pages", left, "err", err)
	}
}

// checkpoint returns the length of the log and how much of it is also in the
// database, in pages.
func (w *writer) checkpoint(mode string) (pages, moved int64, err error) {
	var busy int64
	_, err = w.conn.one("PRAGMA wal_checkpoint("+mode+")", nil, &busy, &pages, &moved)
	return pages, moved, err
}
