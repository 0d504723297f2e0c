package sqlite

import (
	"errors"
	"strings"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// fault is an error that SQLite gave for a statement, as opposed to a refusal
// that a rule decided on. It names the statement, never its arguments.
type fault struct {
	sql string
	err error
}

func (f *fault) Error() string {
	return strings.Join(strings.Fields(f.sql), " ") + ": " + f.err.Error()
}
func (f *fault) Unwrap() error { return f.err }

func isFault(err error) bool {
	var f *fault
	return errors.As(err, &f)
}

type severity int

const (
	// guilty: the statement itself is at fault, another one may well succeed.
	guilty severity = iota
	// trouble: nothing can be written now. What was begun is rolled back.
	trouble
	// fatal: what is on the disk is unknown or damaged.
	fatal
)

// severityOf sorts what SQLite says. A commit whose fsync failed may or may
// not survive, and the kernel may have dropped the pages that it could not
// write: trying again would report a success that is none.
func severityOf(err error) severity {
	if errors.Is(err, errTransaction) {
		return trouble
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return guilty
	}
	switch e.Code() {
	case lib.SQLITE_IOERR_FSYNC, lib.SQLITE_IOERR_DIR_FSYNC, lib.SQLITE_IOERR_DATA, lib.SQLITE_IOERR_CORRUPTFS:
		return fatal
	}
	switch e.Code() & 0xff {
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return fatal
	case lib.SQLITE_CONSTRAINT, lib.SQLITE_TOOBIG, lib.SQLITE_MISMATCH, lib.SQLITE_RANGE, lib.SQLITE_ERROR, lib.SQLITE_MISUSE:
		return guilty
	}
	return trouble
}
