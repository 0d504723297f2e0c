//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

func (s *floor) accept() {
	for {
		fd, _, err := unix.Accept4(s.listener, unix.SOCK_NONBLOCK)
		if err != nil {
			return
		}
		_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1) // as Go's own servers do
		for len(s.members) <= fd {
			s.members = append(s.members, nil)
		}
		s.members[fd] = &member{fd: fd}
		_ = s.watch(unix.EPOLL_CTL_ADD, fd, unix.EPOLLIN) // it cannot be there yet
	}
}

func (s *floor) read(m *member) {
	kept := copy(s.buf, m.in)
	n, err := unix.Read(m.fd, s.buf[kept:])
	if errors.Is(err, unix.EAGAIN) {
		return
	}
	if err != nil || n == 0 {
		s.leave(m)
		return
	}
	b := s.buf[:kept+n]
	if m.room == nil {
		b = s.upgrade(m, b)
	}
	for m.room != nil {
		size := s.message(m.room, b)
		if size == 0 {
			break
		}
		b = b[size:]
	}
	m.in = append([]byte(nil), b...)
}

// upgrade answers a handshake; the path is the room.
func (s *floor) upgrade(m *member, b []byte) []byte {
	end := bytes.Index(b, []byte(headEnd))
	if end < 0 {
		return b
	}
	name := string(until(after(b, "GET /"), ' '))
	r := s.rooms[name]
	if r == nil {
		r = &floorRoom{event: newTemplate(name)}
		s.rooms[name] = r
	}
	m.room = r
	r.members = append(r.members, m)
	greeting := fmt.Appendf(nil, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", acceptOK)
	s.write(m, appendFrame(greeting, opText, fmt.Appendf(nil, `{"op":"hello","seq":%d}`, r.seq)))
	return b[end+len(headEnd):]
}

func (s *floor) write(m *member, b []byte) {
	waiting := len(m.out) > 0
	if waiting {
		m.out = append(m.out, b...)
		b = m.out
	}
	n, err := unix.Write(m.fd, b)
	if err != nil && !errors.Is(err, unix.EAGAIN) {
		return // read will learn of it
	}
	rest := b[max(n, 0):]
	if !waiting && len(rest) > 0 {
		m.out = append([]byte(nil), rest...)
		_ = s.watch(unix.EPOLL_CTL_MOD, m.fd, unix.EPOLLIN|unix.EPOLLOUT) // it is there
	} else if waiting {
		if m.out = rest; len(rest) == 0 {
			m.out = nil
			_ = s.watch(unix.EPOLL_CTL_MOD, m.fd, unix.EPOLLIN) // it is there
		}
	}
}

func (s *floor) leave(m *member) {
	if r := m.room; r != nil {
		for i := range r.members {
			if r.members[i] == m {
				r.members = append(r.members[:i], r.members[i+1:]...)
				break
			}
		}
	}
	_ = unix.Close(m.fd) // the other side is gone
}

// message takes one frame off b; all that the load sends is text, masked.
func (s *floor) message(r *floorRoom, b []byte) (size int) {
	if len(b) < 4 {
		return 0
	}
	head, length := 6, int(b[1]&0x7f)
	if length == 126 {
		head, length = 8, int(binary.BigEndian.Uint16(b[2:]))
	}
	if size = head + length; len(b) < size {
		return 0
	}
	if b[0]&0x0f != opText {
		return size
	}
	key, body := b[head-4:head], b[head:size]
	for i := range body {
		body[i] ^= key[i&3]
	}
	if len(r.pending) == 0 {
		s.dirty = append(s.dirty, r)
	}
	r.seq++
	r.pending = r.event.appendEvent(r.pending, r.seq, body)
	return size
}
