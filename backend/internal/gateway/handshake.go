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

// Handler answers GET /ws.
func (h *Hub) Handler(refuse Refuse) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h.admit(r); err != nil {
			refuse(w, r, 0, chat.AsError(err))
			return
		}
		s, err := h.identify(r)
		if err != nil {
			if chat.AsError(err).Code == chat.Internal {
				h.log.Error("a handshake failed", "error", err)
			}
			refuse(w, r, 0, chat.AsError(err))
			return
		}
		h.connect(w, r, s, refuse)
	})
}

// admit checks what needs no store. Requests that are no handshake at all are
// let through: the upgrade answers them.
func (h *Hub) admit(r *http.Request) error {
	switch h.guard.Origin(r) {
	case auth.OriginAmbiguous:
		return chat.Errorf(chat.Invalid, "more than one Origin header")
	case auth.OriginRefused:
		return chat.Errorf(chat.Forbidden, "pages of this origin may not connect here")
	case auth.OriginAbsent:
		if c, ok := h.guard.CredentialOf(r); ok && c.Cookie {
			return chat.Errorf(chat.Forbidden, "a session cookie without an Origin header is refused")
		}
	case auth.OriginAccepted:
	}
	q := r.URL.Query()
	if q.Has("token") || q.Has("access_token") {
		return chat.Errorf(chat.Invalid, "a token does not belong into an address; send it as Authorization: Bearer")
	}
	if wait := h.connects.Take(auth.Neighbourhood(h.guard.Address(r)), time.Now()); wait > 0 {
		e := chat.Errorf(chat.RateLimited, "too many connections from this address; try again in a moment")
		e.RetryMS = max(wait.Milliseconds(), 1)
		return e
	}
	if h.pool.Len() >= h.opts.MaxSockets {
		return chat.Errorf(chat.Unavailable, "this server has as many connections as it can hold; try again later")
	}
	return nil
}

// mayUpgrade asks once more what admit has asked, where the socket is opened: a
// way past admit would still find the door closed.
func (h *Hub) mayUpgrade(r *http.Request) bool {
	verdict := h.guard.Origin(r)
	return verdict == auth.OriginAbsent || verdict == auth.OriginAccepted
}

// identify settles who connects: a signed-in user, or a visitor.
func (h *Hub) identify(r *http.Request) (*Session, error) {
	if !isUpgrade(r) {
		return newSession(h, chat.User{}, [32]byte{}, nil), nil // the upgrade refuses it
	}
	ctx, cancel := context.WithTimeout(r.Context(), handshakeTimeout)
	defer cancel()
	c, ok := h.guard.CredentialOf(r)
	if !ok {
		u, err := h.chat.Visitor(ctx, r.URL.Query().Get("name"))
		if err != nil {
			return nil, err
		}
		return newSession(h, u, [32]byte{}, nil), nil
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
		h.release(c.Hash, sl)
		return nil, err
	}
	return newSession(h, session.User, c.Hash, sl), nil
}

func isUpgrade(r *http.Request) bool {
	return r.Method == http.MethodGet && r.Header.Get("Upgrade") != ""
}

// connect upgrades and greets.
func (h *Hub) connect(w http.ResponseWriter, r *http.Request, s *Session, refuse Refuse) {
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
	if isUpgrade(r) && r.Header.Get("Sec-WebSocket-Version") == "13" && !offers(r, protocol.Name) {
		s.end()
		refused(w, r, http.StatusBadRequest, "offer the subprotocol "+protocol.Name)
		return
	}
	client, err := h.pool.Upgrade(w, r, websocket.Upgrade{
		CheckOrigin:  h.mayUpgrade,
		Subprotocols: []string{protocol.Name},
		Refuse:       refused,
		Hold:         true, // hello leaves with it
	})
	if err != nil {
		s.end()
		return
	}
	s.client = client
	h.attach(s)
	ctx, cancel := context.WithTimeout(s.ctx, handshakeTimeout)
	defer cancel()
	rooms, err := h.chat.Belongings(ctx, s.user.ID)
	if err != nil {
		h.log.Warn("a connection could not be greeted", "user", s.user.ID, "error", err)
		client.Close(websocket.CloseTryLater, "the server cannot read its rooms right now, retry_ms=2000")
		client.Start(s)
		return
	}
	s.greet(rooms)
	h.mu.Lock()
	ended := s.slot != nil && s.slot.ended
	h.mu.Unlock()
	if ended {
		client.Close(websocket.ClosePolicy, reasonSignedOut)
	}
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
