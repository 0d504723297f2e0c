package mirror_test

import (
	"strings"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/store/redistest"
)

// BenchmarkSay writes messages, 256 under way at a time, with a mirror.
func BenchmarkSay(b *testing.B) {
	r := redistest.Start(b)
	s := start(b, options(r), b.TempDir())
	s.is("")
	const underWay = 256
	told := make(chan error, underWay)
	text := strings.Repeat("x", 100)
	begun := 0
	say := func() {
		begun++
		e := message("u_1", text)
		s.InRoom(chat.General, func(tx chat.Tx) error { tx.Append(e); return nil }, func(_ chat.Outcome, err error) { told <- err })
	}
	b.ResetTimer()
	for begun < min(underWay, b.N) {
		say()
	}
	for range b.N {
		s.must(<-told)
		if begun < b.N {
			say()
		}
	}
	b.StopTimer()
	s.is("")
	b.Log(r.Do("MEMORY", "USAGE", "teahouse:log:general", "SAMPLES", "0"), r.Do("MEMORY", "USAGE", "teahouse:text:general", "SAMPLES", "0"), r.Do("XLEN", "teahouse:log:general"))
}
