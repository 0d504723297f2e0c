package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is one running server, and the pid it is stopped by.
type server struct {
	cmd  *exec.Cmd
	addr string
	done bool
}

// start starts the server and waits until it has given the first page. It
// returns how long that took from the start of the process.
func start(ctx context.Context, program, dir string) (*server, time.Duration, error) {
	port, err := freePort()
	if err != nil {
		return nil, 0, err
	}
	s := &server{addr: "127.0.0.1:" + strconv.Itoa(port)}
	s.cmd = exec.CommandContext(ctx, program, "-addr", s.addr, "-data", dir) //nolint:gosec // the program to measure
	s.cmd.Env = append(os.Environ(), "RATE_LIMITS=off", "GO_ENV=bench", "LOG_LEVEL=error")
	s.cmd.Stderr = os.Stderr
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, 0, err
	}
	deadline := began.Add(60 * time.Second)
	for {
		status, _, err := s.get(ctx, "/", "")
		if err == nil && status == http.StatusOK {
			return s, time.Since(began), nil
		}
		if ctx.Err() != nil || time.Now().After(deadline) {
			s.kill()
			return nil, 0, errors.Join(errors.New("the server gave no page"), ctx.Err())
		}
		time.Sleep(500 * time.Microsecond)
	}
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }() // only its number was wanted
	return l.Addr().(*net.TCPAddr).Port, nil
}

func (s *server) stop() { s.end(syscall.SIGTERM) }
func (s *server) kill() { s.end(syscall.SIGKILL) }

func (s *server) end(sig syscall.Signal) {
	if s.done {
		return
	}
	s.done = true
	_ = s.cmd.Process.Signal(sig) // it may have ended by itself
	_ = s.cmd.Wait()              // how it ended is of no interest
}

func (s *server) get(ctx context.Context, path, encoding string) (int, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.addr+path, nil)
	if err != nil {
		return 0, nil, err
	}
	if encoding != "" {
		r.Header.Set("Accept-Encoding", encoding)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = answer.Body.Close() }() // read to its end below
	body, err := io.ReadAll(answer.Body)
	return answer.StatusCode, body, err
}

var asset = regexp.MustCompile(`(?:src|href)="(/assets/[^"]+)"`)

// clientSize adds up what a browser loads before the first screen.
func (s *server) clientSize(ctx context.Context) (int64, error) {
	_, plain, err := s.get(ctx, "/", "identity")
	if err != nil {
		return 0, err
	}
	total := int64(0)
	paths := []string{"/"}
	for _, m := range asset.FindAllSubmatch(plain, -1) {
		paths = append(paths, string(m[1]))
	}
	for _, p := range paths {
		status, body, err := s.get(ctx, p, "br, gzip")
		if err != nil || status != http.StatusOK {
			return 0, fmt.Errorf("%s: status %d, %w", p, status, err)
		}
		total += int64(len(body))
	}
	return total, nil
}

// resident is the process's resident memory in bytes.
func (s *server) resident() (int64, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	lines := bufio.NewScanner(bytes.NewReader(raw))
	for lines.Scan() {
		if f := strings.Fields(lines.Text()); len(f) == 3 && f[0] == "VmRSS:" {
			kb, err := strconv.ParseInt(f[1], 10, 64)
			return kb * 1024, err
		}
	}
	return 0, errors.New("no VmRSS")
}

// cpu is the processor time that the server has used, user and system, with
// the kernel's clock tick of 10 ms.
func (s *server) cpu() (time.Duration, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	f := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:]))
	user, err := strconv.ParseInt(f[11], 10, 64)
	if err != nil {
		return 0, err
	}
	system, err := strconv.ParseInt(f[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond, err
}
