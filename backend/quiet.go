package main

import (
	"context"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	quietTick  = time.Second
	quietBytes = 512 << 10 // bytes allocated in a tick, up to which it is quiet
	worthwhile = 8 << 20   // bytes allocated since the last time, from which on it is worth it
)

// quiet finds the moment to give memory back. The garbage collector works when
// the heap has doubled; after ten thousand connections have come, half of it
// may be garbage until the next ten thousand do.
type quiet struct {
	last  uint64 // bytes ever allocated, at the last tick
	given uint64 // the same, when memory was last given back
}

// tick takes how many bytes were ever allocated, and says whether memory is to
// be given back now: much was allocated since the last time, and of late next
// to nothing.
func (q *quiet) tick(allocated uint64) bool {
	recent := allocated - q.last
	q.last = allocated
	if recent > quietBytes || allocated-q.given < worthwhile {
		return false
	}
	q.given = allocated
	return true
}

// giveBack gives memory back to the system whenever a busy time is over. It
// ends with ctx.
func giveBack(ctx context.Context) {
	ticker := time.NewTicker(quietTick)
	defer ticker.Stop()
	var q quiet
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		metrics.Read(sample)
		if q.tick(sample[0].Value.Uint64()) {
			runtime.GC() // what pools hold on to goes with the second one
			debug.FreeOSMemory()
		}
	}
}
