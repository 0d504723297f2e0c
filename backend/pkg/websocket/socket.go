package websocket

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	gws "github.com/gorilla/websocket"
)

const (
	readBuffer = 288     // bytes of the buffer that gorilla parses from; more than 256, or it makes its own
	readAhead  = 8 << 10 // bytes read from a socket at once
	tailBytes  = 6       // bytes of a masked control frame without a payload
)

// errEmpty says that a socket has nothing to read now.
var errEmpty = errors.New("nothing to read")

// ahead are buffers for what was read and is not parsed yet. A connection has
// one only while there is such.
var ahead = sync.Pool{New: func() any { return new([readAhead]byte) }}

// socket is the net.Conn that gorilla gets. It passes the handshake through;
// from then on what gorilla writes goes to the client, so that one place alone
// writes to the connection. All but client is the reader's own.
type socket struct {
	net.Conn         // nil once descriptor has taken over
	client   *Client // nil during the handshake
	answer   []byte  // the answer to the handshake, where it is to leave with what is sent first
	hold     bool

	reader *bufio.Reader
	buf    *[readAhead]byte // what was read from the descriptor; nil while there is nothing
	from   int              // buf[from:to] is not parsed yet
	to     int
	err    error // what comes behind it

	chunk  []byte          // what gorilla's buffer was filled with last, good until the next Read
	before [tailBytes]byte // what came just before chunk
	after  [tailBytes]byte // the end of chunk
}

// Read reads, and remembers the end of what it has read.
func (s *socket) Read(p []byte) (int, error) {
	n, err := s.receive(p)
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

// receive waits for something to read.
func (s *socket) receive(p []byte) (int, error) {
	if s.Conn != nil {
		return s.Conn.Read(p)
	}
	for s.buf == nil {
		if s.err != nil {
			return 0, s.err
		}
		if !s.fill() && !s.client.awaitReadable() {
			return 0, net.ErrClosed
		}
	}
	n := copy(p, s.buf[s.from:s.to])
	if s.from += n; s.from == s.to {
		s.release()
	}
	return n, nil
}

// pending says whether there is something to parse, without waiting.
func (s *socket) pending() bool {
	return s.reader.Buffered() > 0 || s.buf != nil || s.err != nil || s.fill()
}

// fill reads what the descriptor has. It returns false where that is nothing.
func (s *socket) fill() bool {
	buf, _ := ahead.Get().(*[readAhead]byte)
	n, err := s.client.descriptor.read(buf[:])
	if n > 0 {
		s.buf, s.from, s.to = buf, 0, n
		return true
	}
	ahead.Put(buf)
	switch {
	case errors.Is(err, errEmpty):
		return false
	case err == nil:
		err = io.EOF
	}
	s.err = err
	return true
}

// drained says that all is parsed, and that what was read last was all there
// was: who asks for more than there is has it all, but for the end of the
// connection.
func (s *socket) drained() bool {
	return s.unparsed() == 0 && s.to < readAhead && !s.client.reading.ended.Load()
}

// unparsed is how many bytes were read and are not parsed yet.
func (s *socket) unparsed() int {
	n := s.reader.Buffered()
	if s.buf != nil {
		n += s.to - s.from
	}
	return n
}

const controlHeader = 6 // bytes, of a control frame with its mask

// control takes a ping or a pong from what was read, and waits for the rest of
// it. Anything else, and what is wrong with it, it leaves to gorilla. The
// payload is good until the next Read. It is called between two messages.
func (s *socket) control() (opcode int, payload []byte, ok bool) {
	head, err := s.reader.Peek(1) // there is one: it does not wait
	if err != nil || (head[0] != finBit|gws.PingMessage && head[0] != finBit|gws.PongMessage) {
		return 0, nil, false
	}
	if head, err = s.reader.Peek(2); err != nil || head[1] < maskBit || head[1] > maskBit|maxControlPayload {
		return 0, nil, false
	}
	opcode = int(head[0] &^ finBit)
	frame, err := s.reader.Peek(controlHeader + int(head[1]&^maskBit))
	if err != nil {
		return 0, nil, false
	}
	mask, payload := frame[2:controlHeader], frame[controlHeader:]
	for i := range payload {
		payload[i] ^= mask[i%len(mask)]
	}
	_, _ = s.reader.Discard(len(frame)) // they were there
	return opcode, payload, true
}

func (s *socket) release() {
	if s.buf != nil {
		ahead.Put(s.buf)
		s.buf = nil
	}
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
	switch {
	case s.client != nil:
		s.client.control(p)
	case s.hold:
		s.answer = append([]byte(nil), p...)
	default:
		return s.Conn.Write(p)
	}
	return len(p), nil
}

// SetWriteDeadline does nothing once the client writes for itself.
func (s *socket) SetWriteDeadline(t time.Time) error {
	if s.client != nil {
		return nil
	}
	return s.Conn.SetWriteDeadline(t)
}

// hijacker hands gorilla our socket in the place of the connection.
type hijacker struct {
	http.ResponseWriter
	hold   bool
	socket *socket
}

func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	h.socket = &socket{Conn: conn, hold: h.hold}
	h.socket.reader = bufio.NewReaderSize(h.socket, readBuffer)
	if rw.Reader.Buffered() == 0 { // else gorilla shall see, and refuse, what came too early
		rw = bufio.NewReadWriter(h.socket.reader, rw.Writer)
	}
	return h.socket, rw, nil
}
