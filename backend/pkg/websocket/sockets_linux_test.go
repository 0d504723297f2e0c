package websocket_test

import (
	"errors"
	"net"
	"syscall"
	"testing"
	"unsafe"
)

// segments is how many segments with data have come in: over loopback, as many
// as there were writes of up to 32 KiB.
func segments(t testing.TB, conn *net.TCPConn) int {
	t.Helper()
	const dataSegmentsIn = 152 // tcpi_data_segs_in of linux/tcp.h
	var info [256]byte
	size := uint32(len(info))
	raw, err := conn.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var errno syscall.Errno
	if err := raw.Control(func(fd uintptr) {
		_, _, errno = syscall.Syscall6(syscall.SYS_GETSOCKOPT, fd, syscall.IPPROTO_TCP, syscall.TCP_INFO,
			uintptr(unsafe.Pointer(&info[0])), uintptr(unsafe.Pointer(&size)), 0)
	}); err != nil || errno != 0 {
		t.Fatal(err, errno)
	}
	if size < dataSegmentsIn+4 {
		t.Skip("this kernel does not count")
	}
	return int(*(*uint32)(unsafe.Pointer(&info[dataSegmentsIn])))
}

// smallWindow lets a socket have a buffer of about this size to read into, or
// the kernel's choice where it is 0. It must be so from the beginning: one that
// is made smaller later gets what is on its way only when the sender tries again.
func smallWindow(size int) func(network, address string, conn syscall.RawConn) error {
	return func(_, _ string, conn syscall.RawConn) error {
		if size == 0 {
			return nil
		}
		var refused error
		err := conn.Control(func(fd uintptr) {
			refused = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, size)
		})
		return errors.Join(err, refused)
	}
}
