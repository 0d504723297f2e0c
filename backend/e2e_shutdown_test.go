package main

import (
	"fmt"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

func TestShutdownTellsEverybodyWhenToComeBack(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	ada := h.signIn("Ada")
	var conns []*conn
	for range 30 {
		c := h.visit()
		c.join("general")
		conns = append(conns, c)
	}
	writer := ada.dial()
	var sent []string
	for n := range 50 { // under way when the stop comes
		sent = append(sent, writer.say(cmd{"op": "send", "room": "general", "body": fmt.Sprint(n)}))
	}
	writer.answer(sent[0])
	stuck := h.visit() // never answers the close
	stuck.ws.SetCloseHandler(func(int, string) error { return nil })
	began := time.Now()
	ended := make(chan struct{})
	go func() {
		h.stop()
		close(ended)
	}()
	hint := regexp.MustCompile(`retry_ms=(\d+)`)
	waits := map[string]bool{}
	for _, c := range append(conns, writer) {
		code, reason := c.closed()
		found := hint.FindStringSubmatch(reason)
		if code != 1012 || found == nil {
			t.Fatalf("closed with %d %q", code, reason)
		}
		if ms, err := strconv.Atoi(found[1]); err != nil || ms < 1 || ms > 10000 {
			t.Errorf("come back in %s ms", found[1])
		}
		waits[found[1]] = true
	}
	if len(waits) < 10 {
		t.Errorf("all come back at once: %v", waits)
	}
	<-ended
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("the stop took %s", took)
	}
	if _, answer, err := h.dialWith("/ws", nil); err == nil {
		_ = answer.Body.Close()
		t.Error("a stopped server takes connections")
	}
	// What was acknowledged is there, and what was not can be sent again.
	acknowledged := map[string]string{}
	for _, f := range writer.waiting {
		if f.Op == "ok" {
			acknowledged[f.ID] = f.raw
		}
	}
	again := openAt(t, h.data)
	ada.h = again
	c := ada.dial()
	for n, id := range sent {
		f := c.ok(cmd{"op": "send", "id": id, "room": "general", "body": fmt.Sprint(n)})
		if was := acknowledged[id]; was != "" && was != f.raw {
			t.Errorf("%s was acknowledged as %s", f.raw, was)
		}
	}
	if head := c.join("general").Seq; head != 50 {
		t.Errorf("%d events of 50", head)
	}
}

// A handshake on a connection that was open already is told to come back.
func TestHandshakeAfterTheStop(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.server.hub.Close(t.Context())
	_, answer, err := h.dialWith("/ws", nil)
	if err == nil {
		t.Fatal("a stopped server takes sockets")
	}
	read(t, answer).want(t, 503, "unavailable")
}

// Handshakes that meet the stop are refused or closed, and leave nothing.
func TestShutdownDuringHandshakes(t *testing.T) {
	t.Parallel()
	for range 5 {
		h := open(t, "RATE_LIMITS=off")
		opened := make(chan *websocket.Conn)
		for range 10 {
			go func() {
				ws, answer, err := h.dialWith("/ws", nil)
				if err != nil && answer != nil {
					_ = answer.Body.Close()
				}
				opened <- ws
			}()
		}
		first := <-opened
		go h.stop()
		for _, ws := range []*websocket.Conn{first, <-opened, <-opened, <-opened, <-opened, <-opened, <-opened, <-opened, <-opened, <-opened} {
			if ws == nil {
				continue
			}
			c := &conn{t: t, ws: ws, ops: map[string]int{}}
			for c.err == nil {
				_, _ = c.receive()
			}
			if !websocket.IsCloseError(c.err, 1012, 1006) { // 1006: the stop came before the first word
				t.Errorf("ended with %v", c.err)
			}
			_ = ws.Close()
		}
	}
}
