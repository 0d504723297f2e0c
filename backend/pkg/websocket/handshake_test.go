package websocket_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// accept is how the tests' server answers: one origin, two subprotocols.
var accept = websocket.Upgrade{
	CheckOrigin:  func(r *http.Request) bool { return r.Header.Get("Origin") != "https://evil.example" },
	Subprotocols: []string{"tea.v2", "tea.v1"},
	Refuse: func(w http.ResponseWriter, _ *http.Request, status int, reason string) {
		http.Error(w, reason, status)
	},
}

func TestHandshakeFaults(t *testing.T) {
	tests := []struct {
		name   string
		change func(r *http.Request)
		status int
		header map[string]string
	}{
		{"method", func(r *http.Request) { r.Method = http.MethodPost }, 405, map[string]string{"Allow": "GET"}},
		{
			"no upgrade", func(r *http.Request) { r.Header.Del("Upgrade") }, 426,
			map[string]string{"Upgrade": "websocket", "Connection": "Upgrade", "Sec-Websocket-Version": "13"},
		},
		{"no connection header", func(r *http.Request) { r.Header.Del("Connection") }, 426, nil},
		{
			"old version", func(r *http.Request) { r.Header.Set("Sec-Websocket-Version", "8") }, 426,
			map[string]string{"Sec-Websocket-Version": "13"},
		},
		{"origin", func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }, 403, nil},
		{"no key", func(r *http.Request) { r.Header.Del("Sec-Websocket-Key") }, 400, nil},
		{"short key", func(r *http.Request) { r.Header.Set("Sec-Websocket-Key", "dGhl") }, 400, nil},
	}
	pool := newWorld(t, websocket.Options{}, nil).pool
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/ws", nil)
			for name, value := range map[string]string{
				"Connection": "Upgrade", "Upgrade": "websocket",
				"Sec-Websocket-Version": "13", "Sec-Websocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
			} {
				r.Header.Set(name, value)
			}
			test.change(r)
			answer := httptest.NewRecorder()
			if client, err := pool.Upgrade(answer, r, accept); err == nil || client != nil {
				t.Fatalf("Upgrade gave %v, %v", client, err)
			}
			if answer.Code != test.status {
				t.Errorf("status %d, want %d", answer.Code, test.status)
			}
			for name, want := range test.header {
				if got := answer.Header().Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			if strings.HasPrefix(answer.Body.String(), "websocket:") || answer.Body.Len() < 2 {
				t.Errorf("the reason is %q", answer.Body)
			}
		})
	}
}

func TestHandshakeSubprotocol(t *testing.T) {
	tests := []struct{ offered, want string }{
		{"", ""}, {"tea.v1", "tea.v1"}, {"tea.v1, tea.v2", "tea.v2"}, {"coffee", ""},
	}
	w := newWorld(t, websocket.Options{}, nil)
	for _, test := range tests {
		near, far := memPair(4 << 10)
		offer := "Sec-WebSocket-Protocol: " + test.offered + "\r\n\r\n"
		newPeer(t, near).raw([]byte(strings.TrimSuffix(handshake, "\r\n") + offer))
		writer, request := received(t, far)
		client, err := w.pool.Upgrade(writer, request, accept)
		if err != nil {
			t.Fatal(err)
		}
		if got := client.Subprotocol(); got != test.want {
			t.Errorf("offered %q: agreed on %q, want %q", test.offered, got, test.want)
		}
		client.Start(newRecorder())
		_ = near.Close()
	}
}

// A client that does not wait for the answer is up to something.
func TestHandshakeDataTooEarly(t *testing.T) {
	w := newWorld(t, websocket.Options{}, nil)
	near, far := memPair(4 << 10)
	p := newPeer(t, near)
	p.raw(append([]byte(handshake), masked(fin|opText, []byte("hello"))...))
	writer, request := received(t, far)
	if _, err := w.pool.Upgrade(writer, request, accept); err == nil {
		t.Fatal("the handshake was accepted")
	}
	p.expectEnd()
	if w.pool.Len() != 0 {
		t.Error("the pool has a client")
	}
}

func TestHandshakeAfterShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, websocket.Options{}, nil)
		w.shutdown(0)
		near, far := memPair(4 << 10)
		newPeer(t, near).raw([]byte(handshake))
		_, request := received(t, far)
		answer := httptest.NewRecorder()
		_, err := w.pool.Upgrade(answer, request, accept)
		if !errors.Is(err, websocket.ErrShut) || answer.Code != http.StatusServiceUnavailable {
			t.Fatalf("answered %d, %v", answer.Code, err)
		}
	})
}
