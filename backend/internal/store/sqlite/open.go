package sqlite

import (
	"fmt"
)

// open opens the files, in the directory that is locked.
func (s *Store) open(path string, source Source) error {
	exists, err := inspect(path)
	if err != nil {
		return err
	}
	if !exists {
		if err := create(path, source); err != nil {
			return err
		}
	}
	c, err := dial(path,
		"busy_timeout = 10000",
		"journal_mode = WAL",
		"synchronous = FULL",
		"wal_autocheckpoint = 0", // the writer does it, after it has answered
		"cache_size = -16000",
		"secure_delete = ON", // what is deleted is overwritten
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
	if _, err := c.one(`SELECT sum(`+headOf+`) FROM rooms r`, nil, &count); err != nil {
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
	if err := s.writer.prepare(); err != nil {
		return err
	}
	if err := s.loadRefs(); err != nil {
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
