package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/config"
	"github.com/teahouse-chat/teahouse/backend/internal/store/sqlite"
)

// The tests of this package know the contract and nothing else: a real server,
// real sockets, a real file. See e2e_conn_test.go for the reading client.

// asTeahouse makes the test binary the real program: all of main, run in a
// process of its own that a test can kill.
const asTeahouse = "be-teahouse"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == asTeahouse {
		os.Args = append(os.Args[:1], os.Args[2:]...)
		os.Exit(run())
	}
	os.Exit(m.Run())
}

// patience is how long a test waits for what must come. It is long because the
// machine may be busy; nothing waits for it to end when all is well.
const patience = 30 * time.Second

// house is one running server.
type house struct {
	t       testing.TB
	addr    string // host:port that it listens on
	data    string
	log     *logBook
	label   string
	server  *server
	store   *sqlite.Store
	serving chan error
	once    sync.Once
}

var houses atomic.Int64

// open starts a server with these settings on an empty directory, and stops it
// with the test.
func open(t testing.TB, settings ...string) *house {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "data"), settings...)
}

// openAt is open on a directory that may hold data already.
func openAt(t testing.TB, data string, settings ...string) *house {
	t.Helper()
	environ := append([]string{"GO_ENV=test", "PORT=0", "LOG_LEVEL=debug", "DATA_DIR=" + data}, settings...)
	cfg, _, err := config.Load(nil, environ)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, data: data, log: &logBook{}, label: fmt.Sprint("house ", houses.Add(1)), serving: make(chan error, 1)}
	// Whatever goroutine the server starts bears this label, so that those of
	// other tests, which run at the same time, are not counted.
	pprof.Do(t.Context(), pprof.Labels("house", h.label), func(context.Context) { h.start(&cfg) })
	t.Cleanup(h.stop)
	return h
}

func (h *house) start(cfg *config.Config) {
	h.t.Helper()
	listener, err := new(net.ListenConfig).Listen(h.t.Context(), "tcp", net.JoinHostPort("127.0.0.1", "0"))
	if err != nil {
		h.t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: cfg.LogLevel}))
	if h.store, err = sqlite.Open(cfg.DataDir, log); err != nil {
		h.t.Fatal(err)
	}
	if h.server, err = newServer(cfg, log, h.store, nil); err != nil {
		h.t.Fatal(err)
	}
	h.addr = listener.Addr().String()
	door := h.server.listen(listener)
	go func() { h.serving <- h.server.http.Serve(door) }()
}

// stop shuts the server down, as a signal does, and shows that nothing of it
// is left. Whoever calls it again waits for the same.
func (h *house) stop() { h.once.Do(h.shut) }

func (h *house) shut() {
	h.server.shutdown(5 * time.Second)
	if err := <-h.serving; err != http.ErrServerClosed { //nolint:errorlint // never wrapped
		h.t.Errorf("the server ended with %v", err)
	}
	if err := h.store.Close(); err != nil {
		h.t.Errorf("close the store: %v", err)
	}
	h.nothingLeft()
	h.log.check(h.t)
}

// nothingLeft waits until every goroutine that the server started has ended.
func (h *house) nothingLeft() {
	var left string
	eventually(h.t, func() bool {
		left = goroutinesOf(h.label)
		return left == ""
	}, func() string { return "goroutines are left:\n" + left })
}

// goroutinesOf is the part of the goroutine profile that bears the label.
func goroutinesOf(label string) string {
	var all bytes.Buffer
	_ = pprof.Lookup("goroutine").WriteTo(&all, 1) // into memory
	var left []string
	for _, block := range strings.Split(all.String(), "\n\n") {
		if strings.Contains(block, fmt.Sprintf("%q", label)) {
			left = append(left, block)
		}
	}
	return strings.Join(left, "\n\n")
}

// eventually waits for a condition that nothing announces.
func eventually(t testing.TB, holds func() bool, otherwise func() string) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !holds(); <-tick.C {
		if time.Now().After(end) {
			t.Error(otherwise())
			return
		}
	}
}

// secretWord stands in message bodies; no log may ever hold it.
const secretWord = "Lapsang-Souchong"

// logBook is what the server logged.
type logBook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

var _ io.Writer = (*logBook)(nil)

// Write takes a line.
func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// has says whether something was logged.
func (l *logBook) has(what string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.text.String(), what)
}

// check finds what no test may provoke, and what no log may hold.
func (l *logBook) check(t testing.TB) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, bad := range []string{"level=ERROR", "panic", secretWord} {
		if at := strings.Index(l.text.String(), bad); at >= 0 {
			line, _, _ := strings.Cut(l.text.String()[at:], "\n")
			t.Errorf("the log holds %q: %s", bad, line)
		}
	}
}
