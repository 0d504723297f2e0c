// Package rest is HTTP beside the socket: sessions, rooms, older events and
// health.
package rest

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/netip"
	"path"
	"time"

	"github.com/rs/cors"

	"github.com/teahouse-chat/teahouse/backend/internal/auth"
	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/limit"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
)

// Options are the settings of the API.
type Options struct {
	RateLimits bool
	Sends      *limit.Buckets[chat.UserID] // durable commands; sockets take from the same
	// Told is told every head of a room before a client is.
	Told func(room chat.RoomID, head uint64)
	// InTurn calls what reads a room's list, of which a few are read at once.
	InTurn     func(read func() error) error
	HTTPRate   float64 // requests a second and address
	HTTPBurst  int
	RoomRate   float64 // new rooms a second and user
	RoomBurst  int
	MaxCard    int64 // bytes of a request that posts a card; no fewer than of any other
	SessionTTL time.Duration
	// Push sends a text to every client of /echo.
	Push       func(text string)
	AdminToken string // who may push; "": this machine
	LimitBody  int64  // bytes of what is pushed
	Version    string // of this server
	// Redis says what is wrong with the mirror there, or nothing; nil: there is
	// no mirror.
	Redis   func() string
	Origins []string // for the protection of unsafe requests without an Origin header
}

// API answers everything below /api, and the health checks.
type API struct {
	chat     *chat.Service
	guard    *auth.Guard
	log      *slog.Logger
	opts     Options
	requests *limit.Buckets[netip.Addr]
	rooms    *limit.Buckets[chat.UserID]
	nearby   *limit.Buckets[netip.Addr] // new rooms of one address, however many users it makes
	csrf     *http.CrossOriginProtection
	stopping func() bool
}

const (
	crowd          = 10               // users' bursts of new rooms that one address may make
	maxBody        = 64 << 10         // bytes of a request's body
	requestTimeout = 20 * time.Second // for the whole of a request
)

// New makes the API. stopping says that the server goes down.
func New(service *chat.Service, guard *auth.Guard, log *slog.Logger, stopping func() bool, opts Options) *API {
	a := &API{
		chat: service, guard: guard, log: log, opts: opts, stopping: stopping,
		requests: limit.New[netip.Addr](opts.HTTPRate, opts.HTTPBurst, opts.RateLimits),
		rooms:    limit.New[chat.UserID](opts.RoomRate, opts.RoomBurst, opts.RateLimits),
		nearby:   limit.New[netip.Addr](opts.RoomRate, crowd*opts.RoomBurst, opts.RateLimits),
		csrf:     http.NewCrossOriginProtection(),
	}
	for _, o := range opts.Origins {
		if err := a.csrf.AddTrustedOrigin(o); err != nil {
			log.Warn("an allowed origin is not understood by the cross-origin protection", "origin", o, "error", err)
		}
	}
	return a
}

// sockets are the addresses of WebSockets: of teahouse.v1 and plain clients,
// and of those of other programs.
var sockets = map[string]struct{}{"/ws": {}, "/websocket": {}, "/todo": {}, "/echo": {}}

// Routes puts the API, the socket and the client's files on one handler.
func (a *API) Routes(socket, files http.Handler) http.Handler {
	api := http.NewServeMux()
	for pattern, h := range map[string]http.HandlerFunc{
		"GET /api/about":                      a.about,
		"POST /api/session":                   a.signIn,
		"GET /api/session":                    a.whoAmI,
		"PATCH /api/session":                  a.rename,
		"DELETE /api/session":                 a.signOut,
		"GET /api/rooms":                      a.listRooms,
		"POST /api/rooms":                     a.createRoom,
		"GET /api/rooms/{room}":               a.showRoom,
		"PATCH /api/rooms/{room}":             a.describeRoom,
		"GET /api/rooms/{room}/events":        a.events,
		"GET /api/rooms/{room}/todos":         a.todos,
		"POST /api/rooms/{room}/cards":        a.postCard,
		"PUT /api/rooms/{room}/members/me":    a.joinRoom,
		"DELETE /api/rooms/{room}/members/me": a.leaveRoom,
	} {
		api.HandleFunc(pattern, h)
	}
	mux := http.NewServeMux()
	mux.Handle("/api/", a.limited(a.protected(asJSON(api))))
	mux.HandleFunc("GET /healthz", a.healthz)
	mux.HandleFunc("GET /readyz", a.readyz)
	mux.Handle("/sendall", a.limited(http.HandlerFunc(a.sendAll)))
	mux.Handle("/metrics", http.NotFoundHandler())
	for path := range sockets {
		mux.Handle(path, socket)
	}
	mux.Handle("/", files)
	shared := cors.New(cors.Options{
		AllowOriginVaryRequestFunc: func(r *http.Request, origin string) (bool, []string) {
			return a.guard.OriginAllowed(r, origin), nil
		},
		AllowedMethods:   []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete},
		AllowedHeaders:   []string{"Content-Type", "Authorization"},
		AllowCredentials: true,
	})
	return a.hosted(socket, shared.Handler(mux))
}

