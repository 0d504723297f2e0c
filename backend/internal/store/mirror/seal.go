package mirror

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// seal is what a server leaves that ended in order: everything that it ever
// told is in Redis, up to these heads. Whoever begins to write takes it away.
type seal struct {
	RunID string                 `json:"run_id"` // of the Redis that it was told, see runningAs
	Heads map[chat.RoomID]uint64 `json:"heads"`
}

// readSeal is the seal that is there, or nil.
func (m *Mirror) readSeal(ctx context.Context) (*seal, error) {
	fields, err := m.fields(ctx, meta, "sealed")
	if err != nil || fields[0] == "" {
		return nil, err
	}
	s := new(seal)
	if json.Unmarshal([]byte(fields[0]), s) != nil {
		return nil, nil //nolint:nilnil,nilerr // not one of ours: none
	}
	return s, nil
}

// holds says whether nothing that was told can be missing in what was found:
// Redis still runs, or forgets nothing when it ends.
func (s *seal) holds(run string, always bool, found map[chat.RoomID]room) bool {
	if s == nil || (s.RunID != run && !always) || len(s.Heads) != len(found) {
		return false
	}
	for id, r := range found {
		if head, there := s.Heads[id]; !there || head != r.upto || r.reset {
			return false
		}
	}
	return true
}

// always is whether Redis has everything on its disk before it says so, and is
// no replica that took over: that may lack what came last. Where it does not
// tell, it has not.
func (m *Mirror) always(ctx context.Context) bool {
	about, err := m.about(ctx, "replication")
	if err != nil || about["role"] != "master" || strings.Trim(about["master_replid2"], "0") != "" {
		return false
	}
	for name, want := range map[string]string{"appendonly": "yes", "appendfsync": "always"} {
		answer, err := m.do(ctx, askTimeout, "CONFIG", "GET", name)
		if err != nil {
			return false
		}
		settings, err := answer.AsStrMap()
		if err != nil || settings[name] != want {
			return false
		}
	}
	return true
}

// Flush waits until Redis is complete, or can never be. One that this server
// never wrote to is not waited for.
func (m *Mirror) Flush(ctx context.Context) {
	m.mu.Lock()
	m.check(ctx)
	m.mu.Unlock()
	for {
		m.mu.Lock()
		done, settled := m.lost != nil || m.term == 0 || (m.down && m.why == whyForeign) || (!m.down && m.complete()), m.settled
		m.mu.Unlock()
		if done {
			return
		}
		select {
		case m.hurry <- struct{}{}:
		default:
		}
		select {
		case <-settled:
		case <-ctx.Done():
			return
		}
	}
}

// sealTimeout is how long the end waits for the seal.
const sealTimeout = 2 * time.Second

// Close ends the mirror of a store that was closed before, and seals what is in
// Redis, where all that was told is there.
func (m *Mirror) Close() {
	if m.stop != nil {
		m.stop()
		m.tending.Wait()
		if err := m.seal(); err != nil {
			m.log.Warn("Redis could not be told that the server ended in order: its history gets a new epoch where it is restored", "cause", err)
		}
	}
	m.asking.Wait()
	if client := m.client.Load(); client != nil {
		(*client).Close()
	}
}

func (m *Mirror) seal() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.down || m.lost != nil || !m.complete() {
		return nil
	}
	s := seal{RunID: m.runID, Heads: make(map[chat.RoomID]uint64, len(m.rooms))}
	for id, r := range m.rooms {
		s.Heads[id] = r.upto
	}
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write the seal: %w", err)
	}
	b := new(batch)
	put(&b.rest, "HSET", meta, "sealed", string(text))
	return m.send(context.Background(), b, sealTimeout)
}
