package limit_test

import (
	"math"
	"runtime"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/internal/limit"
)

// hold is memory that a test needs.
var hold []byte

func TestMemoryFollowsWhatIsNeeded(t *testing.T) {
	const mebi = 1 << 20
	for bytes, want := range map[int64]limit.Level{mebi: limit.Full, 1 << 40: limit.Calm, math.MaxInt64: limit.Calm} {
		if got := limit.NewMemory(bytes).Look(); got != want {
			t.Errorf("with a limit of %d: %d, want %d", bytes, got, want)
		}
	}
	m := limit.NewMemory(200 * mebi)
	if got := m.Look(); got != limit.Calm {
		t.Fatalf("with nearly nothing in use: %d", got)
	}
	hold = make([]byte, 190*mebi)
	runtime.GC()
	if got := m.Look(); got != limit.Full {
		t.Errorf("with 190 MiB of 200: %d", got)
	}
	hold = nil
	if got := m.Look(); got != limit.Calm { // nothing else collects here: it finds out by itself
		t.Errorf("with all given back: %d", got)
	}
}
