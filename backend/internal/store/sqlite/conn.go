package sqlite

import (
	"fmt"
	"net/url"
	"sync"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// conn is one connection with its prepared statements. It belongs to one
// goroutine at a time, which is why SQLite is told not to guard it.
//
// It calls SQLite itself and not through database/sql: that costs about half
// of what reading a page costs, and hides what exactly an error was.
type conn struct {
	tls   *libc.TLS
	db    uintptr
	stmts map[string]uintptr
	text  buffer // of the arguments of the statement that runs
	busy  bool   // a statement runs, and needs the buffer
}

var patch = sync.OnceFunc(lib.PatchIssue199) // for pages of 64 KiB on arm64

// dial opens the database file at the absolute path and runs the pragmas.
func dial(path string, pragmas ...string) (*conn, error) {
	patch()
	// A URI, so that no character of the path can mean something to SQLite.
	uri := (&url.URL{Scheme: "file", OmitHost: true, Path: path}).String()
	c := &conn{tls: libc.NewTLS(), stmts: make(map[string]uintptr)}
	out := c.tls.Alloc(pointerSize)
	c.text.reset(len(uri) + 1)
	name := c.text.put(uri)
	rc := lib.Xsqlite3_open_v2(c.tls, name, out,
		lib.SQLITE_OPEN_READWRITE|lib.SQLITE_OPEN_CREATE|lib.SQLITE_OPEN_NOMUTEX|lib.SQLITE_OPEN_URI|lib.SQLITE_OPEN_EXRESCODE, 0)
	c.db = load(out)
	c.tls.Free(pointerSize)
	err := c.fault("open", rc)
	for _, p := range pragmas {
		if err == nil {
			err = c.script("PRAGMA " + p)
		}
	}
	if err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// close gives everything back. SQLite has nothing to refuse here; what the
// last connection cannot move into the database stays in the log.
func (c *conn) close() {
	for _, s := range c.stmts {
		lib.Xsqlite3_finalize(c.tls, s)
	}
	lib.Xsqlite3_close_v2(c.tls, c.db)
	c.text.free()
	c.tls.Close()
}

// nested is the fault of a statement within another one, whose arguments it
// would overwrite.
func nested(sql string) error {
	return &fault{sql, lib.SQLITE_MISUSE, "a statement was begun within another one of the same connection"}
}

// fault is nil for SQLITE_OK.
func (c *conn) fault(sql string, rc int32) error {
	if rc == lib.SQLITE_OK {
		return nil
	}
	return &fault{sql, rc, libc.GoString(lib.Xsqlite3_errmsg(c.tls, c.db))}
}

// script runs statements that are not worth keeping.
func (c *conn) script(sql string) error {
	if c.busy {
		return nested(sql)
	}
	c.text.reset(len(sql) + 1)
	return c.fault(sql, lib.Xsqlite3_exec(c.tls, c.db, c.text.put(sql), 0, 0, 0))
}

// stmt prepares a statement once for all.
func (c *conn) stmt(sql string) (uintptr, error) {
	if s, ok := c.stmts[sql]; ok {
		return s, nil
	}
	c.text.reset(len(sql) + 1)
	out := c.tls.Alloc(pointerSize)
	defer c.tls.Free(pointerSize)
	rc := lib.Xsqlite3_prepare_v3(c.tls, c.db, c.text.put(sql), -1, lib.SQLITE_PREPARE_PERSISTENT, out, 0)
	if err := c.fault(sql, rc); err != nil {
		return 0, err
	}
	s := load(out)
	c.stmts[sql] = s
	return s, nil
}

// begin returns the statement of sql with its arguments bound. They are int64,
// uint64, int, bool, string, []byte or nil. Until its end there can be no other.
func (c *conn) begin(sql string, args []any) (uintptr, error) {
	if c.busy {
		return 0, nested(sql)
	}
	s, err := c.stmt(sql)
	if err != nil {
		return 0, err
	}
	size := 0
	for _, a := range args {
		switch v := a.(type) {
		case string:
			size += len(v) + 1
		case []byte:
			size += len(v) + 1
		}
	}
	c.text.reset(size)
	for i, a := range args {
		at := int32(i + 1) //nolint:gosec // a handful
		rc := int32(lib.SQLITE_OK)
		switch v := a.(type) {
		case int64:
			rc = lib.Xsqlite3_bind_int64(c.tls, s, at, v)
		case uint64:
			rc = lib.Xsqlite3_bind_int64(c.tls, s, at, int64(v)) //nolint:gosec // a seq, below 2^40
		case int:
			rc = lib.Xsqlite3_bind_int64(c.tls, s, at, int64(v))
		case bool:
			if v {
				rc = lib.Xsqlite3_bind_int64(c.tls, s, at, 1)
			} else {
				rc = lib.Xsqlite3_bind_int64(c.tls, s, at, 0)
			}
		case string:
			rc = lib.Xsqlite3_bind_text(c.tls, s, at, c.text.put(v), int32(len(v)), 0) //nolint:gosec // SQLite's own limit is lower
		case []byte:
			rc = lib.Xsqlite3_bind_blob(c.tls, s, at, put(&c.text, v), int32(len(v)), 0) //nolint:gosec // the same
		case nil:
			rc = lib.Xsqlite3_bind_null(c.tls, s, at)
		default:
			panic(fmt.Sprintf("cannot bind %T", a))
		}
		if err := c.fault(sql, rc); err != nil {
			lib.Xsqlite3_clear_bindings(c.tls, s)
			return 0, err
		}
	}
	c.busy = true
	return s, nil
}

// end makes the statement ready for the next time. What went wrong in it was
// said by its last step.
func (c *conn) end(s uintptr) {
	lib.Xsqlite3_reset(c.tls, s)
	lib.Xsqlite3_clear_bindings(c.tls, s)
	c.busy = false
}

// exec runs one statement and returns how many rows it changed. A write is
// never given up half way, so there is no context.
func (c *conn) exec(sql string, args ...any) (int64, error) {
	s, err := c.begin(sql, args)
	if err != nil {
		return 0, err
	}
	defer c.end(s)
	rc := lib.Xsqlite3_step(c.tls, s)
	for rc == lib.SQLITE_ROW {
		rc = lib.Xsqlite3_step(c.tls, s)
	}
	if rc != lib.SQLITE_DONE {
		return 0, c.fault(sql, rc)
	}
	return c.changes(), nil
}

// changes is how many rows the last statement changed.
func (c *conn) changes() int64 { return int64(lib.Xsqlite3_changes(c.tls, c.db)) }

// query calls each for every row until it returns false. Within each, no other
// statement can run on this connection: collect the rows first.
func (c *conn) query(sql string, args []any, each func(row) bool) error {
	s, err := c.begin(sql, args)
	if err != nil {
		return err
	}
	defer c.end(s)
	for {
		switch rc := lib.Xsqlite3_step(c.tls, s); rc {
		case lib.SQLITE_ROW:
			if !each(row{c.tls, s}) {
				return nil
			}
		case lib.SQLITE_DONE:
			return nil
		default:
			return c.fault(sql, rc)
		}
	}
}

// one reads a single row into the variables and says whether there was one.
func (c *conn) one(sql string, args []any, into ...any) (found bool, err error) {
	err = c.query(sql, args, func(r row) bool {
		found = true
		for i, p := range into {
			switch p := p.(type) {
			case *int64:
				*p = r.int(i)
			case *uint64:
				*p = r.seq(i)
			case *string:
				*p = r.text(i)
			case *[]byte:
				*p = r.bytes(i)
			default:
				panic(fmt.Sprintf("cannot read into %T", p))
			}
		}
		return false
	})
	return found, err
}
