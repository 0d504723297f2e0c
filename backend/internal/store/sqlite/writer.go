package sqlite

import (
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// One transaction ends after this many jobs, or bytes of bodies.
const (
	maxBatchJobs  = 1000
	maxBatchBytes = 4 << 20
)

// writer is what belongs to the write goroutine: its connection and the rooms
// as they stand inside the open transaction.
type writer struct {
	conn  *conn
	rooms map[chat.RoomID]*room
	grown []*room // rooms that got events in this transaction
	bytes int     // of bodies in this transaction
	added uint64  // events in this transaction
	wrote bool    // the transaction has something to commit
	refs  refs

	sql struct {
		insert, findRef, addRef *statement
	}

	erased     bool      // the files may hold old pages with what was erased
	scrubbed   time.Time // when that was seen to last
	unmeasured uint64    // what went into the log since it was last measured
	changes    *Changes  // of this transaction, where somebody follows
	troubled   bool      // the last transaction could not be written
	stuck      bool      // the log could not be moved the last time
}

// room is a room as the writer knows it.
type room struct {
	chat.Room
	num     int64
	counted uint64 // seq up to which its events are in the table unread
	begins  uint64 // seq of the first event of its log
	grown   bool
}

// countEvery so many events of a room its row and the table unread follow:
// many at once cost much less than one by one.
const countEvery = 256

// maxRoomsCached bounds the writer's memory of rooms.
const maxRoomsCached = 20000

// init takes the connection, to close it with the others.
func (w *writer) init(c *conn) {
	w.conn = c
	w.rooms = make(map[chat.RoomID]*room)
	w.erased = true // before a crash, perhaps
}

// prepare makes ready what every message needs, once the schema is there.
func (w *writer) prepare() (err error) {
	if w.sql.insert, err = w.conn.prepare(insertEvent); err != nil {
		return err
	}
	if w.sql.findRef, err = w.conn.prepare(`SELECT pos FROM refs WHERE hash = ?`); err != nil {
		return err
	}
	w.sql.addRef, err = w.conn.prepare(`INSERT INTO refs (hash, pos) VALUES (?, ?) ON CONFLICT DO NOTHING`)
	return err
}

// result is a job with what came of it.
type result struct {
	job job
	err error
}

// write is the goroutine that owns the writer.
func (s *Store) write() {
	defer close(s.results)
	batch := make([]job, 0, maxBatchJobs)
	for {
		batch = s.queue.take(batch[:0], maxBatchJobs)
		if len(batch) == 0 {
			return
		}
		for rest := batch; len(rest) > 0; {
			rest = rest[s.commit(rest):]
		}
		clear(batch)
		s.tendLog()
	}
}

// settled is what came of one transaction.
type settled struct {
	results []result
	changes *Changes // nil where nobody follows, or nothing changed
}

// publish is the goroutine that tells outcomes, in commit order, while the
// next transaction is under way.
func (s *Store) publish() {
	var batch settled
	tell := func() {
		for _, r := range batch.results {
			r.job.done(r.err)
		}
	}
	for batch = range s.results {
		s.lead(batch)
		s.around(tell)
	}
}

// commit settles the first jobs of the batch in one transaction and returns
// how many. Where a statement of one job is at fault, it runs them once more,
// each one fenced in.
func (s *Store) commit(batch []job) int {
	if s.isDead() {
		s.answer(batch, chat.ErrUnavailable)
		return len(batch)
	}
	w := &s.writer
	results, err := s.transact(batch, false)
	if err != nil && severityOf(err) == guilty {
		results, err = s.transact(batch, true)
	}
	switch {
	case err == nil:
		if w.wrote {
			w.unmeasured += 1 + w.added/64 + uint64(w.bytes)>>18 //nolint:gosec // never negative
			s.check.wrote(time.Now())
		}
		if w.added > 0 {
			s.count.Add(w.added)
			s.witness.touch()
		}
		if w.troubled && w.wrote {
			w.troubled = false
			s.log.Info("the database can be written again")
		}
		if !ackBeforeCommit {
			s.results <- settled{results, w.changes}
		}
		return len(results)
	case severityOf(err) == fatal:
		s.fail(err)
		s.answer(batch, chat.ErrUnknown)
	default:
		if !w.troubled {
			w.troubled = true
			s.log.Error("the database cannot be written; reading goes on, and writing is tried again with the next command", "err", err)
		}
		s.answer(batch, chat.ErrUnavailable)
	}
	return len(batch)
}

func (s *Store) answer(batch []job, err error) {
	results := make([]result, len(batch))
	for i, j := range batch {
		results[i] = result{j, err}
	}
	s.results <- settled{results: results}
}

// transact runs jobs in one transaction until it is full. An error means that
// nothing of it holds, unless the error is fatal: then nobody knows.
func (s *Store) transact(batch []job, fenced bool) (results []result, err error) {
	w := &s.writer
	w.begin()
	if _, err := w.conn.exec("BEGIN IMMEDIATE"); err != nil {
		return nil, notGuilty(err)
	}
	defer func() {
		if err == nil || severityOf(err) == fatal {
			return
		}
		clear(w.rooms)
		w.refs.rolledBack()
		// SQLite may have rolled back already, and says so with an error; if
		// it could not, the next BEGIN fails and says why.
		_, _ = w.conn.exec("ROLLBACK")
	}()
	results = make([]result, 0, len(batch))
	for _, j := range batch {
		err := w.run(j, fenced)
		if isFault(err) && (!fenced || severityOf(err) != guilty) {
			return nil, err
		}
		results = append(results, result{j, err})
		if w.bytes >= maxBatchBytes {
			break
		}
	}
	if err := w.followLog(); err != nil {
		return nil, notGuilty(err)
	}
	if err := w.moveRefs(maxWaiting, movesAtOnce); err != nil {
		return nil, notGuilty(err)
	}
	if err := s.capture(); err != nil {
		return nil, notGuilty(err)
	}
	if ackBeforeCommit {
		s.results <- settled{results, w.changes}
	}
	if _, err := w.conn.exec("COMMIT"); err != nil {
		return nil, notGuilty(err)
	}
	w.refs.committed(w.grown)
	return results, nil
}

func (w *writer) begin() {
	w.grown, w.bytes, w.added, w.wrote, w.changes = w.grown[:0], 0, 0, false, nil
	if len(w.rooms) > maxRoomsCached {
		clear(w.rooms)
	}
}

// run runs one job, fenced in by a savepoint if the ones before it must be
// kept whatever happens.
func (w *writer) run(j job, fenced bool) error {
	if !fenced {
		return j.write(w)
	}
	if _, err := w.conn.exec("SAVEPOINT job"); err != nil {
		return notGuilty(err)
	}
	err := j.write(w)
	if isFault(err) {
		if _, err := w.conn.exec("ROLLBACK TO job"); err != nil {
			return notGuilty(err)
		}
	}
	if _, err := w.conn.exec("RELEASE job"); err != nil {
		return notGuilty(err)
	}
	return err
}

// exec changes something.
func (w *writer) exec(sql string, args ...any) (int64, error) {
	n, err := w.conn.exec(sql, args...)
	w.wrote = w.wrote || n > 0
	return n, err
}

func (w *writer) followLog() error {
	for _, r := range w.grown {
		r.grown = false
		if r.Head-r.counted < countEvery {
			continue
		}
		if _, err := w.exec(`INSERT INTO unread SELECT pos, user FROM events WHERE pos > ? AND pos <= ? AND counts = 1`,
			pos(r.num, r.counted), pos(r.num, r.Head)); err != nil {
			return err
		}
		r.counted = r.Head
		if _, err := w.exec(`UPDATE rooms SET head = ?, counted = ? WHERE num = ?`, r.Head, r.counted, r.num); err != nil {
			return err
		}
	}
	return nil
}

// room finds a room as it stands in the open transaction.
func (w *writer) room(id chat.RoomID) (*room, error) {
	if r, ok := w.rooms[id]; ok {
		return r, nil
	}
	r, err := findRoom(w.conn, id)
	if err == nil {
		w.rooms[id] = r
	}
	return r, err
}
