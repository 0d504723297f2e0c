package rest

import (
	"crypto/sha256"
	"crypto/subtle"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/teahouse-chat/teahouse/backend/internal/auth"
	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// pods is what is pushed where no message is given: the table that the pages of
// one course show.
const pods = `[{"PodName":"pod-101","PodImage":"nginx:1.18","PodNode":"node1"},` +
	`{"PodName":"pod-76xs","PodImage":"alpine:3.12","PodNode":"node2"},` +
	`{"PodName":"pod-F#ff3","PodImage":"tomcat:8","PodNode":"node3"}]`

// sendAll pushes a text to every client of /echo. That a GET does it is for the
// sake of who was taught so; no page of another site can.
func (a *API) sendAll(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, POST")
		Refuse(w, r, http.StatusMethodNotAllowed, chat.Errorf(chat.Invalid, "that cannot be done with %s", r.Method))
		return
	}
	if err := a.mayPush(r); err != nil {
		if err.Code == chat.Unauthenticated {
			w.Header().Set("WWW-Authenticate", "Bearer")
		}
		a.fail(w, r, err)
		return
	}
	if r.Method == http.MethodPost && !isJSON(r) {
		Refuse(w, r, http.StatusUnsupportedMediaType, chat.Errorf(chat.Invalid, "send Content-Type: application/json"))
		return
	}
	text, err := a.pushed(r)
	if err != nil {
		Refuse(w, r, http.StatusBadRequest, chat.AsError(err))
		return
	}
	a.opts.Push(text)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "OK") // that it cannot be written is the other side's affair
}

// mayPush decides who may: no page of another site, and of all else who has the
// token, or, where none is set, who is on this machine.
func (a *API) mayPush(r *http.Request) *chat.Error {
	switch a.guard.Origin(r) {
	case auth.OriginAmbiguous:
		return chat.Errorf(chat.Invalid, "more than one Origin header")
	case auth.OriginRefused:
		return chat.Errorf(chat.Forbidden, "pages of this origin may not do that")
	case auth.OriginAbsent, auth.OriginAccepted:
	}
	if strings.EqualFold(r.Header.Get("Sec-Fetch-Site"), "cross-site") {
		return chat.Errorf(chat.Forbidden, "pages of other sites may not do that")
	}
	if a.opts.AdminToken == "" {
		if !a.guard.SameMachine(r) {
			return chat.Errorf(chat.Forbidden, "only this machine may do that, unless ADMIN_TOKEN is set")
		}
		return nil
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	given, want := sha256.Sum256([]byte(strings.TrimSpace(token))), sha256.Sum256([]byte(a.opts.AdminToken))
	if !strings.EqualFold(scheme, "Bearer") || subtle.ConstantTimeCompare(given[:], want[:]) != 1 {
		return chat.Errorf(chat.Unauthenticated, "send ADMIN_TOKEN as Authorization: Bearer")
	}
	return nil
}

// pushed is the text that the request gives, or the table where it gives none.
func (a *API) pushed(r *http.Request) (string, error) {
	text, given, err := given(r)
	switch {
	case err != nil:
		return "", err
	case !given:
		return pods, nil
	case text == "":
		return "", chat.InvalidField("msg", "an empty message is not sent")
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return "", chat.InvalidField("msg", "a message is text in UTF-8, without U+0000")
	case int64(len(text)) > a.opts.LimitBody:
		return "", chat.InvalidField("msg", "a message may have at most %d bytes", a.opts.LimitBody)
	}
	return text, nil
}

// given is the request's msg, if it has one.
func given(r *http.Request) (text string, is bool, err error) {
	if r.Method == http.MethodPost {
		const none = "\x00" // which no text in JSON is let be
		text = none
		err = readFields(r, map[string]*string{"msg": &text})
		return text, text != none, err
	}
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return "", false, chat.InvalidField("msg", "the query cannot be read: write %%25 for %% and %%26 for &")
	}
	return q.Get("msg"), q.Has("msg"), nil
}
