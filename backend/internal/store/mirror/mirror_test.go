package mirror_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/store/mirror"
	"github.com/teahouse-chat/teahouse/backend/internal/store/redistest"
	"github.com/teahouse-chat/teahouse/backend/internal/store/sqlite"
	"github.com/teahouse-chat/teahouse/backend/internal/store/storetest"
)

// server is a store with a mirror, as a process has them.
type server struct {
	*sqlite.Store
	m      *mirror.Mirror
	t      testing.TB
	closed bool
}

// start opens what a server opens at its start.
func start(t testing.TB, o mirror.Options, dir string) *server {
	t.Helper()
	s, err := tryStart(t, o, dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func tryStart(t testing.TB, o mirror.Options, dir string) (*server, error) {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	if o.Events == 0 {
		o.Events = 10_000
	}
	m := mirror.Open(t.Context(), o, log)
	store, err := sqlite.OpenFrom(dir, m.Restore, log)
	if err != nil {
		m.Close()
		return nil, err
	}
	s := &server{Store: store, m: m, t: t}
	if err := m.Attach(t.Context(), store); err != nil {
		_ = s.end()
		return nil, err
	}
	t.Cleanup(func() { _ = s.end() })
	return s, nil
}

// end ends it in order.
func (s *server) end() error {
	if s.closed {
		return nil
	}
	s.closed = true
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	s.m.Flush(ctx)
	err := s.Close()
	s.m.Close()
	return err
}

// is waits for a status of the mirror.
func (s *server) is(want string) {
	s.t.Helper()
	eventually(s.t, "the status "+want, func() bool { return s.m.Status() == want })
}

func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	end := time.After(30 * time.Second)
	for !is() {
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("%s did not come", what)
		}
	}
}

// options are those of a server that waits long: these tests are not about how
// busy the machine is.
func options(r *redistest.Server) mirror.Options {
	return mirror.Options{Address: r.Addr(), Patience: 20 * time.Second}
}

// hasty are those of a server.
func hasty(r *redistest.Server) mirror.Options { return mirror.Options{Address: r.Addr()} }

// The suite that every store passes, with a mirror behind it; a store that is
// opened again is restored from Redis.
func TestStore(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	storetest.Run(t, func(t *testing.T) storetest.Opened {
		r.Do("FLUSHALL")
		return opened(t, r)
	})
}

func opened(t *testing.T, r *redistest.Server) storetest.Opened {
	s := start(t, options(r), t.TempDir())
	return storetest.Opened{
		Store:     s,
		NewEpochs: s.NewEpochs,
		Close:     s.end,
		Reopen: func(t *testing.T) storetest.Opened {
			if err := s.end(); err != nil {
				t.Fatal(err)
			}
			return opened(t, r)
		},
	}
}

var _ chat.Store = (*server)(nil)
