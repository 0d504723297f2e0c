package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// server is the program under test: one process at a time, always on the same
// port and the same data.
type server struct {
	binary string
	data   string
	port   int
	log    *os.File
	site   *site

	cmd   *exec.Cmd
	ended chan struct{} // closed when cmd is gone
}

const startTimeout = 30 * time.Second

func newServer(binary, data, logFile string, rng *rand.Rand) (*server, error) {
	binary, err := filepath.Abs(binary)
	if err != nil {
		return nil, fmt.Errorf("find server: %w", err)
	}
	port, err := freePort(rng)
	if err != nil {
		return nil, err
	}
	log, err := os.Create(logFile) //nolint:gosec // the path is the operator's own flag
	if err != nil {
		return nil, fmt.Errorf("create server log: %w", err)
	}
	return &server{
		binary: binary, data: data, port: port, log: log,
		site: newSite("http://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(port))),
	}, nil
}

// freePort looks below the ports that the system gives to outgoing connections:
// a client that dials a dead port up there can be connected to itself, and then
// sits on the server's address.
func freePort(rng *rand.Rand) (int, error) {
	for range 100 {
		port := 20000 + rng.IntN(12000)
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			continue
		}
		if err := l.Close(); err != nil {
			return 0, fmt.Errorf("find a port: %w", err)
		}
		return port, nil
	}
	return 0, errors.New("find a port: none of 100 was free")
}

// start runs the server and returns once it says that it is ready.
func (s *server) start(ctx context.Context) error {
	cmd := exec.Command(s.binary, "-addr", net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)), "-data", s.data) //nolint:gosec // the operator names the binary
	cmd.Dir = filepath.Dir(s.log.Name())
	// GO_ENV keeps a .env file that happens to lie there out of the run.
	cmd.Env = append(os.Environ(), "RATE_LIMITS=off", "GO_ENV=chaos")
	cmd.Stdout, cmd.Stderr = s.log, s.log
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start server: %w", err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // how it ended is read from cmd.ProcessState
		close(ended)
	}()
	s.cmd, s.ended = cmd, ended

	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return fmt.Errorf("the server ended at its start (%s), see %s", cmd.ProcessState, s.log.Name())
		case <-ctx.Done():
			return fmt.Errorf("the server was not ready after %s, see %s: %w", startTimeout, s.log.Name(), ctx.Err())
		case <-tick.C:
			if s.site.ready(ctx) {
				return nil
			}
		}
	}
}

// kill sends SIGKILL to the process that start made, and waits until it is gone.
func (s *server) kill() error {
	if s.cmd == nil {
		return nil
	}
	if err := s.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill server: %w", err)
	}
	<-s.ended
	return nil
}

func (s *server) close() error {
	return errors.Join(s.kill(), s.log.Close())
}
