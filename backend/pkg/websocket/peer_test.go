package websocket_test

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// handshake is what a client begins with.
const handshake = "GET /ws HTTP/1.1\r\nHost: tea.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

// First bytes of frames.
const (
	opContinuation = 0x0
	opText         = 0x1
	opBinary       = 0x2
	opClose        = 0x8
	opPing         = 0x9
	opPong         = 0xA
	fin            = 0x80
)

// peer is a client that speaks raw frames.
type peer struct {
	t    testing.TB
	conn net.Conn
	in   *bufio.Reader
}

func newPeer(t testing.TB, conn net.Conn) *peer {
	return &peer{t: t, conn: conn, in: bufio.NewReaderSize(conn, 4<<10)}
}

// masked is a client's frame with this first byte.
func masked(first byte, body []byte) []byte {
	key := [4]byte{0x11, 0x22, 0x33, 0x44}
	frame := []byte{first}
	switch n := len(body); {
	case n <= 125:
		frame = append(frame, 0x80|byte(n))
	case n <= 0xFFFF:
		frame = binary.BigEndian.AppendUint16(append(frame, 0x80|126), uint16(n))
	default:
		frame = binary.BigEndian.AppendUint64(append(frame, 0x80|127), uint64(n))
	}
	frame = append(frame, key[:]...)
	for i, b := range body {
		frame = append(frame, b^key[i%4])
	}
	return frame
}

// closing is the body of a close frame.
func closing(code int, reason string) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(code)), reason...)
}

func (p *peer) raw(b []byte) {
	p.t.Helper()
	if _, err := p.conn.Write(b); err != nil {
		p.t.Fatalf("write: %v", err)
	}
}

func (p *peer) frame(first byte, body []byte) {
	p.t.Helper()
	p.raw(masked(first, body))
}

func (p *peer) say(text string) {
	p.t.Helper()
	p.frame(fin|opText, []byte(text))
}

// next reads one frame. A frame of a server is never masked and never in
// parts here.
func (p *peer) next() (opcode int, body []byte, err error) {
	var head [2]byte
	if _, err := io.ReadFull(p.in, head[:]); err != nil {
		return 0, nil, err
	}
	if head[0]&0x80 == 0 || head[0]&0x70 != 0 || head[1]&0x80 != 0 {
		return 0, nil, fmt.Errorf("a frame begins with % x", head)
	}
	n := uint64(head[1])
	var long [8]byte
	switch n {
	case 126:
		_, err = io.ReadFull(p.in, long[6:])
		n = binary.BigEndian.Uint64(long[:])
	case 127:
		_, err = io.ReadFull(p.in, long[:])
		n = binary.BigEndian.Uint64(long[:])
	}
	if err != nil {
		return 0, nil, err
	}
	body = make([]byte, n)
	_, err = io.ReadFull(p.in, body)
	return int(head[0] & 0x0F), body, err
}

// text reads the next message, which must be of text. Pings are passed over.
func (p *peer) text() (string, error) {
	for {
		opcode, body, err := p.next()
		switch {
		case err != nil:
			return "", err
		case opcode == opText:
			return string(body), nil
		case opcode == opClose:
			return "", fmt.Errorf("closed with % x", body)
		case opcode != opPing:
			return "", fmt.Errorf("opcode %d where a text was expected", opcode)
		}
	}
}

// expect reads these texts, in this order.
func (p *peer) expect(texts ...string) {
	p.t.Helper()
	for _, want := range texts {
		got, err := p.text()
		if err != nil {
			p.t.Fatalf("waiting for %.40q: %v", want, err)
		}
		if got != want {
			p.t.Fatalf("got %.40q, want %.40q", got, want)
		}
	}
}

// expectFrame reads one frame, which must be this.
func (p *peer) expectFrame(opcode int, body string) {
	p.t.Helper()
	gotOpcode, got, err := p.next()
	if err != nil || gotOpcode != opcode || string(got) != body {
		p.t.Fatalf("got frame %d %.40q (%v), want %d %.40q", gotOpcode, got, err, opcode, body)
	}
}

// closeFrame reads on until the close frame, and returns what is in it. What
// comes behind it must be the end.
func (p *peer) closeFrame() (code int, reason string) {
	p.t.Helper()
	for {
		opcode, body, err := p.next()
		if err != nil {
			p.t.Fatalf("waiting for the close frame: %v", err)
		}
		if opcode != opClose {
			continue
		}
		if len(body) == 0 {
			return 1005, ""
		}
		return int(binary.BigEndian.Uint16(body)), string(body[2:])
	}
}

// expectEnd reads the end of the connection.
func (p *peer) expectEnd() {
	p.t.Helper()
	opcode, body, err := p.next()
	if err == nil {
		p.t.Fatalf("frame %d %.40q where the end was expected", opcode, body)
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		p.t.Fatal("the connection does not end")
	}
}

// reset ends the connection without a goodbye.
func (p *peer) reset() {
	p.t.Helper()
	switch conn := p.conn.(type) {
	case *memConn:
		conn.Reset()
	case *net.TCPConn:
		if err := conn.SetLinger(0); err != nil {
			p.t.Fatal(err)
		}
		if err := conn.Close(); err != nil {
			p.t.Fatal(err)
		}
	}
}

// text is a message to broadcast.
func text(s string) websocket.Message { return websocket.Text([]byte(s)) }
