package gateway

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/auth"
	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// Refuse writes a failure over HTTP; with status 0, under the status that
// belongs to its code.
type Refuse func(w http.ResponseWriter, r *http.Request, status int, e *chat.Error)

// handshakeTimeout bounds what the store is asked for before hello.
const handshakeTimeout = 10 * time.Second

// fullRetry is when a session that has all its sockets open may try again: one
// may have been closed by then.
const fullRetry = 5 * time.Second

// Handler answers GET /ws, and that of the endpoints for plain clients.
func (h *Hub) Handler(refuse Refuse) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := h.admit(r)
		if err != nil {
			refuse(w, r, 0, chat.AsError(err))
			return
		}
		if !isUpgrade(r) {
			_ = h.upgrade(w, r, &v, refuse) // which says what is missing
			return
		}
		if !h.takeSeat() {
			h.turnAway(w, r, &v, refuse)
			return
		}
		s, err := h.identify(r, &v)
		if err != nil {
			h.seats.Add(-1)
			if chat.AsError(err).Code == chat.Internal {
				h.log.Error("a handshake failed", "error", err)
			}
			refuse(w, r, 0, chat.AsError(err))
			return
		}
		if s.client = h.upgrade(w, r, &v, refuse); s.client == nil {
			s.end()
			return
		}
		if v.plain() {
			h.welcomePlain(s, &v)
		} else {
			h.welcome(s)
		}
	})
}

// admit checks what needs no store, and returns what is asked for. Requests
// that are no handshake at all are let through: the upgrade answers them.
func (h *Hub) admit(r *http.Request) (v wish, err error) {
	switch h.originOf(r) {
	case auth.OriginAmbiguous:
		return v, chat.Errorf(chat.Invalid, "more than one Origin header")
	case auth.OriginRefused:
		return v, chat.Errorf(chat.Forbidden, "pages of this origin may not connect here")
	case auth.OriginAbsent:
		if c, ok := h.guard.CredentialOf(r); ok && c.Cookie {
			return v, chat.Errorf(chat.Forbidden, "a session cookie without an Origin header is refused")
		}
	case auth.OriginAccepted:
	}
	if v, err = h.wishOf(r); err != nil {
		return v, err
	}
	if wait := h.connects.Take(auth.Neighbourhood(h.guard.Address(r)), time.Now()); wait > 0 {
		e := chat.Errorf(chat.RateLimited, "too many connections from this address; try again in a moment")
		e.RetryMS = max(wait.Milliseconds(), 1)
		return v, e
	}
	return v, nil
}

// mayUpgrade asks once more what admit has asked, where the socket is opened: a
// way past admit would still find the door closed.
func (h *Hub) mayUpgrade(r *http.Request) bool {
	verdict := h.originOf(r)
	return verdict == auth.OriginAbsent || verdict == auth.OriginAccepted
}

// identify settles who connects: a signed-in user, or a visitor.
func (h *Hub) identify(r *http.Request, v *wish) (*Session, error) {
	c, ok := h.credentialOf(r, v)
	if !ok && v.name == "" && v.room == chat.General {
		if u, ok := h.chat.GivenVisitor(); ok {
			return newSession(h, u, nil), nil
		}
	}
	ctx, cancel := context.WithTimeout(r.Context(), handshakeTimeout)
	defer cancel()
	defer context.AfterFunc(h.base, cancel)() // the end does not wait for the store
	if err := h.entrance(ctx, v); err != nil {
		return nil, err
	}
	if !ok {
		u, err := h.chat.Visitor(ctx, v.name)
		if err != nil {
			return nil, err
		}
		return newSession(h, u, nil), nil
	}
	// The place is taken before the session is looked up: a sign-out that comes
	// between finds it.
	sl := h.reserve(c.Hash)
	if sl == nil {
		e := chat.Errorf(chat.RateLimited, "this session has %d connections already", h.opts.SessionSockets)
		e.RetryMS = fullRetry.Milliseconds()
		return nil, e
	}
	session, err := h.chat.Session(ctx, c.Hash)
	if err != nil {
		h.release(sl)
		return nil, err
	}
	return newSession(h, session.User, sl), nil
}

func isUpgrade(r *http.Request) bool {
	return r.Method == http.MethodGet && r.Header.Get("Upgrade") != ""
}

// subprotocols are those that the server speaks.
var subprotocols = []string{protocol.Name}

// upgrade returns the Client, or nil where it has refused.
func (h *Hub) upgrade(w http.ResponseWriter, r *http.Request, v *wish, refuse Refuse) *websocket.Client {
	refused := func(w http.ResponseWriter, r *http.Request, status int, reason string) {
		code := chat.Invalid
		switch {
		case status == http.StatusServiceUnavailable:
			code = chat.Unavailable
		case status >= http.StatusInternalServerError:
			code = chat.Internal
		}
		refuse(w, r, status, chat.Errorf(code, "%s", reason))
	}
	u := websocket.Upgrade{
		CheckOrigin:  h.mayUpgrade,
		Subprotocols: subprotocols,
		Hold:         true, // hello leaves with it
		Refuse:       refused,
	}
	if v.plain() {
		u.Subprotocols, u.Stall = nil, h.opts.Stall
	}
	client, err := h.pool.Upgrade(w, r, u)
	if err != nil {
		return nil // it was answered
	}
	return client
}

// welcome greets a Session that has its Client.
func (h *Hub) welcome(s *Session) {
	h.attach(s)
	rooms, err := h.belongings(s)
	if err != nil {
		h.log.Warn("a connection could not be greeted", "user", s.user.ID, "error", err)
		s.client.Close(websocket.CloseTryLater, "the server cannot read its rooms right now, retry_ms=2000")
		s.client.Start(s)
		return
	}
	s.greet(rooms)
	h.closeEnded(s)
}

// closeEnded closes a Session whose sign-out came before it was known.
func (h *Hub) closeEnded(s *Session) {
	if s.visitor() {
		return
	}
	h.mu.Lock()
	ended := s.slot.ended
	h.mu.Unlock()
	if ended {
		s.client.Close(websocket.ClosePolicy, reasonSignedOut)
	}
}

// belongings are the rooms that a Session is greeted with. A visitor belongs to
// general alone, and has read all of it.
func (h *Hub) belongings(s *Session) ([]chat.Belonging, error) {
	if s.visitor() {
		if room, ok := h.general.greeting(); ok {
			return []chat.Belonging{{Room: room, Read: room.Head}}, nil
		}
	}
	ctx, cancel := context.WithTimeout(h.base, handshakeTimeout)
	defer cancel()
	return h.chat.Belongings(ctx, s.user.ID)
}

// offers says whether the client offers the subprotocol.
func offers(r *http.Request, name string) bool {
	for _, header := range r.Header.Values("Sec-WebSocket-Protocol") {
		for offered := range strings.SplitSeq(header, ",") {
			if strings.TrimSpace(offered) == name {
				return true
			}
		}
	}
	return false
}
