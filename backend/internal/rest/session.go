package rest

import (
	"net/http"

	"github.com/teahouse-chat/teahouse/backend/internal/auth"
	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
)

// user finds who asks. ok is false where nobody does, or where the session has
// ended.
func (a *API) user(w http.ResponseWriter, r *http.Request) (u chat.User, c auth.Credential, ok bool, err error) {
	c, ok = a.guard.CredentialOf(r)
	if !ok {
		return chat.User{}, c, false, nil
	}
	s, err := a.chat.Session(r.Context(), c.Hash)
	var renewed bool
	if err == nil {
		renewed, err = a.chat.Renew(r.Context(), s)
	}
	if err != nil {
		if chat.AsError(err).Code == chat.Unauthenticated {
			return chat.User{}, c, false, nil
		}
		return chat.User{}, c, false, err
	}
	if renewed && c.Cookie {
		a.guard.SetCookie(w, r, c.Token, a.opts.SessionTTL)
	}
	return s.User, c, true, nil
}

// signedIn is user for what nobody may do without a session. It has answered
// where ok is false.
func (a *API) signedIn(w http.ResponseWriter, r *http.Request) (chat.User, auth.Credential, bool) {
	u, c, ok, err := a.user(w, r)
	if err == nil && !ok {
		err = chat.Errorf(chat.Unauthenticated, "sign in first")
	}
	if err != nil {
		a.fail(w, r, err)
		return u, c, false
	}
	return u, c, true
}

// reader is user for what may be read without a session where guests are
// allowed. It has answered where ok is false.
func (a *API) reader(w http.ResponseWriter, r *http.Request) (chat.User, bool) {
	u, _, ok, err := a.user(w, r)
	if err == nil && !ok && !a.chat.GuestsAllowed() {
		err = chat.Errorf(chat.Unauthenticated, "sign in first")
	}
	if err != nil {
		a.fail(w, r, err)
		return u, false
	}
	return u, true
}

func (a *API) signIn(w http.ResponseWriter, r *http.Request) {
	var name string
	if err := readFields(r, map[string]*string{"name": &name}); err != nil {
		a.fail(w, r, err)
		return
	}
	if _, _, live, err := a.user(w, r); err != nil || live {
		if err == nil {
			err = chat.Errorf(chat.Conflict, "you are signed in already; sign out first")
		}
		a.fail(w, r, err)
		return
	}
	token, hash := auth.NewToken()
	u, err := a.chat.SignIn(r.Context(), name, hash)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	a.guard.SetCookie(w, r, token, a.opts.SessionTTL)
	write(w, http.StatusCreated, protocol.UserBody(&u))
}

// whoAmI says who asks. A page that opens for the first time expects that this
// is nobody, and asks with `?quiet`: browsers report a 401 as an error.
func (a *API) whoAmI(w http.ResponseWriter, r *http.Request) {
	u, _, ok, err := a.user(w, r)
	if err == nil && !ok && r.URL.Query().Has("quiet") {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if err == nil && !ok {
		err = chat.Errorf(chat.Unauthenticated, "sign in first")
	}
	if err != nil {
		a.fail(w, r, err)
		return
	}
	write(w, http.StatusOK, protocol.UserBody(&u))
}

func (a *API) rename(w http.ResponseWriter, r *http.Request) {
	u, c, ok := a.signedIn(w, r)
	if !ok {
		return
	}
	var name string
	err := readFields(r, map[string]*string{"name": &name})
	if err == nil {
		u, err = a.chat.Rename(r.Context(), u, c.Hash, name)
	}
	if err != nil {
		a.fail(w, r, err)
		return
	}
	write(w, http.StatusOK, protocol.UserBody(&u))
}

func (a *API) signOut(w http.ResponseWriter, r *http.Request) {
	_, c, ok := a.signedIn(w, r)
	if !ok {
		return
	}
	if err := a.chat.SignOut(r.Context(), c.Hash); err != nil {
		a.fail(w, r, err)
		return
	}
	if c.Cookie {
		a.guard.ClearCookie(w, r)
	}
	w.WriteHeader(http.StatusNoContent)
}
