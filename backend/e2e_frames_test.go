package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// masked is a client's frame, with any header bits and any length announced.
func masked(first byte, length uint64, payload []byte) []byte {
	b := []byte{first, 0x80 | byte(min(length, 127))}
	switch {
	case length > 0xFFFF:
		b = binary.BigEndian.AppendUint64(b, length)
	case length > 125:
		b[1] = 0x80 | 126
		b = binary.BigEndian.AppendUint16(b, uint16(length))
	}
	key := [4]byte{}
	binary.BigEndian.PutUint32(key[:], rand.Uint32())
	b = append(b, key[:]...)
	for i, c := range payload {
		b = append(b, c^key[i%4])
	}
	return b
}

func whole(first byte, payload string) []byte {
	return masked(first, uint64(len(payload)), []byte(payload))
}

func TestFramesThatEndTheConnection(t *testing.T) {
	t.Parallel()
	h := open(t)
	long := strings.Repeat("x", 1<<20)
	for name, test := range map[string]struct {
		code int
		raw  []byte
	}{
		"binary":                   {1003, whole(0x82, "{}")},
		"empty binary":             {1003, whole(0x82, "")},
		"overlong C0 AF":           {1007, whole(0x81, "\"\xC0\xAF\"")},
		"cut C3 28":                {1007, whole(0x81, "\xC3\x28")},
		"surrogate":                {1007, whole(0x81, `{"op":"ping","id":"`+"\xED\xA0\x80\"}")},
		"beyond Unicode":           {1007, whole(0x81, "\xF4\x90\x80\x80")},
		"in an ignored field":      {1007, whole(0x81, `{"op":"ping","id":"a","x":"`+"\xFF\"}")},
		"1 MiB":                    {1009, whole(0x81, long)},
		"1 byte too much":          {1009, whole(0x81, `{"op":"ping","id":"a"}`+strings.Repeat(" ", 262144-21))},
		"too much in pieces":       {1009, append(whole(0x01, long[:200000]), whole(0x80, long[:200000])...)},
		"2^63-1 announced":         {1009, masked(0x81, 1<<63-1, nil)},
		"not masked":               {1002, []byte{0x81, 2, '{', '}'}},
		"opcode 3":                 {1002, whole(0x83, "")},
		"opcode B":                 {1002, whole(0x8B, "")},
		"compressed, not agreed":   {1002, whole(0xC1, "{}")},
		"ping in pieces":           {1002, whole(0x09, "")},
		"ping of 126 bytes":        {1002, whole(0x89, long[:126])},
		"text inside text":         {1002, append(whole(0x01, "{"), whole(0x81, "}")...)},
		"continues nothing":        {1002, whole(0x80, "{}")},
		"close code 999":           {1002, whole(0x88, "\x03\xE7")},
		"close code 1005":          {1002, whole(0x88, "\x03\xED")},
		"close code of one byte":   {1002, whole(0x88, "\x03")},
		"close reason not UTF-8":   {1007, whole(0x88, "\x03\xE8\xFF")},
		"close, and data after it": {1000, append(whole(0x88, "\x03\xE8"), whole(0x81, `{"op":"send","id":"late","room":"general","body":"late"}`)...)},
	} {
		t.Run(name, func(t *testing.T) {
			c := h.visit()
			c.t = t
			c.send("general", name)
			go func() { _, _ = c.ws.NetConn().Write(test.raw) }() // may be cut off: what counts is what can be read
			code, _ := c.closed()
			if code != test.code && (name != "close reason not UTF-8" || code != 1002) {
				t.Errorf("closed with %d, want %d", code, test.code)
			}
		})
	}
	last := h.visit().ok(cmd{"op": "join", "room": "general", "limit": 200})
	for i := range last.Events {
		if last.event(i).Body == "late" {
			t.Error("a command behind the close frame took effect")
		}
	}
}

func TestFramesThatAreFine(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.visit()
	raw := func(b ...[]byte) {
		t.Helper()
		for _, p := range b {
			if _, err := c.ws.NetConn().Write(p); err != nil {
				t.Fatal(err)
			}
		}
	}
	pongs := make(chan string, 10)
	c.ws.SetPongHandler(func(payload string) error { pongs <- payload; return nil })
	text := `{"op":"ping","id":"in pieces 🍵"}`
	var pieces [][]byte // one byte each, with pings between
	for i := range len(text) {
		first := byte(0)
		if i == 0 {
			first = 0x01
		}
		if i == len(text)-1 {
			first |= 0x80
		}
		pieces = append(pieces, whole(first, text[i:i+1]))
		if i%10 == 5 {
			pieces = append(pieces, whole(0x89, "still here"))
		}
	}
	raw(pieces...)
	c.answer("in pieces 🍵")
	if got := <-pongs; got != "still here" {
		t.Errorf("pong %q", got)
	}
	raw(whole(0x8A, "nobody asked"))
	largest := `{"op":"ping","id":"largest"}`
	raw(whole(0x81, largest+strings.Repeat(" ", 262144-len(largest))))
	c.answer("largest")
	c.write("") // an empty frame is no JSON object
	if f := c.take("an error", func(f *frame) bool { return f.Op == "error" }); f.Code != "bad_json" {
		t.Error(f.raw)
	}
	// Many frames in one segment are read to the last.
	var burst []byte
	for range 50 {
		burst = append(burst, whole(0x81, `{"op":"ping","id":"burst"}`)...)
	}
	raw(burst)
	for range 50 {
		c.answer("burst")
	}
	c.bye()
}

