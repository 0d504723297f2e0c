package sqlite

import (
	"context"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// Belongings lists the rooms that the user belongs to.
func (s *Store) Belongings(ctx context.Context, user chat.UserID) (list []chat.Belonging, err error) {
	var rooms []room
	err = s.read(ctx, func(c *conn) error {
		err := c.query(`
			SELECT r.id, r.name, r.topic, `+headOf+` AS head, r.epoch, r.num, r.counted, coalesce(p.seq, 0), p.seq IS NULL
			FROM rooms r LEFT JOIN reads p ON p.user = ? AND p.room = r.num
			WHERE r.id = 'general' OR r.num IN (SELECT room FROM members WHERE user = ?)
			ORDER BY r.id <> 'general', r.id`,
			[]any{string(user), string(user)}, func(r row) bool {
				b := chat.Belonging{Room: scanRoom(r), Read: r.seq(7)}
				if r.bool(8) { // no read position: all of it
					b.Read = b.Head
				}
				list = append(list, b)
				rooms = append(rooms, room{Room: b.Room, num: r.int(5), counted: r.seq(6)})
				return true
			})
		for i := range list {
			if err == nil {
				list[i].Unread, err = countUnread(c, &rooms[i], user, list[i].Read)
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// Belonging is the same for one room, whether the user belongs to it or not.
func (s *Store) Belonging(ctx context.Context, id chat.RoomID, user chat.UserID) (b chat.Belonging, err error) {
	err = s.read(ctx, func(c *conn) error {
		r, err := findRoom(c, id)
		if err != nil {
			return err
		}
		b.Room, b.Read = r.Room, r.Head
		if _, err := c.one(`SELECT seq FROM reads WHERE user = ? AND room = ?`, []any{string(user), r.num}, &b.Read); err != nil {
			return err
		}
		b.Unread, err = countUnread(c, r, user, b.Read)
		return err
	})
	if err != nil {
		return chat.Belonging{}, err
	}
	return b, nil
}

// UnreadAfter is the room for somebody who has read it up to seq.
func (s *Store) UnreadAfter(ctx context.Context, id chat.RoomID, user chat.UserID, seq uint64) (b chat.Belonging, err error) {
	err = s.read(ctx, func(c *conn) error {
		r, err := findRoom(c, id)
		if err != nil {
			return err
		}
		b.Room, b.Read = r.Room, seq
		b.Unread, err = countUnread(c, r, user, seq)
		return err
	})
	if err != nil {
		return chat.Belonging{}, err
	}
	return b, nil
}

// countUnread counts what others wrote after a seq, as far as chat.UnreadCap,
// among the first chat.UnreadReach messages: own ones in between are not
// counted, but they are looked at. What is not in the table unread yet is
// counted in the log.
func countUnread(c *conn, r *room, user chat.UserID, after uint64) (int, error) {
	if after >= r.Head {
		return 0, nil
	}
	var n int64
	_, err := c.one(`
		SELECT count(*) FROM (
			SELECT 1 FROM (
				SELECT user FROM unread WHERE pos > ? AND pos <= ?
				UNION ALL
				SELECT user FROM events WHERE pos > ? AND pos <= ? AND counts = 1
				LIMIT ?)
			WHERE user <> ? LIMIT ?)`,
		[]any{
			pos(r.num, after), pos(r.num, r.counted),
			pos(r.num, max(after, r.counted)), pos(r.num, r.Head),
			chat.UnreadReach, string(user), chat.UnreadCap,
		}, &n)
	return int(n), err
}

// SetRead raises the user's read position. Who has none has read everything,
// so there is nothing to raise.
func (s *Store) SetRead(ctx context.Context, id chat.RoomID, user chat.UserID, seq uint64) (uint64, error) {
	var now uint64
	err := s.do(ctx, func(w *writer) error {
		r, err := w.room(id)
		if err != nil {
			return err
		}
		now = r.Head
		found, err := w.conn.one(`SELECT seq FROM reads WHERE user = ? AND room = ?`, []any{string(user), r.num}, &now)
		if err != nil || !found || min(seq, r.Head) <= now {
			return err
		}
		now = min(seq, r.Head)
		_, err = w.exec(`UPDATE reads SET seq = ? WHERE user = ? AND room = ?`, now, string(user), r.num)
		return err
	})
	if err != nil {
		return 0, err
	}
	return now, nil
}
