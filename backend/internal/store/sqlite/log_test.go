package sqlite_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// TestLogIsBounded: readers that follow each other without a pause do not keep
// the write-ahead log from starting over.
func TestLogIsBounded(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					if _, err := s.Before(t.Context(), chat.General, 0, 50, 1<<20); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	const limit = 50 << 20
	large := strings.Repeat("x", 32<<10)
	var most int64
	for n := range 1500 { // 48 MB
		e := message(n + 1)
		e.Body = large
		if n%8 > 0 {
			s.InRoom(chat.General, appendMessage(e), func(_ chat.Outcome, err error) {
				if err != nil {
					t.Error(err)
				}
			})
			continue
		}
		if err := send(s, e); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(dir, "teahouse.db-wal"))
		if err != nil {
			t.Fatal(err)
		}
		most = max(most, info.Size())
	}
	close(stop)
	wg.Wait()
	t.Logf("the log grew to %d MB", most>>20)
	if most > limit {
		t.Error("that is too much")
	}
}
