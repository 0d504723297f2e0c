package websocket

import (
	"net"
	"runtime"
	"sync/atomic"
	"syscall"
	"unsafe"
)

const (
	notSentLowWater = 25        // TCP_NOTSENT_LOWAT of linux/tcp.h
	unsentLimit     = 128 << 10 // bytes that the kernel takes ahead of what it can send
	outQueue        = 0x5411    // SIOCOUTQ of linux/sockios.h
	briefWrite      = 64 << 10  // bytes up to which a write is so short that the scheduler need not know
)

// descriptor is a TCP socket that belongs to us alone: the runtime's poller
// does not know it. Its methods may be called by many at once; the number of
// the descriptor is not given back while one of them uses it.
type descriptor struct {
	fd   int
	uses atomic.Int32 // who is inside a system call, and the bits below
}

const (
	descriptorShut = 1 << 29 // no more calls begin
	descriptorFree = 1 << 30 // the number has been given back
)

// takeOver makes a descriptor of the connection, which it closes. It returns
// nil, and leaves conn alone, where conn is no TCP connection.
func takeOver(conn net.Conn) *descriptor {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return nil
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil
	}
	fd := -1
	err = raw.Control(func(old uintptr) {
		n, _, errno := syscall.RawSyscall(syscall.SYS_FCNTL, old, syscall.F_DUPFD_CLOEXEC, 0)
		if errno == 0 {
			fd = int(n) //nolint:gosec // a descriptor fits an int
		}
	})
	if err != nil || fd < 0 {
		return nil
	}
	// Without it, a slow reader would fill megabytes of the kernel's memory.
	// An old kernel that does not know it still works.
	_ = syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, notSentLowWater, unsentLimit)
	_ = tcp.Close() // its other name; the connection lives on
	return &descriptor{fd: fd}
}

func (d *descriptor) enter() bool {
	if d.uses.Add(1)&descriptorShut == 0 {
		return true
	}
	d.leave()
	return false
}

func (d *descriptor) leave() {
	if d.uses.Add(-1) == descriptorShut {
		d.free()
	}
}

func (d *descriptor) free() {
	if d.uses.CompareAndSwap(descriptorShut, descriptorShut|descriptorFree) {
		_ = syscall.Close(d.fd) // nothing can be done about a failed close
	}
}

// close ends the connection, both ways. The number is given back when the last
// call has returned.
func (d *descriptor) close() {
	// A call that is under way notices. Nobody else can be using the number: as
	// this is a use too, and counted before the number may be given back.
	d.uses.Add(1)
	defer d.leave()
	if d.uses.Or(descriptorShut)&descriptorShut == 0 {
		_ = syscall.Shutdown(d.fd, syscall.SHUT_RDWR) // fails where the other side has reset it
	}
}

// closeWrite says to the other side that no more comes.
func (d *descriptor) closeWrite() error {
	if !d.enter() {
		return net.ErrClosed
	}
	defer d.leave()
	return syscall.Shutdown(d.fd, syscall.SHUT_WR)
}

// write gives the socket as much of p, which is not empty, as it takes at once.
// None, and no error, means that it is full.
func (d *descriptor) write(p []byte) (int, error) {
	if !d.enter() {
		return 0, net.ErrClosed
	}
	defer d.leave()
	const flags = syscall.MSG_NOSIGNAL | syscall.MSG_DONTWAIT
	for {
		var n uintptr
		var errno syscall.Errno
		if len(p) <= briefWrite {
			n, _, errno = syscall.RawSyscall6(syscall.SYS_SENDTO, uintptr(d.fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), flags, 0, 0) //nolint:gosec // the kernel is handed a buffer of ours, and its length
		} else {
			n, _, errno = syscall.Syscall6(syscall.SYS_SENDTO, uintptr(d.fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), flags, 0, 0) //nolint:gosec // the kernel is handed a buffer of ours, and its length
		}
		runtime.KeepAlive(p)
		switch errno {
		case 0:
			return int(n), nil //nolint:gosec // at most len(p)
		case syscall.EINTR:
		case syscall.EAGAIN:
			return 0, nil
		default:
			return 0, errno
		}
	}
}

// read reads what is there. errEmpty says that nothing is; 0 bytes and no
// error, that nothing will be any more.
func (d *descriptor) read(p []byte) (int, error) {
	if !d.enter() {
		return 0, net.ErrClosed
	}
	defer d.leave()
	for {
		n, _, errno := syscall.RawSyscall6(syscall.SYS_RECVFROM, uintptr(d.fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), syscall.MSG_DONTWAIT, 0, 0) //nolint:gosec // the kernel is handed a buffer of ours, and its length
		runtime.KeepAlive(p)
		switch errno {
		case 0:
			return int(n), nil //nolint:gosec // at most len(p)
		case syscall.EINTR:
		case syscall.EAGAIN:
			return 0, errEmpty
		default:
			return 0, errno
		}
	}
}

// unacknowledged is how many bytes the other side has yet to acknowledge, or
// -1. Its system does so as far as it has room, and it has room as it reads.
func (d *descriptor) unacknowledged() int32 {
	if !d.enter() {
		return -1
	}
	defer d.leave()
	var n int32
	if _, _, errno := syscall.RawSyscall(syscall.SYS_IOCTL, uintptr(d.fd), outQueue, uintptr(unsafe.Pointer(&n))); errno != 0 { //nolint:gosec // the kernel is handed a buffer of ours, and its length
		return -1
	}
	return n
}
