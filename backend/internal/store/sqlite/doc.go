// Package sqlite keeps everything durable in one SQLite file, with one writer
// that commits many commands together and a few readers beside it.
//
// Concurrency: one goroutine (write) owns the writing connection and runs the
// queued jobs, many in one transaction; a second one (publish) tells their
// outcomes, in commit order, while the next transaction is under way; a third
// one (witness) keeps DATA_DIR/witness. Close waits for all three. Reading
// connections lie in a channel and belong to whoever took one out.
//
// An error is one of three: a fault of one job (only that job gets it), trouble
// with the disk (the batch is rolled back and gets ErrUnavailable, the next one
// tries again), or the end (a failed fsync or a damaged file: the outcome of the
// batch is unknown, which is what it is told, and the process has to stop).
package sqlite
