package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

// hog joins a room again and again, and reads none of the answers: they are
// held for it.
func hog(ws *websocket.Conn) {
	if tcp, ok := ws.NetConn().(*net.TCPConn); ok {
		_ = tcp.SetReadBuffer(4096)
	}
	for n := range 12 {
		command := fmt.Sprintf(`{"op":"join","id":"%d","room":"tea","limit":200}`, n)
		if err := ws.WriteMessage(websocket.TextMessage, []byte(command)); err != nil {
			return // it was closed meanwhile
		}
	}
}

// accepted says whether a new connection is greeted, and may read the whole of
// a room; else it must have been turned away in good form.
func (h *house) accepted() bool {
	h.t.Helper()
	c := h.knock()
	defer func() { _ = c.ws.Close() }()
	for {
		f, err := c.receive()
		switch {
		case err != nil:
			if code, reason := c.closed(); code != websocket.CloseTryAgainLater || !strings.Contains(reason, "retry_ms=") {
				h.t.Errorf("turned away with %d %q", code, reason)
			}
			return false
		case f.Op == "hello":
			join := []byte(`{"op":"join","id":"j","room":"tea","limit":200}`)
			_ = c.ws.WriteMessage(websocket.TextMessage, join) // a failure shows in reading
		case f.Op == "error":
			if f.Code != "unavailable" || f.Retry < 1 {
				h.t.Errorf("refused with %s", f.raw)
			}
			return false
		case f.Op == "ok":
			if len(f.Events) < 20 {
				h.t.Errorf("a join brings %d events", len(f.Events))
			}
			return true
		}
	}
}

// With little memory the server takes nobody on, and gives up those who came
// last, before it fails; those who were there go on, and so does it afterwards.
func TestMemoryRunsShort(t *testing.T) {
	t.Parallel()
	p := launch(t, filepath.Join(t.TempDir(), "data"), "GOMEMLIMIT=48MiB", "RATE_LIMITS=off")
	ada := p.signIn("Ada")
	ada.room("tea")
	first, second := ada.dial(), p.visit()
	first.join("general")
	second.join("general")
	leaf := strings.Repeat("leaf ", 6000)
	for range 60 {
		first.send("tea", leaf)
	}
	var hogs []*websocket.Conn
	for range 90 {
		hogs = append(hogs, p.visit().ws)
	}
	refused := false
	for i, ws := range hogs {
		hog(ws)
		if i%5 > 0 {
			continue
		}
		refused = refused || !p.accepted()
		first.send("general", fmt.Sprint("leaf ", i))
		if f := second.event("general"); f.Body != fmt.Sprint("leaf ", i) {
			t.Errorf("heard %.100s", f.raw)
		}
	}
	again := 0
	eventually(t, func() bool {
		if !refused {
			hog(hogs[again%len(hogs)])
			again++
			refused = !p.accepted()
		}
		return refused
	}, func() string { return "nobody was turned away" })
	eventually(t, func() bool { return p.stderr.has("connections are closed") }, func() string { return "nobody was given up" })
	for _, ws := range hogs {
		_ = ws.Close()
	}
	eventually(t, p.accepted, func() string { return "nobody is taken on again" })
	first.send("general", "still here")
	second.fence()
	if err := p.process.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if status := p.end(); status != 0 {
		t.Errorf("exit status %d", status)
	}
}
