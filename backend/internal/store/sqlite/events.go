package sqlite

import (
	"context"
	"errors"
	"math"
	"slices"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// seqBits of a position are the seq, the ones above the room's number.
const (
	seqBits = 40
	maxSeq  = 1<<seqBits - 1
)

func pos(num int64, seq uint64) int64 {
	return num<<seqBits | int64(min(seq, maxSeq)) //nolint:gosec // below 2^40
}

const eventColumns = `pos, id, kind, user, counts, name, at, target, parent, "on", ref, digest, body, changes, "as", given`

// scanEvent reads an event. What stands in the row before it as well is not
// copied again: before may be empty.
func scanEvent(room chat.RoomID, r row, before *chat.Event) chat.Event {
	e := chat.Event{
		Room:   room,
		Seq:    r.seq(0) & maxSeq,
		ID:     chat.EventID(r.int(1)),
		Kind:   chat.Kind(r.textLike(2, string(before.Kind))),
		User:   chat.UserID(r.textLike(3, string(before.User))),
		Counts: r.bool(4),
		Name:   r.textLike(5, before.Name),
		At:     r.int(6),
		Target: chat.EventID(r.int(7)),
		Parent: chat.EventID(r.int(8)),
		On:     r.bool(9),
	}
	copy(e.Digest[:], r.view(11))
	e.Ref, e.Body = r.texts(10, 12)
	e.Changes = r.seq(13)
	e.As = r.textLike(14, before.As)
	e.Given = r.bool(15)
	return e
}

const insertEvent = `INSERT INTO events (` + eventColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// insert writes an event. That its author has none of the same ref was looked
// up before.
func (w *writer) insert(at int64, e *chat.Event) error {
	t := w.sql.insert
	size := len(e.Kind) + len(e.User) + len(e.Name) + len(e.Ref) + len(e.Digest) + len(e.Body) + len(e.As)
	if err := t.start(size + 7); err != nil {
		return err
	}
	t.int(1, at)
	t.int(2, int64(e.ID))
	t.text(3, string(e.Kind))
	t.text(4, string(e.User))
	t.bool(5, e.Counts)
	t.text(6, e.Name)
	t.int(7, e.At)
	t.int(8, int64(e.Target))
	t.int(9, int64(e.Parent))
	t.bool(10, e.On)
	if e.Ref != "" {
		t.text(11, e.Ref)
		t.blob(12, e.Digest[:])
	} else {
		t.null(11)
		t.null(12)
	}
	t.text(13, e.Body)
	t.int(14, int64(e.Changes)) //nolint:gosec // a seq, below 2^40
	t.text(15, e.As)
	t.bool(16, e.Given)
	w.wrote = true
	return t.run()
}

func eventAt(c *conn, at int64) (chat.Event, error) {
	return oneEvent(c, `SELECT `+eventColumns+`, (SELECT id FROM rooms WHERE num = pos >> 40) FROM events WHERE pos = ?`, at)
}

func eventInRoom(c *conn, r *room, id chat.EventID) (chat.Event, error) {
	e, err := oneEvent(c, `SELECT `+eventColumns+`, (SELECT id FROM rooms WHERE num = pos >> 40) FROM events WHERE id = ?`, int64(id))
	if err == nil && e.Room != r.ID {
		return chat.Event{}, chat.ErrNotFound
	}
	return e, err
}

func oneEvent(c *conn, sql string, args ...any) (chat.Event, error) {
	e, found := chat.Event{}, false
	err := c.query(sql, args, func(r row) bool {
		e, found = scanEvent(chat.RoomID(r.text(16)), r, &chat.Event{}), true
		return false
	})
	if err == nil && !found {
		err = chat.ErrNotFound
	}
	return e, err
}

// ByRef reads the event that the user's command made. It asks the writer, who
// alone knows the newest commands.
func (s *Store) ByRef(ctx context.Context, user chat.UserID, ref string) (chat.Event, error) {
	found := make(chan chat.Event, 1)
	err := s.do(ctx, func(w *writer) error {
		e, err := w.eventByRef(user, ref)
		if err != nil {
			return err
		}
		select {
		case <-found: // of a transaction that was rolled back
		default:
		}
		found <- e
		return nil
	})
	switch {
	case err == nil:
		return <-found, nil
	case errors.Is(err, chat.ErrUnknown): // nothing was to be written
		return chat.Event{}, chat.ErrUnavailable
	}
	return chat.Event{}, err
}

// After reads the events that follow after.
func (s *Store) After(ctx context.Context, id chat.RoomID, after uint64, limit, maxBytes int) (chat.Page, error) {
	return s.page(ctx, id, func(c *conn, r *room, p *chat.Page) error {
		err := run(c, p, r, limit, maxBytes,
			`SELECT `+eventColumns+` FROM events WHERE pos > ? AND pos <= ? ORDER BY pos LIMIT ?`,
			pos(r.num, max(after, r.begins-1)), pos(r.num, maxSeq))
		if n := len(p.Events); n > 0 {
			p.More = p.Events[n-1].Seq < p.Head
		} else {
			p.More = limit <= 0 && after < p.Head
		}
		return err
	})
}

// Before reads the newest events below before.
func (s *Store) Before(ctx context.Context, id chat.RoomID, before uint64, limit, maxBytes int) (chat.Page, error) {
	if before == 0 {
		before = math.MaxUint64
	}
	return s.page(ctx, id, func(c *conn, r *room, p *chat.Page) error {
		err := run(c, p, r, limit, maxBytes,
			`SELECT `+eventColumns+` FROM events WHERE pos >= ? AND pos < ? ORDER BY pos DESC LIMIT ?`,
			pos(r.num, r.begins), pos(r.num, before))
		slices.Reverse(p.Events)
		if len(p.Events) > 0 {
			p.More = p.Events[0].Seq > r.begins
		} else {
			p.More = limit <= 0 && min(before-1, p.Head) >= r.begins
		}
		return err
	})
}

func (s *Store) page(ctx context.Context, id chat.RoomID, fill func(*conn, *room, *chat.Page) error) (p chat.Page, err error) {
	err = s.read(ctx, func(c *conn) error {
		r, err := findRoom(c, id)
		if err != nil {
			return err
		}
		p.Head, p.Epoch = r.Head, r.Epoch
		return fill(c, r, &p)
	})
	if err != nil {
		return chat.Page{}, err
	}
	return p, nil
}

// run adds events to the page, as they stand, until their bodies are more than
// maxBytes; the first one always fits.
func run(c *conn, p *chat.Page, r *room, limit, maxBytes int, sql string, from, to int64) error {
	bytes, before := 0, &chat.Event{}
	p.Events = make([]chat.Event, 0, max(0, min(limit, 64)))
	err := c.query(sql, []any{from, to, max(0, limit)}, func(row row) bool {
		e := scanEvent(r.ID, row, before)
		bytes += len(e.Body)
		if bytes > maxBytes && len(p.Events) > 0 {
			return false
		}
		p.Events = append(p.Events, e)
		before = &p.Events[len(p.Events)-1]
		return true
	})
	if err != nil {
		return err
	}
	return show(c, p, r.num, maxBytes)
}
