//go:build linux

package main

import (
	"errors"
	"fmt"
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// floor is the server that floor.go describes.
type floor struct {
	poller, listener int
	gap              time.Duration // between two flushes of a room; 0: at once
	members          []*member     // by descriptor
	rooms            map[string]*floorRoom
	dirty            []*floorRoom
	events           []unix.EpollEvent
	buf              []byte
	due              time.Time // the next flush, where there is a gap
}

type floorRoom struct {
	members []*member
	seq     uint64
	event   *template
	pending []byte
}

type member struct {
	fd   int
	room *floorRoom // nil before the upgrade
	in   []byte
	out  []byte
}

func serveFloor(addr string, gap time.Duration) error {
	tcp, err := net.ResolveTCPAddr("tcp4", addr)
	if err != nil {
		return err
	}
	s := &floor{gap: gap, rooms: map[string]*floorRoom{}, events: make([]unix.EpollEvent, manyReady), buf: make([]byte, 64<<10)}
	if s.poller, err = unix.EpollCreate1(0); err != nil {
		return err
	}
	if s.listener, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0); err != nil {
		return err
	}
	where := &unix.SockaddrInet4{Port: tcp.Port}
	copy(where.Addr[:], tcp.IP.To4())
	if err := errors.Join(unix.Bind(s.listener, where), unix.Listen(s.listener, 4096), s.watch(unix.EPOLL_CTL_ADD, s.listener, unix.EPOLLIN)); err != nil {
		return err
	}
	for {
		if err := s.turn(); err != nil {
			return err
		}
	}
}

func (s *floor) watch(how, fd int, events uint32) error {
	return unix.EpollCtl(s.poller, how, fd, &unix.EpollEvent{Events: events, Fd: int32(fd)}) //nolint:gosec // a descriptor
}

// turn reads what is there, then writes what came of it.
func (s *floor) turn() error {
	wait := -1
	if len(s.dirty) > 0 {
		wait = max(int(time.Until(s.due)/time.Millisecond), 0)
	}
	n, err := unix.EpollWait(s.poller, s.events, wait)
	if err != nil && !errors.Is(err, unix.EINTR) {
		return fmt.Errorf("epoll: %w", err)
	}
	for _, e := range s.events[:max(n, 0)] {
		if int(e.Fd) == s.listener {
			s.accept()
			continue
		}
		m := s.members[e.Fd]
		if e.Events&unix.EPOLLOUT != 0 {
			s.write(m, nil)
		}
		if e.Events&^unix.EPOLLOUT != 0 {
			s.read(m)
		}
	}
	if len(s.dirty) == 0 || s.gap > 0 && time.Now().Before(s.due) {
		return nil
	}
	for _, r := range s.dirty {
		for _, m := range r.members {
			s.write(m, r.pending)
		}
		r.pending = r.pending[:0]
	}
	s.dirty = s.dirty[:0]
	s.due = time.Now().Add(s.gap)
	return nil
}
