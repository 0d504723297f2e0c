package auth_test

import (
	"net/netip"
	"net/url"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/internal/auth"
)

func TestOwnPage(t *testing.T) {
	t.Parallel()
	public, err := url.Parse("https://chat.example")
	if err != nil {
		t.Fatal(err)
	}
	near, far := auth.NewGuard(nil, nil, nil, true), auth.NewGuard(public, nil, nil, false)
	for _, c := range []struct {
		guard        *auth.Guard
		host, origin string
		want         bool
	}{
		{near, "localhost:8080", "http://localhost:8080", true},
		{near, "LOCALHOST:8080", "http://localhost:8080", true},
		{near, "localhost", "http://localhost:80", true},
		{near, "localhost:8080", "http://localhost:3000", false},
		{near, "127.0.0.1:8080", "http://localhost:8080", false},
		{near, "localhost:8080", "null", false},
		{near, "localhost:8080", "", false},
		{far, "127.0.0.1:8080", "https://chat.example", true}, // behind a proxy that does not keep the Host
		{far, "chat.example", "https://chat.example:443", true},
		{far, "chat.example", "https://other.example", false},
	} {
		if got := c.guard.OwnPage(request(c.host, c.origin, "127.0.0.1:1")); got != c.want {
			t.Errorf("a page of %q at %q: %v, want %v", c.origin, c.host, got, c.want)
		}
	}
}

func TestLocalFile(t *testing.T) {
	t.Parallel()
	g := auth.NewGuard(nil, nil, nil, false)
	for _, c := range []struct {
		host, origin string
		want         bool
	}{
		{"localhost:8080", "null", true},
		{"127.0.0.1:8080", "null", true},
		{"[::1]:8080", "null", true},
		{"chat.example", "null", false},
		{"192.168.1.7:8080", "null", false},
		{"localhost:8080", "file://", false},
		{"localhost:8080", "", false},
	} {
		if got := g.LocalFile(request(c.host, c.origin, "127.0.0.1:1")); got != c.want {
			t.Errorf("a page of %q at %q: %v, want %v", c.origin, c.host, got, c.want)
		}
	}
	if g.LocalFile(request("localhost:8080", "null", "127.0.0.1:1", "Origin", "null")) {
		t.Error("two origins are taken for one")
	}
}

func TestSameMachine(t *testing.T) {
	t.Parallel()
	g := auth.NewGuard(nil, nil, nil, false)
	for _, c := range []struct {
		host, peer, header string
		want               bool
	}{
		{"localhost:8080", "127.0.0.1:1", "", true},
		{"[::1]:8080", "[::1]:1", "", true},
		{"127.0.0.1", "[::ffff:127.0.0.1]:1", "", true},
		{"chat.example", "127.0.0.1:1", "", false},
		{"localhost:8080", "192.168.1.9:1", "", false},
		{"localhost:8080", "somewhere", "", false},
		{"localhost:8080", "127.0.0.1:1", "X-Forwarded-For", false},
		{"localhost:8080", "127.0.0.1:1", "x-forwarded-whatever", false},
		{"localhost:8080", "127.0.0.1:1", "X-Real-IP", false},
		{"localhost:8080", "127.0.0.1:1", "Forwarded", false},
		{"localhost:8080", "127.0.0.1:1", "Via", false},
	} {
		var headers []string
		if c.header != "" {
			headers = []string{c.header, ""}
		}
		if got := g.SameMachine(request(c.host, "", c.peer, headers...)); got != c.want {
			t.Errorf("%s from %s with %q: %v, want %v", c.host, c.peer, c.header, got, c.want)
		}
	}
}

// Where a proxy is known to be in front, what comes from this machine may have
// come through it, whatever headers it leaves out.
func TestSameMachineBehindAProxy(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{"https://chat.example": false, "http://localhost:8080": true} {
		public, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		g := auth.NewGuard(public, nil, nil, true)
		if got := g.SameMachine(request("localhost:8080", "", "127.0.0.1:1")); got != want {
			t.Errorf("with %s: %v", address, got)
		}
	}
	g := auth.NewGuard(nil, nil, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, true)
	if g.SameMachine(request("localhost:8080", "", "127.0.0.1:1")) {
		t.Error("a trusted proxy is taken for who asks")
	}
	if !g.SameMachine(request("localhost:8080", "", "[::1]:1")) {
		t.Error("who is no proxy is refused")
	}
}
