package main

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/config"
	"github.com/teahouse-chat/teahouse/backend/internal/store/mirror"
	"github.com/teahouse-chat/teahouse/backend/internal/store/sqlite"
)

// store is the database, and its mirror where there is one.
type store struct {
	*sqlite.Store
	mirror *mirror.Mirror // nil without REDIS_URL
}

// flushTimeout bounds the wait for the mirror at the end. It is less than
// overtime.
const flushTimeout = 3 * time.Second

func openStore(ctx context.Context, cfg *config.Config, log *slog.Logger) (*store, error) {
	if cfg.Redis == nil {
		db, err := sqlite.Open(cfg.DataDir, log)
		return &store{Store: db}, err
	}
	m := mirror.Open(ctx, mirrorOptions(cfg), log)
	db, err := sqlite.OpenFrom(cfg.DataDir, m.Restore, log)
	if err != nil {
		m.Close()
		return nil, err
	}
	s := &store{db, m}
	if err := m.Attach(ctx, db); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func mirrorOptions(cfg *config.Config) mirror.Options {
	o := mirror.Options{
		Address: cfg.Redis.Host, TLS: cfg.Redis.Scheme == "rediss", TrustAnyCert: !cfg.RedisVerify,
		User: cfg.Redis.User.Username(), Events: cfg.MirrorEvents,
	}
	o.Password, _ = cfg.Redis.User.Password()
	o.Database, _ = strconv.Atoi(strings.TrimPrefix(cfg.Redis.Path, "/")) // a number, or nothing
	return o
}

// trouble is what is wrong with the mirror; nil where there is none to ask for.
func (s *store) trouble() func() string {
	if s.mirror == nil {
		return nil
	}
	return s.mirror.Status
}

// close ends the store before its mirror, which then holds all that was told.
func (s *store) close() error {
	if s.mirror == nil {
		return s.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), flushTimeout)
	defer cancel()
	s.mirror.Flush(ctx)
	err := s.Close()
	s.mirror.Close()
	return err
}
