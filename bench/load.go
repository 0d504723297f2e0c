//go:build linux

package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// load is all the connections to one server, driven by one goroutine: nothing
// of it is safe for a second one.
type load struct {
	poller  int
	target  unix.Sockaddr
	host    string
	dialect dialect

	conns  []*conn
	byFD   []*conn
	events []unix.EpollEvent
	buf    []byte // what one read brings
	frame  []byte // a frame that is being put together
	text   []byte // what it holds
	body   []byte // of a message

	// receiveBuffer is SO_RCVBUF of the connections to come; 0: the kernel's.
	receiveBuffer int

	now      int64  // of the read at hand
	bytes    int64  // read in all
	epoch    string // of the room joined last
	tally    tally
	delivery histogram
	// answers are the times from a message to its acknowledgement; asked is
	// when each of the newest commands was sent.
	answers  histogram
	asked    [1 << 13]int64
	commands uint64
	acked    uint64
	turn     int // of the senders
	lot      *rand.Rand
	patience time.Duration

	hooks hooks
}

// hooks is what a scenario wants to know; each may be nil.
type hooks struct {
	hello    func(c *conn) error
	joined   func(c *conn) error
	complete func(r *room, seq uint64) error // every member has it
	acked    func(c *conn) error
	behind   func(c *conn) error
	closed   func(c *conn, why error) error // else it is an error
}

const (
	readSize  = 256 << 10
	firstID   = 100              // commands below it are not messages
	giveUp    = 20 * time.Second // without any sign of life
	manyReady = 1024
)

func newLoad(d dialect, addr string) (*load, error) {
	tcp, err := net.ResolveTCPAddr("tcp4", addr)
	if err != nil {
		return nil, err
	}
	poller, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll: %w", err)
	}
	target := &unix.SockaddrInet4{Port: tcp.Port}
	copy(target.Addr[:], tcp.IP.To4())
	return &load{
		poller: poller, target: target, host: addr, dialect: d,
		events: make([]unix.EpollEvent, manyReady), buf: make([]byte, readSize), commands: firstID, patience: giveUp,
		lot: rand.New(rand.NewPCG(1, 2)), //nolint:gosec // the same moments in every run
	}, nil
}

// close ends all connections.
func (l *load) close() {
	for _, c := range l.conns {
		l.drop(c)
	}
	_ = unix.Close(l.poller) // nothing can be lost in it
}

func (l *load) drop(c *conn) {
	if c.state == closed {
		return
	}
	c.state = closed
	c.in, c.out = nil, nil
	l.byFD[c.fd] = nil
	_ = unix.Close(c.fd) // its data do not matter any more
}

// poll waits for at most that long and handles what is ready.
func (l *load) poll(wait time.Duration) error {
	ms := int((wait + time.Millisecond - 1) / time.Millisecond)
	n, err := unix.EpollWait(l.poller, l.events, max(ms, 0))
	if err != nil && !errors.Is(err, unix.EINTR) {
		return fmt.Errorf("epoll: %w", err)
	}
	for _, e := range l.events[:max(n, 0)] {
		c := l.byFD[e.Fd]
		if c == nil {
			continue
		}
		if e.Events&unix.EPOLLOUT != 0 || c.state == connecting {
			err = l.drain(c)
		}
		if err == nil && e.Events&^unix.EPOLLOUT != 0 {
			err = l.read(c)
		}
		if err != nil {
			if err = l.ended(c, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// ended says what the end of a connection means.
func (l *load) ended(c *conn, why error) error {
	l.drop(c)
	if l.hooks.closed == nil {
		return why
	}
	return l.hooks.closed(c, why)
}

// read takes what one system call brings.
func (l *load) read(c *conn) error {
	kept := copy(l.buf, c.in)
	n, err := unix.Read(c.fd, l.buf[kept:])
	if errors.Is(err, unix.EAGAIN) {
		return nil
	}
	if err != nil || n == 0 {
		return fmt.Errorf("connection %d was closed: %w", c.index, errors.Join(err, errEnd))
	}
	l.now = clock()
	l.bytes += int64(n)
	rest, err := l.frames(c, l.buf[:kept+n])
	if err != nil {
		return err
	}
	l.keep(c, rest)
	return nil
}

var errEnd = errors.New("the server has ended it")

// keep puts aside what is not whole. A frame that exceeds the buffer makes the
// buffer grow.
func (l *load) keep(c *conn, rest []byte) {
	if len(rest) == 0 {
		c.in = nil
		return
	}
	c.in = append(c.in[:0], rest...)
	if len(rest) > len(l.buf)/2 {
		l.buf = make([]byte, 2*len(l.buf))
	}
}

// frames handles all whole frames in b and returns the rest.
func (l *load) frames(c *conn, b []byte) ([]byte, error) {
	if c.state == upgrading {
		rest, err := l.upgraded(c, b)
		if c.state == upgrading || err != nil {
			return rest, err
		}
		b = rest
	}
	for {
		f, size, err := takeFrame(b)
		if size == 0 || err != nil {
			return b, err
		}
		b = b[size:]
		if err := l.handle(c, f); err != nil {
			return b, err
		}
	}
}
