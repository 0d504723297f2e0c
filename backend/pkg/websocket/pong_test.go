package websocket_test

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// Whoever has only answered pings is idle: no goroutine is left behind for it.
func TestNobodyWaitsBehindAPong(t *testing.T) {
	for name, frames := range map[string][]byte{
		"an empty pong":          masked(fin|opPong, nil),
		"a pong":                 masked(fin|opPong, []byte("tea")),
		"the longest":            masked(fin|opPong, make([]byte, 125)),
		"a ping":                 masked(fin|opPing, []byte("tea")),
		"a pong behind a text":   bytesOf(masked(fin|opText, []byte("tea")), masked(fin|opPong, nil)),
		"more than one buffer":   bytesOf(masked(fin|opText, make([]byte, 280)), masked(fin|opPong, []byte("tea"))),
		"more than one read":     bytesOf(masked(fin|opText, make([]byte, 9<<10)), masked(fin|opPong, []byte("tea"))),
		"many, over the buffers": repeated(masked(fin|opPong, make([]byte, 100)), 90),
	} {
		t.Run(name, func(t *testing.T) {
			overTCP(t, websocket.Options{}, func(t *testing.T, w *world) {
				const clients = 50
				guests := make([]*guest, clients)
				for i := range guests {
					guests[i] = w.connect()
					guests[i].say("here")
					<-guests[i].heard.received
				}
				before := runtime.NumGoroutine()
				for _, g := range guests {
					g.raw(bytesOf(frames, masked(fin|opPing, []byte("the last"))))
				}
				for _, g := range guests {
					g.pong("the last")
				}
				eventually(t, func() string {
					if n := runtime.NumGoroutine(); n > before+clients/2 {
						return fmt.Sprintf("%d goroutines for %d idle clients", n, clients)
					}
					return ""
				})
				for _, g := range guests { // and all of it was understood
					g.say("still here")
					for got := ""; got != "still here"; {
						got = <-g.heard.received
					}
				}
			})
		})
	}
}

// pong reads on until the answer to a ping of this payload.
func (p *peer) pong(payload string) {
	p.t.Helper()
	for {
		opcode, body, err := p.next()
		if err != nil {
			p.t.Fatal(err)
		}
		if opcode == opPong && string(body) == payload {
			return
		}
	}
}

// eventually waits until there is nothing to say against it.
func eventually(t *testing.T, against func() string) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		complaint := against()
		if complaint == "" {
			return
		}
		select {
		case <-deadline:
			t.Fatal(complaint)
		case <-time.After(time.Millisecond):
		}
	}
}

func repeated(frame []byte, n int) (all []byte) {
	for range n {
		all = append(all, frame...)
	}
	return all
}

// Who tells one batch right after the other keeps nobody else waiting, even on
// one core.
func TestTogetherAgainAndAgain(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	overTCP(t, websocket.Options{}, func(t *testing.T, w *world) {
		listener, other := w.connect(), w.connect()
		w.join(listener, "room")
		go func() { // ends with the listener's connection
			for {
				if _, err := listener.text(); err != nil {
					return
				}
			}
		}()
		var over atomic.Bool
		done := make(chan struct{})
		go func() {
			defer close(done)
			for !over.Load() {
				w.pool.Together(func() { w.pool.Broadcast("room", 0, text("more")) })
			}
		}()
		for range 20 {
			if err := other.client.Send(text("an answer")); err != nil {
				t.Error(err)
			}
			other.expect("an answer")
		}
		over.Store(true)
		<-done
	})
}
