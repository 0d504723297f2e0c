package mirror

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"

	"github.com/redis/rueidis"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/store/sqlite"
)

// Restore fills a new database with what Redis holds. It is the sqlite.Source
// of a server whose data directory is empty.
func (m *Mirror) Restore(f *sqlite.Filling) (keep bool, err error) {
	if m.client.Load() == nil {
		m.log.Error("DATA_DIR is empty, and the history that Redis may hold cannot be read: the server begins with an empty one, of an origin of its own. Once Redis can be reached, start again with an empty DATA_DIR to have what it holds; what is written until then is lost with that")
		return false, nil
	}
	keep, err = m.restore(context.Background(), f)
	if err != nil {
		return false, fmt.Errorf("what Redis (REDIS_URL) holds cannot be read whole: %w. Start again; to begin without that history, delete the keys %s* in Redis", err, prefix)
	}
	return keep, nil
}

func (m *Mirror) restore(ctx context.Context, f *sqlite.Filling) (bool, error) {
	about, err := m.fields(ctx, meta, "lineage", "digest_key", "format")
	if err != nil {
		return false, err
	}
	if about[0] == "" {
		return false, nil
	}
	if about[2] != format {
		return false, fmt.Errorf("it was written by a newer Teahouse (format %q, this one knows %s); run that one", about[2], format)
	}
	key, err := hex.DecodeString(about[1])
	if err != nil {
		return false, errors.New("the key of the digests is damaged")
	}
	if err := f.Belongs(about[0], key); err != nil {
		return false, err
	}
	seal, err := m.readSeal(ctx)
	if err != nil {
		return false, err
	}
	run, err := m.runningAs(ctx)
	if err != nil {
		return false, err
	}
	// From here on nobody else writes there, so that what is read is all there
	// is; and it is no longer sealed, as somebody may soon be told more.
	if _, err := m.begin(ctx, about[0], key); err != nil {
		if _, said := rueidis.IsRedisErr(errors.Unwrap(err)); !said && !errors.Is(err, errFull) {
			return false, err
		}
		m.log.Warn("Redis takes nothing: its history is restored with new epochs", "cause", err)
		seal = nil
	}
	found := make(map[chat.RoomID]room)
	for _, table := range sqlite.Tables {
		err := m.scan(ctx, tableKey(table), func(key, value string) error {
			if table == "rooms" {
				found[chat.RoomID(key)] = room{}
			}
			return f.Row(sqlite.Row{Table: table, Key: key, Value: value})
		})
		if err != nil {
			return false, fmt.Errorf("%s: %w", table, err)
		}
	}
	events := uint64(0)
	for id := range found {
		r, err := m.restoreRoom(ctx, f, id)
		if err != nil {
			return false, fmt.Errorf("the room %s: %w", id, err)
		}
		found[id] = r
		events += r.upto
	}
	keep := seal.holds(run, m.always(ctx), found) && f.Complete
	m.restored, m.torn = f.Complete, !f.Complete
	m.log.Info("the history is restored from Redis", "rooms", len(found), "events", events, "epochs", map[bool]string{true: "kept", false: "new"}[keep])
	return keep, nil
}

func (m *Mirror) restoreRoom(ctx context.Context, f *sqlite.Filling, id chat.RoomID) (r room, err error) {
	for {
		entries, err := m.entries(ctx, askTimeout, id, entryID(r.upto+1), "+", pieceSize)
		if err != nil {
			return r, err
		}
		if len(entries) == 0 {
			break
		}
		seqs := make([]string, len(entries))
		for i, e := range entries {
			seqs[i] = strconv.FormatUint(e.seq, 10)
		}
		texts, err := m.fields(ctx, roomKey(sqlite.MarkText, id), seqs...)
		if err != nil {
			return r, err
		}
		states, err := m.fields(ctx, roomKey(sqlite.MarkState, id), seqs...)
		if err != nil {
			return r, err
		}
		for i, e := range entries {
			if err := f.Event(sqlite.Entry{Room: id, Seq: e.seq, Event: e.json}, texts[i], states[i]); err != nil {
				return r, fmt.Errorf("event %d: %w", e.seq, err)
			}
		}
		if r.first == 0 {
			r.first = entries[0].seq
		}
		r.upto = entries[len(entries)-1].seq
	}
	return r, m.scan(ctx, roomKey(sqlite.MarkListed, id), func(key, value string) error {
		seq, err := strconv.ParseUint(key, 10, 64)
		if err != nil {
			return fmt.Errorf("its list: %w", err)
		}
		return f.Listed(sqlite.Mark{What: sqlite.MarkListed, Room: id, Seq: seq, Value: value})
	})
}

// fields reads some fields of a hash; "" for one that is not there.
func (m *Mirror) fields(ctx context.Context, key string, names ...string) ([]string, error) {
	answer, err := m.do(ctx, askTimeout, append([]string{"HMGET", key}, names...)...)
	if err != nil {
		return nil, err
	}
	list, err := answer.ToArray()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	values := make([]string, len(names))
	for i := range min(len(list), len(values)) {
		if !list[i].IsNil() {
			if values[i], err = list[i].ToString(); err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
		}
	}
	return values, nil
}

// scan reads a whole hash, in pieces. What is changed meanwhile may come twice.
func (m *Mirror) scan(ctx context.Context, key string, each func(field, value string) error) error {
	for cursor := uint64(0); ; {
		answer, err := m.do(ctx, askTimeout, "HSCAN", key, strconv.FormatUint(cursor, 10), "COUNT", strconv.Itoa(pieceSize))
		if err != nil {
			return err
		}
		piece, err := answer.AsScanEntry()
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		for i := 0; i+1 < len(piece.Elements); i += 2 {
			if err := each(piece.Elements[i], piece.Elements[i+1]); err != nil {
				return err
			}
		}
		if cursor = piece.Cursor; cursor == 0 {
			return nil
		}
	}
}