// The client writes on and reads only then: it still gets the close frame.
func TestTooBigIsDrainedSoThatTheCloseIsRead(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.visit()
	for range 4 {
		if err := c.ws.WriteMessage(websocket.TextMessage, make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	c.closedWith(1009)
}

func TestSilenceEndsTheConnection(t *testing.T) {
	t.Parallel()
	h := open(t, "PING_INTERVAL=100ms", "IDLE_TIMEOUT=3s")
	talking, half, deaf := h.visit(), h.visit(), h.visit()
	// Half a frame that stalls. gorilla answers the pings, which say nothing
	// about the rest of the frame, so the pongs are left out.
	half.ws.SetPingHandler(func(string) error { return nil })
	if _, err := half.ws.NetConn().Write(masked(0x81, 60000, []byte("{"))); err != nil {
		t.Fatal(err)
	}
	deaf.ws.SetPingHandler(func(string) error { return nil })
	began := time.Now()
	pings := 0
	talking.ws.SetPingHandler(func(s string) error {
		if pings++; pings == 40 {
			_ = talking.ws.WriteMessage(websocket.TextMessage, []byte(`{"op":"ping","id":"awake"}`))
		}
		return talking.ws.WriteControl(websocket.PongMessage, []byte(s), time.Now().Add(patience))
	})
	talking.answer("awake") // who answers pings stays
	if since := time.Since(began); since < 3*time.Second {
		t.Errorf("40 pings in %s", since)
	}
	for _, c := range []*conn{half, deaf} {
		for c.err == nil {
			_, _ = c.receive()
		}
		var late net.Error
		if errors.As(c.err, &late) && late.Timeout() {
			t.Errorf("still open after %s", time.Since(began))
		}
	}
}

// A binary frame does not cost the answers to the commands before it.
func TestAnswersComeBeforeTheClose(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	c := h.visit()
	var sent []string
	for range 50 {
		sent = append(sent, c.say(cmd{"op": "send", "room": "general", "body": "leaf"}))
	}
	if err := c.ws.WriteMessage(websocket.BinaryMessage, []byte("x")); err != nil {
		t.Fatal(err)
	}
	c.closedWith(1003)
	for _, id := range sent {
		c.answer(id)
	}
}

// A connection that is torn down without a word is cleaned up.
func TestResetConnections(t *testing.T) {
	t.Parallel()
	h := open(t)
	for n := range 10 {
		c := h.visit()
		c.join("general")
		tcp, ok := c.ws.NetConn().(*net.TCPConn)
		if !ok {
			t.Fatal("no TCP")
		}
		if n%2 == 0 {
			_ = tcp.SetLinger(0) // closes with RST
		}
		_, _ = tcp.Write(masked(0x81, 500, []byte(`{"op":"se`)))
		_ = tcp.Close()
	}
	watcher := h.dial("/ws?name=Watcher", nil)
	watcher.join("general")
	watcher.here("general", map[string]string{}, "Watcher")
}

// Frames that are cheap to write are cheap to read.
func TestFramesMadeToBeExpensive(t *testing.T) {
	t.Parallel()
	h := open(t)
	var keys strings.Builder
	for n := 0; keys.Len() < 250000; n++ {
		fmt.Fprintf(&keys, `,"%x":0`, n)
	}
	for name, text := range map[string]string{
		"many keys":      `{"op":"ping","id":"a"` + keys.String() + `}`,
		"many objects":   `{"op":"ping","id":"a","x":[` + strings.Repeat(`{"a":0},`, 30000) + `0]}`,
		"deep arrays":    `{"op":"ping","id":"a","x":` + strings.Repeat("[", 120000) + strings.Repeat("]", 120000) + `}`,
		"deep objects":   `{"op":"ping","id":"a","x":` + strings.Repeat(`{"a":`, 40000) + "0" + strings.Repeat("}", 40000) + `}`,
		"never closed":   `{"op":"ping","id":"a","x":` + strings.Repeat("[", 250000),
		"a long number":  `{"op":"read","id":"a","room":"general","seq":` + strings.Repeat("9", 250000) + `}`,
		"a long key":     `{"op":"ping","id":"a","` + strings.Repeat("k", 250000) + `":0}`,
		"a long room":    `{"op":"join","id":"a","room":"` + strings.Repeat("r", 250000) + `"}`,
		"a long op":      `{"op":"` + strings.Repeat("o", 250000) + `","id":"a"}`,
		"a long parent":  `{"op":"send","id":"a","room":"general","body":"x","parent":"` + strings.Repeat("m", 250000) + `"}`,
		"a long epoch":   `{"op":"join","id":"a","room":"general","after":0,"epoch":"` + strings.Repeat("e", 250000) + `"}`,
		"many files":     `{"op":"send","id":"a","room":"general","body":"x","files":[` + strings.Repeat(`"f",`, 60000) + `"f"]}`,
		"only escapes":   `{"op":"ping","id":"a","x":"` + strings.Repeat(`\ud83c\udf75`, 20000) + `"}`,
		"equal prefixes": `{"op":"ping","id":"a"` + strings.Repeat(`,"x":0`, 40000) + `}`,
	} {
		t.Run(name, func(t *testing.T) {
			c := h.visit()
			c.t = t
			c.fence()
			began := time.Now()
			c.write(text)
			f := c.take("an answer", func(f *frame) bool { return f.Op == "ok" || f.Op == "error" })
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("answered after %s", took)
			}
			if len(f.raw) > 1000 {
				t.Errorf("answered with %d bytes: %.200s", len(f.raw), f.raw)
			}
			c.fence()
		})
	}
}
