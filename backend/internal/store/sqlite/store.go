package sqlite

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	lib "modernc.org/sqlite/lib"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// readers is how many reading connections there are.
const readers = 4

// Store is a chat.Store in one SQLite file.
type Store struct {
	log  *slog.Logger
	dir  string
	lock *os.File

	digestKey []byte
	id        string        // of the database
	count     atomic.Uint64 // committed events, of all rooms together

	writer  writer
	queue   queue
	results chan []result

	readers chan *conn
	opened  int          // how many readers there are
	gate    sync.RWMutex // held for reading by readers, for writing while the WAL starts over

	check   checker
	witness witness

	goroutines sync.WaitGroup
	closing    chan struct{} // closed when Close begins
	closeOnce  sync.Once
	closeErr   error

	dead     chan struct{} // closed when the store has failed
	deadOnce sync.Once
	failed   chan error
}

var _ chat.Store = (*Store)(nil)

// Open opens the database in dir, and makes both if they are not there. Its
// errors are sentences for the operator, with cause and remedy.
func Open(dir string, log *slog.Logger) (*Store, error) {
	if lib.SQLITE_VERSION_NUMBER < 3051003 {
		return nil, fmt.Errorf("this build has SQLite %s, which can damage databases. Build it with 3.51.3 or later", lib.SQLITE_VERSION)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("the data directory: %w", err)
	}
	if err := prepareDir(dir); err != nil {
		return nil, err
	}
	if err := checkFileSystem(dir); err != nil {
		return nil, err
	}
	held, err := lock(dir)
	if err != nil {
		return nil, err
	}
	s := &Store{
		log:     log,
		dir:     dir,
		lock:    held,
		results: make(chan []result, 4),
		readers: make(chan *conn, readers),
		closing: make(chan struct{}),
		dead:    make(chan struct{}),
		failed:  make(chan error, 1),
		witness: witness{changed: make(chan struct{}, 1)},
	}
	s.queue.init()
	if err := s.open(filepath.Join(dir, dbName)); err != nil {
		return nil, errors.Join(err, s.closeFiles())
	}
	s.goroutines.Go(s.write)
	s.goroutines.Go(s.publish)
	s.goroutines.Go(s.keepWitness)
	return s, nil
}

func (s *Store) open(path string) error {
	exists, err := inspect(path)
	if err != nil {
		return err
	}
	if !exists {
		if err := create(path); err != nil {
			return err
		}
	}
	c, err := dial(path,
		"busy_timeout = 10000",
		"journal_mode = WAL",
		"synchronous = FULL",
		"wal_autocheckpoint = 0", // the writer does it, after it has answered
		"cache_size = -16000",
		"temp_store = MEMORY",
	)
	if err != nil {
		return unusable(path, err)
	}
	s.writer.init(c)
	if err := migrate(c, path, migrations); err != nil {
		return unusable(path, err)
	}
	if err := s.load(c); err != nil {
		return unusable(path, err)
	}
	for range readers {
		r, err := dial(path, "busy_timeout = 10000", "query_only = ON", "cache_size = -2000", "temp_store = MEMORY")
		if err != nil {
			return unusable(path, err)
		}
		s.opened++
		s.readers <- r
	}
	return nil
}

// load reads what the store keeps in memory and puts right what a crash can
// have left behind.
func (s *Store) load(c *conn) error {
	var id, journal string
	if _, err := c.one(`PRAGMA journal_mode`, nil, &journal); err != nil {
		return err
	}
	if journal != "wal" {
		return fmt.Errorf("the journal mode is %q, not wal: this file system may not allow shared memory. Use a local one", journal)
	}
	raw := []byte(nil)
	for _, key := range []string{"digest_key", "id"} {
		found, err := c.one(`SELECT value FROM meta WHERE key = ?`, []any{key}, &raw)
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("its %s is missing", key)
		}
		if key == "id" {
			id = string(raw)
		} else {
			s.digestKey = raw
		}
	}
	s.id = id
	var count uint64
	if _, err := c.one(`SELECT sum(head) FROM rooms`, nil, &count); err != nil {
		return err
	}
	s.count.Store(count)
	if err := c.script("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := releaseNames(c); err != nil {
		return err
	}
	if err := s.compareWitness(c); err != nil {
		return err
	}
	if err := c.script("COMMIT"); err != nil {
		return err
	}
	// The log beside the database is new: its name has to survive as well.
	if err := syncDir(s.dir); err != nil {
		return err
	}
	if err := s.writeWitness(); err != nil {
		s.log.Warn("writing the witness; it is tried again with the next event", "err", err)
	}
	return nil
}

func unusable(path string, err error) error {
	if isFault(err) && severityOf(err) == fatal {
		return fmt.Errorf("the database %s is damaged: %w. %s", path, err, remedy)
	}
	return fmt.Errorf("the database %s cannot be opened: %w", path, err)
}

// Close commits what is queued, tells every outcome, and closes the files.
// From its beginning on, everything else is answered with chat.ErrUnavailable.
func (s *Store) Close() error {
	s.closeOnce.Do(func() {
		close(s.closing)
		s.queue.close()
		s.goroutines.Wait()
		if !s.isDead() {
			if err := s.writeWitness(); err != nil {
				s.log.Warn("writing the witness; it stays behind", "err", err)
			}
		}
		s.closeErr = s.closeFiles()
	})
	return s.closeErr
}

func (s *Store) closeFiles() error {
	if s.isDead() {
		// Closing would move the log into the database, on files of which
		// nobody knows what they hold. The next start decides; until this
		// process ends it stays the only one.
		return nil
	}
	for range s.opened { // waits for those who read
		(<-s.readers).close()
	}
	if s.writer.conn != nil {
		s.writer.conn.close()
	}
	return s.lock.Close()
}

// Failed yields an error when the store can no longer vouch for its files.
// Nothing works any more then; the process has to end, and to start anew.
func (s *Store) Failed() <-chan error { return s.failed }

func (s *Store) fail(err error) {
	s.deadOnce.Do(func() {
		s.log.Error("the database has failed; the outcome of what was being written is unknown", "err", err)
		close(s.dead)
		s.failed <- fmt.Errorf("the database in %s has failed: %w. The outcome of what was being written is unknown until the next start", s.dir, err)
	})
}

func (s *Store) isDead() bool {
	select {
	case <-s.dead:
		return true
	default:
		return false
	}
}

// DigestKey is this database's own secret, 32 bytes.
func (s *Store) DigestKey() []byte { return s.digestKey }

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
		return ctx.Err()
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
