package auth_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"testing"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/auth"
)

func request(host, origin, peer string, headers ...string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/ws", nil)
	r.Host = host
	r.RemoteAddr = peer
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return r
}

func TestTrustworthy(t *testing.T) {
	t.Parallel()
	public, err := url.Parse("https://chat.example")
	if err != nil {
		t.Fatal(err)
	}
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	plain := auth.NewGuard(nil, nil, proxies, false)
	named := auth.NewGuard(public, nil, nil, false)
	for _, c := range []struct {
		guard             *auth.Guard
		host, peer, proto string
		want              bool
	}{
		{plain, "192.168.1.7:8080", "192.168.1.9:1", "", false},
		{plain, "192.168.1.7:8080", "192.168.1.9:1", "https", false},
		{plain, "192.168.1.7:8080", "10.0.0.1:1", "https", true},
		{plain, "192.168.1.7:8080", "10.0.0.1:1", "http", false},
		{plain, "localhost:8080", "127.0.0.1:1", "", true},
		{plain, "tea.localhost", "127.0.0.1:1", "", true},
		{plain, "127.0.0.1:8080", "127.0.0.1:1", "", true},
		{plain, "[::1]:8080", "[::1]:1", "", true},
		{plain, "localhost.example", "127.0.0.1:1", "", false},
		{named, "chat.example", "192.0.2.1:1", "", true},
	} {
		r := request(c.host, "", c.peer, "X-Forwarded-Proto", c.proto)
		if got := c.guard.Trustworthy(r); got != c.want {
			t.Errorf("Host %q from %s by %q = %v, want %v", c.host, c.peer, c.proto, got, c.want)
		}
	}
}

func TestOrigin(t *testing.T) {
	t.Parallel()
	public, err := url.Parse("https://chat.example")
	if err != nil {
		t.Fatal(err)
	}
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	plain := auth.NewGuard(nil, []string{"https://other.example:8443", "http://listed.example"}, proxies, false)
	named := auth.NewGuard(public, nil, proxies, false)
	for _, c := range []struct {
		guard        *auth.Guard
		host, origin string
		want         auth.OriginVerdict
	}{
		{plain, "chat.example", "", auth.OriginAbsent},
		{plain, "chat.example", "http://chat.example", auth.OriginAccepted},
		{plain, "chat.example:80", "http://chat.example", auth.OriginAccepted},
		{plain, "chat.example", "http://chat.example:80", auth.OriginAccepted},
		{plain, "CHAT.example", "http://chat.EXAMPLE", auth.OriginAccepted},
		{plain, "chat.example:8080", "http://chat.example:8080", auth.OriginAccepted},
		{plain, "chat.example:8080", "http://chat.example", auth.OriginRefused},
		{plain, "chat.example", "https://chat.example", auth.OriginRefused},
		{plain, "chat.example", "http://chat.example.evil.com", auth.OriginRefused},
		{plain, "chat.example", "http://evilchat.example", auth.OriginRefused},
		{plain, "chat.example", "http://chat.example@evil.com", auth.OriginRefused},
		{plain, "chat.example", "http://chat.example/path", auth.OriginRefused},
		{plain, "chat.example", "null", auth.OriginRefused},
		{plain, "chat.example", "chat.example", auth.OriginRefused},
		{plain, "chat.example", "file://", auth.OriginRefused},
		{plain, "chat.example", "https://other.example:8443", auth.OriginAccepted},
		{plain, "chat.example", "https://other.example", auth.OriginRefused},
		{plain, "chat.example", "http://listed.example:80", auth.OriginAccepted},
		{plain, "localhost:8080", "http://localhost:5173", auth.OriginAccepted},
		{plain, "127.0.0.1:8080", "http://localhost:1", auth.OriginAccepted},
		{plain, "127.8.9.1:8080", "http://[::1]:9", auth.OriginAccepted},
		{plain, "[::1]:8080", "https://x.localhost", auth.OriginAccepted},
		{plain, "localhost:8080", "chrome-extension://localhost", auth.OriginRefused},
		{plain, "localhost:8080", "http://localhost.evil.com", auth.OriginRefused},
		{plain, "localhost:8080", "http://evil.com", auth.OriginRefused},
		{plain, "chat.example", "http://localhost:3000", auth.OriginRefused},
		{named, "chat.example", "https://chat.example", auth.OriginAccepted},
		{named, "chat.example", "http://chat.example", auth.OriginRefused},
		{named, "inner:8080", "http://inner:8080", auth.OriginRefused},
		{named, "inner:8080", "https://chat.example", auth.OriginAccepted},
	} {
		if got := c.guard.Origin(request(c.host, c.origin, "192.0.2.1:1")); got != c.want {
			t.Errorf("Host %s, Origin %s: %d, want %d", c.host, c.origin, got, c.want)
		}
	}
	two := request("chat.example", "http://chat.example", "192.0.2.1:1", "Origin", "http://evil.com")
	if got := plain.Origin(two); got != auth.OriginAmbiguous {
		t.Errorf("two headers: %d", got)
	}
	behind := request("chat.example", "https://chat.example", "10.1.2.3:1", "X-Forwarded-Proto", "https")
	if got := plain.Origin(behind); got != auth.OriginAccepted {
		t.Errorf("https in front of a trusted proxy: %d", got)
	}
	behind.RemoteAddr = "192.0.2.1:1"
	if got := plain.Origin(behind); got != auth.OriginRefused {
		t.Errorf("https claimed by a stranger: %d", got)
	}
}

