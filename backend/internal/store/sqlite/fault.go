package sqlite

import (
	"errors"
	"fmt"
	"strings"

	lib "modernc.org/sqlite/lib"
)

// fault is an error that SQLite gave for a statement, as opposed to a refusal
// that a rule decided on. It names the statement, never its arguments.
type fault struct {
	sql  string
	code int32 // SQLite's extended result code
	msg  string
}

func (f *fault) Error() string {
	return fmt.Sprintf("%s (code %d) in %q", f.msg, f.code, strings.Join(strings.Fields(f.sql), " "))
}

func isFault(err error) bool {
	if err == nil {
		return false
	}
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
	var f *fault
	if !errors.As(err, &f) {
		return guilty
	}
	switch f.code {
	case lib.SQLITE_IOERR_FSYNC, lib.SQLITE_IOERR_DIR_FSYNC, lib.SQLITE_IOERR_DATA, lib.SQLITE_IOERR_CORRUPTFS:
		return fatal
	}
	switch f.code & 0xff {
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return fatal
	case lib.SQLITE_CONSTRAINT, lib.SQLITE_TOOBIG, lib.SQLITE_MISMATCH, lib.SQLITE_RANGE, lib.SQLITE_ERROR, lib.SQLITE_MISUSE:
		return guilty
	}
	return trouble
}

// errTransaction marks a fault of the transaction as a whole.
var errTransaction = errors.New("the transaction failed")

// notGuilty makes a fault of the transaction itself one that no single job is
// to be blamed for.
func notGuilty(err error) error {
	if severityOf(err) == guilty {
		return fmt.Errorf("%w: %w", errTransaction, err)
	}
	return err
}
