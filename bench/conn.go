//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

type state uint8

const (
	connecting state = iota
	upgrading
	greeting
	open
	closed
)

// conn is one connection of the load. While nothing is under way it holds no
// buffer.
type conn struct {
	fd     int
	state  state
	paused bool // not read: the server finds its window closed
	index  int
	room   *room // whose member it is or will be
	stream stream
	joined bool
	// after is where it wants to go on, from the next join.
	after *position
	in    []byte // the start of what has not come whole
	out   []byte // what the socket has not taken
}

// dial starts a connection without waiting for it.
func (l *load) dial(r *room) (*conn, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	if l.receiveBuffer > 0 {
		err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, l.receiveBuffer)
	}
	// The end of a connection is of no interest here: no TIME_WAIT.
	err = errors.Join(err,
		unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}),
		unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1))
	if e := unix.Connect(fd, l.target); e != nil && !errors.Is(e, unix.EINPROGRESS) {
		err = errors.Join(err, e)
	}
	c := &conn{fd: fd, room: r, index: len(l.conns)}
	if err == nil {
		err = l.watch(unix.EPOLL_CTL_ADD, c, unix.EPOLLIN|unix.EPOLLOUT)
	}
	if err != nil {
		_ = unix.Close(fd) // it never came to be
		return nil, fmt.Errorf("connect: %w", err)
	}
	l.conns = append(l.conns, c)
	for len(l.byFD) <= fd {
		l.byFD = append(l.byFD, nil)
	}
	l.byFD[fd] = c
	return c, nil
}

func (l *load) watch(how int, c *conn, events uint32) error {
	return unix.EpollCtl(l.poller, how, c.fd, &unix.EpollEvent{Events: events, Fd: int32(c.fd)}) //nolint:gosec // a descriptor
}

// interest tells the poller what c waits for.
func (l *load) interest(c *conn) error {
	events := uint32(unix.EPOLLIN)
	if len(c.out) > 0 {
		events |= unix.EPOLLOUT
	}
	return l.watch(unix.EPOLL_CTL_MOD, c, events)
}

// pause stops or resumes reading. While c is paused nothing is noticed of it,
// not even its end.
func (l *load) pause(c *conn, paused bool) error {
	if c.paused = paused; paused {
		return l.watch(unix.EPOLL_CTL_DEL, c, 0)
	}
	return l.watch(unix.EPOLL_CTL_ADD, c, unix.EPOLLIN)
}

// write sends b, now or as soon as the socket takes it.
func (l *load) write(c *conn, b []byte) error {
	if len(c.out) > 0 {
		c.out = append(c.out, b...)
		return nil
	}
	n, err := unix.Write(c.fd, b)
	if err != nil && !errors.Is(err, unix.EAGAIN) {
		return fmt.Errorf("connection %d: write: %w", c.index, err)
	}
	if n = max(n, 0); n == len(b) {
		return nil
	}
	c.out = append(c.out, b[n:]...)
	return l.interest(c)
}

// drain goes on with what write has left.
func (l *load) drain(c *conn) error {
	if c.state == connecting {
		if code, err := unix.GetsockoptInt(c.fd, unix.SOL_SOCKET, unix.SO_ERROR); err != nil || code != 0 {
			return fmt.Errorf("connection %d: %w", c.index, errors.Join(err, unix.Errno(code))) //nolint:gosec // an errno
		}
		c.state = upgrading
		c.out = l.request(c.room)
	}
	n, err := unix.Write(c.fd, c.out)
	if err != nil && !errors.Is(err, unix.EAGAIN) {
		return fmt.Errorf("connection %d: write: %w", c.index, err)
	}
	c.out = c.out[max(n, 0):]
	if len(c.out) > 0 {
		return nil
	}
	c.out = nil
	return l.interest(c)
}

func (l *load) request(r *room) []byte {
	path, subprotocol := l.dialect.path(r.name)
	b := fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n", path, l.host)
	if subprotocol != "" {
		b = fmt.Appendf(b, "Sec-WebSocket-Protocol: %s\r\n", subprotocol)
	}
	return append(b, "\r\n"...)
}

const (
	headEnd  = "\r\n\r\n"
	accepted = "HTTP/1.1 101 "
	acceptOK = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" // what belongs to the key above
)

// upgraded takes the answer to the handshake off b.
func (l *load) upgraded(c *conn, b []byte) (rest []byte, err error) {
	end := bytes.Index(b, []byte(headEnd))
	if end < 0 {
		return b, nil
	}
	head := b[:end]
	if !bytes.HasPrefix(head, []byte(accepted)) || !bytes.Contains(head, []byte(acceptOK)) {
		return nil, fmt.Errorf("connection %d: the handshake was answered with %.200q", c.index, head)
	}
	c.state = greeting
	if first := l.dialect.greet(); first != nil {
		err = l.command(c, first)
	}
	return b[end+len(headEnd):], err
}
