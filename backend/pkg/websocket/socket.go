package websocket

import (
	"bufio"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"time"
)

// socket is the net.Conn that gorilla gets. Until it is engaged it passes the
// handshake through; from then on what gorilla writes becomes an entry of the
// client's private buffer, so that one place alone writes to the connection.
type socket struct {
	net.Conn
	client atomic.Pointer[Client]
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
	return h.socket, rw, nil
}

// directWriter writes what the socket takes at once. full is true where it
// would take no more now; err says that the connection is broken.
type directWriter func(p []byte) (n int, full bool, err error)

// newDirectWriter returns nil for a connection that has no file descriptor to
// write to without waiting.
func newDirectWriter(conn net.Conn) directWriter {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return nil
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil
	}
	return func(p []byte) (n int, full bool, err error) {
		var failure error
		// The callback always says that it is done, so this never waits.
		err = raw.Write(func(fd uintptr) bool {
			for {
				n, failure = writeFD(fd, p)
				if failure != syscall.EINTR { //nolint:errorlint // a bare Errno
					return true
				}
			}
		})
		switch {
		case err != nil:
			return 0, false, err
		case failure == syscall.EAGAIN: //nolint:errorlint // a bare Errno
			return 0, true, nil
		case failure != nil:
			return 0, false, failure
		}
		return n, n < len(p), nil
	}
}
