package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// wire is a connection on which a test writes what it likes.
func (h *house) wire() (net.Conn, *bufio.Reader) {
	h.t.Helper()
	c, err := new(net.Dialer).DialContext(h.t.Context(), "tcp", h.addr)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(patience))
	return c, bufio.NewReader(c)
}

// greets reads the answer to a handshake, and hello.
func greets(t *testing.T, r *bufio.Reader) {
	t.Helper()
	answer, err := http.ReadResponse(r, nil)
	if err != nil || answer.StatusCode != http.StatusSwitchingProtocols {
		t.Fatal(answer, err)
	}
	_ = answer.Body.Close()
	if text, err := r.ReadString('}'); err != nil || !strings.Contains(text, `{"op":"hello"`) {
		t.Errorf("greeted with %q, %v", text, err)
	}
}

// However a handshake comes, it is answered.
func TestHandshakesInManyForms(t *testing.T) {
	t.Parallel()
	h := open(t)
	request := "GET /ws HTTP/1.1\r\nHost: " + h.addr + "\r\n" + upgrade + "\r\n"
	t.Run("in pieces", func(t *testing.T) {
		c, r := h.wire()
		for _, piece := range strings.SplitAfter(request, "e") {
			if _, err := io.WriteString(c, piece); err != nil {
				t.Fatal(err)
			}
		}
		greets(t, r)
	})
	t.Run("after another request", func(t *testing.T) {
		c, r := h.wire()
		for range 2 {
			if _, err := fmt.Fprintf(c, "GET /healthz HTTP/1.1\r\nHost: %s\r\n\r\n", h.addr); err != nil {
				t.Fatal(err)
			}
			answer, err := http.ReadResponse(r, nil)
			if err != nil || answer.StatusCode != http.StatusOK {
				t.Fatal(answer, err)
			}
			_, _ = io.Copy(io.Discard, answer.Body)
			_ = answer.Body.Close()
		}
		if _, err := io.WriteString(c, request); err != nil {
			t.Fatal(err)
		}
		greets(t, r)
	})
	t.Run("in an unusual form", func(t *testing.T) {
		c, r := h.wire()
		if _, err := io.WriteString(c, strings.Replace(request, "GET /ws", "GET http://"+h.addr+"/ws", 1)); err != nil {
			t.Fatal(err)
		}
		greets(t, r)
	})
	t.Run("refused", func(t *testing.T) {
		c, r := h.wire()
		if _, err := io.WriteString(c, strings.Replace(request, "Upgrade:", "Origin: http://evil.example\r\nUpgrade:", 1)); err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		if answer.Header.Get("Date") == "" || !answer.Close {
			t.Errorf("refused with %v", answer.Header)
		}
		read(t, answer).want(t, http.StatusForbidden, "forbidden")
		if _, err := r.ReadByte(); err != io.EOF { //nolint:errorlint // never wrapped
			t.Errorf("after it comes %v", err)
		}
	})
}

// Who has asked for nothing yet does not hold up the end.
func TestStopWithSilentConnections(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, silent := h.wire()
	half, r := h.wire()
	if _, err := io.WriteString(half, "GET /ws HT"); err != nil {
		t.Fatal(err)
	}
	h.visit().fence()
	began := time.Now()
	h.stop()
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("the end took %s", took)
	}
	for _, c := range []*bufio.Reader{silent, r} {
		if _, err := c.ReadByte(); err == nil {
			t.Error("something was answered")
		}
	}
}
