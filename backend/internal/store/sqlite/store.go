package sqlite

import (
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
	results chan settled
	around  func(tell func())    // what surrounds the telling of a batch
	follow  func(*Changes) error // what hears of a batch before; nil for nobody

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
func Open(dir string, log *slog.Logger) (*Store, error) { return OpenFrom(dir, nil, log) }

// OpenFrom is Open, but a new database is filled from source, where it has
// something to give.
func OpenFrom(dir string, source Source, log *slog.Logger) (*Store, error) {
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
		results: make(chan settled, 4),
		around:  func(tell func()) { tell() },
		readers: make(chan *conn, readers),
		closing: make(chan struct{}),
		dead:    make(chan struct{}),
		failed:  make(chan error, 1),
		witness: witness{changed: make(chan struct{}, 1)},
	}
	s.queue.init()
	if err := s.open(filepath.Join(dir, dbName), source); err != nil {
		return nil, errors.Join(err, s.closeFiles())
	}
	s.goroutines.Go(s.write)
	s.goroutines.Go(s.publish)
	s.goroutines.Go(s.keepWitness)
	return s, nil
}

// Around makes around surround the telling of every batch.
func (s *Store) Around(around func(tell func())) { s.around = around }

// Close commits what is queued, tells every outcome, and closes the files.
// From its beginning on, everything else is answered with chat.ErrUnavailable.
func (s *Store) Close() error {
	s.closeOnce.Do(func() {
		close(s.closing)
		s.queue.close()
		s.goroutines.Wait()
		if !s.isDead() {
			s.settleRefs()
		}
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

// Forsake makes the store fail for good, because of what happened to whoever
// follows it.
func (s *Store) Forsake(err error) {
	s.deadOnce.Do(func() {
		s.log.Error("the store stops", "err", err)
		close(s.dead)
		s.failed <- err
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
