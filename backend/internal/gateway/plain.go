package gateway

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/auth"
	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// plain is a Session of a client that does not speak teahouse.v1. It is told
// nothing but what its endpoint has: neither hello nor presence, activity,
// typing or read positions. Its user is a guest of its own, or that of a bearer;
// a session cookie says nothing here, as the page of a tutorial on localhost
// carries that of whoever uses this server there.
//
// It is admitted, seated and identified like every Session (handshake.go). What
// it is then belongs to its endpoint, which embeds it and is the Handler of its
// Client.
type plain struct {
	*Session

	wish wish
	spot *place // in the room; nil where the endpoint is about none
}

// wish is what a handshake asks for.
type wish struct {
	name  string       // of the guest; "" for any
	begin func(*plain) // of its endpoint; nil: it speaks teahouse.v1
	mode  string       // the endpoint's form
	room  chat.RoomID
	page  bool // it has an Origin: what it gets may become markup
}

func (v *wish) plain() bool { return v.begin != nil }

// endpoints are the addresses of plain clients, but for /ws, and what reads
// there from the query what is asked for. It sets mode and begin. What begins
// gets a plain whose Client is not started yet, so that nothing of what comes
// is missed: it takes its places in topics, sends what comes first, and ends
// with Client.Start and a Handler that embeds the plain.
var endpoints = map[string]func(v *wish, q url.Values) error{
	"/websocket": wishForChat,
	"/todo":      wishForTodos,
	"/echo":      wishForEcho,
}

// wishOf reads from a handshake what it asks for.
func (h *Hub) wishOf(r *http.Request) (v wish, err error) {
	var q url.Values
	if r.URL.RawQuery != "" {
		q = r.URL.Query()
		if q.Has("token") || q.Has("access_token") {
			return v, chat.Errorf(chat.Invalid, "a token does not belong into an address; send it as Authorization: Bearer")
		}
		v.name = strings.Clone(q.Get("name")) // it is kept, the address is not
	}
	v.room = chat.General
	v.page = len(r.Header["Origin"]) > 0
	if read, ok := endpoints[r.URL.Path]; ok {
		return wishAt(read, v, q)
	}
	if !offers(r, protocol.Name) && isUpgrade(r) {
		err = h.wishForLines(&v, r, q)
	}
	return v, err
}

// wishAt lets an endpoint read what is asked for. It is apart so that all other
// handshakes do without the allocation.
func wishAt(read func(*wish, url.Values) error, v wish, q url.Values) (wish, error) {
	err := read(&v, q)
	return v, err
}

// wishForLines settles the form of a plain client at /ws.
func (h *Hub) wishForLines(v *wish, r *http.Request, q url.Values) error {
	if room := q.Get("room"); room != "" {
		v.room = chat.RoomID(strings.Clone(room))
	}
	mode := q.Get("mode")
	if mode == "" && h.opts.DefaultMode != modeAuto {
		mode = h.opts.DefaultMode
	}
	programs := !v.page || h.guard.OwnPage(r)
	switch {
	case mode == modeText, mode == "" && programs:
		v.mode, v.begin = modeText, (*plain).beginLines
	case mode == modeJSON, mode == "":
		v.mode, v.begin = modeJSON, (*plain).beginLines
	case mode == modeEcho:
		v.mode, v.begin = modeEcho, (*plain).beginMirror
	default:
		return chat.InvalidField("mode", "mode is json, text or echo")
	}
	return nil
}

// The forms of plain clients at /ws, and at /echo; auto lets the Origin of each
// decide.
const (
	modeAuto  = "auto"
	modeJSON  = "json"
	modeText  = "text"
	modeEcho  = "echo"
	modeHello = "hello"
)

// entrance says whether the room that is asked for is there.
func (h *Hub) entrance(ctx context.Context, v *wish) error {
	if v.room == chat.General {
		return nil
	}
	if !chat.ValidRoomID(string(v.room)) {
		return chat.Errorf(chat.NotFound, "there is no such room")
	}
	_, err := h.chat.Room(ctx, v.room)
	return err
}

// originOf judges the Origin of a handshake. Pages from a file, whose origin is
// null, may come to /echo alone.
func (h *Hub) originOf(r *http.Request) auth.OriginVerdict {
	verdict := h.guard.Origin(r)
	if verdict == auth.OriginRefused && r.URL.Path == "/echo" && h.guard.LocalFile(r) {
		return auth.OriginAccepted
	}
	return verdict
}

// credentialOf is what a handshake is judged by: a cookie counts only for those
// who speak teahouse.v1.
func (h *Hub) credentialOf(r *http.Request, v *wish) (auth.Credential, bool) {
	c, ok := h.guard.CredentialOf(r)
	if ok && c.Cookie && v.plain() {
		return auth.Credential{}, false
	}
	return c, ok
}

// welcomePlain lets the endpoint begin.
func (h *Hub) welcomePlain(s *Session, v *wish) {
	s.plain = true
	h.attach(s)
	h.log.Debug("a plain client came", "user", s.user.ID, "mode", v.mode, "room", v.room)
	v.begin(&plain{Session: s, wish: *v})
	h.closeEnded(s)
}

// enter makes the client one of those who are in the room.
func (p *plain) enter(room chat.RoomID) {
	p.spot = p.place(room)
	p.joined()
	p.spot.present = true
	p.hub.presence.enter(room, p.Session)
}

// pace waits until take has given a token. It returns false where the
// connection ends before.
func (p *plain) pace(take func(now time.Time) time.Duration) bool {
	for {
		wait := take(time.Now())
		if wait == 0 {
			return true
		}
		if p.client.Pause(wait) != nil {
			return false
		}
	}
}

// sendPace is the pace of messages: that of the user.
func (p *plain) sendPace(now time.Time) time.Duration { return p.hub.sends.Take(p.user.ID, now) }

// opPace is the pace of all else: that of the connection.
func (p *plain) opPace(now time.Time) time.Duration { return p.hub.ops.Take(&p.ops, now) }

// publish hands a message to chat.
func (p *plain) publish(as, body string) {
	if strings.IndexByte(body, 0) >= 0 {
		p.dismiss(websocket.CloseInvalidText, "text may not hold U+0000")
		return
	}
	if !p.pace(p.sendPace) {
		return
	}
	p.submit("")
	p.hub.chat.Send(p.author(), chat.SendCommand{Room: p.wish.room, Body: body, As: as}, p.done)
}

// done hears what became of a durable command. Where it was not taken, the
// client could not be told in any other way than by closing: nothing is lost in
// silence, but for what has nothing in it that can be seen.
func (p *plain) done(_ chat.Event, err error) {
	if err == nil {
		p.stored.Store(true)
	} else {
		p.refuse(err)
	}
	p.answered("")
}

func (p *plain) refuse(err error) {
	if errors.Is(err, chat.ErrUnknown) {
		return // the server is about to end
	}
	switch e := chat.AsError(err); {
	case e.Code == chat.Invalid && e.Field == "body":
	case e.Code == chat.TooLong:
		p.client.Close(websocket.CloseTooBig, e.Detail)
	case e.Code == chat.Forbidden, e.Code == chat.NotFound, e.Code == chat.Invalid:
		p.client.Close(websocket.ClosePolicy, e.Detail)
	default:
		if e.Code == chat.Internal {
			p.hub.log.Error("a command failed", "user", p.user.ID, "error", err)
		}
		p.client.Close(websocket.CloseTryLater, e.Detail)
	}
}
