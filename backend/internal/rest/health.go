package rest

import (
	"context"
	"net/http"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
)

// readyTimeout bounds the proof that the store can write.
const readyTimeout = 2 * time.Second

// healthz says that the process answers.
func (a *API) healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	write(w, http.StatusOK, []byte(`{"status":"ok"}`))
}

// readyz says whether commands can be taken.
func (a *API) readyz(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	switch {
	case a.stopping():
		write(w, http.StatusServiceUnavailable, []byte(`{"status":"unavailable","checks":{"server":"stopping"}}`))
	case a.chat.Check(ctx) != nil:
		write(w, http.StatusServiceUnavailable, []byte(`{"status":"unavailable","checks":{"store":"cannot write"}}`))
	case a.opts.Redis == nil:
		write(w, http.StatusOK, []byte(`{"status":"ready","checks":{"store":"ok"}}`))
	default:
		write(w, http.StatusOK, protocol.MirroredBody(a.opts.Redis()))
	}
}

// about says what this server is, to anybody.
func (a *API) about(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	write(w, http.StatusOK, protocol.AboutBody(a.opts.Version))
}
