package main

import (
	"bytes"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// slowDial connects with a receive buffer that does not grow, so that the
// server notices soon that nobody reads.
func (h *house) slowDial() *conn {
	h.t.Helper()
	d := websocket.Dialer{Subprotocols: []string{"teahouse.v1"}, NetDial: func(network, addr string) (net.Conn, error) {
		c, err := net.DialTimeout(network, addr, patience)
		if err == nil {
			err = c.(*net.TCPConn).SetReadBuffer(256 << 10)
		}
		return c, err
	}}
	ws, answer, err := d.DialContext(h.t.Context(), "ws://"+h.addr+"/ws", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	_ = answer.Body.Close()
	return h.greeted(ws)
}

func TestSlowReadersAreTold(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	slow, writer, reader := h.slowDial(), h.visit(), h.visit()
	slow.join("general")
	reader.join("general")
	// More than the window of 1 MiB and all that the two sockets hold.
	const events = 300
	body := strings.Repeat("x", 32000)
	writer.join("general")
	for n := range events {
		// Those who read get each event while one reads nothing at all.
		ok := writer.send("general", fmt.Sprint(n, " ", body))
		own, other := writer.event("general"), reader.event("general")
		if ok.Seq != uint64(n)+1 || own.Seq != ok.Seq || other.raw != own.raw {
			t.Fatalf("event %d: own %d, the other's %d", ok.Seq, own.Seq, other.Seq)
		}
	}
	last := uint64(0)
	resync := slow.take("resync", func(f *frame) bool {
		if f.Op == "event" {
			if f.Seq != last+1 {
				t.Fatalf("event %d after %d", f.Seq, last)
			}
			last = f.Seq
		}
		return f.Op == "resync"
	})
	if resync.Room != "general" || resync.Seq < last || resync.Seq > events {
		t.Errorf("%s after event %d", resync.raw, last)
	}
	slow.waiting = nil
	// Nothing live until the next join, then all that was missed.
	writer.send("general", "not live")
	slow.none("event", "general")
	slow.none("resync", "general")
	f := slow.ok(cmd{"op": "join", "room": "general", "after": last})
	if *f.Reset || f.Seq != events+1 {
		t.Errorf("%.100s … %s", f.raw, f.raw[len(f.raw)-60:])
	}
	for _, seq := range f.seqs() {
		if last++; seq != last {
			t.Fatalf("event %d where %d should be", seq, last)
		}
	}
	for last < events+1 {
		if e := slow.event("general"); e.Seq != last+1 {
			t.Fatalf("event %d after %d", e.Seq, last)
		}
		last++
	}
	writer.send("general", "live again")
	if e := slow.event("general"); e.Seq != events+2 {
		t.Errorf("event %d", e.Seq)
	}
	slow.none("event", "general")
	reader.none("resync", "general")
	writer.none("resync", "general")
}

// Who reads never gets resync, however fast the others write.
func TestFastReadersNeverFallBehind(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	reader := h.visit()
	reader.join("general")
	const writers, each = 4, 100
	body := strings.Repeat("x", 30000)
	for range writers {
		c := h.visit()
		go func() {
			for range each {
				text := fmt.Sprintf(`{"op":"send","id":%q,"room":"general","body":%q}`, newID(), body)
				if c.ws.WriteMessage(websocket.TextMessage, []byte(text)) != nil {
					return // shows in what is read
				}
			}
		}()
		go func() { // reads its answers, as the server would stop reading it otherwise
			for c.err == nil {
				_, _ = c.receive()
			}
		}()
	}
	for seq := 1; seq <= writers*each; {
		_ = reader.ws.SetReadDeadline(time.Now().Add(patience))
		_, text, err := reader.ws.ReadMessage() // not decoded: this one reads as fast as it can
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case bytes.HasPrefix(text, []byte(`{"op":"resync"`)):
			t.Fatalf("%s at %d", text, seq)
		case bytes.HasPrefix(text, []byte(`{"op":"event"`)):
			if !bytes.HasPrefix(text, fmt.Appendf(nil, `{"op":"event","room":"general","seq":%d,`, seq)) {
				t.Fatalf("%.60s where %d should be", text, seq)
			}
			seq++
		}
	}
}

// Somebody who never reads the answers to a flood of commands is read no
// further, holds nothing back, and can be shut down.
func TestWhoReadsNoAnswers(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	ada := h.signIn("Ada")
	c := ada.dial()
	for range 40 {
		c.send("general", strings.Repeat("x", 30000))
	}
	deaf := h.slowDial()
	const answers = 12 // of 1 MiB each
	join := []byte(`{"op":"join","id":"a","room":"general","limit":200}`)
	_ = deaf.ws.SetWriteDeadline(time.Now().Add(patience))
	for range answers {
		if err := deaf.ws.WriteMessage(websocket.TextMessage, join); err != nil {
			t.Fatal(err)
		}
	}
	for range 20 {
		c.send("general", "undisturbed")
	}
	for answered := 0; answered < answers; { // it loses nothing, if it reads after all
		if f := deaf.next(); f.ID == "a" && f.Op == "ok" {
			answered++
		}
	}
}
