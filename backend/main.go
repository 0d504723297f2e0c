// Teahouse is a chat that a community runs itself: one program with its client
// inside and an embedded database. This file reads the settings, builds each
// part, hands it to the next and runs until a signal; no rule of the product
// is here.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/config"
	"github.com/teahouse-chat/teahouse/backend/internal/store/sqlite"
)

func main() { os.Exit(run()) }

// overtime is how long after SHUTDOWN_TIMEOUT the process ends in any case. By
// then everything acknowledged is on the disk, as it was before it was said.
const overtime = 5 * time.Second

// Exit statuses.
const (
	exitOK      = 0
	exitFailed  = 1
	exitSetting = 2
)

func run() int {
	cfg, command, err := config.FromProcess()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitSetting
	}
	log := newLog(&cfg)
	switch command {
	case config.Help:
		fmt.Print(config.Usage)
		return exitOK
	case config.Version:
		fmt.Println("teahouse", version())
		return exitOK
	case config.Healthcheck:
		return healthcheck(cfg.HealthURL())
	case config.NewEpoch:
		err = newEpoch(&cfg, log)
	case config.Serve:
		err = serve(&cfg, log)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "teahouse:", err)
		return exitFailed
	}
	return exitOK
}

func newLog(cfg *config.Config) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.LogLevel}
	if cfg.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}

// released is set when a release is built, with -ldflags "-X main.released=…".
var released string

func version() string {
	if released != "" {
		return released
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return "built from " + s.Value[:min(12, len(s.Value))]
			}
		}
	}
	return "development build"
}

// healthcheck asks a running server, as containers do.
func healthcheck(url string) int {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return exitFailed
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return exitFailed
	}
	_ = answer.Body.Close() // only its status is asked for
	if answer.StatusCode != http.StatusOK {
		return exitFailed
	}
	return exitOK
}

// newEpoch tells all clients, when the server is next started, that what they
// have seen may not be what is stored.
func newEpoch(cfg *config.Config, log *slog.Logger) (err error) {
	store, err := sqlite.Open(cfg.DataDir, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if err := store.NewEpochs(context.Background()); err != nil {
		return fmt.Errorf("give every room a new epoch: %w", err)
	}
	fmt.Println("Every room has a new epoch; clients will read it anew.")
	return nil
}

// serve runs the server until SIGINT or SIGTERM, or until the store gives up.
func serve(cfg *config.Config, log *slog.Logger) (err error) {
	for _, w := range cfg.Warnings {
		log.Warn(w)
	}
	limitMemory(cfg.MemoryLimit, os.DirFS("/"), log)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// The port first: a second start with the same settings then says that the
	// port is taken, or that the data is in use, and has changed nothing.
	// Signs of life are asked for by pings and time-outs, so the kernel need not.
	listening := net.ListenConfig{KeepAlive: -1}
	listener, err := listening.Listen(ctx, "tcp", cfg.ListenAddr())
	if err != nil {
		return fmt.Errorf("listen on %s: %w; set PORT or -addr to a free one", cfg.ListenAddr(), err)
	}
	defer func() { _ = listener.Close() }() // closed by the server before, as a rule
	store, err := openStore(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.close()) }()
	s, err := newServer(cfg, log, store, store.trouble())
	if err != nil {
		return err
	}
	announce(cfg, listener.Addr())
	failed := make(chan error, 1)
	door := s.listen(listener)
	go func() { failed <- s.http.Serve(door) }() // ends with shutdown below
	select {
	case <-ctx.Done():
		log.Info("stopping")
	case err = <-store.Failed():
		err = fmt.Errorf("the store gave up: %w", err)
	case err = <-failed:
		err = fmt.Errorf("serve: %w", err)
	}
	stop() // a second signal ends the process at once
	// Even while the store and its mirror are closed.
	time.AfterFunc(cfg.ShutdownTimeout+overtime, func() {
		log.Error("something does not end; the process does")
		os.Exit(exitFailed)
	})
	s.shutdown(cfg.ShutdownTimeout)
	return err
}

// announce prints where to go. It is for people; programs read the log.
func announce(cfg *config.Config, addr net.Addr) {
	at := cfg.ListenAddr()
	if tcp, ok := addr.(*net.TCPAddr); ok {
		host := cfg.Host
		if tcp.IP.IsUnspecified() || host == "" || tcp.IP.IsLoopback() {
			host = "localhost"
		}
		at = net.JoinHostPort(host, fmt.Sprint(tcp.Port))
	}
	url := "http://" + at
	if cfg.PublicURL != nil {
		url = cfg.PublicURL.String()
	}
	fmt.Printf("\n  Teahouse is open: %s\n\n", url)
	switch {
	case cfg.Loopback():
		fmt.Print("  Only this machine can reach it. For your network: HOST=0.0.0.0\n\n")
	case cfg.PublicURL == nil:
		fmt.Print("  It answers under any host name. To answer under one alone: PUBLIC_URL=https://…\n\n")
	}
	if !cfg.RateLimits {
		fmt.Print("  RATE_LIMITS=off: nothing holds back a flood. This is for load tests only.\n\n")
	}
}
