package rest

import (
	"net/http"
	"strconv"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
)

// statuses is the one table from codes to HTTP.
var statuses = map[chat.Code]int{
	chat.BadJSON:         http.StatusBadRequest,
	chat.UnknownOp:       http.StatusBadRequest,
	chat.Invalid:         http.StatusBadRequest,
	chat.TooLong:         http.StatusRequestEntityTooLarge,
	chat.Unauthenticated: http.StatusUnauthorized,
	chat.Forbidden:       http.StatusForbidden,
	chat.NotFound:        http.StatusNotFound,
	chat.Conflict:        http.StatusConflict,
	chat.RateLimited:     http.StatusTooManyRequests,
	chat.Unavailable:     http.StatusServiceUnavailable,
	chat.Internal:        http.StatusInternalServerError,
}

// fail answers with an error. What has no code is logged in full and told
// without detail.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	e := chat.AsError(err)
	if e.Code == chat.Internal && r.Context().Err() == nil {
		a.log.Error("a request failed", "method", r.Method, "path", r.URL.Path, "error", err)
	}
	Refuse(w, r, 0, e)
}

// Refuse writes an error with a status of its own, or, where that is 0, with
// the one that belongs to its code.
func Refuse(w http.ResponseWriter, _ *http.Request, status int, e *chat.Error) {
	if e.RetryMS > 0 {
		w.Header().Set("Retry-After", strconv.FormatInt((e.RetryMS+999)/1000, 10))
	}
	if status == 0 {
		status = statuses[e.Code]
	}
	write(w, status, protocol.ErrorBody(e))
}

// write answers with a JSON body. That it cannot be written any more is the
// other side's affair.
func write(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) //nolint:gosec // JSON, said to be JSON, with nosniff
}
