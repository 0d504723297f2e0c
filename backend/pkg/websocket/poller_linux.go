package websocket

import (
	"errors"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

// readiness is what is asked of each socket, once and for all: an event comes
// whenever one of these begins to hold (edge-triggered), so nothing has to be
// armed again.
const readiness = syscall.EPOLLIN | syscall.EPOLLOUT | syscall.EPOLLRDHUP | 1<<31 // EPOLLET

// poller hears from the kernel which sockets have something to read, or room
// again to write. It is an epoll of our own, and itself waits in the runtime's
// poller, so that no thread blocks.
type poller struct {
	fd   int
	file *os.File
	raw  syscall.RawConn

	mu      sync.Mutex
	clients []*Client // by the number of their descriptors
}

// newPoller returns nil where the system gives none.
func newPoller() *poller {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil
	}
	if err := syscall.SetNonblock(fd, true); err != nil { // so that os.NewFile hands it to the runtime
		_ = syscall.Close(fd)
		return nil
	}
	p := &poller{fd: fd, file: os.NewFile(uintptr(fd), "epoll")}
	if p.raw, err = p.file.SyscallConn(); err != nil || p.file.SetDeadline(time.Time{}) != nil {
		_ = p.file.Close() // one that cannot be waited for in the runtime is of no use
		return nil
	}
	return p
}

// watch makes the client hear of its socket. It fails where that has been
// closed.
func (p *poller) watch(c *Client, d *descriptor) error {
	if !d.enter() {
		return net.ErrClosed
	}
	defer d.leave()
	p.mu.Lock()
	for len(p.clients) <= d.fd {
		p.clients = append(p.clients, nil)
	}
	p.clients[d.fd] = c
	p.mu.Unlock()
	event := syscall.EpollEvent{Events: readiness, Fd: int32(d.fd)} //nolint:gosec // a descriptor fits 32 bits
	var refused error
	err := p.raw.Control(func(fd uintptr) { // which fails once the poller is closed
		refused = syscall.EpollCtl(int(fd), syscall.EPOLL_CTL_ADD, d.fd, &event) //nolint:gosec // likewise
	})
	if d.uses.Load()&descriptorShut != 0 {
		p.forget(c, d) // who closed it may have been too early for that
	}
	return errors.Join(err, refused)
}

// forget ends that, for a socket that is closed: the kernel has forgotten it by
// itself. The number may be another client's by now.
func (p *poller) forget(c *Client, d *descriptor) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d.fd < len(p.clients) && p.clients[d.fd] == c {
		p.clients[d.fd] = nil
	}
}

// run passes on what the kernel says, until the poller is closed. An event that
// is late, for a socket whose number has got another owner, does no harm: who
// hears of it looks and finds nothing.
func (p *poller) run() {
	var events [128]syscall.EpollEvent
	var heard [128]*Client
	for {
		n := 0
		err := p.raw.Read(func(uintptr) bool {
			n = p.ready(events[:])
			return n > 0
		})
		if err != nil {
			return
		}
		p.mu.Lock()
		for i := range n {
			heard[i] = p.clients[events[i].Fd]
		}
		p.mu.Unlock()
		for i := range n {
			if c := heard[i]; c != nil {
				c.happened(events[i].Events)
				heard[i] = nil
			}
		}
	}
}

// ready asks, without waiting.
func (p *poller) ready(events []syscall.EpollEvent) int {
	for {
		n, _, errno := syscall.RawSyscall6(syscall.SYS_EPOLL_PWAIT, uintptr(p.fd), uintptr(unsafe.Pointer(&events[0])), uintptr(len(events)), 0, 0, 0) //nolint:gosec // the kernel is handed a list of ours, and its length
		switch errno {
		case 0:
			return int(n) //nolint:gosec // at most len(events)
		case syscall.EINTR:
		default:
			return 0
		}
	}
}

func (p *poller) close() { _ = p.file.Close() } // run ends with it

func (c *Client) happened(events uint32) {
	const ended = syscall.EPOLLRDHUP | syscall.EPOLLHUP | syscall.EPOLLERR
	if events&ended != 0 {
		c.reading.ended.Store(true)
	}
	if events&syscall.EPOLLOUT != 0 || events&ended != 0 {
		c.writable()
	}
	if events&syscall.EPOLLIN != 0 || events&ended != 0 {
		c.readable()
	}
}
