package auth

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// Guard knows where this server is and whom it trusts to say so.
type Guard struct {
	public   *url.URL // the configured public address, or nil
	allowed  map[string]struct{}
	proxies  []netip.Prefix
	loopback bool // the listener is bound to loopback
}

// NewGuard makes a Guard. public may be nil; origins are those of other pages
// that may use this server; loopback says that the listener is bound to
// loopback.
func NewGuard(public *url.URL, origins []string, proxies []netip.Prefix, loopback bool) *Guard {
	g := &Guard{public: public, proxies: proxies, loopback: loopback, allowed: make(map[string]struct{})}
	for _, o := range origins {
		if u, err := url.Parse(o); err == nil {
			g.allowed[originOf(u.Scheme, u.Host)] = struct{}{}
		}
	}
	return g
}

// Address is the address that counts as the other side's: the peer's, or,
// where that is a trusted proxy, the last untrusted one that it forwards.
func (g *Guard) Address(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{} // a connection without an address: all of those are one
	}
	addr := peer.Addr().Unmap()
	if !g.trusted(addr) {
		return addr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			return addr
		}
		addr = hop.Unmap()
		if !g.trusted(addr) {
			return addr
		}
	}
	return addr
}

// Neighbourhood is what limits by address count together: an IPv4 address, or
// the /64 that one IPv6 subscriber has to choose from.
func Neighbourhood(a netip.Addr) netip.Addr {
	if a.Is6() && !a.Is4In6() {
		if p, err := a.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return a
}

func (g *Guard) trusted(a netip.Addr) bool {
	for _, p := range g.proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// fromProxy says whether a trusted proxy brought the request.
func (g *Guard) fromProxy(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && g.trusted(peer.Addr().Unmap())
}

// secure says whether the browser came by https.
func (g *Guard) secure(r *http.Request) bool { return g.scheme(r) == "https" }

// Trustworthy says whether browsers trust the address that the request came to:
// one of https, or of their own machine.
func (g *Guard) Trustworthy(r *http.Request) bool {
	return g.secure(r) || isLoopbackName(hostname(r.Host))
}

func (g *Guard) scheme(r *http.Request) string {
	switch {
	case g.public != nil && sameHost(g.public, r.Host):
		return g.public.Scheme
	case r.TLS != nil:
		return "https"
	case g.fromProxy(r) && strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https"):
		return "https"
	}
	return "http"
}

// OriginVerdict is what the Origin header of a request means.
type OriginVerdict int

// The verdicts.
const (
	OriginAbsent    OriginVerdict = iota // not a browser's cross-origin or unsafe request
	OriginAccepted                       // this server's own, a listed one, or loopback to loopback
	OriginRefused                        // another site's page
	OriginAmbiguous                      // more than one header
)

// Origin judges the Origin header. It is the only such judgement; CORS, the
// protection of unsafe methods and the WebSocket handshake all ask it.
func (g *Guard) Origin(r *http.Request) OriginVerdict {
	origins := r.Header.Values("Origin")
	switch len(origins) {
	case 0:
		return OriginAbsent
	case 1:
		if g.OriginAllowed(r, origins[0]) {
			return OriginAccepted
		}
		return OriginRefused
	}
	return OriginAmbiguous
}

// OriginAllowed says whether a page of this origin may use this server.
func (g *Guard) OriginAllowed(r *http.Request, origin string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Scheme == "" || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil {
		return false
	}
	o := originOf(u.Scheme, u.Host)
	if _, listed := g.allowed[o]; listed {
		return true
	}
	if g.public != nil {
		if o == originOf(g.public.Scheme, g.public.Host) {
			return true
		}
	} else if o == originOf(g.scheme(r), r.Host) {
		return true
	}
	return (u.Scheme == "http" || u.Scheme == "https") && isLoopbackName(u.Hostname()) && isLoopbackName(hostname(r.Host))
}

// OwnPage says whether the request comes from a page of this server's own host
// and port.
func (g *Guard) OwnPage(r *http.Request) bool {
	u, err := url.Parse(r.Header.Get("Origin"))
	if err != nil || u.Host == "" {
		return false
	}
	return sameHost(u, r.Host) || (g.public != nil && sameHost(g.public, u.Host))
}

// LocalFile says whether the request comes from a page that was opened from a
// file, or has no origin for another reason, to a loopback name.
func (g *Guard) LocalFile(r *http.Request) bool {
	origins := r.Header.Values("Origin")
	return len(origins) == 1 && origins[0] == "null" && isLoopbackName(hostname(r.Host))
}

// SameMachine says whether a program or a page on this machine asks, addressing
// it as such, and not through a proxy here. Not every proxy leaves a trace: where
// the settings tell of one, nobody does.
func (g *Guard) SameMachine(r *http.Request) bool {
	if g.fromProxy(r) || (g.public != nil && !isLoopbackName(g.public.Hostname())) {
		return false
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !peer.Addr().Unmap().IsLoopback() || !isLoopbackName(hostname(r.Host)) {
		return false
	}
	for name := range r.Header {
		if strings.HasPrefix(name, "X-Forwarded-") || name == "Forwarded" || name == "Via" || name == "X-Real-Ip" {
			return false
		}
	}
	return true
}

// HostAllowed says whether this server answers to the request's Host. Bound to
// loopback it answers to loopback names alone, so that no foreign name that
// resolves to 127.0.0.1 can reach it from a browser (DNS rebinding).
func (g *Guard) HostAllowed(r *http.Request) bool {
	switch {
	case isLoopbackName(hostname(r.Host)):
		return true
	case g.public != nil:
		return sameHost(g.public, r.Host)
	}
	return !g.loopback
}

// originOf is an origin in one normal form: lower case, without a default port.
func originOf(scheme, host string) string {
	scheme, host = strings.ToLower(scheme), strings.ToLower(host)
	if scheme == "http" {
		host = strings.TrimSuffix(host, ":80")
	}
	if scheme == "https" {
		host = strings.TrimSuffix(host, ":443")
	}
	return scheme + "://" + host
}

func sameHost(u *url.URL, host string) bool {
	return originOf(u.Scheme, u.Host) == originOf(u.Scheme, host)
}

// hostname is a Host header without its port.
func hostname(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h
	}
	return strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
}

// isLoopbackName knows localhost, *.localhost, 127.0.0.0/8 and ::1.
func isLoopbackName(name string) bool {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	a, err := netip.ParseAddr(name)
	return err == nil && a.Unmap().IsLoopback()
}
