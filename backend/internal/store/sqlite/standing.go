package sqlite

import (
	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// rewrite gives the event at a position the body of e.
func (w *writer) rewrite(at int64, e *chat.Event) error {
	if _, err := w.exec(`UPDATE events SET body = ? WHERE pos = ?`, e.Body, at); err != nil {
		return err
	}
	if _, err := w.exec(`INSERT INTO edits (pos, seq) VALUES (?, ?)`, at, e.Seq); err != nil {
		return err
	}
	_, err := w.exec(`INSERT INTO standing (pos, edited, deleted, reacted) VALUES (?, ?, 0, 0)
		ON CONFLICT DO UPDATE SET edited = excluded.edited`, at, e.Seq)
	return err
}

// erase overwrites what was said, wherever it stands. The digests stay: they
// are keyed, and tell a repeat.
func (w *writer) erase(at int64) error {
	w.erased = true
	var bytes int64
	if _, err := w.conn.one(`SELECT coalesce(sum(octet_length(body)), 0) FROM events
		WHERE pos = ?1 OR pos IN (SELECT pos >> 40 << 40 | seq FROM edits WHERE pos = ?1)`, []any{at}, &bytes); err != nil {
		return err
	}
	w.bytes += int(bytes) // it is as much to write as a text of that size
	for _, sql := range []string{
		`UPDATE events SET body = '' WHERE pos IN (SELECT pos >> 40 << 40 | seq FROM edits WHERE pos = ?)`,
		`UPDATE events SET body = '', counts = 0 WHERE pos = ?`,
		`DELETE FROM edits WHERE pos = ?`,
		`DELETE FROM reactions WHERE pos = ?`,
		`DELETE FROM unread WHERE pos = ?`,
		`INSERT INTO standing (pos, edited, deleted, reacted) VALUES (?, 0, 1, 0)
			ON CONFLICT DO UPDATE SET deleted = 1, reacted = 0`,
	} {
		if _, err := w.exec(sql, at); err != nil {
			return err
		}
	}
	return nil
}

// react adds the emoji of the author of e, or takes it away.
func (w *writer) react(at int64, e *chat.Event, emoji string, on bool) error {
	var more int64
	var err error
	if on {
		more, err = w.exec(`INSERT INTO reactions (pos, emoji, user, name, place, seq)
			VALUES (?1, ?2, ?3, ?4, coalesce((SELECT place FROM reactions WHERE pos = ?1 AND emoji = ?2 LIMIT 1), ?5), ?5)
			ON CONFLICT DO NOTHING`, at, emoji, string(e.User), e.Name, e.Seq)
	} else {
		more, err = w.exec(`DELETE FROM reactions WHERE pos = ? AND emoji = ? AND user = ?`, at, emoji, string(e.User))
		more = -more
	}
	if err != nil || more == 0 {
		return err
	}
	_, err = w.exec(`INSERT INTO standing (pos, edited, deleted, reacted) VALUES (?, 0, 0, ?)
		ON CONFLICT DO UPDATE SET reacted = reacted + excluded.reacted`, at, more)
	return err
}

func (t *tx) Standing(seq uint64) (s chat.Standing, err error) {
	var deleted int64
	_, err = t.w.conn.one(`SELECT edited, deleted FROM standing WHERE pos = ?`, []any{pos(t.room.num, seq)}, &s.Edited, &deleted)
	if err != nil {
		t.fault = err
	}
	s.Deleted = deleted != 0
	return s, err
}

func (t *tx) Edits(seq uint64) (int, error) {
	var n int64
	_, err := t.w.conn.one(`SELECT count(*) FROM edits WHERE pos = ?`, []any{pos(t.room.num, seq)}, &n)
	if err != nil {
		t.fault = err
	}
	return int(n), err
}

// tally goes from one emoji to the next, and not over everybody who gave them.
const tally = `
	WITH RECURSIVE kinds (emoji) AS (
		SELECT min(emoji) FROM reactions WHERE pos = ?1
		UNION ALL
		SELECT (SELECT min(emoji) FROM reactions WHERE pos = ?1 AND emoji > kinds.emoji) FROM kinds WHERE emoji IS NOT NULL)
	SELECT coalesce((SELECT reacted FROM standing WHERE pos = ?1), 0), (SELECT count(emoji) FROM kinds),
		EXISTS (SELECT 1 FROM reactions WHERE pos = ?1 AND emoji = ?2),
		EXISTS (SELECT 1 FROM reactions WHERE pos = ?1 AND emoji = ?2 AND user = ?3)`

func (t *tx) Reactions(seq uint64, user chat.UserID, emoji string) (chat.Tally, error) {
	var all, kinds, there, mine int64
	_, err := t.w.conn.one(tally, []any{pos(t.room.num, seq), emoji, string(user)}, &all, &kinds, &there, &mine)
	if err != nil {
		t.fault = err
	}
	return chat.Tally{All: int(all), Emoji: int(kinds), There: there != 0, Mine: mine != 0}, err
}

func (t *tx) Rewrite(seq uint64) {
	t.then(func(w *writer, e *chat.Event) error { return w.rewrite(pos(t.room.num, seq), e) })
}

func (t *tx) Erase(seq uint64) {
	t.then(func(w *writer, _ *chat.Event) error { return w.erase(pos(t.room.num, seq)) })
}

func (t *tx) React(seq uint64, emoji string, on bool) {
	t.then(func(w *writer, e *chat.Event) error { return w.react(pos(t.room.num, seq), e, emoji, on) })
}

func (t *tx) Describe(name, topic string) {
	t.then(func(w *writer, _ *chat.Event) error {
		_, err := w.exec(`UPDATE rooms SET name = ?, topic = ? WHERE num = ?`, name, topic, t.room.num)
		return err
	})
	t.name, t.topic, t.described = name, topic, true
}

// then collects a change that follows when the event is in the log.
func (t *tx) then(change func(w *writer, e *chat.Event) error) { t.changes = append(t.changes, change) }

// show notes on the events of a page what has become of them, and cuts the page
// where its bodies and reactions are more than maxBytes. The events are in the
// order in which they were read, without holes.
func show(c *conn, p *chat.Page, num int64, maxBytes int) error {
	n := len(p.Events)
	if n == 0 {
		return nil
	}
	first, last := p.Events[0].Seq, p.Events[n-1].Seq
	low, high := pos(num, min(first, last)), pos(num, max(first, last))
	index := func(seq uint64) int { return int(max(seq, first) - min(seq, first)) } //nolint:gosec // within the page
	reacted := false
	err := c.query(`SELECT pos, edited, deleted, reacted FROM standing WHERE pos BETWEEN ? AND ?`, []any{low, high}, func(r row) bool {
		s := &chat.Standing{Edited: r.seq(1), Deleted: r.bool(2)}
		if reacts := r.bool(3); reacts || s.Edited != 0 || s.Deleted {
			p.Events[index(r.seq(0)&maxSeq)].Shown = s
			reacted = reacted || reacts
		}
		return true
	})
	if err != nil || !reacted {
		return err
	}
	return showReactions(c, p, low, high, first <= last, maxBytes, index)
}

// reactionBytes is what a reaction takes beside its texts, about.
const reactionBytes = 24

func showReactions(c *conn, p *chat.Page, low, high int64, ascending bool, maxBytes int, index func(seq uint64) int) error {
	sql := `SELECT pos, emoji, user, name FROM reactions WHERE pos BETWEEN ? AND ? ORDER BY pos, place, seq`
	if !ascending {
		sql = `SELECT pos, emoji, user, name FROM reactions WHERE pos BETWEEN ? AND ? ORDER BY pos DESC, place, seq`
	}
	sizes := make([]int, len(p.Events))
	read := 0
	err := c.query(sql, []any{low, high}, func(r row) bool {
		i := index(r.seq(0) & maxSeq)
		s, emoji := p.Events[i].Shown, r.view(1)
		if k := len(s.Reactions); k == 0 || s.Reactions[k-1].Emoji != string(emoji) {
			s.Reactions = append(s.Reactions, chat.Reaction{Emoji: string(emoji)})
		}
		under := &s.Reactions[len(s.Reactions)-1]
		who := chat.Reactor{ID: chat.UserID(r.text(2)), Name: r.text(3)}
		under.By = append(under.By, who)
		size := len(emoji) + len(who.ID) + len(who.Name) + reactionBytes
		sizes[i] += size
		read += size
		return i == 0 || read <= maxBytes // else the page is cut here
	})
	bytes := 0
	for i := range p.Events {
		bytes += len(p.Events[i].Body) + sizes[i]
		if bytes > maxBytes && i > 0 {
			p.Events = p.Events[:i]
			break
		}
	}
	return err
}
