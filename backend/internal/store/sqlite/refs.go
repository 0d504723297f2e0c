package sqlite

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// A command is known again by its user and ref for as long as its event lives.
// Clients choose refs at random, so an index over them has another page to
// write for almost every event, which costs more than all the rest. Therefore
// the index, the table refs, follows behind the log: commands that are not in
// it yet wait in memory, in parts by their hash, and part by part moves into
// the table, where its keys lie close together. When all parts had their turn
// the round is over, and rooms.indexed rises to the heads at its beginning.
// What is behind that is read from the log when the database is opened.
const (
	refParts = 64
	// movesAtOnce is how many parts one transaction of events moves: more than
	// it fills, and not so many that it takes long.
	movesAtOnce = 4
)

// Commands that wait in memory, and while the database is opened. Tests have
// fewer.
var (
	maxWaiting = 32 << 10
	maxLoading = 256 << 10
)

// refKey is a keyed hash of user and ref, so that nobody can choose refs whose
// hashes are alike. The table holds the first half alone.
type refKey [2]uint64

func (k refKey) part() int   { return int(k[0] >> 58) }
func (k refKey) hash() int64 { return int64(k[0]) } //nolint:gosec // any 64 bits

// refs are the commands that are not in the table yet. They belong to the
// writer.
type refs struct {
	secret  [32]byte
	parts   [refParts]map[refKey]int64 // pos of the event
	waiting int                        // in all parts
	next    int                        // the part whose turn is next
	heads   map[int64]uint64           // of rooms, by num, that are ahead of the table
	round   map[int64]uint64           // heads at the beginning of this round

	added []refKey // in the open transaction
	moved int      // parts in the open transaction

	sorted []refEntry // the part that moves
}

type refEntry struct {
	hash, pos int64
}

func (x *refs) init(digestKey []byte) {
	x.secret = sha256.Sum256(append([]byte("refs:"), digestKey...))
	x.heads = make(map[int64]uint64)
	x.expect(0)
}

// expect empties the parts and makes room for n commands in all of them.
func (x *refs) expect(n int) {
	for i := range x.parts {
		x.parts[i] = make(map[refKey]int64, n/refParts)
	}
}

func (x *refs) key(user chat.UserID, ref string) refKey { return hashRef(&x.secret, string(user), ref) }

func hashRef[T string | []byte](secret *[32]byte, user, ref T) refKey {
	var space [256]byte
	b := append(space[:0], secret[:]...)
	b = binary.AppendUvarint(b, uint64(len(user)))
	b = append(b, user...)
	b = append(b, ref...)
	sum := sha256.Sum256(b)
	return refKey{binary.LittleEndian.Uint64(sum[:]), binary.LittleEndian.Uint64(sum[8:])}
}

// add notes a command of the open transaction.
func (x *refs) add(k refKey, pos int64) {
	x.parts[k.part()][k] = pos
	x.waiting++
	x.added = append(x.added, k)
}

// findRef looks for the event of a command.
func (w *writer) findRef(k refKey, user chat.UserID, ref string) (pos int64, found bool, err error) {
	x := &w.refs
	if pos, found = x.parts[k.part()][k]; found {
		return pos, true, nil
	}
	for hash := k.hash(); ; hash++ {
		pos, found, err := w.refAt(hash)
		if err != nil || !found {
			return 0, false, err
		}
		same, err := w.conn.one(`SELECT 1 FROM events WHERE pos = ? AND user = ? AND ref = ?`, []any{pos, string(user), ref})
		if err != nil || same {
			return pos, same, err
		}
	}
}

// refAt reads one row of the table.
func (w *writer) refAt(hash int64) (pos int64, found bool, err error) {
	if err := w.sql.findRef.start(0); err != nil {
		return 0, false, err
	}
	w.sql.findRef.int(1, hash)
	err = w.sql.findRef.each(func(r row) { pos, found = r.int(0), true })
	return pos, found, err
}

// eventByRef is the event of a command, or chat.ErrNotFound.
func (w *writer) eventByRef(user chat.UserID, ref string) (chat.Event, error) {
	pos, found, err := w.findRef(w.refs.key(user, ref), user, ref)
	if err == nil && !found {
		err = chat.ErrNotFound
	}
	if err != nil {
		return chat.Event{}, err
	}
	return eventAt(w.conn, pos)
}

// moveRefs moves parts into the table, at most so many, until fewer commands
// wait than limit, or the round is over. It is part of the open transaction.
func (w *writer) moveRefs(limit, parts int) error {
	x := &w.refs
	if x.waiting < limit {
		return nil
	}
	if x.next == 0 {
		x.round = maps.Clone(x.heads)
	}
	left := x.waiting
	for left >= limit && x.moved < parts && x.next+x.moved < refParts {
		part := x.parts[x.next+x.moved]
		if err := w.movePart(part); err != nil {
			return err
		}
		left -= len(part)
		x.moved++
	}
	if x.moved == 0 || x.next+x.moved < refParts {
		return nil
	}
	for num, head := range x.round {
		if _, err := w.exec(`UPDATE rooms SET indexed = ? WHERE num = ?`, head, num); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) movePart(part map[refKey]int64) error {
	x := &w.refs
	x.sorted = x.sorted[:0]
	for k, pos := range part {
		x.sorted = append(x.sorted, refEntry{k.hash(), pos})
	}
	slices.SortFunc(x.sorted, func(a, b refEntry) int { return cmp.Compare(a.hash, b.hash) })
	for _, e := range x.sorted {
		if err := w.moveRef(e); err != nil {
			return err
		}
	}
	return nil
}

// moveRef writes one row, unless it is there: after a crash within a round
// some are.
func (w *writer) moveRef(e refEntry) error {
	for ; ; e.hash++ {
		if err := w.sql.addRef.start(0); err != nil {
			return err
		}
		w.sql.addRef.int(1, e.hash)
		w.sql.addRef.int(2, e.pos)
		w.wrote = true
		if err := w.sql.addRef.run(); err != nil {
			return err
		}
		if w.conn.changes() > 0 {
			return nil
		}
		pos, found, err := w.refAt(e.hash)
		if err != nil || (found && pos == e.pos) {
			return err
		}
	}
}

// committed: what the transaction moved waits no longer.
func (x *refs) committed(grown []*room) {
	for _, r := range grown {
		x.heads[r.num] = r.Head
	}
	for range x.moved {
		x.waiting -= len(x.parts[x.next])
		clear(x.parts[x.next])
		x.next++
	}
	if x.next == refParts {
		x.next = 0
		maps.DeleteFunc(x.heads, func(num int64, head uint64) bool { return x.round[num] == head })
	}
	x.added, x.moved = x.added[:0], 0
}

// rolledBack: what the transaction added is not there.
func (x *refs) rolledBack() {
	for _, k := range x.added {
		delete(x.parts[k.part()], k)
	}
	x.waiting -= len(x.added)
	x.added, x.moved = x.added[:0], 0
}
