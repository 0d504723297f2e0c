package websocket

import (
	"net"
	"syscall"
)

// directWriter writes what a socket takes at once, without waiting. One
// goroutine may use it at a time.
type directWriter struct {
	raw     syscall.RawConn
	attempt func(fd uintptr) bool // made once: a closure for each write would be garbage
	p       []byte
	n       int
	failure error
}

// newDirectWriter returns nil for a connection that has no file descriptor to
// write to without waiting.
func newDirectWriter(conn net.Conn) *directWriter {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return nil
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil
	}
	d := &directWriter{raw: raw}
	d.attempt = d.once
	return d
}

// once always says that it is done, so that the runtime never waits.
func (d *directWriter) once(fd uintptr) bool {
	for {
		d.n, d.failure = writeFD(fd, d.p)
		if d.failure != syscall.EINTR { //nolint:errorlint // a bare Errno
			return true
		}
	}
}

// write returns how much of p was taken. An error says that the connection is
// broken; a socket that is full is none.
func (d *directWriter) write(p []byte) (int, error) {
	d.p = p
	err := d.raw.Write(d.attempt)
	d.p = nil
	switch {
	case err != nil:
		return 0, err
	case d.failure == syscall.EAGAIN: //nolint:errorlint // a bare Errno
		return 0, nil
	}
	return d.n, d.failure
}
