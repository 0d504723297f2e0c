// Package sqlite keeps everything durable in one SQLite file, with one writer
// that commits many commands together and a few readers beside it.
//
// Concurrency: one goroutine (write) owns the writing connection and runs the
// queued jobs, many in one transaction; a second one (publish) tells their
// outcomes, in commit order, while the next transaction is under way; a third
// one (witness) keeps DATA_DIR/witness. Close waits for all three. Reading
// connections lie in a channel and belong to whoever took one out.
//
// A message is written to the log (the table events) and to the index of ids,
// both at their ends. What else can be derived from the log follows behind it,
// many rows at once, and says in its room's row how far it is: where the events
// of commands are (refs), what counts as unread (unread), and the room's head.
// What is not there yet is looked up in memory by the writer, and in the log
// itself by readers.
//
// An error is one of three: a fault of one job (only that job gets it), trouble
// with the disk (the batch is rolled back and gets ErrUnavailable, the next one
// tries again), or the end (a failed fsync or a damaged file: the outcome of the
// batch is unknown, which is what it is told, and the process has to stop).
package sqlite
