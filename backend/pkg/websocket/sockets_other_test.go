//go:build !linux

package websocket_test

import (
	"net"
	"syscall"
	"testing"
)

func segments(t testing.TB, _ *net.TCPConn) int {
	t.Skip("segments are counted on Linux alone")
	return 0
}

// smallWindow leaves the choice to the system: that of the server is small.
func smallWindow(int) func(network, address string, conn syscall.RawConn) error { return nil }
