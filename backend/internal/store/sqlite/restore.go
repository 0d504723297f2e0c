package sqlite

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// Source gives a new database what it knows of an old one. It may give nothing.
// keep says that the rooms' epochs hold, as nothing that a client was told can
// be missing.
type Source func(f *Filling) (keep bool, err error)

// Filling is a new database while a Source fills it. Rooms come before what
// belongs to them, and a room's events in order.
type Filling struct {
	c        *conn
	lineage  string
	last     map[chat.RoomID]uint64 // seq of the newest event that was given
	Complete bool                   // no event was missing between others
}

// Belongs names the old database, and gives its secret. It comes first.
func (f *Filling) Belongs(lineage string, digestKey []byte) error {
	if len(digestKey) != 32 {
		return errors.New("the key of the digests is damaged")
	}
	f.lineage = lineage
	for _, kv := range []struct {
		key   string
		value []byte
	}{{"id", []byte(lineage)}, {"digest_key", digestKey}, {"checked", []byte{}}} {
		if _, err := f.c.exec(`INSERT INTO meta (key, value) VALUES (?, ?)`, kv.key, kv.value); err != nil {
			return err
		}
	}
	return nil
}

// fillings are the statements that write a row of each table; of what comes
// twice the first one counts.
var fillings = map[string]string{
	"rooms": `INSERT INTO rooms (id, name, topic, head, epoch, created)
		VALUES (?1, ?2->>0, ?2->>1, 0, ?2->>2, ?2->>3) ON CONFLICT DO NOTHING`,
	"users": `INSERT INTO users (id, name, name_key, role, given, active, created)
		VALUES (?1, ?2->>0, ?2->>1, ?2->>2, ?2->>3,
			?2->>4 AND NOT EXISTS (SELECT 1 FROM users WHERE name_key = ?2->>1 AND active = 1), ?2->>5) ON CONFLICT DO NOTHING`,
	"sessions": `INSERT INTO sessions (hash, user, seen, expires)
		VALUES (unhex(?1), ?2->>0, ?2->>1, ?2->>2) ON CONFLICT DO NOTHING`,
	"members": `INSERT INTO members (room, user, since) SELECT num, ?3, ?2->>0 FROM rooms WHERE id = ?1 ON CONFLICT DO NOTHING`,
	"reads":   `INSERT INTO reads (room, user, seq) SELECT num, ?3, ?2->>0 FROM rooms WHERE id = ?1 ON CONFLICT DO NOTHING`,
}

// Row gives a row of one of Tables.
func (f *Filling) Row(r Row) error {
	args := []any{r.Key, r.Value}
	if r.Table == "members" || r.Table == "reads" {
		room, user := cutKey(r.Key)
		args = []any{room, r.Value, user}
	}
	_, err := f.c.exec(fillings[r.Table], args...)
	return err
}

func cutKey(key string) (room, user string) {
	room, user, _ = strings.Cut(key, " ")
	return room, user
}

const fillEvent = `INSERT INTO events (` + eventColumns + `)
	SELECT (num << 40) + ?2, ?3->>'id', ?3->>'kind', ?3->>'user', ?3->>'counts', ?3->>'name', ?3->>'at', ?3->>'target', ?3->>'parent',
		?3->>'on', ?3->>'ref', CASE WHEN ?3->>'ref' IS NOT NULL THEN unhex(?3->>'digest') END, ?4, ?3->>'changes', ?3->>'as', ?3->>'given'
	FROM rooms WHERE id = ?1`

// Event gives an event of a room's log with its text, and what has become of it
// ("" for nothing). A text that is missing though the event had one, and is not
// known to be deleted, is a deleted one from now on.
func (f *Filling) Event(e Entry, text, state string) error {
	room, seq := string(e.Room), e.Seq
	last := f.last[e.Room]
	if seq <= last {
		return fmt.Errorf("the log of %s is out of order at %d", room, seq)
	}
	if seq != last+1 {
		if last != 0 {
			f.Complete = false
			if err := f.forget(room); err != nil {
				return err
			}
		}
		if _, err := f.c.exec(`UPDATE rooms SET begins = ? WHERE id = ?`, seq, room); err != nil {
			return err
		}
	}
	f.last[e.Room] = seq
	n, err := f.c.exec(fillEvent, room, seq, e.Event, text)
	if err == nil && n != 1 {
		err = fmt.Errorf("there is a log of the room %s, but no such room", room)
	}
	if err != nil {
		return err
	}
	if state != "" {
		if err := f.state(room, seq, state); err != nil {
			return err
		}
	}
	var lost int64
	if _, err := f.c.one(`SELECT ?3->>'text' AND ?4 = '' AND NOT EXISTS (
			SELECT 1 FROM standing WHERE pos = (num << 40) + ?2 AND deleted)
			AND ?3->>'target' = 0 FROM rooms WHERE id = ?1`, []any{room, seq, e.Event, text}, &lost); err != nil || lost == 0 {
		return err
	}
	f.Complete = false
	return f.state(room, seq, `{"edited":0,"deleted":1,"edits":[],"reactions":[]}`)
}

