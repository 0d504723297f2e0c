package gateway

import (
	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
)

const (
	recentEvents = 256      // events of one room that are kept at most
	recentBytes  = 64 << 10 // bytes of them, encoded, at most
)

// recent is the newest events of a room, encoded, without holes: what a join
// usually asks for is one slice of it.
type recent struct {
	epoch string // "" while the store was not read: then it answers nobody
	first uint64 // seq of the oldest event; of the next one while there is none
	// buf is the events, a comma behind each. What is in it never changes:
	// whoever took a slice may read it without any lock.
	buf  []byte
	ends []int32 // ends[i] is the offset behind the comma of event first+i
}

// head is the seq of the newest event.
func (r *recent) head() uint64 { return r.first + uint64(len(r.ends)) - 1 }

// size is how many bytes it holds on to.
func (r *recent) size() int { return cap(r.buf) + 4*cap(r.ends) }

// reaches says whether it has every event from seq on.
func (r *recent) reaches(seq uint64) bool { return seq >= r.first && seq <= r.head()+1 }

// since is the events from seq on, separated by commas. It must reach there.
func (r *recent) since(seq uint64) []byte {
	if seq > r.head() {
		return nil
	}
	end := len(r.buf) - 1
	return r.buf[r.offset(seq):end:end]
}

// offset is where the event begins.
func (r *recent) offset(seq uint64) int32 {
	if seq == r.first {
		return 0
	}
	return r.ends[seq-r.first-1]
}

// add encodes the next event behind the others, and drops the oldest where
// they have become too many. It returns the event as encoded.
func (r *recent) add(e *chat.Event) []byte {
	begin := len(r.buf)
	r.buf = protocol.AppendEvent(r.buf, e)
	end := len(r.buf)
	encoded := r.buf[begin:end:end]
	r.buf = append(r.buf, ',')
	r.ends = append(r.ends, int32(len(r.buf))) //nolint:gosec // an event is far below 2 GiB, and so are they all
	r.trim()
	return encoded
}

// take copies the events of another one from seq on behind its own.
func (r *recent) take(from *recent, seq uint64) {
	for ; seq <= from.head(); seq++ {
		r.buf = append(r.buf, from.buf[from.offset(seq):from.ends[seq-from.first]]...)
		r.ends = append(r.ends, int32(len(r.buf))) //nolint:gosec // as above
	}
	r.trim()
}

// trim drops the older half, by copying the other, so that it is done seldom.
// An event that is too large to be kept is dropped as well.
func (r *recent) trim() {
	if len(r.buf) <= recentBytes && len(r.ends) <= recentEvents {
		return
	}
	n := len(r.ends)
	drop := max(1, n-recentEvents/2)
	for drop < n-1 && len(r.buf)-int(r.ends[drop-1]) > recentBytes/2 {
		drop++
	}
	if len(r.buf)-int(r.ends[drop-1]) > recentBytes {
		drop = n
	}
	cut := r.ends[drop-1]
	r.buf = append(make([]byte, 0, recentBytes+recentBytes/8), r.buf[cut:]...)
	ends := append(make([]int32, 0, recentEvents+1), r.ends[drop:]...)
	for i := range ends {
		ends[i] -= cut
	}
	r.ends, r.first = ends, r.first+uint64(drop)
}
