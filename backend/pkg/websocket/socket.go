package websocket

import (
	"bufio"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

const (
	readBuffer = 1 << 10 // bytes of a connection's read buffer
	tailBytes  = 6       // bytes of a masked control frame without a payload
)

// socket is the net.Conn that gorilla gets. Until it is engaged it passes the
// handshake through; from then on what gorilla writes goes to the client, so
// that one place alone writes to the connection.
type socket struct {
	net.Conn
	client atomic.Pointer[Client]

	// The rest is the reading goroutine's own.
	reader *bufio.Reader
	chunk  []byte          // what was read last, good until the next Read
	before [tailBytes]byte // what came just before chunk
	after  [tailBytes]byte // the end of chunk
}

// Read reads, and remembers the end of what it has read.
func (s *socket) Read(p []byte) (int, error) {
	n, err := s.Conn.Read(p)
	s.before, s.chunk = s.after, p[:n]
	if n >= tailBytes {
		copy(s.after[:], p[n-tailBytes:n])
	} else {
		copy(s.after[:], s.before[n:])
		copy(s.after[tailBytes-n:], p[:n])
	}
	if len(p) > readBuffer { // past the read buffer, into a message: not ours to keep
		s.before, s.chunk = s.after, nil
	}
	return n, err
}

// closedWithOneByte says whether the close frame that was read just now, and
// counts as one without a code, had a payload of one byte: gorilla lets that
// pass. Six bytes back an empty one begins with its opcode, where one with a
// byte has its length.
func (s *socket) closedWithOneByte() bool {
	at := len(s.chunk) - s.reader.Buffered() - tailBytes
	if at >= 0 {
		return s.chunk[at] == maskBit|1
	}
	return s.before[tailBytes+at] == maskBit|1
}

// Write takes one whole control frame from gorilla, or the handshake.
func (s *socket) Write(p []byte) (int, error) {
	if c := s.client.Load(); c != nil {
		c.control(p)
		return len(p), nil
	}
	return s.Conn.Write(p)
}

// SetWriteDeadline does nothing once the client writes for itself.
func (s *socket) SetWriteDeadline(t time.Time) error {
	if s.client.Load() != nil {
		return nil
	}
	return s.Conn.SetWriteDeadline(t)
}

// hijacker hands gorilla our socket in the place of the connection.
type hijacker struct {
	http.ResponseWriter
	socket *socket
}

func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	h.socket = &socket{Conn: conn}
	h.socket.reader = bufio.NewReaderSize(h.socket, readBuffer)
	if rw.Reader.Buffered() == 0 { // else gorilla shall see, and refuse, what came too early
		rw = bufio.NewReadWriter(h.socket.reader, rw.Writer)
	}
	return h.socket, rw, nil
}
