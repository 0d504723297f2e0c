//go:build unix

package websocket_test

import (
	"fmt"
	"io"
	"net"
	"sync"
	"syscall"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// BenchmarkBroadcast sends 128-byte messages to members over loopback TCP, who
// do nothing but read. An operation is one message; us/delivery is CPU time of
// the whole process, so with the members' reading in it.
func BenchmarkBroadcast(b *testing.B) {
	for _, members := range []int{1, 100, 1000} {
		for _, burst := range []int{1, 32} {
			b.Run(fmt.Sprintf("members=%d/inflight=%d", members, burst), func(b *testing.B) {
				benchmarkBroadcast(b, members, burst)
			})
		}
	}
}

func benchmarkBroadcast(b *testing.B, members, burst int) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	w := newWorld(b, websocket.Options{}, func(buffer int) (net.Conn, net.Conn) { return tcpPair(b, listener, buffer) })

	message := websocket.Text(make([]byte, 128))
	const frameSize = 2 + 2 + 128 // with its length in two more bytes
	var reading sync.WaitGroup
	arrived := make(chan struct{}, members) // one for each member and burst
	for range members {
		g := w.connect()
		w.join(g, "room")
		reading.Go(func() {
			buf := make([]byte, burst*frameSize)
			for {
				if _, err := io.ReadFull(g.in, buf); err != nil {
					return // the benchmark is over
				}
				arrived <- struct{}{}
			}
		})
	}
	b.ReportAllocs()
	before := cpu(b)
	b.ResetTimer()
	sent := 0
	for sent < b.N { // whole bursts, so that the members count right
		for range burst {
			w.pool.Broadcast("room", 0, message)
			sent++
		}
		for range members {
			<-arrived
		}
	}
	b.StopTimer()
	b.ReportMetric((cpu(b)-before)/float64(sent*members), "us/delivery")
	for _, c := range w.pool.Clients() {
		c.Close(websocket.CloseNormal, "")
	}
	w.shutdown(0)
	reading.Wait()
}

// cpu is the process's user and system time so far, in microseconds.
func cpu(b *testing.B) float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec)*1e6 + float64(t.Usec) }
	return seconds(usage.Utime) + seconds(usage.Stime)
}
