package mirror

import (
	"strconv"
	"strings"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// prefix begins the name of every key.
const prefix = "teahouse:"

// meta is what the mirror knows of itself: format, lineage, digest_key, sealed,
// and who writes: writer, term (which grows with every beginning to write) and
// turn (which grows with every script of that term).
const meta = prefix + "meta"

// format is that of all keys.
const format = "1"

func tableKey(table string) string { return prefix + table }

// roomKey names what belongs to a room: its log, or marks of its events.
func roomKey(what string, room chat.RoomID) string { return prefix + what + ":" + string(room) }

const whatLog = "log"

func entryID(seq uint64) string { return strconv.FormatUint(seq, 10) + "-0" }

func entrySeq(id string) uint64 {
	seq, _, _ := strings.Cut(id, "-")
	n, err := strconv.ParseUint(seq, 10, 64)
	if err != nil {
		return 0 // not one of ours, and so of no event
	}
	return n
}

// The field of an entry.
const entryField = "event"
