package websocket_test

import (
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
