//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// cpuTime is the processor time that a process has used.
type cpuTime struct {
	// total is exact: the scheduler's own nanoseconds.
	total time.Duration
	// user and system have the kernel's tick of 10 ms; only their proportion is
	// used.
	user, system time.Duration
}

const tick = 10 * time.Millisecond

func (s *server) cpu() (cpuTime, error) {
	total, err := s.scheduled()
	if err != nil {
		return cpuTime{}, err
	}
	raw, err := s.proc("stat")
	if err != nil {
		return cpuTime{}, err
	}
	f := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:]))
	if len(f) < 13 {
		return cpuTime{}, fmt.Errorf("stat: %q", raw)
	}
	user, err1 := strconv.ParseInt(f[11], 10, 64)
	system, err2 := strconv.ParseInt(f[12], 10, 64)
	t := cpuTime{total: total, user: time.Duration(user) * tick, system: time.Duration(system) * tick}
	return t, errors.Join(err1, err2)
}

// scheduled adds up the time of all threads. Go's runtime keeps its threads, so
// none is lost.
func (s *server) scheduled() (time.Duration, error) {
	tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	sum := time.Duration(0)
	for _, t := range tasks {
		raw, err := s.proc("task/" + t.Name() + "/schedstat")
		if err != nil {
			return 0, err
		}
		first, _, _ := strings.Cut(string(raw), " ")
		ns, err := strconv.ParseInt(first, 10, 64)
		if err != nil {
			return 0, err
		}
		sum += time.Duration(ns)
	}
	return sum, nil
}

func (t cpuTime) since(before cpuTime) cpuTime {
	return cpuTime{total: t.total - before.total, user: t.user - before.user, system: t.system - before.system}
}

// inUser is the part of the total that was spent outside the kernel.
func (t cpuTime) inUser() time.Duration {
	if t.user+t.system == 0 {
		return 0
	}
	return time.Duration(float64(t.total) * float64(t.user) / float64(t.user+t.system))
}
