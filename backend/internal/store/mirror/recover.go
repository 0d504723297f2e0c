package mirror

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// take is the script by which a server begins to write: Redis belongs to its
// database from then on, if it belonged to none. A seal is no longer true.
const take = `
local there = redis.call('HGET', KEYS[1], 'lineage')
if there and there ~= ARGV[1] then return redis.error_reply('TEAHOUSE-FOREIGN') end
redis.call('HSET', KEYS[1], 'format', ARGV[2], 'lineage', ARGV[1], 'digest_key', ARGV[3], 'writer', ARGV[4])
redis.call('HDEL', KEYS[1], 'sealed')
if there then return 'KEPT' end
return 'NEW'`

// recover finds out what Redis holds, and makes it writable again. What is
// missing there is stale then. At the start nothing is known of what is there.
func (m *Mirror) recover(ctx context.Context, start bool) error {
	if err := m.connect(ctx); err != nil {
		return err
	}
	run, err := m.runningAs(ctx)
	if err != nil {
		return err
	}
	seal, err := m.readSeal(ctx)
	if err != nil {
		return err
	}
	taken, err := m.do(ctx, askTimeout, "EVAL", take, "1", meta, m.lineage, format, hex.EncodeToString(m.store.DigestKey()), m.token)
	if err != nil {
		return err
	}
	kept, err := taken.ToString()
	if err != nil {
		return err
	}
	found, err := m.compare(ctx)
	if err != nil {
		return err
	}
	whole := start && (m.restored || seal.holds(run, m.always(ctx), found))
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, r := range m.rooms {
		whole = whole && r.head == found[id].upto
	}
	// Where it is the Redis that was written to last, what is missing is known.
	known := kept == "KEPT" && (run == m.runID || whole)
	if !known || start {
		m.copying = new(copying)
	}
	m.runID = run
	for id, r := range m.rooms {
		at := found[id]
		r.first, r.upto, r.reset = at.first, at.upto, at.reset || (start && m.torn)
		switch {
		case !known:
			r.redo = 1
		case whole:
			r.redo = 0
		}
		if r.redo > 0 || r.reset || r.upto < r.head {
			m.stale[id] = struct{}{}
		}
	}
	m.down = false
	m.poke()
	return nil
}

// compare holds the streams against the database.
func (m *Mirror) compare(ctx context.Context) (map[chat.RoomID]room, error) {
	m.mu.Lock()
	ids := make([]chat.RoomID, 0, len(m.rooms))
	for id := range m.rooms {
		ids = append(ids, id)
	}
	m.mu.Unlock()
	found := make(map[chat.RoomID]room, len(ids))
	for _, id := range ids {
		e, err := m.ends(ctx, id)
		if err != nil {
			return nil, err
		}
		if e.last.seq == 0 {
			found[id] = room{reset: e.torn}
			continue
		}
		own, err := m.store.EventID(ctx, id, e.last.seq)
		if err != nil {
			return nil, fmt.Errorf("read the database: %w", err)
		}
		if own == 0 || own != e.last.event() {
			return nil, &conflict{id, e.last.seq, m.stop != nil}
		}
		found[id] = room{first: e.first.seq, upto: e.last.seq, reset: e.torn || m.behind(id, e.last.seq)}
	}
	return found, nil
}

// behind is whether a stream ends so early that the events which it is to hold
// do not go on from there.
func (m *Mirror) behind(id chat.RoomID, upto uint64) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.rooms[id]
	return r.head > m.keep() && upto < r.head-m.keep()
}

// runningAs is the id of the running Redis.
func (m *Mirror) runningAs(ctx context.Context) (string, error) {
	answer, err := m.do(ctx, askTimeout, "INFO", "server")
	if err != nil {
		return "", err
	}
	text, err := answer.ToString()
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(text) {
		if id, ok := strings.CutPrefix(strings.TrimSpace(line), "run_id:"); ok {
			return id, nil
		}
	}
	return "", errors.New("it does not say its run_id")
}

// Pauses between two tries.
const (
	shortPause = 100 * time.Millisecond
	longPause  = 5 * time.Second
)

// tend is the goroutine that restores order and refills what is behind.
func (m *Mirror) tend(ctx context.Context) {
	pause := shortPause
	for {
		if m.mend(ctx) {
			pause = shortPause
			select {
			case <-m.wake:
				continue
			case <-ctx.Done():
				return
			}
		}
		select {
		case <-time.After(pause):
			pause = min(2*pause, longPause)
		case <-ctx.Done():
			return
		}
	}
}

// mend says whether nothing is left to do.
func (m *Mirror) mend(ctx context.Context) bool {
	if m.isDown() {
		err := m.recover(ctx, false)
		var c *conflict
		switch {
		case errors.As(err, &c):
			m.forsake(c)
			return true
		case err != nil:
			m.mu.Lock()
			m.trouble(err)
			m.mu.Unlock()
			return false
		}
	}
	for {
		more, err := m.refill(ctx)
		if err != nil || ctx.Err() != nil {
			return false
		}
		if !more {
			return !m.isDown()
		}
	}
}

func (m *Mirror) isDown() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.down && m.lost == nil
}

// forsake ends the store: another server goes on with its history.
func (m *Mirror) forsake(err error) {
	m.mu.Lock()
	m.lost = err
	m.fall("another server writes there")
	m.mu.Unlock()
	m.store.Forsake(err)
}
