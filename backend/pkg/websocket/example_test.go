package websocket_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	gorilla "github.com/gorilla/websocket"

	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// shouter is a product: it answers, and then tells everybody. Who has said
// something hears the others.
type shouter struct {
	pool   *websocket.Pool
	client *websocket.Client
	joined bool
}

func (s *shouter) Receive(m websocket.Message) {
	if !s.joined {
		s.pool.Subscribe(s.client, "street", false)
		s.pool.FollowNow(s.client, "street")
		s.joined = true
	}
	if err := s.client.Send(websocket.Text([]byte("heard you"))); err != nil {
		return // it is leaving
	}
	s.pool.Broadcast("street", 0, websocket.Text([]byte(strings.ToUpper(string(m.Body)))))
}

func (s *shouter) Lag(topic string, _ uint64) {
	s.client.Close(websocket.CloseTryLater, "you missed something in the "+topic)
}

func (s *shouter) Closed(int, string) {}

func Example() {
	pool := websocket.NewPool(websocket.Options{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		client, err := pool.Upgrade(w, r, websocket.Upgrade{
			CheckOrigin: func(r *http.Request) bool { return r.Header.Get("Origin") == "" },
			Refuse: func(w http.ResponseWriter, _ *http.Request, status int, reason string) {
				http.Error(w, reason, status)
			},
		})
		if err != nil {
			return // it has been answered
		}
		client.Start(&shouter{pool: pool, client: client})
	}))
	defer server.Close()
	defer pool.Shutdown(context.Background(), func() string { return "back in a minute" })

	conn, response, err := gorilla.DefaultDialer.Dial("ws"+strings.TrimPrefix(server.URL, "http"), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _, _ = conn.Close(), response.Body.Close() }()
	if err := conn.WriteMessage(gorilla.TextMessage, []byte("tea is ready")); err != nil {
		fmt.Println(err)
		return
	}
	for range 2 {
		_, body, err := conn.ReadMessage()
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(string(body))
	}
	// Output:
	// heard you
	// TEA IS READY
}
