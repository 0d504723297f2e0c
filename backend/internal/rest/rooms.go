package rest

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/auth"
	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
)

const maxRooms = 1000 // in one list

func (a *API) listRooms(w http.ResponseWriter, r *http.Request) {
	u, ok := a.reader(w, r)
	if !ok {
		return
	}
	rooms, more, err := a.chat.Rooms(r.Context(), u.ID, maxRooms)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	for i := range rooms {
		a.opts.Told(rooms[i].ID, rooms[i].Head)
	}
	write(w, http.StatusOK, protocol.RoomsBody(rooms, more))
}

func (a *API) showRoom(w http.ResponseWriter, r *http.Request) {
	u, ok := a.reader(w, r)
	if !ok {
		return
	}
	a.answerRoom(w, r, u, chat.RoomID(r.PathValue("room")), http.StatusOK)
}

func (a *API) answerRoom(w http.ResponseWriter, r *http.Request, u chat.User, room chat.RoomID, status int) {
	l, err := a.chat.Listing(r.Context(), u.ID, room)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	a.opts.Told(l.ID, l.Head)
	write(w, status, protocol.RoomBody(&l))
}

func (a *API) createRoom(w http.ResponseWriter, r *http.Request) {
	u, _, ok := a.signedIn(w, r)
	if !ok {
		return
	}
	var id, name, topic string
	if err := readFields(r, map[string]*string{"id": &id, "name": &name, "topic": &topic}); err != nil {
		a.fail(w, r, err)
		return
	}
	now := time.Now()
	if wait := max(a.rooms.Take(u.ID, now), a.nearby.Take(auth.Neighbourhood(a.guard.Address(r)), now)); wait > 0 {
		a.fail(w, r, tooFast(wait, "too many new rooms; try again in a moment"))
		return
	}
	room, err := await(r, func(done func(chat.Room, error)) { a.chat.CreateRoom(u, id, name, topic, done) })
	if err != nil {
		a.fail(w, r, err)
		return
	}
	a.answerRoom(w, r, u, room.ID, http.StatusCreated)
}

// describeRoom gives a room another name or topic.
func (a *API) describeRoom(w http.ResponseWriter, r *http.Request) {
	u, _, ok := a.signedIn(w, r)
	if !ok {
		return
	}
	name, topic := absent, absent
	if err := readFields(r, map[string]*string{"name": &name, "topic": &topic}); err != nil {
		a.fail(w, r, err)
		return
	}
	var d chat.Description
	if name != absent {
		d.Name = &name
	}
	if topic != absent {
		d.Topic = &topic
	}
	if wait := a.opts.Sends.Take(u.ID, time.Now()); wait > 0 {
		a.fail(w, r, tooFast(wait, "too fast; try again in a moment"))
		return
	}
	room := chat.RoomID(r.PathValue("room"))
	if _, err := await(r, func(done func(chat.Event, error)) { a.chat.Describe(u, room, d, done) }); err != nil {
		a.fail(w, r, err)
		return
	}
	a.answerRoom(w, r, u, room, http.StatusOK)
}

// absent is what no field of a body can hold.
const absent = "\x00"

func (a *API) joinRoom(w http.ResponseWriter, r *http.Request) { a.setMember(w, r, true) }

func (a *API) leaveRoom(w http.ResponseWriter, r *http.Request) { a.setMember(w, r, false) }

func (a *API) setMember(w http.ResponseWriter, r *http.Request, member bool) {
	u, _, ok := a.signedIn(w, r)
	if !ok {
		return
	}
	if wait := a.opts.Sends.Take(u.ID, time.Now()); wait > 0 {
		a.fail(w, r, tooFast(wait, "too fast; try again in a moment"))
		return
	}
	room := chat.RoomID(r.PathValue("room"))
	_, err := await(r, func(done func(chat.Event, error)) { a.chat.SetMember(u, room, member, done) })
	switch {
	case err != nil:
		a.fail(w, r, err)
	case member:
		a.answerRoom(w, r, u, room, http.StatusOK)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

func (a *API) events(w http.ResponseWriter, r *http.Request) {
	if _, ok := a.reader(w, r); !ok {
		return
	}
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		a.fail(w, r, chat.Errorf(chat.Invalid, "the address has a malformed query"))
		return
	}
	before, err := number(q, "before", 0, 0, 1<<53-1)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	if q.Has("before") && before == 0 {
		before = 1 // as nothing is before the first event; 0 would mean the newest
	}
	limit, err := number(q, "limit", protocol.DefaultLimit, 1, protocol.MaxLimit)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	room := chat.RoomID(r.PathValue("room"))
	p, err := a.chat.Earlier(r.Context(), room, before, int(limit)) //nolint:gosec // at most MaxLimit
	if err != nil {
		a.fail(w, r, err)
		return
	}
	a.opts.Told(room, p.Head)
	write(w, http.StatusOK, protocol.EventsPage(room, &p))
}

// number reads a whole number from least to most out of the query; standard
// where it is not there. (A `before` of 1 is a page before the first event.)
func number(q url.Values, name string, standard, least, most uint64) (uint64, error) {
	values, there := q[name]
	if !there {
		return standard, nil
	}
	if len(values) == 1 && len(values[0]) <= 16 && allDigits(values[0]) {
		if n, err := strconv.ParseUint(values[0], 10, 64); err == nil && n >= least && n <= most {
			return n, nil
		}
	}
	return 0, chat.InvalidField(name, "%s must be one whole number from %d to %d", name, least, most)
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// await turns an answer that comes later into a return value. Whoever asked
// and went away does not wait; what was begun takes effect all the same.
func await[T any](r *http.Request, begin func(done func(T, error))) (T, error) {
	type result struct {
		value T
		err   error
	}
	answer := make(chan result, 1)
	begin(func(v T, err error) { answer <- result{v, err} })
	select {
	case got := <-answer:
		return got.value, got.err
	case <-r.Context().Done():
		var none T
		return none, chat.ErrUnknown
	}
}
