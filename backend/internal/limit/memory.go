package limit

import (
	"math"
	"runtime"
	"runtime/metrics"
	"sync/atomic"
	"time"
)

// Level is how much of its memory limit the process needs.
type Level int32

// The levels. Each is left only when a little less is needed than made it so.
const (
	Calm    Level = iota
	Pressed       // more than 85 %: take nothing on
	Full          // more than 95 %: let go
)

// Parts of the limit, in percent.
const (
	pressedAbove, calmBelow  = 85, 80
	fullAbove, pressedAgain  = 95, 90
	collectEvery             = time.Second
	collectShare             = 20 // of the time that it takes; so it costs a twentieth of it
	metricTotal, metricFreed = "/memory/classes/total:bytes", "/memory/classes/heap/released:bytes"
)

// Memory watches what this process needs of the limit that Go's runtime keeps
// (GOMEMLIMIT). What counts is what is left after a garbage collection.
type Memory struct {
	limit   int64
	level   atomic.Int32
	samples []metrics.Sample

	cycles  uint64    // of the collector, when it was looked last
	collect time.Time // not before this is it called again
}

// NewMemory makes a Memory that watches a limit of so many bytes;
// math.MaxInt64 is none.
func NewMemory(limit int64) *Memory {
	m := &Memory{limit: limit}
	for _, name := range []string{
		metricTotal, metricFreed,
		"/memory/classes/heap/free:bytes", "/memory/classes/heap/objects:bytes", "/memory/classes/heap/unused:bytes",
		"/gc/heap/live:bytes", "/gc/cycles/total:gc-cycles",
	} {
		m.samples = append(m.samples, metrics.Sample{Name: name})
	}
	return m
}

// Limit is how many bytes the process may use.
func (m *Memory) Limit() int64 { return m.limit }

// Level is what Look found last. It may be asked by many at once.
func (m *Memory) Level() Level { return Level(m.level.Load()) }

// Cycles is how many collections what Look found is based on. It is for who
// calls Look.
func (m *Memory) Cycles() uint64 { return m.cycles }

// Look looks at what is needed. One goroutine calls it, a few times a second.
// It calls the collector where nothing else shows whether what is used is
// still needed.
func (m *Memory) Look() Level {
	if m.limit == math.MaxInt64 {
		return Calm
	}
	used, needed, cycles := m.read()
	if (m.percent(used) > pressedAbove || m.Level() > Calm) && cycles == m.cycles && time.Now().After(m.collect) {
		began := time.Now()
		runtime.GC()
		m.collect = time.Now().Add(max(collectEvery, collectShare*time.Since(began)))
		_, needed, cycles = m.read()
	}
	m.cycles = cycles
	level := m.judge(m.percent(needed))
	m.level.Store(int32(level))
	return level
}

func (m *Memory) percent(bytes int64) int64 { return bytes * 100 / m.limit }

func (m *Memory) judge(percent int64) Level {
	was := m.Level()
	switch {
	case percent > fullAbove, was == Full && percent > pressedAgain:
		return Full
	case percent > pressedAbove, was > Calm && percent > calmBelow:
		return Pressed
	}
	return Calm
}

// read is what the process has from the system, and what of that it would
// have left after a collection, as far as the last one tells.
func (m *Memory) read() (used, needed int64, cycles uint64) {
	metrics.Read(m.samples)
	value := func(i int) int64 { return int64(m.samples[i].Value.Uint64()) } //nolint:gosec // bytes of one process
	used = value(0) - value(1)
	free, objects, unused, live := value(2), value(3), value(4), value(5)
	return used, used - free - objects - unused + live, m.samples[6].Value.Uint64()
}