func TestHost(t *testing.T) {
	t.Parallel()
	public, err := url.Parse("https://chat.example")
	if err != nil {
		t.Fatal(err)
	}
	local := auth.NewGuard(nil, nil, nil, true)
	wide := auth.NewGuard(nil, nil, nil, false)
	named := auth.NewGuard(public, nil, nil, false)
	for _, c := range []struct {
		guard *auth.Guard
		host  string
		want  bool
	}{
		{local, "localhost:8080", true},
		{local, "127.0.0.1", true},
		{local, "[::1]:8080", true},
		{local, "tea.localhost", true},
		{local, "evil.example:8080", false},
		{local, "192.168.1.2:8080", false},
		{local, "", false},
		{wide, "anything.example", true},
		{named, "chat.example", true},
		{named, "chat.example:443", true},
		{named, "Chat.Example", true},
		{named, "chat.example:8080", false},
		{named, "other.example", false},
		{named, "localhost:8080", true},
	} {
		if got := c.guard.HostAllowed(request(c.host, "", "192.0.2.1:1")); got != c.want {
			t.Errorf("Host %q: %t", c.host, got)
		}
	}
}

func TestAddress(t *testing.T) {
	t.Parallel()
	g := auth.NewGuard(nil, nil, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}, false)
	for _, c := range []struct {
		peer, want string
		forwarded  []string
	}{
		{"192.0.2.1:1", "192.0.2.1", []string{"127.0.0.1"}},
		{"10.0.0.1:1", "10.0.0.1", nil},
		{"10.0.0.1:1", "198.51.100.7", []string{"198.51.100.7"}},
		{"10.0.0.1:1", "198.51.100.7", []string{"1.1.1.1, 198.51.100.7"}},
		{"10.0.0.1:1", "198.51.100.7", []string{"1.1.1.1", "198.51.100.7, 10.9.9.9"}},
		{"10.0.0.1:1", "10.9.9.9", []string{"_x, 10.9.9.9"}},
		{"[fd00::1]:1", "2001:db8::5", []string{"2001:db8::5"}},
		{"[::ffff:192.0.2.1]:1", "192.0.2.1", nil},
	} {
		r := request("h", "", c.peer)
		for _, f := range c.forwarded {
			r.Header.Add("X-Forwarded-For", f)
		}
		if got := g.Address(r); got.String() != c.want {
			t.Errorf("%s forwarding %q: %s, want %s", c.peer, c.forwarded, got, c.want)
		}
	}
	if a, b := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2"); auth.Neighbourhood(a) != auth.Neighbourhood(b) {
		t.Error("two addresses of one subscriber are limited apart")
	}
}

func TestCookieAndBearer(t *testing.T) {
	t.Parallel()
	g := auth.NewGuard(nil, nil, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, false)
	token, hash := auth.NewToken()
	for _, c := range []struct {
		name   string
		r      *http.Request
		secure bool
	}{
		{"session", request("chat.example", "", "192.0.2.1:1"), false},
		{"__Host-session", request("chat.example", "", "10.0.0.1:1", "X-Forwarded-Proto", "https"), true},
	} {
		w := httptest.NewRecorder()
		g.SetCookie(w, c.r, token, time.Hour)
		cookie := w.Result().Cookies()[0] //nolint:bodyclose // a recorder's
		if cookie.Name != c.name || cookie.Secure != c.secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode ||
			cookie.Path != "/" || cookie.Domain != "" || cookie.MaxAge != 3600 {
			t.Errorf("%s: %+v", c.name, cookie)
		}
		c.r.AddCookie(cookie)
		got, ok := g.CredentialOf(c.r)
		if !ok || got.Hash != hash || !got.Cookie {
			t.Errorf("%s: %t, %t", c.name, ok, got.Cookie)
		}
		c.r.Header.Set("Authorization", "bearer other")
		if got, ok := g.CredentialOf(c.r); !ok || got.Cookie || got.Hash == hash {
			t.Errorf("%s: a bearer token does not win over the cookie", c.name)
		}
	}
	if _, ok := g.CredentialOf(request("h", "", "192.0.2.1:1")); ok {
		t.Error("a request without a credential has one")
	}
}
