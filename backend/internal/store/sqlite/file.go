package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

const (
	dbName = "teahouse.db"
	// applicationID marks our database files, "teah" in ASCII.
	applicationID = 0x74656168
)

// prepareDir makes the data directory if it is not there.
func prepareDir(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("the data directory %s cannot be made: %w. Make it by hand, writable for this user, or set DATA_DIR to another one", dir, err)
		}
		return syncDir(filepath.Dir(dir))
	case err != nil:
		return fmt.Errorf("the data directory %s cannot be used: %w. Set DATA_DIR to a directory that this user may write", dir, err)
	case !info.IsDir():
		return fmt.Errorf("the data directory %s is a file, not a directory. Move it away, or set DATA_DIR to another path", dir)
	}
	return nil
}

// inspect reads an existing database file's first bytes before SQLite may
// touch it. It reports whether there is one.
func inspect(path string) (bool, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0) //nolint:gosec // the operator's own path
	if errors.Is(err, fs.ErrNotExist) {
		if wal, err := os.Stat(path + "-wal"); err == nil && wal.Size() > 0 {
			return false, fmt.Errorf("%s is missing, but its companion %s-wal is there and holds messages. Put the database file back beside it; to start empty, move the companion away", path, path)
		}
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("the database %s cannot be opened: %w. Give this user the right to read and write it", path, err)
	}
	err = checkHeader(f, path)
	return true, errors.Join(err, f.Close())
}

func checkHeader(f *os.File, path string) error {
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("the database %s cannot be read: %w", path, err)
	}
	if info.IsDir() {
		return fmt.Errorf("the database %s is a directory. Move it away", path)
	}
	var h [100]byte
	n, err := io.ReadFull(f, h[:])
	switch {
	case info.Size() == 0:
		return fmt.Errorf("the database %s is empty (0 bytes), which Teahouse never leaves behind. %s", path, remedy)
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the database %s cannot be read: %w. %s", path, err, remedy)
	case n < len(h) || string(h[:16]) != "SQLite format 3\x00":
		return fmt.Errorf("%s is not a database, or its beginning is damaged. %s", path, remedy)
	}
	if id := binary.BigEndian.Uint32(h[68:]); id != applicationID {
		return fmt.Errorf("%s is the database of another program (application_id %#x). Set DATA_DIR to another directory", path, id)
	}
	if v := int(binary.BigEndian.Uint32(h[60:])); v > len(migrations) {
		return newer(path, v)
	}
	pageSize := int64(binary.BigEndian.Uint16(h[16:]))
	if pageSize == 1 {
		pageSize = 65536
	}
	want := pageSize * int64(binary.BigEndian.Uint32(h[28:]))
	// While there is a log beside it, the log may hold what the file lacks.
	if wal, err := os.Stat(path + "-wal"); info.Size() < want && (err != nil || wal.Size() == 0) {
		return fmt.Errorf("the database %s is damaged: %d of its %d bytes are missing. %s", path, want-info.Size(), want, remedy)
	}
	return nil
}

const remedy = "Nothing was changed. Put a backup in its place, or move it away to start empty"

func newer(path string, version int) error {
	return fmt.Errorf("the database %s was written by a newer Teahouse (schema %d, this one knows %d). Nothing was changed. Run the newer version", path, version, len(migrations))
}

// create makes a new, empty database. The file gets its name only when it is
// complete and on stable storage; until then it is in DELETE journal mode, so
// that it is one file. A crash leaves either nothing of that name or all of it.
func create(path string, source Source) error {
	temp := path + ".new"
	for _, old := range []string{temp + "-journal", temp} {
		if err := os.Remove(old); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove the unfinished %s: %w", old, err)
		}
	}
	f, err := os.OpenFile(temp, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator's own path
	if err != nil {
		return fmt.Errorf("the data directory %s cannot be written: %w. Make it writable for this user", filepath.Dir(path), err)
	}
	if err := errors.Join(fill(temp, source), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("make a new database: %w", err)
	}
	if err := os.Rename(temp, path); err != nil {
		return fmt.Errorf("make a new database: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

// fill writes schema and first contents: those of the source, where it has
// some.
func fill(path string, source Source) error {
	c, err := dial(path, "journal_mode = DELETE", "synchronous = FULL", fmt.Sprintf("application_id = %d", applicationID))
	if err != nil {
		return err
	}
	err = migrate(c, path, migrations)
	restored := false
	if err == nil && source != nil {
		restored, err = restore(c, path, source)
	}
	if err == nil && !restored {
		err = seed(c)
	}
	c.close()
	return err
}

// syncDir makes what was created or renamed in dir survive a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // the operator's own path
	if err != nil {
		return fmt.Errorf("sync the directory %s: %w", dir, err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("sync the directory %s: %w", dir, err)
	}
	return nil
}
