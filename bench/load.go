package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// counted counts what a connection receives.
type counted struct {
	net.Conn
	read *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.read.Add(int64(n))
	return n, err
}

// connect opens a socket and reads hello.
func (s *server) connect(ctx context.Context, read *atomic.Int64) (*websocket.Conn, error) {
	d := websocket.Dialer{
		Subprotocols: []string{"teahouse.v1"},
		NetDialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := new(net.Dialer).DialContext(ctx, network, addr)
			return counted{c, read}, err
		},
	}
	conn, answer, err := d.DialContext(ctx, "ws://"+s.addr+"/ws", nil)
	if err != nil {
		return nil, err
	}
	_ = answer.Body.Close() // an upgrade has no body
	_, hello, err := conn.ReadMessage()
	if err == nil && !strings.Contains(string(hello), `"op":"hello"`) {
		err = errors.New("the first frame is no hello")
	}
	return conn, err
}

// cost is what one connection costs the server, from the handshake to hello.
type cost struct {
	cpu   time.Duration
	bytes int64
}

func (c cost) String() string {
	return fmt.Sprintf("%d us, %d bytes", c.cpu.Microseconds(), c.bytes)
}

const sockets = 2000

func (s *server) connecting(ctx context.Context) (cost, error) {
	before, err := s.cpu()
	if err != nil {
		return cost{}, err
	}
	var read atomic.Int64
	conns := make([]*websocket.Conn, 0, sockets)
	for range sockets {
		c, err := s.connect(ctx, &read)
		if err != nil {
			return cost{}, err
		}
		conns = append(conns, c)
	}
	after, err := s.cpu()
	for _, c := range conns {
		_ = c.Close() // they have served
	}
	return cost{cpu: (after - before) / sockets, bytes: read.Load() / sockets}, err
}

// signIn makes that many guests.
func (s *server) signIn(ctx context.Context, users int) error {
	for i := range users {
		body := strings.NewReader(`{"name":"Guest of honour ` + strconv.Itoa(i) + `"}`)
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.addr+"/api/session", body)
		if err != nil {
			return err
		}
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return err
		}
		_ = answer.Body.Close() // only its status counts
		if answer.StatusCode != http.StatusCreated {
			return fmt.Errorf("guest %d: %s", i, answer.Status)
		}
	}
	return nil
}

const (
	writers  = 32
	inFlight = 32 // per writer
)

// fill sends messages, and returns how many were acknowledged a second.
func (s *server) fill(ctx context.Context, messages int) (float64, error) {
	began := time.Now()
	var group sync.WaitGroup
	failed := make(chan error, writers)
	for w := range writers {
		group.Go(func() { failed <- s.write(ctx, w, messages/writers, time.Time{}) })
	}
	group.Wait()
	for range writers {
		if err := <-failed; err != nil {
			return 0, err
		}
	}
	return float64(messages) / time.Since(began).Seconds(), nil
}

// loadUntil sends for that long; the answers that are missing at the end are
// nobody's business.
func (s *server) loadUntil(ctx context.Context, d time.Duration) error {
	until := time.Now().Add(d)
	var group sync.WaitGroup
	failed := make(chan error, writers)
	for w := range writers {
		group.Go(func() { failed <- s.write(ctx, w, 1<<30, until) })
	}
	group.Wait()
	for range writers {
		if err := <-failed; err != nil {
			return err
		}
	}
	return nil
}

// write sends n messages over one connection, some in flight at any time.
func (s *server) write(ctx context.Context, writer, n int, until time.Time) error {
	var read atomic.Int64
	c, err := s.connect(ctx, &read)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }() // it has served
	body := strings.Repeat("tea ", 32)
	sent, acked := 0, 0
	for acked < n && (until.IsZero() || time.Now().Before(until)) {
		for sent < n && sent-acked < inFlight {
			sent++
			frame := fmt.Sprintf(`{"op":"send","id":"%d-%d","room":"general","body":%q}`, writer, sent, body)
			if err := c.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
				return err
			}
		}
		_, raw, err := c.ReadMessage()
		if err != nil {
			return err
		}
		var frame struct{ Op, Detail string }
		if err := json.Unmarshal(raw, &frame); err != nil {
			return err
		}
		switch frame.Op {
		case "ok":
			acked++
		case "error":
			return errors.New(frame.Detail)
		}
	}
	return nil
}

// sendOne connects, sends one message and waits for its acknowledgement.
func (s *server) sendOne(ctx context.Context) error { return s.write(ctx, 0, 1, time.Time{}) }
