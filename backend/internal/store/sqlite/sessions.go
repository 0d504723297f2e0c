package sqlite

import (
	"context"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// saveUser stores a user who is not there yet. Only active users keep their
// name from others.
func (w *writer) saveUser(u *chat.User, active bool) error {
	_, err := w.exec(`INSERT INTO users (id, name, name_key, role, given, active, created) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
		string(u.ID), u.Name, chat.NameKey(u.Name), string(u.Role), u.Given, active, time.Now().UnixMilli())
	return err
}

// CreateGuest stores a new guest and the first session.
func (s *Store) CreateGuest(ctx context.Context, ses chat.Session) error {
	return s.do(ctx, func(w *writer) error {
		taken, err := nameTaken(w.conn, chat.NameKey(ses.User.Name))
		if err != nil {
			return err
		}
		if taken {
			return chat.ErrTaken
		}
		general, err := w.room(chat.General)
		if err != nil {
			return err
		}
		if err := w.saveUser(&ses.User, true); err != nil {
			return err
		}
		if _, err := w.exec(`INSERT INTO sessions (hash, user, seen, expires) VALUES (?, ?, ?, ?)`,
			ses.Hash[:], string(ses.User.ID), ses.Seen.UnixMilli(), ses.Expires.UnixMilli()); err != nil {
			return err
		}
		_, err = w.exec(`INSERT INTO reads (user, room, seq) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
			string(ses.User.ID), general.num, general.Head)
		return err
	})
}

// Session reads a live session.
func (s *Store) Session(ctx context.Context, hash [32]byte, now time.Time) (ses chat.Session, err error) {
	var user, name, role string
	var given, seen, expires int64
	err = s.read(ctx, func(c *conn) error {
		found, err := c.one(`
			SELECT u.id, u.name, u.role, u.given, s.seen, s.expires
			FROM sessions s JOIN users u ON u.id = s.user WHERE s.hash = ? AND s.expires > ?`,
			[]any{hash[:], now.UnixMilli()}, &user, &name, &role, &given, &seen, &expires)
		if err == nil && !found {
			err = chat.ErrNotFound
		}
		return err
	})
	if err != nil {
		return chat.Session{}, err
	}
	return chat.Session{
		Hash:    hash,
		User:    chat.User{ID: chat.UserID(user), Name: name, Role: chat.Role(role), Given: given != 0, Stored: true},
		Seen:    time.UnixMilli(seen),
		Expires: time.UnixMilli(expires),
	}, nil
}

// TouchSession moves a session's times.
func (s *Store) TouchSession(ctx context.Context, hash [32]byte, seen, expires time.Time) error {
	return s.do(ctx, func(w *writer) error {
		n, err := w.exec(`UPDATE sessions SET seen = ?, expires = ? WHERE hash = ?`, seen.UnixMilli(), expires.UnixMilli(), hash[:])
		if err == nil && n == 0 {
			err = chat.ErrNotFound
		}
		return err
	})
}

// EndSession deletes a session, and with the last one the claim to the name.
func (s *Store) EndSession(ctx context.Context, hash [32]byte) error {
	return s.do(ctx, func(w *writer) error {
		var user string
		found, err := w.conn.one(`SELECT user FROM sessions WHERE hash = ?`, []any{hash[:]}, &user)
		if err != nil {
			return err
		}
		if !found {
			return chat.ErrNotFound
		}
		if _, err := w.exec(`DELETE FROM sessions WHERE hash = ?`, hash[:]); err != nil {
			return err
		}
		_, err = w.exec(`UPDATE users SET active = 0 WHERE id = ? AND NOT EXISTS (SELECT 1 FROM sessions WHERE user = users.id)`, user)
		return err
	})
}

// RenameUser gives an active user another name.
func (s *Store) RenameUser(ctx context.Context, user chat.UserID, name string) error {
	return s.do(ctx, func(w *writer) error {
		key := chat.NameKey(name)
		taken, err := w.conn.one(`SELECT 1 FROM users WHERE name_key = ? AND active = 1 AND id <> ?`, []any{key, string(user)})
		if err != nil {
			return err
		}
		if taken {
			return chat.ErrTaken
		}
		n, err := w.exec(`UPDATE users SET name = ?, name_key = ?, given = 0 WHERE id = ? AND active = 1`, name, key, string(user))
		if err == nil && n == 0 {
			err = chat.ErrNotFound
		}
		return err
	})
}

// ExpireSessions ends all sessions that have expired at now.
func (s *Store) ExpireSessions(ctx context.Context, now time.Time) (int, error) {
	var n int64
	err := s.do(ctx, func(w *writer) error {
		var err error
		if n, err = w.exec(`DELETE FROM sessions WHERE expires <= ?`, now.UnixMilli()); err != nil || n == 0 {
			return err
		}
		return releaseNames(w.conn)
	})
	if err != nil {
		return 0, err
	}
	return int(n), nil
}

// releaseNames frees the names of those who have no session any more.
func releaseNames(c *conn) error {
	_, err := c.exec(`UPDATE users SET active = 0 WHERE active = 1 AND NOT EXISTS (SELECT 1 FROM sessions WHERE user = users.id)`)
	return err
}

// NameTaken says whether an active user has a name with this key.
func (s *Store) NameTaken(ctx context.Context, key string) (taken bool, err error) {
	err = s.read(ctx, func(c *conn) error {
		taken, err = nameTaken(c, key)
		return err
	})
	return taken, err
}

// NamesTaken is NameTaken for many names.
func (s *Store) NamesTaken(ctx context.Context, keys []string) ([]bool, error) {
	taken := make([]bool, len(keys))
	err := s.read(ctx, func(c *conn) (err error) {
		for i, key := range keys {
			if taken[i], err = nameTaken(c, key); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return taken, nil
}

func nameTaken(c *conn, key string) (bool, error) {
	return c.one(`SELECT 1 FROM users WHERE name_key = ? AND active = 1`, []any{key})
}
