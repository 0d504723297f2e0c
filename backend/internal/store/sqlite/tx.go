package sqlite

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// roomJob is a rule on its way through the writer. It is also the rule's
// chat.Tx: what the rule writes is collected here. Once its outcome is told it
// serves another one.
type roomJob struct {
	id   chat.RoomID
	rule chat.Rule
	tell func(chat.Outcome, error)
	out  chat.Outcome

	w       *writer
	room    *room
	event   chat.Event
	appends int
	users   []chat.User
	members []membership
	changes []func(*writer, *chat.Event) error // that follow when the event is in the log
	fault   error                              // of a reading, even if the rule kept it to itself

	name, topic string // of the room from now on, where it is described
	described   bool
}

type membership struct {
	user   chat.UserID
	member bool
}

// InRoom queues rule for the room's writer.
func (s *Store) InRoom(id chat.RoomID, rule chat.Rule, done func(chat.Outcome, error)) {
	j := roomJobs.Get().(*roomJob)
	j.id, j.rule, j.tell = id, rule, done
	if !s.queue.put(context.Background(), j) {
		done(chat.Outcome{}, chat.ErrUnavailable)
	}
}

func (j *roomJob) done(err error) {
	if err != nil {
		j.out = chat.Outcome{}
	}
	j.tell(j.out, err)
	*j = roomJob{users: j.users[:0], members: j.members[:0]}
	roomJobs.Put(j)
}

var roomJobs = sync.Pool{New: func() any { return new(roomJob) }}

func (j *roomJob) write(w *writer) error {
	room, err := w.room(j.id)
	if err != nil {
		return err
	}
	tx := (*tx)(j)
	j.w, j.room, j.appends, j.fault = w, room, 0, nil
	j.users, j.members, j.changes, j.described = j.users[:0], j.members[:0], nil, false
	err = j.rule(tx)
	switch {
	case j.fault != nil:
		return j.fault
	case err != nil:
		return err
	case j.appends > 1:
		return errors.New("a rule may append one event, not more")
	}
	return j.apply(w)
}

// apply writes what the rule collected.
func (j *roomJob) apply(w *writer) error {
	head := j.room.Head
	j.out = chat.Outcome{}
	if j.appends == 1 {
		head++
		j.event.Room, j.event.Seq = j.id, head
		if repeat, err := j.repeat(w); repeat || err != nil {
			return err
		}
		if err := w.insert(pos(j.room.num, head), &j.event); err != nil {
			return err
		}
		j.out.Event = j.event
	}
	for i := range j.users {
		if err := w.saveUser(&j.users[i], false); err != nil {
			return err
		}
	}
	for _, m := range j.members {
		if err := w.setMember(j.room.num, m, head); err != nil {
			return err
		}
	}
	for _, change := range j.changes {
		if err := change(w, &j.event); err != nil {
			return err
		}
	}
	// Only now, when nothing can go wrong any more, the room has grown.
	if head > j.room.Head {
		w.grow(j.room, &j.event)
	}
	if j.described {
		j.room.Name, j.room.Topic = j.name, j.topic
	}
	j.out.Room = j.room.Room
	return nil
}

// repeat answers with the event that the user's command has made already, if
// there is one.
func (j *roomJob) repeat(w *writer) (bool, error) {
	e := &j.event
	if e.Ref == "" {
		return false, nil
	}
	at, found, err := w.findRef(w.refs.key(e.User, e.Ref), e.User, e.Ref)
	if err != nil || !found {
		return false, err
	}
	first, err := eventAt(w.conn, at)
	if err != nil {
		return false, fmt.Errorf("read the event of a repeated command: %w", err)
	}
	j.out = chat.Outcome{Event: first, Repeat: true, Room: j.room.Room}
	return true, nil
}

// grow notes that e is in the room.
func (w *writer) grow(r *room, e *chat.Event) {
	r.Head++
	w.added++
	w.bytes += len(e.Body)
	if e.Ref != "" {
		w.refs.add(w.refs.key(e.User, e.Ref), pos(r.num, r.Head))
	}
	if !r.grown {
		r.grown = true
		w.grown = append(w.grown, r)
	}
}

func (w *writer) setMember(num int64, m membership, head uint64) error {
	if m.member {
		n, err := w.exec(`INSERT INTO members (room, user, since) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, num, string(m.user), head)
		if err == nil {
			err = w.countMembers(num, n)
		}
		if err != nil {
			return err
		}
		_, err = w.exec(`INSERT INTO reads (user, room, seq) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET seq = excluded.seq`, string(m.user), num, head)
		return err
	}
	n, err := w.exec(`DELETE FROM members WHERE room = ? AND user = ?`, num, string(m.user))
	if err == nil {
		err = w.countMembers(num, -n)
	}
	if err != nil {
		return err
	}
	_, err = w.exec(`DELETE FROM reads WHERE user = ? AND room = ?`, string(m.user), num)
	return err
}

// countMembers notes how many more members the room has.
func (w *writer) countMembers(num, more int64) error {
	if more == 0 {
		return nil
	}
	_, err := w.exec(`UPDATE rooms SET members = members + ? WHERE num = ?`, more, num)
	return err
}

// tx is the side of a roomJob that its rule sees.
type tx roomJob

func (t *tx) Room() chat.Room { return t.room.Room }

func (t *tx) Member(user chat.UserID) (bool, error) {
	found, err := t.w.conn.one(`SELECT 1 FROM members WHERE room = ? AND user = ?`, []any{t.room.num, string(user)})
	if err != nil {
		t.fault = err
	}
	return found, err
}

func (t *tx) Event(id chat.EventID) (chat.Event, error) {
	e, err := eventInRoom(t.w.conn, t.room, id)
	if isFault(err) {
		t.fault = err
	}
	return e, err
}

func (t *tx) ByRef(user chat.UserID, ref string) (chat.Event, error) {
	e, err := t.w.eventByRef(user, ref)
	if isFault(err) {
		t.fault = err
	}
	return e, err
}

func (t *tx) SaveUser(u chat.User) { t.users = append(t.users, u) }

func (t *tx) Append(e chat.Event) {
	t.event = e
	t.appends++
}

func (t *tx) SetMember(user chat.UserID, member bool) {
	t.members = append(t.members, membership{user, member})
}
