package main

import "testing"

func TestMemoryIsGivenBackWhenABusyTimeIsOver(t *testing.T) {
	var q quiet
	allocated := uint64(0)
	for i, step := range []struct {
		allocates uint64
		gives     bool
	}{
		{1 << 20, false},   // little in all
		{1 << 10, false},   // and it is quiet
		{20 << 20, false},  // busy
		{1 << 20, false},   // still
		{10 << 10, true},   // over
		{10 << 10, false},  // nothing new to give
		{400 << 10, false}, // a trickle
		{7 << 20, false},
		{100 << 10, false}, // 7.5 MiB: not yet worth it
		{1 << 20, false},
		{0, true},
	} {
		allocated += step.allocates
		if got := q.tick(allocated); got != step.gives {
			t.Errorf("tick %d: %v, want %v", i, got, step.gives)
		}
	}
}
