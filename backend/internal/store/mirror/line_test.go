package mirror_test

import (
	"bytes"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/internal/store/mirror"
	"github.com/teahouse-chat/teahouse/backend/internal/store/redistest"
)

// line is a way to a Redis on which things get lost, and come late.
type line struct {
	l   net.Listener
	to  string
	all sync.WaitGroup

	mu     sync.Mutex
	mute   string // the answer to what holds it, and those after it, do not come
	hold   string // what holds it, and what comes after it, waits for release
	cut    bool   // no connection is taken
	hit    chan struct{}
	resume chan struct{}
}

func lineTo(t *testing.T, r *redistest.Server) *line {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &line{l: l, to: r.Addr(), hit: make(chan struct{}, 1), resume: make(chan struct{})}
	p.all.Go(p.accept)
	t.Cleanup(func() {
		_ = l.Close() // once
		p.all.Wait()
	})
	return p
}

// options are those of a server that reaches Redis by it.
func (p *line) options() mirror.Options { return mirror.Options{Address: p.l.Addr().String()} }

func (p *line) set(mute, hold string, cut bool) {
	p.mu.Lock()
	p.mute, p.hold, p.cut = mute, hold, cut
	p.mu.Unlock()
}

func (p *line) accept() {
	for {
		c, err := p.l.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		cut := p.cut
		p.mu.Unlock()
		redis, err := net.Dial("tcp", p.to)
		if err != nil || cut {
			_ = c.Close()
			if err == nil {
				_ = redis.Close()
			}
			continue
		}
		muted := new(sync.Mutex) // held from then on
		answered := make(chan struct{})
		p.all.Go(func() { p.ask(redis, c, muted, answered) })
		p.all.Go(func() {
			defer close(answered)
			answer(c, redis, muted)
		})
	}
}

// ask hands on what the server says. What was held reaches Redis even where the
// server has hung up meanwhile, as on any network.
func (p *line) ask(redis, c net.Conn, muted *sync.Mutex, answered chan struct{}) {
	defer func() { _ = redis.Close() }()
	for b := make([]byte, 1<<20); ; {
		n, err := c.Read(b)
		p.mu.Lock()
		mute, hold := p.mute, p.hold
		if n > 0 && mute != "" && bytes.Contains(b[:n], []byte(mute)) {
			p.mute, p.cut = "", true
			muted.Lock()
			p.hit <- struct{}{}
		}
		held := n > 0 && hold != "" && bytes.Contains(b[:n], []byte(hold))
		if held {
			p.hold = ""
		}
		p.mu.Unlock()
		if held {
			p.hit <- struct{}{}
			<-p.resume
		}
		if n > 0 {
			if _, err := redis.Write(b[:n]); err != nil {
				return
			}
		}
		if held {
			_ = redis.(*net.TCPConn).CloseWrite()
			<-answered // so it was executed
			p.resume <- struct{}{}
			return
		}
		if err != nil {
			return
		}
	}
}

func answer(c, redis net.Conn, muted *sync.Mutex) {
	defer func() { _ = c.Close() }()
	for b := make([]byte, 1<<16); ; {
		n, err := redis.Read(b)
		if err != nil {
			return
		}
		if !muted.TryLock() {
			_, _ = io.Copy(io.Discard, redis) // until the server hangs up
			return
		}
		muted.Unlock()
		if _, err := c.Write(b[:n]); err != nil {
			return
		}
	}
}