// forget takes away what was given of a room's log, as something behind it is
// missing.
func (f *Filling) forget(room string) error {
	for _, table := range []string{"events", "standing", "edits", "reactions"} {
		if _, err := f.c.exec(`DELETE FROM `+table+` WHERE pos >> 40 = (SELECT num FROM rooms WHERE id = ?)`, room); err != nil {
			return err
		}
	}
	return nil
}

func (f *Filling) state(room string, seq uint64, state string) error {
	for _, sql := range []string{
		`INSERT INTO standing (pos, edited, deleted, reacted)
			SELECT (num << 40) + ?2, ?3->>'edited', ?3->>'deleted', json_array_length(?3, '$.reactions') FROM rooms WHERE id = ?1
			ON CONFLICT DO UPDATE SET deleted = excluded.deleted`,
		`INSERT INTO edits (pos, seq) SELECT (num << 40) + ?2, j.value FROM rooms, json_each(?3, '$.edits') j WHERE rooms.id = ?1`,
		`INSERT INTO reactions (pos, emoji, user, name, place, seq)
			SELECT (num << 40) + ?2, j.value->>0, j.value->>1, j.value->>2, j.value->>3, j.value->>4
			FROM rooms, json_each(?3, '$.reactions') j WHERE rooms.id = ?1`,
		`UPDATE events SET counts = 0 WHERE pos = (SELECT (num << 40) + ?2 FROM rooms WHERE id = ?1) AND ?3->>'deleted'`,
	} {
		if _, err := f.c.exec(sql, room, seq, state); err != nil {
			return err
		}
	}
	return nil
}

// Listed gives an event on its room's list, after the log. It is there even
// where the log begins behind it.
func (f *Filling) Listed(m Mark) error {
	if _, err := f.c.exec(fillListed, string(m.Room), m.Seq, m.Value); err != nil {
		return err
	}
	_, err := f.c.exec(`INSERT INTO listed (pos) SELECT (num << 40) + ?2 FROM rooms WHERE id = ?1
		AND EXISTS (SELECT 1 FROM events WHERE pos = (num << 40) + ?2) ON CONFLICT DO NOTHING`, string(m.Room), m.Seq)
	return err
}

var fillListed = strings.ReplaceAll(strings.ReplaceAll(fillEvent, "?3->>", "?3->'event'->>"), "?4", "?3->>'body'") +
	` AND ?2 < rooms.begins ON CONFLICT DO NOTHING`

// restore fills the new database from the source. It says whether that had
// anything to give.
func restore(c *conn, path string, source Source) (bool, error) {
	if err := c.script("BEGIN IMMEDIATE"); err != nil {
		return false, err
	}
	f := &Filling{c: c, last: make(map[chat.RoomID]uint64), Complete: true}
	keep, err := source(f)
	if err != nil {
		return false, fmt.Errorf("restore it from the mirror: %w", err)
	}
	if f.lineage == "" {
		return false, c.script("ROLLBACK")
	}
	if err := f.finish(keep && f.Complete); err != nil {
		return false, fmt.Errorf("restore it from the mirror: %w", err)
	}
	var events uint64
	for _, n := range f.last {
		events += n
	}
	// It shows that the file is the one that was restored. Where the file itself
	// does not get its name, the witness is that of no database.
	return true, writeWitness(filepath.Dir(path), f.lineage, events)
}

func (f *Filling) finish(keep bool) error {
	for room, last := range f.last {
		if _, err := f.c.exec(`UPDATE rooms SET head = ?1, counted = ?1 WHERE id = ?2`, last, string(room)); err != nil {
			return err
		}
	}
	for _, sql := range []string{
		`INSERT INTO unread SELECT pos, user FROM events WHERE counts = 1 ORDER BY pos`,
		`UPDATE rooms SET members = (SELECT count(*) FROM members m WHERE m.room = rooms.num)`,
		`UPDATE reads SET seq = min(seq, (SELECT head FROM rooms WHERE num = reads.room))`,
	} {
		if _, err := f.c.exec(sql); err != nil {
			return err
		}
	}
	if _, err := f.c.exec(insertGeneral, string(chat.General), token(10)); err != nil {
		return err
	}
	if !keep {
		if _, err := f.c.exec(`UPDATE rooms SET epoch = ?`, token(10)); err != nil {
			return err
		}
	}
	return f.c.script("COMMIT")
}
