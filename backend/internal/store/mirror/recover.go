package mirror

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// take is the script by which a server begins to write: Redis belongs to its
// database from then on, if it belonged to none, and whoever wrote before is
// refused; but who wrote before takes nothing from who began later. A seal is no
// longer true. It answers with the term, and what Redis held: of nobody, of
// this database, or of this process, which has lost nothing since.
const take = `
local at = redis.call('HMGET', KEYS[1], 'lineage', 'writer', 'term', 'turn')
local term, turn, own = tonumber(at[3] or 0), tonumber(at[4] or 0), tonumber(ARGV[5])
if at[1] and at[1] ~= ARGV[1] then return redis.error_reply('TEAHOUSE-FOREIGN') end
if at[1] and own > 0 and at[2] ~= ARGV[4] and term >= own then return redis.error_reply('TEAHOUSE-TAKEN') end
local kept = 'NEW'
if at[1] then kept = 'KEPT' end
if at[1] and at[2] == ARGV[4] and (term > own or term == own and turn >= tonumber(ARGV[6])) then kept = 'OWN' end
term = math.max(term, own) + 1
redis.call('HSET', KEYS[1], 'format', ARGV[2], 'lineage', ARGV[1], 'digest_key', ARGV[3], 'writer', ARGV[4], 'term', term, 'turn', 0)
redis.call('HDEL', KEYS[1], 'sealed')
return {term, kept}`

// begin takes Redis for a database.
func (m *Mirror) begin(ctx context.Context, lineage string, digestKey []byte) (kept string, err error) {
	answer, err := m.do(ctx, askTimeout, "EVAL", take, "1", meta, lineage, format, hex.EncodeToString(digestKey), m.token,
		strconv.FormatUint(m.term, 10), strconv.FormatUint(m.turn, 10))
	if err != nil {
		return "", err
	}
	said, err := answer.ToArray()
	if err != nil || len(said) != 2 {
		return "", fmt.Errorf("it answered %v: %w", said, err)
	}
	term, err := said[0].AsUint64()
	if err != nil {
		return "", err
	}
	m.mu.Lock()
	m.term, m.turn = term, 0
	m.mu.Unlock()
	return said[1].ToString()
}

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
	if err := m.mayBegin(ctx); err != nil {
		return err
	}
	kept, err := m.begin(ctx, m.lineage, m.store.DigestKey())
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
	known := (kept == "OWN" && run == m.runID) || (kept != "NEW" && whole)
	if !known || start || m.copying != nil { // what was copied last may be there, or not
		m.copying = new(copying)
	}
	m.runID = run
	for id, r := range m.rooms {
		at := found[id]
		if at.upto > r.upto && r.redo == 0 { // these came without an answer
			r.redo = r.upto + 1
		}
		r.first, r.upto, r.reset = at.first, at.upto, at.reset || m.torn
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
	m.torn, m.down = false, false
	m.poke()
	return nil
}

// mayBegin says whether this server could go on with what is there: one that
// has to stop takes it from nobody.
func (m *Mirror) mayBegin(ctx context.Context) error {
	if m.term > 0 {
		return nil
	}
	there, err := m.fields(ctx, meta, "lineage")
	if err != nil {
		return err
	}
	if there[0] != "" && there[0] != m.lineage {
		return errForeign
	}
	_, err = m.compare(ctx)
	return err
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

// runningAs is the id of the running Redis, and of the history that it is in:
// another one where it was a replica meanwhile.
func (m *Mirror) runningAs(ctx context.Context) (string, error) {
	server, err := m.about(ctx, "server")
	if err != nil {
		return "", err
	}
	replication, err := m.about(ctx, "replication")
	if err != nil {
		return "", err
	}
	if server["run_id"] == "" {
		return "", errors.New("it does not say its run_id")
	}
	return server["run_id"] + " " + replication["master_replid"], nil
}

// about is a section of what Redis says of itself.
func (m *Mirror) about(ctx context.Context, section string) (map[string]string, error) {
	answer, err := m.do(ctx, askTimeout, "INFO", section)
	if err != nil {
		return nil, err
	}
	text, err := answer.ToString()
	if err != nil {
		return nil, err
	}
	about := make(map[string]string)
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		about[name] = value
	}
	return about, nil
}

// Pauses between two tries.
const (
	shortPause = 100 * time.Millisecond
	longPause  = 5 * time.Second
)

// checkEvery is how often it is seen that Redis still has what it had.
const checkEvery = 2 * time.Second

// tend is the goroutine that restores order and refills what is behind.
func (m *Mirror) tend(ctx context.Context) {
	pause := shortPause
	for {
		if m.mend(ctx) {
			pause = shortPause
			select {
			case <-m.wake:
				continue
			case <-time.After(checkEvery):
				m.mu.Lock()
				m.check(ctx)
				m.mu.Unlock()
				continue
			case <-ctx.Done():
				return
			}
		}
		select {
		case <-time.After(pause):
			pause = min(2*pause, longPause)
		case <-m.hurry:
			pause = shortPause
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
		case errors.As(err, &c), errors.Is(err, errTaken):
			m.forsake(err)
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
		if errors.Is(err, errTaken) {
			m.forsake(err)
			return true
		}
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

// check asks whether Redis still holds what was written there last: nobody may
// have anything to write for long.
func (m *Mirror) check(ctx context.Context) {
	if m.down || m.lost != nil {
		return
	}
	if err := m.script(ctx, m.options.Patience); err != nil && ctx.Err() == nil {
		m.trouble(err)
	}
}

// forsake ends the store: another server goes on with its history.
func (m *Mirror) forsake(err error) {
	m.mu.Lock()
	m.lost = err
	m.fall("another server writes there")
	m.mu.Unlock()
	m.store.Forsake(err)
}
