//go:build !unix

package websocket

import "syscall"

// writeFD says that the socket would block, so that a goroutine writes.
func writeFD(uintptr, []byte) (int, error) { return 0, syscall.EAGAIN }
