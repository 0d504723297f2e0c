package websocket_test

import (
	"bytes"
	"fmt"
	"net"
	"runtime"
	"syscall"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// The clients of these are bare sockets, which cost this process no heap and
// little time: what is measured is the server.

// bareClient connects and says how a handshake begins.
func bareClient(b *testing.B, to *net.TCPAddr) int {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		b.Fatal(err)
	}
	address := syscall.SockaddrInet4{Port: to.Port, Addr: [4]byte(to.IP.To4())}
	if err := syscall.Connect(fd, &address); err != nil {
		b.Fatal(err)
	}
	if _, err := syscall.Write(fd, []byte(handshake)); err != nil {
		b.Fatal(err)
	}
	return fd
}

// readUntil reads until this has come.
func readUntil(b *testing.B, fd int, want []byte) {
	var buf [1 << 10]byte
	n := 0
	for !bytes.Contains(buf[:n], want) {
		got, err := syscall.Read(fd, buf[n:])
		if err != nil || got <= 0 {
			b.Fatalf("read %d bytes: %v", got, err)
		}
		n += got
	}
}

// resetBare ends a connection at once, and keeps no port busy.
func resetBare(b *testing.B, fd int) {
	if err := syscall.SetsockoptLinger(fd, syscall.SOL_SOCKET, syscall.SO_LINGER, &syscall.Linger{Onoff: 1}); err != nil {
		b.Fatal(err)
	}
	if err := syscall.Close(fd); err != nil {
		b.Fatal(err)
	}
}

// mute is a Handler of one who says nothing.
type mute struct{ ended chan struct{} }

func (mute) Receive(websocket.Message) {}
func (mute) Lag(string, uint64)        {}
func (m mute) Closed(int, string)      { m.ended <- struct{}{} }

// benchWorld is a pool, and a listener for what connects to it.
func benchWorld(b *testing.B) (*world, net.Listener) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = listener.Close() })
	return newWorld(b, websocket.Options{}, nil), listener
}

// greet answers a handshake, with a greeting in the same write.
func greet(b *testing.B, w *world, listener net.Listener, h websocket.Handler) *websocket.Client {
	conn, err := listener.Accept()
	if err != nil {
		b.Fatal(err)
	}
	writer, request := received(b, conn)
	hold := accept
	hold.Hold = true
	client, err := w.pool.Upgrade(writer, request, hold)
	if err != nil {
		b.Fatal(err)
	}
	if err := client.Send(text("hello")); err != nil {
		b.Fatal(err)
	}
	client.Start(h)
	return client
}

// BenchmarkIdle is what a connection keeps that has joined three topics of ten
// members each, and has heard a message in each. The operation is a thousand
// of them.
func BenchmarkIdle(b *testing.B) {
	const connections, topics = 1000, 3
	var bytesEach, objectsEach float64
	for range b.N {
		w, listener := benchWorld(b)
		to := listener.Addr().(*net.TCPAddr)
		h := mute{make(chan struct{}, connections+1)}
		first := bareClient(b, to) // the poller and the pools are there
		greet(b, w, listener, h)
		readUntil(b, first, []byte("hello"))
		fds := make([]int, connections)
		before := heap()
		for i := range fds {
			fds[i] = bareClient(b, to)
			client := greet(b, w, listener, h)
			for n := range topics {
				topic := fmt.Sprint("room ", i%(connections/10), "-", n)
				w.pool.Subscribe(client, topic, false)
				w.pool.FollowNow(client, topic)
			}
		}
		for i := range connections / 10 {
			for n := range topics {
				w.pool.Broadcast(fmt.Sprint("room ", i, "-", n), 1, text("tea"))
			}
		}
		for _, fd := range fds {
			readUntil(b, fd, []byte("tea"))
		}
		for i := range connections / 10 { // what was written is kept until the next sweep
			for n := range topics {
				w.await("the logs are given back", func() bool { return w.pool.Kept(fmt.Sprint("room ", i, "-", n)) == 0 })
			}
		}
		after := heap()
		bytesEach += float64(after.HeapAlloc) - float64(before.HeapAlloc)
		objectsEach += float64(after.HeapObjects) - float64(before.HeapObjects)
		for _, fd := range append(fds, first) {
			resetBare(b, fd)
		}
		for range connections + 1 {
			<-h.ended
		}
		w.shutdown(0)
	}
	b.ReportMetric(bytesEach/float64(b.N*connections), "heap-B/conn")
	b.ReportMetric(objectsEach/float64(b.N*connections), "objects/conn")
}

// heap is what the process keeps.
func heap() (m runtime.MemStats) {
	for range 3 { // pools of buffers let go in two steps
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return m
}

// BenchmarkConnect is a connection with its handshake and a greeting, and its
// end; us/conn is CPU time of the whole process.
func BenchmarkConnect(b *testing.B) {
	w, listener := benchWorld(b)
	to := listener.Addr().(*net.TCPAddr)
	h := mute{make(chan struct{}, 1)}
	b.ReportAllocs()
	before := cpu(b)
	for b.Loop() {
		fd := bareClient(b, to)
		greet(b, w, listener, h)
		readUntil(b, fd, []byte("hello"))
		resetBare(b, fd)
		<-h.ended
	}
	b.ReportMetric((cpu(b)-before)/float64(b.N), "us/conn")
}
