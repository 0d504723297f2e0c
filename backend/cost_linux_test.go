package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// What a connection costs: with the server in a process of its own, the CPU time
// of all its threads, user and system, and how much its resident memory grows;
// with the server in this process, allocations and live bytes, of the clients
// too, which allocate little.
//
// The many come into one room, and each is to cost what each of the few does.
//
//	go test -run '^$' -bench Connections -benchtime 1x .

const (
	costHistory = 400
	costMissed  = 50
	costAtOnce  = 32
)

// socket is a client that costs little: it knows frames, and looks for one word.
type socket struct {
	net.Conn
	buf  []byte
	have int
}

const handshakeText = "GET /ws HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: teahouse.v1\r\n\r\n"

func openSocket(addr string, buf []byte) (*socket, error) {
	conn, err := new(net.Dialer).DialContext(context.Background(), "tcp", addr)
	if err != nil {
		return nil, err
	}
	s := &socket{Conn: conn, buf: buf}
	if _, err := fmt.Fprintf(conn, handshakeText, addr); err != nil {
		return nil, err
	}
	for {
		if err := s.more(); err != nil {
			return nil, err
		}
		if end := bytes.Index(s.buf[:s.have], []byte("\r\n\r\n")); end >= 0 {
			if !bytes.HasPrefix(s.buf, []byte("HTTP/1.1 101 ")) {
				return nil, fmt.Errorf("refused: %.60s", s.buf)
			}
			s.drop(end + 4)
			return s, s.until(`{"op":"hello"`)
		}
	}
}

func (s *socket) more() error {
	n, err := s.Read(s.buf[s.have:])
	s.have += n
	return err
}

func (s *socket) drop(n int) { s.have = copy(s.buf, s.buf[n:s.have]) }

// until reads up to the first frame that begins so.
func (s *socket) until(begins string) error {
	for {
		for head, size := s.frame(); size > 0; head, size = s.frame() {
			fits := bytes.HasPrefix(s.buf[head:size], []byte(begins))
			s.drop(size)
			if fits {
				return nil
			}
		}
		if err := s.more(); err != nil {
			return err
		}
	}
}

// frame is where the first frame's payload begins and where it ends, 0 where
// it is not complete.
func (s *socket) frame() (head, end int) {
	if s.have < 4 {
		return 0, 0
	}
	head, end = 2, 2+int(s.buf[1])
	if s.buf[1] == 126 {
		head, end = 4, 4+int(binary.BigEndian.Uint16(s.buf[2:]))
	}
	if s.have < end {
		return 0, 0
	}
	return head, end
}

func (s *socket) say(text string) error {
	frame := make([]byte, 0, 512)
	if len(text) < 126 {
		frame = append(frame, 0x81, 0x80|byte(len(text)))
	} else {
		frame = binary.BigEndian.AppendUint16(append(frame, 0x81, 0x80|126), uint16(len(text)))
	}
	frame = append(frame, 0, 0, 0, 0) // a mask that changes nothing
	_, err := s.Write(append(frame, text...))
	return err
}