// hosted refuses requests for a host that this server is not. A handshake then
// goes to the socket at once: it is judged there, and no page sees its headers.
func (a *API) hosted(socket, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		health := r.URL.Path == "/healthz" || r.URL.Path == "/readyz"
		if !health && !a.guard.HostAllowed(r) {
			Refuse(w, r, http.StatusMisdirectedRequest, chat.Errorf(chat.Invalid, "this server does not answer for that host name"))
			return
		}
		if _, is := sockets[r.URL.Path]; is && r.Method == http.MethodGet && r.Header.Get("Upgrade") != "" {
			if _, own := w.(*reply); !own {
				w = direct{w}
			}
			socket.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// limited bounds how often an address may ask, how long an answer may take and
// how much may be sent.
func (a *API) limited(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cross-Origin-Resource-Policy", "same-site")
		if wait := a.requests.Take(auth.Neighbourhood(a.guard.Address(r)), time.Now()); wait > 0 {
			a.fail(w, r, tooFast(wait, "too many requests from this address; try again in a moment"))
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), requestTimeout)
		defer cancel()
		limit := int64(maxBody)
		if path.Base(r.URL.Path) == "cards" {
			limit = max(limit, a.opts.MaxCard)
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func tooFast(wait time.Duration, detail string) *chat.Error {
	e := chat.Errorf(chat.RateLimited, "%s", detail)
	e.RetryMS = max(wait.Milliseconds(), 1)
	return e
}

// protected lets unsafe methods through only from this server's own pages, the
// allowed ones, and programs that are no browsers.
func (a *API) protected(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions {
			next.ServeHTTP(w, r)
			return
		}
		switch a.guard.Origin(r) {
		case auth.OriginAmbiguous:
			a.fail(w, r, chat.Errorf(chat.Invalid, "more than one Origin header"))
			return
		case auth.OriginRefused:
			a.fail(w, r, chat.Errorf(chat.Forbidden, "pages of this origin may not do that"))
			return
		case auth.OriginAbsent:
			if a.csrf.Check(r) != nil {
				a.fail(w, r, chat.Errorf(chat.Forbidden, "pages of other sites may not do that"))
				return
			}
		case auth.OriginAccepted:
		}
		if !isJSON(r) {
			Refuse(w, r, http.StatusUnsupportedMediaType, chat.Errorf(chat.Invalid, "send Content-Type: application/json"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isJSON: a request that carries a body says that it is JSON. One that carries
// none need not.
func isJSON(r *http.Request) bool {
	header := r.Header.Get("Content-Type")
	if header == "" && r.ContentLength == 0 && r.Method != http.MethodPost {
		return true
	}
	kind, _, err := mime.ParseMediaType(header)
	return err == nil && kind == "application/json"
}

// asJSON gives the router's own 404 and 405 the form of all other failures.
func asJSON(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		probe := &statusOnly{header: make(http.Header)}
		mux.ServeHTTP(probe, r)
		if probe.status == http.StatusMethodNotAllowed {
			w.Header()["Allow"] = probe.header["Allow"]
			Refuse(w, r, probe.status, chat.Errorf(chat.Invalid, "that cannot be done with %s", r.Method))
			return
		}
		Refuse(w, r, http.StatusNotFound, chat.Errorf(chat.NotFound, "there is nothing at this address"))
	})
}

// statusOnly keeps what the router would have answered.
type statusOnly struct {
	header http.Header
	status int
}

func (p *statusOnly) Header() http.Header         { return p.header }
func (p *statusOnly) Write(b []byte) (int, error) { return len(b), nil }
func (p *statusOnly) WriteHeader(status int)      { p.status = status }

// readFields reads a JSON body of strings.
func readFields(r *http.Request, set map[string]*string) error {
	body, err := readBody(r)
	if err != nil {
		return err
	}
	if e := protocol.DecodeObject(body, set); e != nil {
		return e
	}
	return nil
}

func readBody(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		e := chat.Errorf(chat.TooLong, "a request may have at most %d bytes", tooLarge.Limit)
		e.Limit = tooLarge.Limit
		return nil, e
	case err != nil:
		return nil, chat.Errorf(chat.BadJSON, "the body could not be read")
	}
	return body, nil
}
