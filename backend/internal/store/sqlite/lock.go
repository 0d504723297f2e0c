package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// lock makes this process the only one that uses dir, until the file is closed
// or the process ends, however it ends.
func lock(dir string) (*os.File, error) {
	path := filepath.Join(dir, "lock")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the operator's own path
	if err != nil {
		return nil, fmt.Errorf("the data directory %s cannot be used: %w. Make it writable for this user, or set DATA_DIR to another directory", dir, err)
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		holder := "another process"
		if b, err := os.ReadFile(path); err == nil { //nolint:gosec // the same
			if pid, err := strconv.Atoi(strings.TrimSpace(string(b))); err == nil {
				holder = fmt.Sprintf("the process with pid %d", pid)
			}
		}
		err = fmt.Errorf("the data directory %s is in use by %s. Stop that one first, or set DATA_DIR to another directory", dir, holder)
	} else if err != nil {
		err = fmt.Errorf("the data directory %s cannot be locked: %w. Use a local file system that knows flock", dir, err)
	}
	if err == nil {
		err = writePid(f)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// writePid always writes the same number of bytes over the old ones, so that it
// needs no new space on a full disk.
func writePid(f *os.File) error {
	if _, err := f.WriteAt(fmt.Appendf(nil, "%-10d\n", os.Getpid()), 0); err != nil {
		return fmt.Errorf("write the lock file %s: %w", f.Name(), err)
	}
	return nil
}
