package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: teahouse.v1\r\n"

// raw sends a request as it stands and reads the head of the answer.
func (h *house) raw(method, target, header string) *reply {
	h.t.Helper()
	conn, err := new(net.Dialer).DialContext(h.t.Context(), "tcp", h.addr)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(patience))
	if !strings.Contains(header, "Host:") {
		header += "Host: " + h.addr + "\r\n"
	}
	go func() { _, _ = fmt.Fprintf(conn, "%s %s HTTP/1.1\r\n%s\r\n", method, target, header) }() // the server may stop reading
	answer, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		h.t.Fatalf("%s %.80s: %v", method, target, err)
	}
	if answer.StatusCode == http.StatusSwitchingProtocols {
		return &reply{status: answer.StatusCode, header: answer.Header}
	}
	return read(h.t, answer)
}

func TestHandshakesThatAreRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	without := func(line string) string {
		var kept []string
		for _, l := range strings.SplitAfter(upgrade, "\r\n") {
			if !strings.HasPrefix(l, line+":") {
				kept = append(kept, l)
			}
		}
		return strings.Join(kept, "")
	}
	const proto = "Sec-WebSocket-Protocol"
	for name, test := range map[string]struct {
		method, target, header string
		status                 int
		code                   string
	}{
		"as it should be":       {"GET", "/ws", upgrade, 101, ""},
		"one offer of many":     {"GET", "/ws", without(proto) + proto + ": chat, teahouse.v1\r\n", 101, ""},
		"lower case, comma":     {"GET", "/ws", strings.ToLower(without("Connection")) + "connection: keep-alive, upgrade\r\n", 101, ""},
		"not an upgrade":        {"GET", "/ws", "", 426, "invalid"},
		"no Connection":         {"GET", "/ws", without("Connection"), 426, "invalid"},
		"another upgrade":       {"GET", "/ws", without("Upgrade") + "Upgrade: h2c\r\n", 426, "invalid"},
		"version 8":             {"GET", "/ws", without("Sec-WebSocket-Version") + "Sec-WebSocket-Version: 8\r\n", 426, "invalid"},
		"no version":            {"GET", "/ws", without("Sec-WebSocket-Version"), 426, "invalid"},
		"no key":                {"GET", "/ws", without("Sec-WebSocket-Key"), 400, "invalid"},
		"short key":             {"GET", "/ws", without("Sec-WebSocket-Key") + "Sec-WebSocket-Key: AAAA\r\n", 400, "invalid"},
		"key of 15 bytes":       {"GET", "/ws", without("Sec-WebSocket-Key") + "Sec-WebSocket-Key: MTIzNDU2Nzg5MDEyMzQ1\r\n", 400, "invalid"},
		"POST":                  {"POST", "/ws", upgrade, 405, "invalid"},
		"PUT, no upgrade":       {"PUT", "/ws", "Content-Length: 0\r\n", 405, "invalid"},
		"token in the address":  {"GET", "/ws?token=abc", upgrade, 400, "invalid"},
		"access_token":          {"GET", "/ws?name=Ada&access_token=", upgrade, 400, "invalid"},
		"two origins":           {"GET", "/ws", upgrade + "Origin: http://" + h.addr + "\r\nOrigin: http://" + h.addr + "\r\n", 400, "invalid"},
		"a bad name":            {"GET", "/ws?name=a%07b", upgrade, 400, "invalid"},
		"a blank name":          {"GET", "/ws?name=%20", upgrade, 400, "invalid"},
		"a name not in UTF-8":   {"GET", "/ws?name=%ff", upgrade, 400, "invalid"},
		"a name of 41":          {"GET", "/ws?name=" + strings.Repeat("a", 41), upgrade, 400, "invalid"},
		"unknown bearer":        {"GET", "/ws", upgrade + "Authorization: Bearer nobody\r\n", 401, "unauthenticated"},
		"bearer without token":  {"GET", "/ws", upgrade + "Authorization: Bearer\r\n", 401, "unauthenticated"},
		"dead cookie":           {"GET", "/ws", upgrade + "Cookie: session=nobody\r\nOrigin: http://" + h.addr + "\r\n", 401, "unauthenticated"},
		"cookie, no Origin":     {"GET", "/ws", upgrade + "Cookie: session=nobody\r\n", 403, "forbidden"},
		"a header of 1 MiB":     {"GET", "/ws", upgrade + "X-Long: " + strings.Repeat("x", 1<<20) + "\r\n", 431, ""},
		"33 KiB of headers":     {"GET", "/ws", upgrade + strings.Repeat("X-Many: "+strings.Repeat("x", 1000)+"\r\n", 33), 431, ""},
		"a cookie of 64 KiB":    {"GET", "/ws", upgrade + "Cookie: session=" + strings.Repeat("x", 64<<10) + "\r\n", 431, ""},
		"30 KiB of headers":     {"GET", "/ws", upgrade + strings.Repeat("X-Many: "+strings.Repeat("x", 1000)+"\r\n", 29), 101, ""},
		"another path below it": {"GET", "/ws/", upgrade, 404, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := h.raw(test.method, test.target, test.header).want(t, test.status, test.code)
			if r.status == 426 && (r.header.Get("Upgrade") != "websocket" || r.header.Get("Sec-WebSocket-Version") != "13") {
				t.Errorf("426 with %v", r.header)
			}
			if r.status == 405 && r.header.Get("Allow") != "GET" {
				t.Errorf("405 with Allow %q", r.header.Get("Allow"))
			}
			if r.status == 101 && (r.header.Get("Sec-WebSocket-Protocol") != "teahouse.v1" || r.header.Get("Sec-WebSocket-Extensions") != "") {
				t.Errorf("101 with %v", r.header)
			}
		})
	}
}

