package gateway_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	ws "github.com/gorilla/websocket"
)

// A handshake for which the store is being asked does not hold up the end.
func TestTheEndDoesNotWaitForTheStore(t *testing.T) {
	t.Parallel()
	n := start(t)
	n.store.stuck = make(chan struct{})
	answered := make(chan error, 1)
	go func() {
		d := ws.Dialer{Subprotocols: []string{"teahouse.v1"}}
		c, response, err := d.DialContext(t.Context(), n.url, http.Header{"Authorization": {"Bearer abc"}})
		if response != nil {
			_ = response.Body.Close()
		}
		if err == nil {
			_ = c.Close()
		}
		answered <- err
	}()
	<-n.store.stuck
	n.hub.Close(context.WithoutCancel(t.Context()))
	select {
	case err := <-answered:
		if err == nil {
			t.Error("it was greeted")
		}
	case <-time.After(5 * time.Second):
		t.Error("it still waits")
	}
}
