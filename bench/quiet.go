//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// quiet tells how quiet the machine was: figures from a busy one compare badly,
// as a server that falls behind writes more at once.
type quiet struct {
	began time.Time
	busy  time.Duration // all cores, since the machine started
}

func newQuiet() (q quiet, err error) {
	q.began = time.Now()
	q.busy, err = busyTime()
	return q, err
}

// busyTime is the time that all cores were busy, in the kernel's ticks.
func busyTime() (time.Duration, error) {
	raw, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(raw), "\n")
	f := strings.Fields(first)
	if len(f) < 9 || f[0] != "cpu" {
		return 0, fmt.Errorf("/proc/stat: %q", first)
	}
	sum := int64(0)
	for _, i := range []int{1, 2, 3, 6, 7, 8} { // neither idle nor waiting for a disk
		n, err := strconv.ParseInt(f[i], 10, 64)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return time.Duration(sum) * tick, nil
}

// ownTime is the time used by this process and its servers, once they have
// ended.
func ownTime() (time.Duration, error) {
	sum := time.Duration(0)
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var r syscall.Rusage
		if err := syscall.Getrusage(who, &r); err != nil {
			return 0, err
		}
		sum += time.Duration(r.Utime.Nano() + r.Stime.Nano())
	}
	return sum, nil
}

// others is the share of the machine that was used by others since q.
func (q quiet) others() (float64, error) {
	busy, err1 := busyTime()
	own, err2 := ownTime()
	whole := time.Since(q.began).Seconds() * float64(cpus())
	return max((busy-q.busy-own).Seconds()/whole, 0), errors.Join(err1, err2)
}
