package sqlite_test

import (
	"log/slog"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/store/sqlite"
	"github.com/teahouse-chat/teahouse/backend/internal/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Opened { return opened(t, t.TempDir()) })
}

func opened(t *testing.T, dir string) storetest.Opened {
	s := open(t, dir)
	return storetest.Opened{
		Store:     s,
		NewEpochs: s.NewEpochs,
		Close:     s.Close,
		Reopen: func(t *testing.T) storetest.Opened {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			return opened(t, dir)
		},
	}
}

// open opens the store in dir, and closes it at the end of the test.
func open(tb testing.TB, dir string) *sqlite.Store {
	tb.Helper()
	s, err := sqlite.Open(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// send appends one message and waits.
func send(s chat.Store, e chat.Event) error {
	got := make(chan error, 1)
	s.InRoom(chat.General, appendMessage(e), func(_ chat.Outcome, err error) { got <- err })
	return <-got
}
