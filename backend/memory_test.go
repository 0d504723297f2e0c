package main

import (
	"testing"
	"testing/fstest"
)

func TestContainerMemory(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"no groups": {nil, 0},
		"container": {map[string]string{
			"proc/self/cgroup":         "0::/\n",
			"sys/fs/cgroup/memory.max": "536870912\n",
		}, 512 << 20},
		"no limit": {map[string]string{
			"proc/self/cgroup":         "0::/\n",
			"sys/fs/cgroup/memory.max": "max\n",
		}, 0},
		"service, the slice allows less": {map[string]string{
			"proc/self/cgroup": "0::/system.slice/teahouse.service\n",
			"sys/fs/cgroup/system.slice/teahouse.service/memory.max": "1073741824\n",
			"sys/fs/cgroup/system.slice/memory.max":                  "268435456\n",
		}, 256 << 20},
		"path of the host": {map[string]string{
			"proc/self/cgroup":         "0::/docker/4f1e\n",
			"sys/fs/cgroup/memory.max": "134217728\n",
		}, 128 << 20},
		"older form": {map[string]string{
			"proc/self/cgroup": "9:name=systemd:/\n4:cpu,memory:/box\n0::/\n",
			"sys/fs/cgroup/memory/box/memory.limit_in_bytes": "67108864\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes":     "9223372036854771712\n",
		}, 64 << 20},
		"older form without a limit": {map[string]string{
			"proc/self/cgroup":                           "4:memory:/\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
		}, 0},
	} {
		root := fstest.MapFS{}
		for file, text := range c.files {
			root[file] = &fstest.MapFile{Data: []byte(text)}
		}
		if got := containerMemory(root); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
