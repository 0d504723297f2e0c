package sqlite

import (
	"context"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// headOf is the seq of the newest event of room r. What stands in rooms.head
// follows behind the log: with it every event would have two pages to write
// where one is enough.
const headOf = `max(r.head, coalesce(
	(SELECT pos & 1099511627775 FROM events WHERE pos > r.num << 40 AND pos < (r.num + 1) << 40 ORDER BY pos DESC LIMIT 1), 0))`

// findRoom reads a room, or says chat.ErrNotFound.
func findRoom(c *conn, id chat.RoomID) (*room, error) {
	r := &room{Room: chat.Room{ID: id}}
	found, err := c.one(`SELECT r.num, r.name, r.topic, `+headOf+`, r.epoch, r.counted, r.begins FROM rooms r WHERE r.id = ?`, []any{string(id)},
		&r.num, &r.Name, &r.Topic, &r.Head, &r.Epoch, &r.counted, &r.begins)
	if err == nil && !found {
		err = chat.ErrNotFound
	}
	return r, err
}

// createJob makes a room on the writer.
type createJob struct {
	room  chat.Room
	first chat.Event
	max   int
	tell  func(chat.Outcome, error)
	out   chat.Outcome
}

// CreateRoom makes a room with its first event and its first member.
func (s *Store) CreateRoom(room chat.Room, first chat.Event, limit int, done func(chat.Outcome, error)) {
	if !s.queue.put(context.Background(), &createJob{room: room, first: first, max: limit, tell: done}) {
		done(chat.Outcome{}, chat.ErrUnavailable)
	}
}

func (j *createJob) done(err error) {
	if err != nil {
		j.out = chat.Outcome{}
	}
	j.tell(j.out, err)
}

func (j *createJob) write(w *writer) error {
	if j.first.Ref != "" {
		first, err := w.eventByRef(j.first.User, j.first.Ref)
		if err == nil {
			r, err := w.room(first.Room)
			if err != nil {
				return err
			}
			j.out = chat.Outcome{Event: first, Repeat: true, Room: r.Room}
			return nil
		}
		if isFault(err) {
			return err
		}
	}
	var taken, count int64
	if _, err := w.conn.one(`SELECT EXISTS (SELECT 1 FROM rooms WHERE id = ?), (SELECT count(*) FROM rooms)`,
		[]any{string(j.room.ID)}, &taken, &count); err != nil {
		return err
	}
	if taken != 0 {
		return chat.ErrTaken
	}
	if count >= int64(j.max) {
		return chat.ErrFull
	}
	if _, err := w.exec(`INSERT INTO rooms (id, name, topic, head, epoch, created) VALUES (?, ?, ?, 0, ?, ?)`,
		string(j.room.ID), j.room.Name, j.room.Topic, token(10), time.Now().UnixMilli()); err != nil {
		return err
	}
	r, err := findRoom(w.conn, j.room.ID)
	if err != nil {
		return err
	}
	e := j.first
	e.Room, e.Seq = r.ID, 1
	if err := w.insert(pos(r.num, 1), &e); err != nil {
		return err
	}
	if err := w.setMember(r.num, membership{e.User, true}, 1); err != nil {
		return err
	}
	w.rooms[r.ID] = r
	w.grow(r, &e)
	j.out = chat.Outcome{Event: e, Room: r.Room}
	return nil
}

// Room reads one room.
func (s *Store) Room(ctx context.Context, id chat.RoomID) (out chat.Room, err error) {
	err = s.read(ctx, func(c *conn) error {
		r, err := findRoom(c, id)
		if err == nil {
			out = r.Room
		}
		return err
	})
	return out, err
}

const listing = `
	SELECT r.id, r.name, r.topic, ` + headOf + `, r.epoch,
		EXISTS (SELECT 1 FROM members m WHERE m.room = r.num AND m.user = ?),
		r.members
	FROM `

const roomOrder = `ORDER BY r.id <> 'general', r.name COLLATE NOCASE, r.id`

func scanListing(r row, user chat.UserID) chat.Listing {
	l := chat.Listing{Room: scanRoom(r), Member: r.bool(5), Members: int(r.int(6))}
	if l.ID == chat.General {
		l.Member, l.Members = user != "", 0
	}
	return l
}

// Rooms lists public rooms as user sees them, and says whether there are more.
func (s *Store) Rooms(ctx context.Context, user chat.UserID, limit int) (list []chat.Listing, more bool, err error) {
	err = s.read(ctx, func(c *conn) error {
		// What is asked for each room is asked for those of the list alone.
		return c.query(listing+`(SELECT * FROM rooms r `+roomOrder+` LIMIT ?) r `+roomOrder,
			[]any{string(user), limit + 1}, func(r row) bool {
				if more = len(list) == limit; !more {
					list = append(list, scanListing(r, user))
				}
				return !more
			})
	})
	if err != nil {
		return nil, false, err
	}
	return list, more, nil
}

// Listing is one room of that list.
func (s *Store) Listing(ctx context.Context, user chat.UserID, id chat.RoomID) (l chat.Listing, err error) {
	err = s.read(ctx, func(c *conn) error {
		found := false
		err := c.query(listing+`rooms r WHERE r.id = ?`, []any{string(user), string(id)}, func(r row) bool {
			l, found = scanListing(r, user), true
			return false
		})
		if err == nil && !found {
			err = chat.ErrNotFound
		}
		return err
	})
	return l, err
}

func scanRoom(r row) chat.Room {
	return chat.Room{
		ID:    chat.RoomID(r.text(0)),
		Name:  r.text(1),
		Topic: r.text(2),
		Head:  r.seq(3),
		Epoch: r.text(4),
	}
}

// NewEpochs tells all clients, when they join again, that the logs may have
// been rolled back.
func (s *Store) NewEpochs(ctx context.Context) error {
	return s.do(ctx, newEpochs)
}

func newEpochs(w *writer) error {
	epoch := token(10)
	_, err := w.exec(`UPDATE rooms SET epoch = ?`, epoch)
	if err == nil {
		for _, r := range w.rooms {
			r.Epoch = epoch
		}
	}
	return err
}