// eachOf calls do for all sockets, by costAtOnce goroutines.
func eachOf(b *testing.B, n int, do func(i int, buf []byte) error) {
	b.Helper()
	var all sync.WaitGroup
	failed := make(chan error, costAtOnce)
	for w := range costAtOnce {
		all.Go(func() {
			buf := make([]byte, 256<<10)
			for i := w; i < n; i += costAtOnce {
				if err := do(i, buf); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	all.Wait()
	select {
	case err := <-failed:
		b.Fatal(err)
	default:
	}
}

// usage is what the server has used up.
type usage struct {
	cpu    time.Duration
	allocs uint64
	bytes  uint64
	live   uint64
}

func processUsage(b *testing.B, pid int) usage {
	b.Helper()
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil {
		b.Fatal(err)
	}
	var u usage
	for _, task := range tasks {
		if text, err := os.ReadFile(task); err == nil { // a thread may have ended
			n, _ := strconv.ParseInt(strings.Fields(string(text))[0], 10, 64)
			u.cpu += time.Duration(n)
		}
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rss, _ := strings.Cut(string(status), "VmRSS:")
	n, _ := strconv.ParseUint(strings.Fields(rss)[0], 10, 64)
	u.live = n << 10
	return u
}

func ownUsage(*testing.B, int) usage {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return usage{allocs: m.Mallocs, bytes: m.TotalAlloc, live: m.HeapAlloc + m.StackInuse}
}

func BenchmarkConnections(b *testing.B) {
	settings := []string{ // the limits are there, and hold back nobody
		"CONNECT_RATE=1000000", "CONNECT_BURST=1000000", "SEND_RATE=1000000", "SEND_BURST=1000000",
		"OP_RATE=1000000", "OP_BURST=1000000", "LOG_LEVEL=error",
	}
	for _, n := range []int{1000, 9000} { // the many need a descriptor each at either end
		b.Run(fmt.Sprint("process/", n), func(b *testing.B) {
			p := launch(b, filepath.Join(b.TempDir(), "data"), settings...)
			costs(b, n, p.addr, processUsage, p.process.Process.Pid)
		})
		b.Run(fmt.Sprint("inside/", n), func(b *testing.B) {
			h := open(b, settings...)
			costs(b, n, h.addr, ownUsage, 0)
		})
	}
}

func costs(b *testing.B, n int, addr string, measure func(*testing.B, int) usage, pid int) {
	b.Helper()
	fill(b, addr)
	sockets := make([]*socket, n)
	step := func(name string, do func(i int, buf []byte) error) {
		before := measure(b, pid)
		eachOf(b, n, do)
		report(b, n, name, before, measure(b, pid))
	}
	ask := func(text string) func(i int, buf []byte) error {
		return func(i int, buf []byte) error {
			s := sockets[i]
			s.buf, s.have = buf, 0
			defer func() { s.buf = nil }()
			if err := s.say(text); err != nil {
				return err
			}
			return s.until(`{"op":"ok"`)
		}
	}
	for range b.N {
		step("connect", func(i int, buf []byte) (err error) {
			if sockets[i], err = openSocket(addr, buf); err == nil {
				sockets[i].buf = nil
			}
			return err
		})
		step("join", ask(`{"op":"join","id":"j","room":"general"}`))
		<-time.After(2 * time.Second) // presence is told
		step("resume", ask(fmt.Sprintf(`{"op":"join","id":"r","room":"general","after":%d}`, costHistory-costMissed)))
		for _, s := range sockets {
			_ = s.Close()
		}
		<-time.After(2 * time.Second)
	}
	b.ReportMetric(0, "ns/op")
}

// fill sends what is read again later.
func fill(b *testing.B, addr string) {
	b.Helper()
	s, err := openSocket(addr, make([]byte, 4096))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for n := range costHistory {
		if err := s.say(fmt.Sprintf(`{"op":"send","id":"%d","room":"general","body":"%0128d"}`, n, n)); err != nil {
			b.Fatal(err)
		}
		if err := s.until(`{"op":"ok"`); err != nil {
			b.Fatal(err)
		}
	}
}

// report tells what one connection used of what is measured.
func report(b *testing.B, n int, name string, from, to usage) {
	b.Helper()
	if to.cpu > 0 {
		b.ReportMetric(float64((to.cpu-from.cpu).Microseconds())/float64(n), name+"-cpu-us")
	} else {
		b.ReportMetric(float64(to.allocs-from.allocs)/float64(n), name+"-allocs")
		b.ReportMetric(float64(to.bytes-from.bytes)/float64(n), name+"-bytes")
	}
	b.ReportMetric((float64(to.live)-float64(from.live))/float64(n), name+"-live-bytes")
}
