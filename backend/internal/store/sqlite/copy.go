package sqlite

import (
	"context"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// Lineage is the id of the database. A restored one has that of the one it is
// restored from.
func (s *Store) Lineage() string { return s.id }

// Span is where a room's log begins and ends.
type Span struct {
	Room         chat.RoomID
	Begins, Head uint64
}

// Spans are those of all rooms.
func (s *Store) Spans(ctx context.Context) (spans []Span, err error) {
	err = s.read(ctx, func(c *conn) error {
		return c.query(`SELECT r.id, r.begins, `+headOf+` FROM rooms r ORDER BY r.num`, nil, func(r row) bool {
			spans = append(spans, Span{chat.RoomID(r.text(0)), r.seq(1), r.seq(2)})
			return true
		})
	})
	return spans, err
}

// EventID is the id of an event by its place in the log; 0 if it is not there.
func (s *Store) EventID(ctx context.Context, id chat.RoomID, seq uint64) (event chat.EventID, err error) {
	err = s.read(ctx, func(c *conn) error {
		var n int64
		_, err := c.one(`SELECT e.id FROM rooms r JOIN events e ON e.pos = (r.num << 40) + ? WHERE r.id = ?`, []any{seq, string(id)}, &n)
		event = chat.EventID(n)
		return err
	})
	return event, err
}

// Piece is a part of a room's log, with all that has become of it.
type Piece struct {
	Changes
	Head uint64
}

// textPiece bounds the bodies of a Piece.
const textPiece = 256 << 10

// CopyLog reads at most limit events from a seq on.
func (s *Store) CopyLog(ctx context.Context, id chat.RoomID, from uint64, limit int) (p Piece, err error) {
	err = s.read(ctx, func(c *conn) error {
		r, err := findRoom(c, id)
		if err != nil {
			return err
		}
		p.Head = r.Head
		first, last := pos(r.num, max(from, r.begins)), int64(0)
		size := int64(0)
		err = c.query(`SELECT pos, octet_length(body) FROM events WHERE pos >= ? AND pos <= ? ORDER BY pos LIMIT ?`,
			[]any{first, pos(r.num, maxSeq), limit}, func(row row) bool {
				if size += row.int(1); size > textPiece && last != 0 {
					return false
				}
				last = row.int(0)
				return true
			})
		if err != nil || last == 0 {
			return err
		}
		return p.read(c, first, last)
	})
	return p, err
}

func (p *Piece) read(c *conn, first, last int64) error {
	err := p.readEntries(c, `SELECT e.pos, r.id, e.id, `+entryJSON+` FROM events e JOIN rooms r ON r.num = e.pos >> 40
		WHERE e.pos BETWEEN ? AND ? ORDER BY e.pos`, first, last)
	if err == nil {
		err = p.readMarks(c, MarkText, `SELECT e.pos, r.id, e.body, e.body = '' FROM events e JOIN rooms r ON r.num = e.pos >> 40
			WHERE e.pos BETWEEN ? AND ? ORDER BY e.pos`, first, last)
	}
	if err == nil {
		err = p.readMarks(c, MarkState, `SELECT s.pos, r.id, `+stateJSON+`, 0 FROM standing s JOIN rooms r ON r.num = s.pos >> 40
			WHERE s.pos BETWEEN ? AND ? ORDER BY s.pos`, first, last)
	}
	return err
}

// CopyListed reads what is on the room's list.
func (s *Store) CopyListed(ctx context.Context, id chat.RoomID) ([]Mark, error) {
	var p Piece
	err := s.read(ctx, func(c *conn) error {
		r, err := findRoom(c, id)
		if err != nil {
			return err
		}
		return p.readMarks(c, MarkListed, `SELECT e.pos, r.id, `+listedJSON+`, 0 FROM listed l
			JOIN events e ON e.pos = l.pos JOIN rooms r ON r.num = l.pos >> 40
			WHERE l.pos BETWEEN ? AND ? ORDER BY l.pos`, pos(r.num, 0), pos(r.num, maxSeq))
	})
	return p.Marks, err
}

// copies are the statements that read a table from a key on, in pieces.
var copies = map[string]string{
	"rooms":    `SELECT r.id, ` + roomJSON + `, 0 FROM rooms r WHERE r.id > ? ORDER BY r.id LIMIT ?`,
	"users":    `SELECT u.id, ` + userJSON + `, 0 FROM users u WHERE u.id > ? ORDER BY u.id LIMIT ?`,
	"sessions": `SELECT hex(s.hash), ` + sessJSON + `, 0 FROM sessions s WHERE s.hash > unhex(?) ORDER BY s.hash LIMIT ?`,
	"members": `SELECT r.id || ' ' || m.user, json_array(m.since), 0 FROM members m JOIN rooms r ON r.num = m.room
		WHERE (m.room, m.user) > (coalesce((SELECT num FROM rooms WHERE id = ?), 0), ?) ORDER BY m.room, m.user LIMIT ?`,
	"reads": `SELECT r.id || ' ' || p.user, json_array(p.seq), 0 FROM reads p JOIN rooms r ON r.num = p.room
		WHERE (p.user, p.room) > (?2, coalesce((SELECT num FROM rooms WHERE id = ?1), 0)) ORDER BY p.user, p.room LIMIT ?3`,
}

// CopyRows reads at most limit rows of one of Tables, behind the key after (""
// for the first).
func (s *Store) CopyRows(ctx context.Context, table, after string, limit int) ([]Row, error) {
	var c Changes
	err := s.read(ctx, func(conn *conn) error {
		args := []any{after, limit}
		if table == "members" || table == "reads" {
			room, user := cutKey(after)
			args = []any{room, user, limit}
		}
		return c.readRows(conn, table, copies[table], args...)
	})
	return c.Rows, err
}