func TestOriginsOfSockets(t *testing.T) {
	t.Parallel()
	own := func(t *testing.T, h *house, host string) func(origin string, status int) {
		return func(origin string, status int) {
			t.Helper()
			header := upgrade + "Host: " + host + "\r\n"
			if origin != "" {
				header += "Origin: " + origin + "\r\n"
			}
			if r := h.raw("GET", "/ws", header); r.status != status || (status == 403) != (r.Error.Code == "forbidden") {
				t.Errorf("host %s, origin %q: %d %s, want %d", host, origin, r.status, r.text, status)
			}
		}
	}
	evil := []string{
		"https://evil.example", "http://evil.example", "null", "file://", "http://localhost.evil.example", "http://127.0.0.1.evil.example",
		"http://evillocalhost", "ftp://localhost", "localhost", "//localhost", "http://user@localhost", "http://localhost/path", "*", "http://",
	}
	t.Run("loopback", func(t *testing.T) {
		t.Parallel()
		h := open(t)
		for _, host := range []string{h.addr, "localhost:8080", "[::1]:8080", "tea.localhost"} {
			try := own(t, h, host)
			for _, origin := range append(evil, "http://chat.example") {
				try(origin, 403)
			}
			for _, origin := range []string{
				"", "http://" + host, "http://localhost:3000", "http://127.0.0.1:5173", "https://localhost:1", "http://[::1]:9", "http://a.localhost:80", "HTTP://LOCALHOST:3000", "http://127.9.9.9",
			} {
				try(origin, 101)
			}
		}
	})
	t.Run("open to the network", func(t *testing.T) {
		t.Parallel()
		h := open(t, "HOST=0.0.0.0", "ALLOWED_ORIGINS=https://friend.example,http://other.example:3000")
		try := own(t, h, "chat.example:8080")
		for _, origin := range append(evil, "https://chat.example:8080", "http://chat.example", "http://chat.example:8081",
			"http://chat.example:8080.evil.example", "http://evilchat.example:8080", "http://localhost:3000", "http://localhost:8080",
			"http://friend.example", "https://friend.example:444", "https://sub.friend.example", "http://other.example") {
			try(origin, 403)
		}
		for _, origin := range []string{"", "http://chat.example:8080", "https://friend.example", "https://friend.example:443", "http://other.example:3000"} {
			try(origin, 101)
		}
	})
	t.Run("behind a proxy", func(t *testing.T) {
		t.Parallel()
		h := open(t, "HOST=0.0.0.0", "PUBLIC_URL=https://chat.example")
		try := own(t, h, "chat.example")
		for _, origin := range append(evil, "http://chat.example", "https://chat.example:444", "https://chat.example.evil.example", "http://localhost:3000") {
			try(origin, 403)
		}
		for _, origin := range []string{"", "https://chat.example", "https://chat.example:443"} {
			try(origin, 101)
		}
	})
	t.Run("a trusted proxy tells the scheme", func(t *testing.T) {
		t.Parallel()
		h := open(t, "HOST=0.0.0.0", "TRUSTED_PROXIES=127.0.0.1")
		for origin, status := range map[string]int{"https://chat.example": 101, "http://chat.example": 403} {
			if r := h.raw("GET", "/ws", upgrade+"Host: chat.example\r\nX-Forwarded-Proto: https\r\nOrigin: "+origin+"\r\n"); r.status != status {
				t.Errorf("%s: %d", origin, r.status)
			}
		}
		h = open(t, "HOST=0.0.0.0") // an untrusted one does not
		if r := h.raw("GET", "/ws", upgrade+"Host: chat.example\r\nX-Forwarded-Proto: https\r\nOrigin: https://chat.example\r\n"); r.status != 403 {
			t.Errorf("an untrusted proxy is believed: %d", r.status)
		}
	})
}

func TestHosts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		settings     []string
		served, lost []string
	}{
		"loopback": {
			nil,
			[]string{"localhost", "localhost:1", "LOCALHOST", "a.b.localhost", "127.0.0.1", "127.8.8.8:99", "[::1]", "[::1]:80", "localhost."},
			[]string{"evil.example", "chat.example:8080", "localhost.evil.example", "127.0.0.1.nip.io", "10.0.0.1", "128.0.0.1", "[::2]", "0.0.0.0", "evillocalhost"},
		},
		"loopback with a public address": {
			[]string{"PUBLIC_URL=https://chat.example"},
			[]string{"localhost:8080", "chat.example", "chat.example:443", "CHAT.example"},
			[]string{"evil.example", "chat.example:8080", "chat.example.evil.example"},
		},
		"open without a public address": {
			[]string{"HOST=0.0.0.0"},
			[]string{"localhost", "evil.example", "10.0.0.1:8080"},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t, test.settings...)
			for _, path := range []string{"/api/rooms", "/", "/ws", "/rooms/general"} {
				for _, host := range test.served {
					if r := h.call("GET", path, "", "Host: "+host); r.status == 421 {
						t.Errorf("%s of %s: 421", path, host)
					}
				}
				for _, host := range test.lost {
					h.call("GET", path, "", "Host: "+host).want(t, 421, "invalid")
				}
			}
			for _, host := range test.lost { // health checks come by any name
				h.call("GET", "/healthz", "", "Host: "+host).want(t, 200, "")
			}
		})
	}
}
