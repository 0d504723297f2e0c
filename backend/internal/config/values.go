package config

import (
	"log/slog"
	"math"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Each function here returns the setter of one kind of value. A setter that
// answers false has not touched its field.

func integer[T ~int | ~int64 | ~uint16](to *T, low, high int64) func(string) bool {
	return func(s string) bool {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n < low || n > high || strings.HasPrefix(s, "+") {
			return false
		}
		*to = T(n)
		return true
	}
}

// plainNumber keeps out what ParseFloat would take besides: NaN, Inf, 1e9, 0x1p3.
var plainNumber = regexp.MustCompile(`^\d+(\.\d+)?$`)

func rate(to *float64) func(string) bool {
	return func(s string) bool {
		n, err := strconv.ParseFloat(s, 64)
		if err != nil || !plainNumber.MatchString(s) || n < 0.01 || n > million || math.IsNaN(n) {
			return false
		}
		*to = n
		return true
	}
}

func duration(to *time.Duration, low, high time.Duration) func(string) bool {
	return func(s string) bool {
		d, err := time.ParseDuration(s)
		if err != nil || d < low || d > high {
			return false
		}
		*to = d
		return true
	}
}

// secret takes low to high visible characters, or nothing.
func secret(to *string, low, high int) func(string) bool {
	return func(s string) bool {
		invisible := func(r rune) bool { return r <= ' ' || r > '~' }
		if s != "" && (len(s) < low || len(s) > high || strings.ContainsFunc(s, invisible)) {
			return false
		}
		*to = s
		return true
	}
}

func onOff(to *bool) func(string) bool {
	return func(s string) bool {
		switch strings.ToLower(s) {
		case "on", "true", "yes", "1":
			*to = true
		case "off", "false", "no", "0":
			*to = false
		default:
			return false
		}
		return true
	}
}

func oneOf(to *string, words ...string) func(string) bool {
	return func(s string) bool {
		s = strings.ToLower(s)
		if !slices.Contains(words, s) {
			return false
		}
		*to = s
		return true
	}
}

func logLevel(to *slog.Level) func(string) bool {
	levels := map[string]slog.Level{
		"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
	}
	return func(s string) bool {
		level, ok := levels[strings.ToLower(s)]
		if ok {
			*to = level
		}
		return ok
	}
}

func path(to *string) func(string) bool {
	return func(s string) bool {
		if strings.TrimSpace(s) == "" || strings.ContainsRune(s, 0) {
			return false
		}
		*to = s
		return true
	}
}

var dnsName = regexp.MustCompile(`^(?i:[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)(\.(?i:[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?))*\.?$`)

// onlyDigits finds what looks like a mistyped IPv4 address or a bare port.
var onlyDigits = regexp.MustCompile(`^[0-9.]+$`)

func hostName(to *string) func(string) bool {
	return func(s string) bool {
		if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
			s = s[1 : len(s)-1] // an IPv6 address as in a URL
		}
		_, err := netip.ParseAddr(s)
		if err != nil && (len(s) > 253 || !dnsName.MatchString(s) || onlyDigits.MatchString(s)) {
			return false
		}
		*to = s
		return true
	}
}

// list splits a comma-separated value; empty entries are dropped.
func list(s string) []string {
	var items []string
	for item := range strings.SplitSeq(s, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

func origins(to *[]string) func(string) bool {
	return func(s string) bool {
		var all []string
		for _, item := range list(s) {
			u, ok := parseOrigin(item)
			if !ok {
				return false
			}
			if origin := u.Scheme + "://" + u.Host; !slices.Contains(all, origin) {
				all = append(all, origin)
			}
		}
		*to = all
		return true
	}
}

func publicURL(to **url.URL) func(string) bool {
	return func(s string) bool {
		if s == "" {
			*to = nil
			return true
		}
		u, ok := parseOrigin(s)
		if ok {
			*to = u
		}
		return ok
	}
}

// parseOrigin reads an origin the way browsers spell it: lower case, and
// without the port that its scheme implies.
func parseOrigin(s string) (*url.URL, bool) {
	u, err := url.Parse(s)
	if err != nil {
		return nil, false
	}
	scheme, host, port := strings.ToLower(u.Scheme), strings.ToLower(u.Hostname()), u.Port()
	if !strings.EqualFold(strings.TrimSuffix(s, "/"), u.Scheme+"://"+u.Host) {
		return nil, false // a path, a query, a fragment or a user name
	}
	var parsed string
	if !hostName(&parsed)(host) || strings.HasSuffix(u.Host, ":") {
		return nil, false
	}
	var number uint16
	if port != "" && !integer(&number, 1, math.MaxUint16)(port) {
		return nil, false
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	switch {
	case scheme != "http" && scheme != "https":
		return nil, false
	case port == "", scheme == "http" && number == 80, scheme == "https" && number == 443:
		return &url.URL{Scheme: scheme, Host: host}, true
	default:
		return &url.URL{Scheme: scheme, Host: host + ":" + strconv.Itoa(int(number))}, true
	}
}

func prefixes(to *[]netip.Prefix) func(string) bool {
	return func(s string) bool {
		var all []netip.Prefix
		for _, item := range list(s) {
			if addr, err := netip.ParseAddr(item); err == nil && addr.Zone() == "" {
				addr = addr.Unmap()
				all = append(all, netip.PrefixFrom(addr, addr.BitLen()))
				continue
			}
			prefix, err := netip.ParsePrefix(item)
			if err != nil || prefix.Addr().Is4In6() {
				return false
			}
			all = append(all, prefix.Masked())
		}
		*to = all
		return true
	}
}

func isLoopback(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Unmap().IsLoopback()
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// redisURL takes the address of a Redis as a URL, or as host:port alone.
func redisURL(to **url.URL) func(string) bool {
	return func(s string) bool {
		if s == "" {
			*to = nil
			return true
		}
		if !strings.Contains(s, "://") {
			s = "redis://" + s
			if strings.ContainsAny(s[8:], "/@?#") {
				return false
			}
		}
		u, err := url.Parse(s)
		if err != nil || u.RawQuery != "" || u.Fragment != "" || u.Opaque != "" || strings.HasSuffix(u.Host, ":") {
			return false
		}
		u.Scheme = strings.ToLower(u.Scheme)
		var host string
		var port, database uint16
		if u.Port() == "" {
			u.Host = net.JoinHostPort(u.Hostname(), "6379")
		}
		path := strings.TrimPrefix(u.Path, "/")
		if (u.Scheme != "redis" && u.Scheme != "rediss") || !hostName(&host)(u.Hostname()) ||
			!integer(&port, 1, math.MaxUint16)(u.Port()) || (path != "" && !integer(&database, 0, math.MaxUint16)(path)) {
			return false
		}
		*to = u
		return true
	}
}
