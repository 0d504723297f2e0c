// Package redistest starts Redis servers for tests: each on a port and in a
// directory of its own, ended by its process at the end of the test.
package redistest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Server is one redis-server.
type Server struct {
	t    testing.TB
	dir  string
	args []string
	port int
	cmd  *exec.Cmd
	log  bytes.Buffer
	tls  bool

	reading sync.WaitGroup
}

// Start starts a server that answers, with these settings ("--maxmemory",
// "2mb", …) beside its own.
func Start(t testing.TB, args ...string) *Server {
	t.Helper()
	s := &Server{t: t, dir: t.TempDir(), args: args}
	s.Run()
	t.Cleanup(s.Kill)
	return s
}

// StartTLS starts one that speaks TLS alone, with this certificate and key.
func StartTLS(t testing.TB, certificate, key []byte) *Server {
	t.Helper()
	s := &Server{t: t, dir: t.TempDir(), tls: true}
	for name, content := range map[string][]byte{"cert.pem": certificate, "key.pem": key} {
		if err := os.WriteFile(filepath.Join(s.dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.args = []string{"--tls-cert-file", "cert.pem", "--tls-key-file", "key.pem", "--tls-auth-clients", "no", "--tls-ca-cert-file", "cert.pem"}
	s.Run()
	t.Cleanup(s.Kill)
	return s
}

// Addr is where it listens.
func (s *Server) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// Run starts it, on the port that it had, if it had one.
func (s *Server) Run() {
	s.t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		s.t.Fatal("redis-server is missing; scripts/install-test-deps.sh installs it")
	}
	if s.port == 0 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			s.t.Fatal(err)
		}
		s.port = l.Addr().(*net.TCPAddr).Port
		_ = l.Close() // the port is what it was for
	}
	port := []string{"--port", strconv.Itoa(s.port)}
	if s.tls {
		port = []string{"--port", "0", "--tls-port", strconv.Itoa(s.port)}
	}
	args := append(port, "--bind", "127.0.0.1", "--dir", s.dir, "--save", "", "--daemonize", "no", "--enable-debug-command", "yes")
	s.cmd = exec.Command(path, append(args, s.args...)...) //nolint:gosec // a test's own server
	s.cmd.Dir = s.dir
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		s.log.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), "Ready to accept connections") {
			s.reading.Go(func() { _, _ = io.Copy(io.Discard, out) }) // until it ends
			return
		}
	}
	s.t.Fatalf("redis-server did not start:\n%s", s.log.String())
}

// Kill ends it without a warning; what it had not written is gone.
func (s *Server) Kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill() // it may have ended
	s.reading.Wait()
	_ = s.cmd.Wait() // with the status of a killed one
	s.cmd = nil
}

// Stop makes it hang, until Continue.
func (s *Server) Stop() { s.signal(syscall.SIGSTOP) }

// Continue makes it go on.
func (s *Server) Continue() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(sig os.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

// Do sends a command and returns the answer as it came, without attributes of
// its types: lines of texts and numbers.
func (s *Server) Do(command ...string) []string {
	s.t.Helper()
	c, err := net.DialTimeout("tcp", s.Addr(), 5*time.Second)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second)) // on a fresh connection
	var b bytes.Buffer
	fmt.Fprintf(&b, "*%d\r\n", len(command))
	for _, a := range command {
		fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(a), a)
	}
	if _, err := c.Write(b.Bytes()); err != nil {
		s.t.Fatal(err)
	}
	var answer []string
	if err := read(bufio.NewReader(c), &answer); err != nil {
		s.t.Fatalf("%s: %v", command[0], err)
	}
	return answer
}

func read(r *bufio.Reader, into *[]string) error {
	line, err := r.ReadString('\n')
	if err != nil {
		return err
	}
	kind, line := line[0], strings.TrimSuffix(line[1:], "\r\n")
	n, _ := strconv.Atoi(line) // only where it is a length
	switch kind {
	case '*':
		for range n {
			if err := read(r, into); err != nil {
				return err
			}
		}
	case '$':
		if n < 0 {
			return nil
		}
		text := make([]byte, n+2)
		for got := 0; got < len(text); {
			k, err := r.Read(text[got:])
			if err != nil {
				return err
			}
			got += k
		}
		*into = append(*into, string(text[:n]))
	default:
		*into = append(*into, line)
	}
	return nil
}

// Everything is all that it holds, as it lies in its memory: the serialised
// form of every key.
func (s *Server) Everything() string {
	s.t.Helper()
	var all strings.Builder
	for _, key := range s.Do("KEYS", "*") {
		all.WriteString(key + "\n")
		all.WriteString(strings.Join(s.Do("DUMP", key), "") + "\n")
		switch s.Do("TYPE", key)[0] {
		case "hash":
			all.WriteString(strings.Join(s.Do("HGETALL", key), "\n"))
		case "stream":
			all.WriteString(strings.Join(s.Do("XRANGE", key, "-", "+"), "\n"))
		}
	}
	return all.String()
}
