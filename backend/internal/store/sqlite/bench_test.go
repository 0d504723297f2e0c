package sqlite_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/store/sqlite"
)

// body is a message of 128 bytes.
const body = "It is a truth universally acknowledged, that a single man in possession of a good fortune, must be in want of a wife. - J. Austen"

// message is the n-th message of one of 100 users.
func message(n int) chat.Event {
	return chat.Event{
		Kind: "message", ID: chat.EventID(n) << 8, User: chat.UserID(fmt.Sprintf("u_%016d", n%100)), Name: "Ada",
		At: 1795170000000 + int64(n), Body: body, Counts: true,
		Ref: fmt.Sprintf("%08x-5f0c-4c1e-9a51-%012x", uint32(n)*2654435761, n), Digest: chat.Digest{1, 2, 3},
	}
}

func appendMessage(e chat.Event) chat.Rule {
	return func(tx chat.Tx) error {
		tx.Append(e)
		return nil
	}
}

// fill appends messages n+1 … n+count to general, with inFlight unanswered at
// a time.
func fill(tb testing.TB, s *sqlite.Store, n, count, inFlight int) {
	tb.Helper()
	events := make([]chat.Event, count)
	for i := range events {
		events[i] = message(n + i + 1)
	}
	appendAll(tb, s, events, inFlight)
}

// appendAll appends the events to general, with inFlight unanswered at a time.
func appendAll(tb testing.TB, s *sqlite.Store, events []chat.Event, inFlight int) {
	tb.Helper()
	var wg sync.WaitGroup
	tokens := make(chan struct{}, inFlight)
	wg.Add(len(events))
	told := func(_ chat.Outcome, err error) {
		if err != nil {
			tb.Error(err)
		}
		<-tokens
		wg.Done()
	}
	for i := range events {
		tokens <- struct{}{}
		s.InRoom(chat.General, appendMessage(events[i]), told)
	}
	wg.Wait()
}

// reportCPU measures what the process uses from now on, and returns what
// reports it, in microseconds for each operation: the figures to trust on a
// busy machine.
func reportCPU(b *testing.B) func() {
	b.Helper()
	usage := func() (user, system float64) {
		var r unix.Rusage
		if err := unix.Getrusage(unix.RUSAGE_SELF, &r); err != nil {
			b.Fatal(err)
		}
		return float64(r.Utime.Nano()) / 1e3, float64(r.Stime.Nano()) / 1e3
	}
	user, system := usage()
	return func() {
		u, s := usage()
		n := float64(b.N)
		b.ReportMetric(n/b.Elapsed().Seconds(), "appends/s")
		b.ReportMetric((u-user)/n, "user-us/op")
		b.ReportMetric((s-system)/n, "system-us/op")
	}
}

func BenchmarkAppend(b *testing.B) {
	for _, inFlight := range []int{1, 10, 32, 100, 1000} {
		b.Run(fmt.Sprintf("inflight=%d", inFlight), func(b *testing.B) {
			s := open(b, b.TempDir())
			events := make([]chat.Event, b.N)
			for i := range events {
				events[i] = message(i + 1)
			}
			b.ReportAllocs()
			b.ResetTimer()
			report := reportCPU(b)
			appendAll(b, s, events, inFlight)
			report()
		})
	}
}

func BenchmarkPage(b *testing.B) {
	s := open(b, b.TempDir())
	fill(b, s, 0, 100_000, 1000)
	for _, n := range []int{50, 200, 1000} {
		b.Run(fmt.Sprintf("events=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p, err := s.Before(b.Context(), chat.General, 50_000, n, 1<<20)
				if err != nil || len(p.Events) != n {
					b.Fatal(len(p.Events), err)
				}
			}
		})
	}
}

// BenchmarkMillion is what waits for a user of a database of a million
// messages: opening it, the first page and the first message, and counting
// what is unread.
func BenchmarkMillion(b *testing.B) {
	dir := b.TempDir()
	s := open(b, dir)
	reader := chat.Session{User: chat.User{ID: "u_reader", Name: "Reader", Role: chat.Guest}, Expires: time.Now().Add(time.Hour)}
	if err := s.CreateGuest(b.Context(), reader); err != nil {
		b.Fatal(err)
	}
	fill(b, s, 0, 1_000_000, 1000)
	b.Run("unread=1000", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if got, err := s.Belonging(b.Context(), chat.General, "u_reader"); err != nil || got.Unread != chat.UnreadCap {
				b.Fatal(got, err)
			}
		}
	})
	b.Run("unread=10", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if n, err := s.UnreadAfter(b.Context(), chat.General, "u_reader", 999_990); err != nil || n.Unread != 10 {
				b.Fatal(n, err)
			}
		}
	})
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	b.Run("open+page+append", func(b *testing.B) {
		n := 1_000_000
		for b.Loop() {
			s := open(b, dir)
			if p, err := s.Before(b.Context(), chat.General, 0, 50, 1<<20); err != nil || len(p.Events) != 50 {
				b.Fatal(len(p.Events), err)
			}
			n++
			if err := send(s, message(n)); err != nil {
				b.Fatal(err)
			}
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
	info, err := os.Stat(filepath.Join(dir, "teahouse.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d MB", info.Size()>>20)
}
