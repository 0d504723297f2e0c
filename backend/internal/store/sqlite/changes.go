package sqlite

import (
	"context"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// Changes is what one commit wrote, as it stands after it, for whoever keeps a
// copy. Everything in it is opaque but for the names: a copy keeps it as it is
// and gives it back through a Source.
type Changes struct {
	Entries []Entry // new events, those of a room in order
	Marks   []Mark  // what has become of events, new ones among them
	Rows    []Row   // of the other tables
}

// Entry is one event of a room's log, without its text: it never changes.
type Entry struct {
	Room  chat.RoomID
	Seq   uint64
	ID    chat.EventID
	Event string // JSON
}

// Mark is one thing about an event that may change.
type Mark struct {
	What  string // MarkText, MarkState or MarkListed
	Room  chat.RoomID
	Seq   uint64
	Value string
	Gone  bool // there is no such thing any more
}

// What a Mark may be about.
const (
	MarkText   = "text"  // its body
	MarkState  = "state" // what later events have made of it, JSON
	MarkListed = "list"  // it is on the room's list: the whole event, JSON
)

// Row is a row of one of Tables.
type Row struct {
	Table, Key string
	Value      string // JSON
	Gone       bool
}

// Tables are those of Row.
var Tables = []string{"rooms", "users", "sessions", "members", "reads"}

// followed makes the writing connection note what each transaction changes.
const followed = `
CREATE TEMP TABLE changed (what TEXT, a, b);
CREATE TEMP TRIGGER event_in   AFTER INSERT ON main.events    BEGIN INSERT INTO changed VALUES ('event', NEW.pos, NULL), ('text', NEW.pos, NULL); END;
CREATE TEMP TRIGGER event_to   AFTER UPDATE OF body, counts ON main.events
	BEGIN INSERT INTO changed SELECT 'text', NEW.pos, NULL UNION ALL SELECT 'list', pos, NULL FROM listed WHERE pos = NEW.pos; END;
CREATE TEMP TRIGGER standing_in AFTER INSERT ON main.standing BEGIN INSERT INTO changed VALUES ('state', NEW.pos, NULL); END;
CREATE TEMP TRIGGER standing_to AFTER UPDATE ON main.standing BEGIN INSERT INTO changed VALUES ('state', NEW.pos, NULL); END;
CREATE TEMP TRIGGER edits_in   AFTER INSERT ON main.edits     BEGIN INSERT INTO changed VALUES ('state', NEW.pos, NULL); END;
CREATE TEMP TRIGGER edits_out  AFTER DELETE ON main.edits     BEGIN INSERT INTO changed VALUES ('state', OLD.pos, NULL); END;
CREATE TEMP TRIGGER react_in   AFTER INSERT ON main.reactions BEGIN INSERT INTO changed VALUES ('state', NEW.pos, NULL); END;
CREATE TEMP TRIGGER react_out  AFTER DELETE ON main.reactions BEGIN INSERT INTO changed VALUES ('state', OLD.pos, NULL); END;
CREATE TEMP TRIGGER listed_in  AFTER INSERT ON main.listed    BEGIN INSERT INTO changed VALUES ('list', NEW.pos, NULL); END;
CREATE TEMP TRIGGER listed_out AFTER DELETE ON main.listed    BEGIN INSERT INTO changed VALUES ('list', OLD.pos, NULL); END;
CREATE TEMP TRIGGER users_in   AFTER INSERT ON main.users     BEGIN INSERT INTO changed VALUES ('users', NEW.id, NULL); END;
CREATE TEMP TRIGGER users_to   AFTER UPDATE ON main.users     BEGIN INSERT INTO changed VALUES ('users', NEW.id, NULL); END;
CREATE TEMP TRIGGER session_in AFTER INSERT ON main.sessions  BEGIN INSERT INTO changed VALUES ('sessions', NEW.hash, NULL); END;
CREATE TEMP TRIGGER session_to AFTER UPDATE ON main.sessions  BEGIN INSERT INTO changed VALUES ('sessions', NEW.hash, NULL); END;
CREATE TEMP TRIGGER session_out AFTER DELETE ON main.sessions BEGIN INSERT INTO changed VALUES ('sessions', OLD.hash, NULL); END;
CREATE TEMP TRIGGER rooms_in   AFTER INSERT ON main.rooms     BEGIN INSERT INTO changed VALUES ('rooms', NEW.id, NULL); END;
CREATE TEMP TRIGGER rooms_to   AFTER UPDATE OF name, topic, epoch ON main.rooms BEGIN INSERT INTO changed VALUES ('rooms', NEW.id, NULL); END;
CREATE TEMP TRIGGER member_in  AFTER INSERT ON main.members   BEGIN INSERT INTO changed VALUES ('members', NEW.room, NEW.user); END;
CREATE TEMP TRIGGER member_out AFTER DELETE ON main.members   BEGIN INSERT INTO changed VALUES ('members', OLD.room, OLD.user); END;
CREATE TEMP TRIGGER read_in    AFTER INSERT ON main.reads     BEGIN INSERT INTO changed VALUES ('reads', NEW.room, NEW.user); END;
CREATE TEMP TRIGGER read_to    AFTER UPDATE ON main.reads     BEGIN INSERT INTO changed VALUES ('reads', NEW.room, NEW.user); END;
CREATE TEMP TRIGGER read_out   AFTER DELETE ON main.reads     BEGIN INSERT INTO changed VALUES ('reads', OLD.room, OLD.user); END;
`

// Follow makes f hear of every commit from now on, in order, from the goroutine
// that tells outcomes, before they are told. Where it returns an error the
// store fails for good, and what was committed is answered with
// chat.ErrUnknown. It is given before the first command.
func (s *Store) Follow(ctx context.Context, f func(*Changes) error) error {
	return s.do(ctx, func(w *writer) error {
		if err := w.conn.script(followed); err != nil {
			return err
		}
		s.follow = f
		return nil
	})
}

// lead lets the follower go first.
func (s *Store) lead(batch settled) {
	if batch.changes == nil {
		return
	}
	err := s.follow(batch.changes)
	if err == nil {
		return
	}
	s.Forsake(err)
	for i := range batch.results {
		if r := &batch.results[i]; r.err == nil {
			r.err = chat.ErrUnknown
		}
	}
}

// capture reads what the open transaction has changed, at its end.
func (s *Store) capture() error {
	w := &s.writer
	if s.follow == nil || !w.wrote {
		return nil
	}
	c := new(Changes)
	if err := c.read(w.conn); err != nil {
		return err
	}
	n, err := w.conn.exec(`DELETE FROM temp.changed`)
	if n > 0 {
		w.changes = c
	}
	return err
}

// The columns of entries, marks and rows, in SQL. What they make is read back
// in restore.go.
const (
	entryJSON = `json_object('id', e.id, 'kind', e.kind, 'user', e.user, 'name', e.name, 'given', e.given, 'as', e."as",
		'at', e.at, 'target', e.target, 'parent', e.parent, 'on', e."on", 'ref', e.ref, 'digest', hex(e.digest),
		'changes', e.changes, 'counts', e.counts, 'text', e.body <> '')`
	stateJSON = `json_object('edited', s.edited, 'deleted', s.deleted,
		'edits', json((SELECT json_group_array(seq) FROM edits WHERE pos = s.pos)),
		'reactions', json((SELECT json_group_array(json_array(emoji, user, name, place, seq)) FROM reactions WHERE pos = s.pos)))`
	listedJSON = `json_object('event', ` + entryJSON + `, 'body', e.body)`
	roomJSON   = `json_array(r.name, r.topic, r.epoch, r.created)`
	userJSON   = `json_array(u.name, u.name_key, u.role, u.given, u.active, u.created)`
	sessJSON   = `json_array(s.user, s.seen, s.expires)`
)

// changedOf are the different rows of one table that were changed. They come
// first: CROSS JOIN keeps SQLite from going through whole tables for them.
const changedOf = `(SELECT DISTINCT a, b FROM temp.changed WHERE what = ?) c`

func (c *Changes) read(conn *conn) error {
	if err := c.readEntries(conn, `SELECT e.pos, r.id, e.id, `+entryJSON+` FROM `+changedOf+`
		CROSS JOIN events e ON e.pos = c.a CROSS JOIN rooms r ON r.num = e.pos >> 40 ORDER BY e.pos`, "event"); err != nil {
		return err
	}
	for _, m := range []struct{ what, sql string }{
		{MarkText, `SELECT c.a, r.id, e.body, e.body = '' FROM ` + changedOf + `
			CROSS JOIN events e ON e.pos = c.a CROSS JOIN rooms r ON r.num = c.a >> 40`},
		{MarkState, `SELECT c.a, r.id, ` + stateJSON + `, 0 FROM ` + changedOf + `
			CROSS JOIN standing s ON s.pos = c.a CROSS JOIN rooms r ON r.num = c.a >> 40`},
		{MarkListed, `SELECT c.a, r.id, ` + listedJSON + `, l.pos IS NULL FROM ` + changedOf + `
			CROSS JOIN events e ON e.pos = c.a CROSS JOIN rooms r ON r.num = c.a >> 40 LEFT JOIN listed l ON l.pos = c.a`},
	} {
		if err := c.readMarks(conn, m.what, m.sql, m.what); err != nil {
			return err
		}
	}
	for _, t := range []struct{ table, sql string }{
		{"rooms", `SELECT r.id, ` + roomJSON + `, 0 FROM ` + changedOf + ` CROSS JOIN rooms r ON r.id = c.a`},
		{"users", `SELECT u.id, ` + userJSON + `, 0 FROM ` + changedOf + ` CROSS JOIN users u ON u.id = c.a`},
		{"sessions", `SELECT hex(c.a), ` + sessJSON + `, s.hash IS NULL FROM ` + changedOf + ` LEFT JOIN sessions s ON s.hash = c.a`},
		{"members", `SELECT r.id || ' ' || c.b, json_array(m.since), m.user IS NULL FROM ` + changedOf + `
			CROSS JOIN rooms r ON r.num = c.a LEFT JOIN members m ON m.room = c.a AND m.user = c.b`},
		{"reads", `SELECT r.id || ' ' || c.b, json_array(p.seq), p.user IS NULL FROM ` + changedOf + `
			CROSS JOIN rooms r ON r.num = c.a LEFT JOIN reads p ON p.user = c.b AND p.room = c.a`},
	} {
		if err := c.readRows(conn, t.table, t.sql, t.table); err != nil {
			return err
		}
	}
	return nil
}

func (c *Changes) readEntries(conn *conn, sql string, args ...any) error {
	return conn.query(sql, args, func(r row) bool {
		c.Entries = append(c.Entries, Entry{
			Seq: r.seq(0) & maxSeq, Room: chat.RoomID(r.text(1)), ID: chat.EventID(r.int(2)), Event: r.text(3),
		})
		return true
	})
}

func (c *Changes) readMarks(conn *conn, what, sql string, args ...any) error {
	return conn.query(sql, args, func(r row) bool {
		c.Marks = append(c.Marks, Mark{
			What: what, Seq: r.seq(0) & maxSeq, Room: chat.RoomID(r.text(1)), Value: r.text(2), Gone: r.bool(3),
		})
		return true
	})
}

func (c *Changes) readRows(conn *conn, table, sql string, args ...any) error {
	return conn.query(sql, args, func(r row) bool {
		c.Rows = append(c.Rows, Row{Table: table, Key: r.text(0), Value: r.text(1), Gone: r.bool(2)})
		return true
	})
}
