package sqlite

import (
	lib "modernc.org/sqlite/lib"
)

// statement is one that runs for every message: its arguments are set one by
// one, which spares what conn.exec pays for taking any. It belongs to its
// connection, and like there only one can run at a time.
type statement struct {
	c   *conn
	sql string
	s   uintptr
	rc  int32 // of the first argument that could not be set
}

func (c *conn) prepare(sql string) (*statement, error) {
	s, err := c.stmt(sql)
	return &statement{c: c, sql: sql, s: s}, err
}

// start makes room for arguments of that many bytes of text altogether; each
// text and blob takes one byte more. All arguments have to be set after it.
func (t *statement) start(size int) error {
	if t.c.busy {
		return nested(t.sql)
	}
	t.c.busy = true
	t.c.text.reset(size)
	t.rc = lib.SQLITE_OK
	return nil
}

func (t *statement) set(rc int32) {
	if t.rc == lib.SQLITE_OK {
		t.rc = rc
	}
}

func (t *statement) int(at int32, v int64) {
	t.set(lib.Xsqlite3_bind_int64(t.c.tls, t.s, at, v))
}

func (t *statement) bool(at int32, v bool) {
	if v {
		t.int(at, 1)
	} else {
		t.int(at, 0)
	}
}

func (t *statement) text(at int32, v string) {
	t.set(lib.Xsqlite3_bind_text(t.c.tls, t.s, at, t.c.text.put(v), int32(len(v)), 0)) //nolint:gosec // SQLite's own limit is lower
}

func (t *statement) blob(at int32, v []byte) {
	t.set(lib.Xsqlite3_bind_blob(t.c.tls, t.s, at, put(&t.c.text, v), int32(len(v)), 0)) //nolint:gosec // the same
}

func (t *statement) null(at int32) {
	t.set(lib.Xsqlite3_bind_null(t.c.tls, t.s, at))
}

// run runs it for its effect.
func (t *statement) run() error { return t.each(nil) }

// each runs it and calls visit for every row. Within visit no other statement
// can run on this connection.
func (t *statement) each(visit func(row)) error {
	c := t.c
	defer c.end(t.s)
	if t.rc != lib.SQLITE_OK {
		return c.fault(t.sql, t.rc)
	}
	for {
		switch rc := lib.Xsqlite3_step(c.tls, t.s); rc {
		case lib.SQLITE_ROW:
			if visit != nil {
				visit(row{c.tls, t.s})
			}
		case lib.SQLITE_DONE:
			return nil
		default:
			return c.fault(t.sql, rc)
		}
	}
}
