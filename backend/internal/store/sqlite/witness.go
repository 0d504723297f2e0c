package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// witnessEvery is the least time between two writings of the witness.
const witnessEvery = time.Second

// witness is a small file beside the database that remembers how far it got.
// It shows at the next start that the database was put back to an older state,
// of which clients may already have seen more.
type witness struct {
	changed chan struct{} // there are new events
}

func (w *witness) touch() {
	select {
	case w.changed <- struct{}{}:
	default:
	}
}

// keepWitness is the goroutine that writes it after commits.
func (s *Store) keepWitness() {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-s.closing:
			return
		case <-s.dead:
			return
		case <-pause.C:
		}
		select {
		case <-s.closing:
			return
		case <-s.dead:
			return
		case <-s.witness.changed:
		}
		if err := s.writeWitness(); err != nil {
			s.log.Warn("writing the witness; the next try is in a second", "err", err)
			s.witness.touch()
		}
		pause.Reset(witnessEvery)
	}
}

// writeWitness writes what is committed, never more.
func (s *Store) writeWitness() error { return writeWitness(s.dir, s.id, s.count.Load()) }

func writeWitness(dir, id string, count uint64) error {
	path := filepath.Join(dir, "witness")
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // the operator's own path
	if err != nil {
		return fmt.Errorf("write the witness: %w", err)
	}
	_, err = fmt.Fprintf(f, "%s %d\n", id, count)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write the witness: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("write the witness: %w", err)
	}
	return nil
}

// compareWitness gives all rooms new epochs where the database cannot be shown
// to be the one of the last run, as far as that got.
func (s *Store) compareWitness(c *conn) error {
	why := s.doubt()
	if why == "" {
		return nil
	}
	s.log.Warn("the database may have been put back to an older state: all rooms get a new epoch, and clients load them anew", "cause", why)
	_, err := c.exec(`UPDATE rooms SET epoch = ?`, token(10))
	return err
}

// doubt says what speaks against the database, or nothing.
func (s *Store) doubt() string {
	count := s.count.Load()
	b, err := os.ReadFile(filepath.Join(s.dir, "witness"))
	if errors.Is(err, fs.ErrNotExist) {
		if count == 0 {
			return ""
		}
		return "the witness is missing"
	}
	if err != nil {
		return "the witness cannot be read: " + err.Error()
	}
	var id string
	var seen uint64
	_, err = fmt.Sscanf(string(b), "%s %d\n", &id, &seen)
	switch {
	case err != nil && count == 0:
		return ""
	case err != nil:
		return "the witness cannot be understood"
	case id != s.id:
		return "the witness belongs to another database"
	case seen > count:
		return fmt.Sprintf("the witness has seen %d events, the database holds %d", seen, count)
	}
	return ""
}
