package websocket_test

import (
	"context"
	"errors"
	"io"
	"runtime"
	"sync"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// Whoever comes while the pool goes down is refused, or hears of it. Nobody is
// forgotten.
func TestHandshakesDuringShutdown(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		for round := range 120 {
			pool := websocket.NewPool(websocket.Options{})
			var coming sync.WaitGroup
			begin := make(chan struct{})
			for i := range 6 {
				near, far := w.pair(0)
				newPeer(t, near).raw([]byte(handshake))
				writer, request := received(t, far)
				coming.Go(func() {
					defer func() { _ = near.Close() }()
					r := newRecorder()
					<-begin
					client, err := pool.Upgrade(writer, request, accept)
					if err != nil {
						if !errors.Is(err, websocket.ErrShut) {
							t.Errorf("the handshake failed: %v", err)
						}
						_ = far.Close()
						return
					}
					if i%3 != 0 { // the others are never started
						client.Start(r)
						if end := <-r.ended; end.code != websocket.CloseRestart {
							t.Errorf("ended with %v", end)
						}
					}
					_, _ = io.Copy(io.Discard, near) // ends with the connection
				})
			}
			close(begin)
			for pool.Len() < round%6 { // so that some are in the middle of it
				runtime.Gosched()
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			pool.Shutdown(ctx, func() string { return "soon" })
			coming.Wait()
			if n := pool.Len(); n != 0 {
				t.Fatalf("the pool has %d clients", n)
			}
		}
	})
}
