//go:build unix

package websocket

import "syscall"

func writeFD(fd uintptr, p []byte) (int, error) {
	n, err := syscall.Write(int(fd), p) //nolint:gosec // a descriptor fits an int
	return max(n, 0), err
}
