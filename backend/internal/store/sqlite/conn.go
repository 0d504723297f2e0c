package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"

	"modernc.org/sqlite"
)

// conn is one connection with its prepared statements. It belongs to one
// goroutine at a time.
type conn struct {
	raw   driver.Conn
	stmts map[string]*stmt
	args  []driver.NamedValue
}

type stmt struct {
	raw driver.Stmt
	row row
}

// row is one row of an answer; it holds until the next one is read.
type row []driver.Value

func (r row) int(i int) int64    { v, _ := r[i].(int64); return v }
func (r row) seq(i int) uint64   { return uint64(r.int(i)) } //nolint:gosec // never negative
func (r row) bool(i int) bool    { return r.int(i) != 0 }
func (r row) text(i int) string  { v, _ := r[i].(string); return v }
func (r row) bytes(i int) []byte { v, _ := r[i].([]byte); return v }

// dial opens the database file at the absolute path and runs the pragmas.
func dial(path string, pragmas ...string) (*conn, error) {
	// A URI, so that no character of the path can mean something to SQLite.
	dsn := (&url.URL{Scheme: "file", OmitHost: true, Path: path}).String()
	raw, err := new(sqlite.Driver).Open(dsn)
	if err != nil {
		return nil, &fault{"open", err}
	}
	c := &conn{raw: raw, stmts: make(map[string]*stmt)}
	for _, p := range pragmas {
		if err := c.script("PRAGMA " + p); err != nil {
			return nil, errors.Join(err, c.close())
		}
	}
	return c, nil
}

func (c *conn) close() error {
	var errs []error
	for _, s := range c.stmts {
		errs = append(errs, s.raw.Close())
	}
	return errors.Join(append(errs, c.raw.Close())...)
}

// script runs statements that are not worth keeping.
func (c *conn) script(sql string) (err error) {
	s, err := c.raw.Prepare(sql)
	if err != nil {
		return &fault{sql, err}
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if _, err := s.(driver.StmtExecContext).ExecContext(context.Background(), nil); err != nil {
		return &fault{sql, err}
	}
	return nil
}

func (c *conn) stmt(sql string) (*stmt, error) {
	if s, ok := c.stmts[sql]; ok {
		return s, nil
	}
	raw, err := c.raw.Prepare(sql)
	if err != nil {
		return nil, &fault{sql, err}
	}
	s := &stmt{raw: raw}
	c.stmts[sql] = s
	return s, nil
}

// bind turns arguments into what the driver takes. The slice is used again.
func (c *conn) bind(args []any) []driver.NamedValue {
	c.args = c.args[:0]
	for i, a := range args {
		switch v := a.(type) {
		case uint64:
			a = int64(v) //nolint:gosec // a seq, below 2^40
		case int:
			a = int64(v)
		case bool:
			a = int64(0)
			if v {
				a = int64(1)
			}
		}
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	return c.args
}

// exec runs one statement and returns how many rows it changed. It knows no
// context: a write is never given up half way.
func (c *conn) exec(sql string, args ...any) (int64, error) {
	s, err := c.stmt(sql)
	if err != nil {
		return 0, err
	}
	res, err := s.raw.(driver.StmtExecContext).ExecContext(context.Background(), c.bind(args))
	if err != nil {
		return 0, &fault{sql, err}
	}
	return res.RowsAffected()
}

// query calls each for every row until it returns false.
func (c *conn) query(sql string, args []any, each func(row) bool) error {
	s, err := c.stmt(sql)
	if err != nil {
		return err
	}
	rows, err := s.raw.(driver.StmtQueryContext).QueryContext(context.Background(), c.bind(args))
	if err != nil {
		return &fault{sql, err}
	}
	if s.row == nil {
		s.row = make(row, len(rows.Columns()))
	}
	for {
		err = rows.Next(s.row)
		if err != nil || !each(s.row) {
			break
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	clear(s.row)
	if err = errors.Join(err, rows.Close()); err != nil {
		return &fault{sql, err}
	}
	return nil
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
