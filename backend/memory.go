package main

import (
	"io/fs"
	"log/slog"
	"math"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
)

// limitMemory makes the memory that the container allows, less a tenth for what
// Go does not count, the limit of this process. Where GOMEMLIMIT was given, Go
// has kept to that already.
func limitMemory(given bool, root fs.FS, log *slog.Logger) {
	if given {
		return
	}
	if allowed := containerMemory(root); allowed > 0 {
		debug.SetMemoryLimit(allowed / 10 * 9)
		log.Info("memory is limited to nine tenths of what the container allows", "bytes", allowed/10*9)
	}
}

// containerMemory is how many bytes the control groups of this process allow
// it, or 0 where they set no limit. root is the file system of the machine.
func containerMemory(root fs.FS) int64 {
	least := int64(math.MaxInt64)
	groups, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return 0 // not Linux, or a very bare one
	}
	for line := range strings.Lines(string(groups)) {
		fields := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(fields) < 3 {
			continue
		}
		dir, file := "sys/fs/cgroup", "memory.max"
		if fields[1] != "" {
			dir, file = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
		}
		if fields[1] != "" && !strings.Contains(","+fields[1]+",", ",memory,") {
			continue
		}
		// A limit may stand at any group above. Seen from inside a container
		// the path may lead nowhere, and the container's own is at the top.
		for at := path.Join("/", fields[2]); ; at = path.Dir(at) {
			least = min(least, readLimit(root, path.Join(dir, at, file)))
			if at == "/" {
				break
			}
		}
	}
	if least > 1<<60 { // how the older form says that there is none
		return 0
	}
	return least
}

func readLimit(root fs.FS, name string) int64 {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return math.MaxInt64
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil || n <= 0 { // "max"
		return math.MaxInt64
	}
	return n
}
