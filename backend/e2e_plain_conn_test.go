package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// voice is a plain client, such as those of the tutorials.
type voice struct {
	t  testing.TB
	h  *house
	ws *websocket.Conn
}

// Origins of pages: of a development server, and of an editor.
const (
	reactPage  = "Origin: http://localhost:3000"
	editorPage = "Origin: http://localhost:63342"
)

// own is the Origin of the server's own pages.
func (h *house) own() string { return "Origin: http://" + h.addr }

// plainDial opens path, without any subprotocol. Headers are like "Name: value".
func (h *house) plainDial(path string, headers ...string) (*websocket.Conn, error) {
	header := http.Header{}
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		header.Add(name, value)
	}
	d := websocket.Dialer{HandshakeTimeout: patience, NetDial: func(network, addr string) (net.Conn, error) {
		c, err := net.DialTimeout(network, addr, patience)
		if err == nil {
			err = c.(*net.TCPConn).SetReadBuffer(64 << 10) // so that the server notices soon who does not read
		}
		return c, err
	}}
	ws, answer, err := d.DialContext(h.t.Context(), "ws://"+h.addr+path, header)
	if answer != nil {
		_ = answer.Body.Close()
	}
	if err != nil && answer != nil {
		err = fmt.Errorf("%s %q: %s: %w", path, headers, answer.Status, err)
	}
	return ws, err
}

func (h *house) plain(path string, headers ...string) *voice {
	h.t.Helper()
	ws, err := h.plainDial(path, headers...)
	if err != nil {
		h.t.Fatal(err)
	}
	if got := ws.Subprotocol(); got != "" {
		h.t.Errorf("%s: the subprotocol %q was selected", path, got)
	}
	h.t.Cleanup(func() { _ = ws.Close() })
	return &voice{h.t, h, ws}
}

// refusedPlain shows that a handshake is refused with this status and code.
func (h *house) refusedPlain(path string, status int, code string, headers ...string) {
	h.t.Helper()
	header := plainUpgrade + strings.Join(headers, "\r\n")
	if len(headers) > 0 {
		header += "\r\n"
	}
	if r := h.raw("GET", path, header); r.status != status || r.Error.Code != code {
		h.t.Errorf("%s %q: %d %s, want %d %s", path, headers, r.status, r.text, status, code)
	}
}

var plainUpgrade = strings.ReplaceAll(upgrade, "Sec-WebSocket-Protocol: teahouse.v1\r\n", "")

func (v *voice) frame(kind int, body []byte) {
	v.t.Helper()
	_ = v.ws.SetWriteDeadline(time.Now().Add(patience))
	if err := v.ws.WriteMessage(kind, body); err != nil {
		v.t.Fatal(err)
	}
}

func (v *voice) say(text string) {
	v.t.Helper()
	v.frame(websocket.TextMessage, []byte(text))
}

// read reads one frame.
func (v *voice) read() (kind int, text string) {
	v.t.Helper()
	_ = v.ws.SetReadDeadline(time.Now().Add(patience))
	kind, body, err := v.ws.ReadMessage()
	if err != nil {
		v.t.Fatal(err)
	}
	return kind, string(body)
}

// hear reads one text.
func (v *voice) hear() string {
	v.t.Helper()
	kind, text := v.read()
	if kind != websocket.TextMessage {
		v.t.Fatalf("a frame of kind %d: %.200q", kind, text)
	}
	return text
}

// hears reads these texts, and no other between them.
func (v *voice) hears(want ...string) {
	v.t.Helper()
	for i, w := range want {
		if got := v.hear(); got != w {
			v.t.Fatalf("heard %.200q, want %.200q (%d of %d)", got, w, i+1, len(want))
		}
	}
}

// What clients of the json form are told of comings and goings.
const (
	came = "New User Joined..."
	went = "User Disconnected..."
)

// body reads one object of the json form.
func (v *voice) body() string {
	v.t.Helper()
	text := v.hear()
	var object struct {
		Type int
		Body *string
	}
	if err := json.Unmarshal([]byte(text), &object); err != nil || object.Type != 1 || object.Body == nil {
		v.t.Fatalf("%.200q: %v", text, err)
	}
	return *object.Body
}

// bodies reads these, and no message between them; comings and goings only
// where they are wanted.
func (v *voice) bodies(want ...string) {
	v.t.Helper()
	for i, w := range want {
		got := v.body()
		for (got == came || got == went) && got != w {
			got = v.body()
		}
		if got != w {
			v.t.Fatalf("heard %.200q, want %.200q (%d of %d)", got, w, i+1, len(want))
		}
	}
}

// spoken is one object of /websocket, as it is on the wire.
func spoken(name, text string) string {
	n, _ := json.Marshal(name) // strings always can be
	s, _ := json.Marshal(text)
	unescape := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&")
	return unescape.Replace(`{"username":` + string(n) + `,"text":` + string(s) + `}`)
}

// closed reads on to the close frame.
func (v *voice) closed() (code int, reason string) {
	v.t.Helper()
	for {
		_ = v.ws.SetReadDeadline(time.Now().Add(patience))
		_, _, err := v.ws.ReadMessage()
		if err == nil {
			continue
		}
		var closed *websocket.CloseError
		if !errors.As(err, &closed) {
			v.t.Fatalf("the connection ended without a close frame: %v", err)
		}
		return closed.Code, closed.Text
	}
}

func (v *voice) closedWith(code int) {
	v.t.Helper()
	got, reason := v.closed()
	if got != code {
		v.t.Errorf("closed with %d %q, want %d", got, reason, code)
	}
}

// bye ends the connection with this code.
func (v *voice) bye(code int) {
	v.t.Helper()
	_ = v.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(patience))
	got, _ := v.closed()
	if got != code {
		v.t.Errorf("closed with %d, want %d", got, code)
	}
	_ = v.ws.Close()
}

// reset cuts the connection.
func (v *voice) reset() {
	v.t.Helper()
	_ = v.ws.NetConn().(*net.TCPConn).SetLinger(0) // closing is then a reset
	_ = v.ws.Close()
}

// text joins the client that every message reaches, of the text form.
func (h *house) text(headers ...string) *voice {
	h.t.Helper()
	return h.plain("/ws?mode=text", headers...)
}

// react joins as the page of the first tutorial does, and reads what greets it.
func (h *house) react() *voice {
	h.t.Helper()
	v := h.plain("/ws", reactPage)
	if got := v.body(); got != came {
		h.t.Fatalf("the first frame is %q", got)
	}
	return v
}
