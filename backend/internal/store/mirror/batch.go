package mirror

import (
	"context"
	"strconv"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/store/sqlite"
)

// run is the script that does all of a batch, or, where the first event is
// refused, nothing of it. It writes only where the history is that of this
// database, and stands where this server's last script left it: not for a
// second server, not into what Redis was before, and not when it comes late.
const run = `
local at = redis.call('HMGET', KEYS[1], 'lineage', 'writer', 'term', 'turn')
if not at[1] then return redis.error_reply('TEAHOUSE-LOST') end
if at[1] ~= ARGV[1] then return redis.error_reply('TEAHOUSE-FOREIGN') end
if at[2] ~= ARGV[2] and tonumber(at[3] or 0) >= tonumber(ARGV[3]) then return redis.error_reply('TEAHOUSE-TAKEN') end
if at[2] ~= ARGV[2] or at[3] ~= ARGV[3] or at[4] ~= ARGV[4] then return redis.error_reply('TEAHOUSE-LOST') end
local i = 5
while i <= #ARGV do
	local n = tonumber(ARGV[i])
	redis.call(unpack(ARGV, i + 1, i + n))
	i = i + 1 + n
end
if i > 5 then redis.call('HINCRBY', KEYS[1], 'turn', 1) end
return 'OK'`

// batch is what one script does.
type batch struct {
	logs  []string // events first: they may be refused
	rest  []string
	grown []grown
}

// grown is what a room's stream is after a batch.
type grown struct {
	room        *room
	id          chat.RoomID
	first, upto uint64
	next        sqlite.Entry // the first event that was added
}

func put(to *[]string, command ...string) {
	*to = append(append(*to, strconv.Itoa(len(command))), command...)
}

func (b *batch) empty() bool { return len(b.logs)+len(b.rest) == 0 }

// fields is how many fields one command takes away: a script can hand on only
// so many arguments.
const fields = 1000

// log adds events to the room's stream, which go on where it ends, and cuts it
// to keep of them.
func (b *batch) log(id chat.RoomID, r *room, entries []sqlite.Entry, keep uint64) {
	if len(entries) == 0 {
		return
	}
	first, last := r.first, entries[len(entries)-1].Seq
	if first == 0 {
		first = entries[0].Seq
	}
	least := first
	if last > keep {
		least = max(first, last-keep+1)
	}
	key := roomKey(whatLog, id)
	for i, e := range entries {
		if i == len(entries)-1 && least > first {
			put(&b.logs, "XADD", key, "MINID", "=", entryID(least), entryID(e.Seq), entryField, e.Event)
		} else {
			put(&b.logs, "XADD", key, entryID(e.Seq), entryField, e.Event)
		}
	}
	for from := first; from < least; from += fields {
		for _, what := range []string{sqlite.MarkText, sqlite.MarkState} {
			command := []string{"HDEL", roomKey(what, id)}
			for seq := from; seq < min(least, from+fields); seq++ {
				command = append(command, strconv.FormatUint(seq, 10))
			}
			put(&b.rest, command...)
		}
	}
	b.grown = append(b.grown, grown{r, id, least, last, entries[0]})
}

// span is what the room's stream will hold.
func (b *batch) span(r *room) (first, upto uint64) {
	for i := len(b.grown) - 1; i >= 0; i-- {
		if b.grown[i].room == r {
			return b.grown[i].first, b.grown[i].upto
		}
	}
	return r.first, r.upto
}

// mark writes what has become of an event, if the stream holds it; what is on a
// list is kept for as long as it is there.
func (b *batch) mark(m sqlite.Mark, r *room) {
	first, upto := b.span(r)
	if m.What != sqlite.MarkListed && (m.Seq < first || m.Seq > upto) {
		return
	}
	key, field := roomKey(m.What, m.Room), strconv.FormatUint(m.Seq, 10)
	switch {
	case !m.Gone:
		put(&b.rest, "HSET", key, field, m.Value)
	case m.Seq <= r.upto: // else it was never there
		put(&b.rest, "HDEL", key, field)
	}
}

func (b *batch) row(r sqlite.Row, key string) {
	if r.Gone {
		put(&b.rest, "HDEL", key, r.Key)
	} else {
		put(&b.rest, "HSET", key, r.Key, r.Value)
	}
}

// send does all of it, and notes what the streams are then.
func (m *Mirror) send(ctx context.Context, b *batch, timeout time.Duration) error {
	if b.empty() {
		return nil
	}
	if err := m.script(ctx, timeout, append(b.logs, b.rest...)...); err != nil {
		return err
	}
	m.turn++
	for _, g := range b.grown {
		g.room.first, g.room.upto = g.first, g.upto
	}
	return nil
}

// script runs these commands where all is as it was left; none, to see that it
// is.
func (m *Mirror) script(ctx context.Context, timeout time.Duration, commands ...string) error {
	command := []string{"EVAL", run, "1", meta, m.lineage, m.token, strconv.FormatUint(m.term, 10), strconv.FormatUint(m.turn, 10)}
	_, err := m.do(ctx, timeout, append(command, commands...)...)
	return err
}
