package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"time"
)

// Names of the session cookie. The second, for https, makes browsers refuse
// one that was set by a neighbouring host or over plain http.
const (
	cookieName       = "session"
	secureCookieName = "__Host-session"
)

const tokenBytes = 32 // 256 random bits

// NewToken makes a session token and the hash that is stored of it.
func NewToken() (token string, hash [32]byte) {
	raw := make([]byte, tokenBytes)
	_, _ = rand.Read(raw) // never fails: crypto/rand ends the program first
	token = base64.RawURLEncoding.EncodeToString(raw)
	return token, hashToken(token)
}

func hashToken(token string) [32]byte { return sha256.Sum256([]byte(token)) }

// SetCookie gives the browser the session's token.
func (g *Guard) SetCookie(w http.ResponseWriter, r *http.Request, token string, ttl time.Duration) {
	http.SetCookie(w, g.cookie(r, token, int(ttl.Seconds())))
}

// ClearCookie takes it away again.
func (g *Guard) ClearCookie(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, g.cookie(r, "", -1))
}

func (g *Guard) cookie(r *http.Request, value string, maxAge int) *http.Cookie {
	secure := g.secure(r)
	name := cookieName
	if secure {
		name = secureCookieName
	}
	return &http.Cookie{ //nolint:gosec // not Secure where the browser came by http: it would drop it
		Name: name, Value: value, Path: "/", MaxAge: maxAge,
		Secure: secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

// Credential is what a request offers to say who it is.
type Credential struct {
	Token  string
	Hash   [32]byte
	Cookie bool // it came by cookie, so a browser may have sent it unasked
}

// CredentialOf finds the request's credential. ok is false where it has none.
func (g *Guard) CredentialOf(r *http.Request) (c Credential, ok bool) {
	// A bearer without a token is one that nobody knows, not nobody.
	if scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " "); strings.EqualFold(scheme, "Bearer") {
		token = strings.TrimSpace(token)
		return Credential{Token: token, Hash: hashToken(token)}, true
	}
	if len(r.Header["Cookie"]) == 0 {
		return Credential{}, false
	}
	name := cookieName
	if g.secure(r) {
		name = secureCookieName
	}
	cookie, err := r.Cookie(name)
	if err != nil || cookie.Value == "" {
		return Credential{}, false
	}
	return Credential{Token: cookie.Value, Hash: hashToken(cookie.Value), Cookie: true}, true
}
