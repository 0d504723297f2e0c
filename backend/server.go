package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/auth"
	"github.com/teahouse-chat/teahouse/backend/internal/broker/memory"
	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/config"
	"github.com/teahouse-chat/teahouse/backend/internal/gateway"
	"github.com/teahouse-chat/teahouse/backend/internal/limit"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
	"github.com/teahouse-chat/teahouse/backend/internal/rest"
	"github.com/teahouse-chat/teahouse/backend/internal/webui"
	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// server is everything between the listener and the store.
type server struct {
	http     *http.Server
	door     *rest.Door // nil before listen
	hub      *gateway.Hub
	log      *slog.Logger
	stopping atomic.Bool
	chores   sync.WaitGroup
	cancel   context.CancelFunc
}

// Time-outs of plain HTTP.
const (
	headerTimeout = 10 * time.Second
	bodyTimeout   = 30 * time.Second
	answerTimeout = 60 * time.Second
	quietTimeout  = 120 * time.Second
	maxHeader     = 32<<10 - 4096 // net/http adds 4 KiB of its own
	expireEvery   = time.Hour
)

func newServer(cfg *config.Config, log *slog.Logger, store chat.Store, redis func() string) (*server, error) {
	files, err := webui.Embedded()
	if err != nil {
		return nil, err
	}
	guard := auth.NewGuard(cfg.PublicURL, cfg.Origins, cfg.TrustedProxies, cfg.Loopback())
	client, err := webui.New(files, guard.Trustworthy)
	if err != nil {
		return nil, err
	}
	s := &server{log: log}
	broker := memory.New()
	service := chat.New(store, broker, systemClock{}, chat.Limits{
		Body: cfg.LimitBody, MaxRooms: cfg.MaxRooms,
		Guests: cfg.Guests, GuestRooms: cfg.GuestRooms, SessionTTL: cfg.SessionTTL,
	})
	pool := websocket.NewPool(websocket.Options{
		ReadLimit: cfg.LimitFrame, Window: int(cfg.LimitWindow),
		PingInterval: cfg.PingInterval, IdleTimeout: cfg.IdleTimeout,
	})
	store.Around(pool.Together)
	sends := limit.New[chat.UserID](cfg.SendRate, cfg.SendBurst, cfg.RateLimits)
	s.hub = gateway.NewHub(service, broker, guard, pool, log, gateway.Options{
		RateLimits: cfg.RateLimits,
		Sends:      sends,
		OpRate:     cfg.OpRate, OpBurst: cfg.OpBurst,
		ConnectRate: cfg.ConnectRate, ConnectBurst: cfg.ConnectBurst,
		SocketRooms:    cfg.SocketRooms,
		SessionSockets: cfg.SessionSockets, MaxSockets: cfg.MaxSockets,
		DefaultMode: cfg.DefaultMode, Stall: cfg.StallTimeout,
		Limits: protocol.Limits{Body: cfg.LimitBody, Frame: cfg.LimitFrame},
		Memory: limit.NewMemory(debug.SetMemoryLimit(-1)),
	})
	api := rest.New(service, guard, log, s.stopping.Load, rest.Options{
		RateLimits: cfg.RateLimits, Sends: sends, Told: s.hub.Told, InTurn: s.hub.InTurn,
		HTTPRate: cfg.HTTPRate, HTTPBurst: cfg.HTTPBurst,
		RoomRate: cfg.RoomRate, RoomBurst: cfg.RoomBurst,
		Push: s.hub.Push, AdminToken: cfg.AdminToken, LimitBody: cfg.LimitBody,
		MaxCard: cfg.LimitFrame, SessionTTL: cfg.SessionTTL, Version: version(), Redis: redis, Origins: cfg.Origins,
	})
	s.http = &http.Server{
		Handler:           api.Routes(s.hub.Handler(rest.Refuse), client),
		ReadHeaderTimeout: headerTimeout, ReadTimeout: bodyTimeout,
		WriteTimeout: answerTimeout, IdleTimeout: quietTimeout,
		MaxHeaderBytes: maxHeader,
		ErrorLog:       slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	s.chores.Go(func() { giveBack(ctx) })
	s.chores.Go(func() { s.expire(ctx, service, min(expireEvery, cfg.SessionTTL/4)) })
	return s, nil
}

// listen puts the door before the listener. What it returns is for http.Serve.
func (s *server) listen(l net.Listener) net.Listener {
	s.door = rest.NewDoor(l, s.http.Handler, s.log, headerTimeout)
	return s.door
}

// expire ends sessions whose time is over, now and then, and keeps those that
// are connected.
func (s *server) expire(ctx context.Context, service *chat.Service, every time.Duration) {
	ticker := time.NewTicker(max(every, time.Second))
	defer ticker.Stop()
	for {
		err := service.KeepSessions(ctx, s.hub.Connected())
		n := 0
		if err == nil {
			n, err = service.ExpireSessions(ctx)
		}
		switch {
		case err != nil && ctx.Err() == nil:
			s.log.Warn("expired sessions could not be ended", "error", err)
		case n > 0:
			s.log.Info("sessions expired", "count", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// shutdown takes no more requests, lets open ones finish, tells every socket
// to come back later, and returns when all goroutines have ended, at the
// latest a little after timeout.
func (s *server) shutdown(timeout time.Duration) {
	s.stopping.Store(true)
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	requests := make(chan error, 1)
	go func() { requests <- s.http.Shutdown(ctx) }()
	s.hub.Close(ctx)
	if err := <-requests; err != nil {
		s.log.Warn("some requests did not finish in time", "error", err)
		_ = s.http.Close() // they are cut
	}
	if s.door != nil {
		s.door.Wait()
	}
	s.cancel()
	s.chores.Wait()
}

// systemClock is the machine's own time and randomness.
type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) Random(b []byte) {
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program first
}
