package main

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// However many come at once where there is no room, each hears when to come
// back, those who are there notice nothing, and nothing is left of them.
func TestManyAreTurnedAwayAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t, "MAX_SOCKETS=10", "RATE_LIMITS=off")
	talker, reader := h.visit(), h.visit()
	reader.join("general")
	var greeted, closed, refused atomic.Int64
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			for range 12 {
				ws, answer, err := h.dialWith("/ws", nil)
				if err != nil {
					if answer == nil {
						t.Error(err)
						return
					}
					if r := read(t, answer); r.status != http.StatusServiceUnavailable || r.Error.Retry < 1 || r.header.Get("Retry-After") == "" {
						t.Errorf("refused with %d %s", r.status, r.text)
					}
					refused.Add(1)
					continue
				}
				c := &conn{t: t, ws: ws, ops: map[string]int{}}
				switch f, err := c.receive(); {
				case err == nil && f.Op == "hello":
					greeted.Add(1)
				case websocket.IsCloseError(err, websocket.CloseTryAgainLater) && strings.Contains(err.Error(), "retry_ms="):
					closed.Add(1)
				default:
					t.Errorf("turned away with %v", err)
				}
				_ = ws.Close()
			}
		})
	}
	for i := range 20 {
		seq := talker.send("general", "leaf").Seq
		if f := reader.event("general"); f.Seq != seq {
			t.Errorf("message %d: heard %s", i, f.raw)
		}
	}
	all.Wait()
	t.Logf("%d were greeted, %d closed, %d refused", greeted.Load(), closed.Load(), refused.Load())
	if closed.Load() == 0 {
		t.Error("nobody was turned away")
	}
	eventually(t, func() bool {
		ws, answer, err := h.dialWith("/ws", nil)
		if err != nil {
			_ = read(t, answer)
			return false
		}
		defer func() { _ = ws.Close() }()
		f, err := (&conn{t: t, ws: ws, ops: map[string]int{}}).receive()
		return err == nil && f.Op == "hello"
	}, func() string { return "nobody is taken on again" })
}

// Of those who are turned away and do not leave, only so many are borne: the
// others are refused without an upgrade.
func TestManyWhoAreTurnedAwayAndStay(t *testing.T) {
	t.Parallel()
	h := open(t, "MAX_SOCKETS=1", "RATE_LIMITS=off")
	c := h.visit()
	request := "GET /ws HTTP/1.1\r\nHost: " + h.addr + "\r\n" + upgrade + "\r\n"
	began, refused := time.Now(), 0
	for range 300 {
		w, r := h.wire()
		if _, err := io.WriteString(w, request); err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		if answer.StatusCode == http.StatusSwitchingProtocols {
			_ = answer.Body.Close()
			continue
		}
		refused++
		if a := read(t, answer).want(t, http.StatusServiceUnavailable, "unavailable"); a.Error.Retry < 1 || a.header.Get("Retry-After") == "" {
			t.Errorf("refused with %s", a.text)
		}
	}
	if took := time.Since(began); refused == 0 && took < time.Second { // later the first of them have been cut
		t.Error("all of them were borne")
	}
	c.send("general", "leaf")
	eventually(t, func() bool { // those who stayed are cut, and give their places back
		ws, answer, err := h.dialWith("/ws", nil)
		if err != nil {
			_ = read(t, answer)
			return false
		}
		code, _ := h.heard(ws).closed()
		return code == websocket.CloseTryAgainLater
	}, func() string { return "nobody is told any more when to come back" })
}
