package rest

import (
	"bufio"
	"bytes"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

const usual = "GET /ws?name=Ada HTTP/1.1\r\nHost: tea.example:8080\r\nUpgrade: websocket\r\nconnection: Upgrade\r\n" +
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: teahouse.v1\r\n"

// What the door understands, net/http understands in the same way.
func FuzzHandshake(f *testing.F) {
	for _, text := range []string{
		usual + "\r\n",
		usual + "Origin: http://a\r\nOrigin: http://b\r\n\r\n",
		usual + "X:\ta b \t\r\n\r\n",
		usual + "X : a\r\n\r\n",
		usual + " folded\r\n\r\n",
		usual + "Content-Length: 1\r\n\r\n",
		usual + "Host: other\r\n\r\n",
		strings.Replace(usual, "/ws", "http://x/ws", 1) + "\r\n",
		strings.Replace(usual, "?name=Ada", "?a=%zz#b", 1) + "\r\n",
		strings.ReplaceAll(usual, "\r\n", "\n") + "\n",
		strings.Replace(usual, "Host: tea.example:8080", "Host: a b", 1) + "\r\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, more := handshake(b)
		if got == nil {
			return
		}
		if more {
			t.Error("it is complete, and more is wanted")
		}
		want, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(b)))
		if err != nil {
			t.Fatalf("%q is refused by net/http: %v", b, err)
		}
		if got.Method != want.Method || got.Host != want.Host || got.RequestURI != want.RequestURI || got.Proto != want.Proto ||
			!reflect.DeepEqual(got.URL, want.URL) || !reflect.DeepEqual(got.Header, want.Header) || want.ContentLength != 0 {
			t.Errorf("%q: got %+v, net/http %+v", b, got, want)
		}
	})
}

func TestHandshakeOfTheUsualForm(t *testing.T) {
	t.Parallel()
	whole := usual + "\r\n"
	if r, more := handshake([]byte(whole)); r == nil || more {
		t.Error("the usual form is not understood")
	}
	for n := range len(whole) {
		if r, more := handshake([]byte(whole[:n])); r != nil || !more {
			t.Fatalf("after %d bytes: %v, more %t", n, r, more)
		}
	}
	for name, text := range map[string]string{
		"another path":        strings.Replace(whole, "/ws", "/wss", 1),
		"another method":      strings.Replace(whole, "GET", "PUT", 1),
		"no upgrade":          strings.Replace(whole, "Upgrade: websocket\r\n", "", 1),
		"something more":      whole + "x",
		"a body":              usual + "Transfer-Encoding: chunked\r\n\r\n",
		"a host of odd signs": strings.Replace(whole, "tea.example:8080", "<tea>", 1),
		"a host in quotes":    strings.Replace(whole, "tea.example:8080", `"tea"`, 1),
		"two hosts":           usual + "Host: tea.example:8080\r\n\r\n",
		"a long list":         usual + strings.Repeat("X: y\r\n", doorHeaders) + "\r\n",
	} {
		if r, more := handshake([]byte(text)); r != nil || more {
			t.Errorf("%s: %v, more %t", name, r, more)
		}
	}
}
