//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// server is one running server.
type server struct {
	cmd  *exec.Cmd
	addr string
	dir  string // its data, removed at the end; "" where it has none of its own
	done bool
}

// pinned says that servers have a core of their own.
var pinned bool

// pin leaves the last core to the servers and the others to the load; with
// one core there is nothing to share out.
func pin() error {
	var all unix.CPUSet
	if err := unix.SchedGetaffinity(0, &all); err != nil {
		return err
	}
	if all.Count() < 2 {
		return nil
	}
	last := lastCore(&all)
	all.Clear(last)
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	for _, t := range tasks {
		id, err := strconv.Atoi(t.Name())
		if err != nil {
			return err
		}
		if err := unix.SchedSetaffinity(id, &all); err != nil {
			return err
		}
	}
	serverCore, pinned = last, true
	return nil
}

var serverCore int

func lastCore(set *unix.CPUSet) int {
	for i := len(set)*64 - 1; i > 0; i-- {
		if set.IsSet(i) {
			return i
		}
	}
	return 0
}

// startPinned starts cmd on the servers' core: a child has the affinity of the
// thread that starts it.
func startPinned(cmd *exec.Cmd) error {
	if !pinned {
		return cmd.Start()
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var own, theirs unix.CPUSet
	if err := unix.SchedGetaffinity(0, &own); err != nil {
		return err
	}
	theirs.Set(serverCore)
	if err := unix.SchedSetaffinity(0, &theirs); err != nil {
		return err
	}
	return errors.Join(cmd.Start(), unix.SchedSetaffinity(0, &own))
}

// start starts a program on a free port, with its data in dir where that is
// not "", and waits until it accepts connections.
func start(ctx context.Context, c contender, dir string) (*server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	s := &server{addr: "127.0.0.1:" + strconv.Itoa(port)}
	args := append([]string(nil), c.args...)
	args = append(args, "-addr", s.addr)
	if c.data {
		if dir == "" {
			if dir, err = os.MkdirTemp("", "teahouse-bench-"); err != nil {
				return nil, err
			}
			s.dir = dir
		}
		args = append(args, "-data", dir)
	}
	s.cmd = exec.CommandContext(ctx, c.program, args...) //nolint:gosec // the program to measure
	s.cmd.Env = append(os.Environ(), "RATE_LIMITS=off", "GO_ENV=bench", "LOG_LEVEL=error", "MAX_SOCKETS=20000")
	s.cmd.Stderr = os.Stderr
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := startPinned(s.cmd); err != nil {
		return nil, err
	}
	deadline := time.Now().Add(time.Minute)
	for {
		probe, err := net.DialTimeout("tcp", s.addr, time.Second)
		if err == nil {
			_ = probe.Close() // it has told what it should
			return s, nil
		}
		if ctx.Err() != nil || time.Now().After(deadline) {
			s.kill()
			return nil, errors.Join(fmt.Errorf("%s does not listen: %w", c.name, err), ctx.Err())
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
	if s.dir != "" {
		_ = os.RemoveAll(s.dir) // a temporary directory
	}
}

func (s *server) proc(file string) ([]byte, error) {
	return os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), file)) //nolint:gosec // of a process of ours
}

// status is a number of /proc/PID/status, such as VmRSS in KiB.
func (s *server) status(key string) (int64, error) {
	raw, err := s.proc("status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(raw)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == key+":" {
			return strconv.ParseInt(f[1], 10, 64)
		}
	}
	return 0, errors.New("no " + key)
}

// resident is the process's resident memory in bytes.
func (s *server) resident() (int64, error) {
	kb, err := s.status("VmRSS")
	return kb * 1024, err
}
