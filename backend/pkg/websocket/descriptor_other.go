//go:build !linux

package websocket

import "net"

// descriptor and poller exist on Linux alone; elsewhere every connection has a
// goroutine that reads.
type descriptor struct{}

func takeOver(net.Conn) *descriptor { return nil }

func (*descriptor) close()                    {}
func (*descriptor) closeWrite() error         { return net.ErrClosed }
func (*descriptor) write([]byte) (int, error) { return 0, net.ErrClosed }
func (*descriptor) read([]byte) (int, error)  { return 0, net.ErrClosed }
func (*descriptor) unacknowledged() int32     { return -1 }

type poller struct{}

func newPoller() *poller                         { return nil }
func (*poller) watch(*Client, *descriptor) error { return net.ErrClosed }
func (*poller) forget(*Client, *descriptor)      {}
func (*poller) run()                             {}
func (*poller) close()                           {}
