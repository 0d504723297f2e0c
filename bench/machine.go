//go:build linux

package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"golang.org/x/sys/unix"
)

// describe says what ran where, and which share of the machine others used
// meanwhile.
func describe(w io.Writer, program string, others float64) {
	kernel := "unknown kernel"
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		kernel = "Linux " + unix.ByteSliceToString(u.Release[:])
	}
	cores := "server and load share one core"
	if pinned {
		cores = "the server on one of them, the load on the others"
	}
	_, _ = fmt.Fprintf(w, "\n%d cores (%s; %s), %s, data on %s, %s/%s, %s, centrifuge %s, commit %s.\n"+
		"Medians of interleaved rounds; us is CPU time of the server process. Others used %.0f %% of the machine meanwhile.\n\n",
		cpus(), model(), cores, kernel, filesystem(), runtime.GOOS, runtime.GOARCH, runtime.Version(), peerVersion(), commit(program), 100*others) // the terminal
}

func cpus() int {
	raw, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.NumCPU()
	}
	return strings.Count("\n"+string(raw), "\nprocessor")
}

func model() string {
	raw, _ := os.ReadFile("/proc/cpuinfo") // without it, it is unknown
	for line := range strings.Lines(string(raw)) {
		if key, value, _ := strings.Cut(line, ":"); strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown processor"
}

// filesystem names where the data lie: acknowledgements on a RAM disk would be
// worth nothing.
func filesystem() string {
	var s unix.Statfs_t
	if unix.Statfs(os.TempDir(), &s) != nil {
		return "an unknown file system"
	}
	switch s.Type {
	case unix.TMPFS_MAGIC:
		return "tmpfs (RAM: syncs cost nothing)"
	case unix.EXT4_SUPER_MAGIC:
		return "ext4"
	case unix.XFS_SUPER_MAGIC:
		return "xfs"
	case unix.BTRFS_SUPER_MAGIC:
		return "btrfs"
	case unix.OVERLAYFS_SUPER_MAGIC:
		return "overlayfs"
	}
	return fmt.Sprintf("file system %#x", s.Type)
}

func peerVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == "github.com/centrifugal/centrifuge" {
				return m.Version
			}
		}
	}
	return "unknown"
}

// commit is that of the tree in which the program lies.
func commit(program string) string {
	out, err := exec.Command("git", "-C", filepath.Dir(program), "describe", "--always", "--dirty").Output() //nolint:gosec // the directory of the program to measure
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}
