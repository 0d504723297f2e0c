package websocket

import (
	"math"
	"sync"
)

const (
	firstChunk   = 2 << 10  // bytes of a quiet topic's first chunk
	largestChunk = 64 << 10 // bytes of a busy topic's chunks
	lossyWindow  = 32 << 10 // bytes, at most, of the window of a topic that everybody may skip
	minFrames    = 4        // the window holds at least so many frames, however large
	stretch      = 4        // times the window, kept while somebody is behind who does read

	fromOrigin = math.MaxUint64 // the position of who follows a log that has yet to begin
)

// topic is a frame log and its members.
//
// The log is a list of chunks. A chunk's bytes, once appended, never change,
// so whoever took a slice of them may write it to a socket without any lock
// and without a copy; the garbage collector frees a chunk when the log and the
// last such writer have let go.
type topic struct {
	name string

	mu       sync.Mutex
	chunks   []*chunk
	first    uint64 // position of the oldest frame kept; 0 while there is none
	next     uint64 // position of the next frame; 0 while it is not known
	origin   uint64 // position of the first frame there ever was
	size     int    // bytes kept
	longer   bool   // somebody is behind who does read: the window is stretched
	grown    int    // bytes appended since mark was set
	appended uint64 // bytes ever appended
	mark     uint64 // what everybody shall have been handed when the log has grown by the next quarter
	queued   bool   // waits for a flusher
	rhythm   rhythm // when it is written
	members  []*member
	strict   int // members that are not lossy
}

type chunk struct {
	buf  []byte
	ends []int // ends[i] is the offset behind the chunk's i-th frame
	from uint64
	bare int // of them have no bytes
}

// Positions without bytes cost something too.
const (
	bareCost = 8    // bytes of the window that one takes
	bareMost = 1024 // in one chunk
)

// size is what the chunk takes of the window.
func (c *chunk) size() int { return len(c.buf) + bareCost*c.bare }

// member is one client's place in one topic. All but the immutable fields are
// guarded by client.mu, except index, which topic.mu guards. The immutable
// ones are client, topic, lossy and since.
type member struct {
	client    *Client
	topic     *topic
	lossy     bool   // falling out of the window means skipping, not Lag
	since     uint64 // position of the first frame that came after Subscribe
	following bool   // false between Subscribe and Follow
	ready     bool   // stands in client.ready
	gone      bool   // unsubscribed
	after     uint64 // position of the last frame that a writer has taken, or fromOrigin
	index     int    // in topic.members
}

// append adds a finished frame at position seq, or at the next one where seq
// is 0; one of no kind has no bytes, and only takes the position. It returns
// false where seq was there already.
func (t *topic) append(seq uint64, m Message, window int) bool {
	switch {
	case seq == 0 && t.next == 0:
		seq = 1
	case seq == 0:
		seq = t.next
	case t.next != 0 && seq < t.next:
		return false
	case t.next != 0 && seq > t.next:
		// A hole. Members behind it must read the log elsewhere: they lag.
		t.chunks, t.first, t.size = nil, 0, 0
	}
	need := len(m.Body) + maxFrameHeader
	var c *chunk
	if n := len(t.chunks); n > 0 {
		c = t.chunks[n-1]
	}
	if c == nil || cap(c.buf)-len(c.buf) < need || c.bare == bareMost {
		room := firstChunk
		if c != nil {
			room = min(2*cap(c.buf), largestChunk, max(firstChunk, window/4))
		}
		c = &chunk{buf: make([]byte, 0, max(room, need)), from: seq}
		t.chunks = append(t.chunks, c)
	}
	before, size := len(c.buf), c.size()
	if m.Type == 0 {
		c.bare++
	} else {
		c.buf = appendFrame(c.buf, m.Type, m.Body)
	}
	c.ends = append(c.ends, len(c.buf))
	if t.first == 0 {
		t.first = seq
	}
	if t.origin == 0 {
		t.origin = seq
	}
	t.next = seq + 1
	t.size += c.size() - size
	t.grown += len(c.buf) - before
	t.appended += uint64(len(c.buf) - before) //nolint:gosec // a length
	t.trim(window)
	return true
}

// take collects the bytes behind position after, whole chunks at a time and
// about limit bytes, into dst. It returns them and the position that they
// reach. lag is true where the frame after+1 is no longer kept.
func (t *topic) take(dst [][]byte, after uint64, limit int) (bufs [][]byte, reached uint64, lag bool) {
	if t.next == 0 {
		return dst, after, false
	}
	if after == fromOrigin {
		after = t.origin - 1
	}
	if after+1 >= t.next {
		return dst, after, false
	}
	if t.first == 0 || after+1 < t.first {
		return dst, after, true
	}
	i := len(t.chunks) - 1
	for t.chunks[i].from > after+1 {
		i--
	}
	for total := 0; i < len(t.chunks) && total < limit; i++ {
		c := t.chunks[i]
		start := 0
		if skip := after + 1 - c.from; skip > 0 {
			start = c.ends[skip-1]
		}
		if start < len(c.buf) {
			dst = append(dst, c.buf[start:len(c.buf):len(c.buf)])
		}
		total += len(c.buf) - start
		after = c.from + uint64(len(c.ends)) - 1
	}
	return dst, after, false
}

// tail is the end of a topic's log at some moment: its last chunk.
type tail struct {
	buf        []byte
	ends       []int
	from, next uint64
}

func (t *topic) tail() tail {
	if len(t.chunks) == 0 {
		return tail{next: t.next}
	}
	c := t.chunks[len(t.chunks)-1]
	return tail{buf: c.buf[:len(c.buf):len(c.buf)], ends: c.ends, from: c.from, next: t.next}
}

// behind is what comes behind position after. It is false where that begins
// before the tail does.
func (e *tail) behind(after uint64) ([]byte, bool) {
	switch {
	case after == fromOrigin || e.buf == nil || after+1 < e.from:
		return nil, false
	case after+1 >= e.next:
		return nil, true
	case after+1 == e.from:
		return e.buf, true
	}
	return e.buf[e.ends[after-e.from]:], true
}

// quarter says, once for each quarter of the window that is appended, up to
// where everybody must have been handed the log before it goes on growing.
func (t *topic) quarter(window int) (target uint64, now bool) {
	if t.grown <= window/4 {
		return 0, false
	}
	target, t.mark, t.grown = t.mark, t.next-1, 0
	return target, true
}

// holds says whether a member that has everything up to after can go on from
// this log.
func (t *topic) holds(after uint64) bool {
	if t.next == 0 || after+1 >= t.next {
		return true
	}
	return t.first != 0 && after+1 >= t.first
}

// reaches says whether the log has something behind position after.
func (t *topic) reaches(after uint64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.next != 0 && (after == fromOrigin || after+1 < t.next)
}

// window is how many bytes the topic keeps for who is behind, of the pool's.
func (t *topic) window(whole int) int {
	if t.strict == 0 {
		return min(whole, lossyWindow)
	}
	return whole
}

func (t *topic) add(m *member) {
	m.since = t.next
	if !m.lossy {
		t.strict++
	}
	m.index = len(t.members)
	t.members = append(t.members, m)
}

func (t *topic) remove(m *member) {
	if !m.lossy {
		t.strict--
	}
	last := len(t.members) - 1
	moved := t.members[last]
	t.members[m.index] = moved
	moved.index = m.index
	t.members[last] = nil
	t.members = t.members[:last]
	if cap(t.members) > 64 && len(t.members) < cap(t.members)/4 {
		t.members = append(make([]*member, 0, cap(t.members)/2), t.members...)
	}
}
