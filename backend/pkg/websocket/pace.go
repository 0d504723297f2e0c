package websocket

import (
	"sync"
	"time"
)

const (
	manyFrames = 32                     // frames that wait no longer: they fill a write
	busyRate   = 50                     // messages a second above which waiting for more is tried
	rateWindow = 200 * time.Millisecond // over which they are counted
	firstPause = time.Second            // until waiting is tried again where it did not help
	longPause  = 16 * time.Second       // the same, where it has not helped for long
	inVain     = 4                      // waits in a row that brought nothing, after which there is no gap
	gridSteps  = 4                      // parts of the gap at whose ends waits end, so that they end together
)

// rhythm is when a topic's log is written. Nine tenths of what a delivery costs
// is the system call, so frames that leave together cost less. The first one
// leaves at once. What comes less than a gap later waits, until the gap is over
// or many frames wait. Whether waiting helps is learned from what it brought:
// where nobody speaks before having heard what waits, it only costs time.
type rhythm struct {
	left   time.Duration // when the log was handed to the flushers last
	gap    time.Duration // 0 where nothing waits
	paced  bool          // it waits for dueAt
	dueAt  time.Duration
	since  time.Duration // when it began to wait
	frames int           // that wait
	bytes  int           // that wait
	late   int           // frames that came when half of the wait was over

	counted   int // messages since countAt
	countAt   time.Duration
	tryAt     time.Duration // a gap is not tried before
	vain      int           // waits in a row that brought nothing
	pause     time.Duration // how long it is not, when it fails once more
	atLeisure bool          // all members are lossy: what is sent is never urgent
}

// due notes a frame of n bytes that was appended to the topic's log, and says
// whether it is to be given to the flushers now. It is called with topic.mu
// held.
func (p *Pool) due(t *topic, n int) bool {
	longest := p.opts.Gap
	if t.queued {
		return false
	}
	r := &t.rhythm
	now := p.elapsed()
	r.frames++
	r.bytes += n
	r.watch(now, longest)
	if r.atLeisure = t.strict == 0; r.atLeisure && longest > 0 {
		r.gap = longest
	}
	switch {
	case r.paced && r.frames < manyFrames && r.bytes < joinLimit:
		if now-r.since > (r.dueAt-r.since)/2 {
			r.late++
		}
		return false
	case !r.paced && r.gap > 0 && (r.atLeisure || now-r.left < r.gap):
		r.paced, r.since, r.late = true, now, 0
		from := r.left
		if r.atLeisure {
			from = now
		}
		grid := max(1, longest/gridSteps)
		r.dueAt = (from + r.gap + grid/2) / grid * grid // so that topics are due together
		p.pacer.add(t, r.dueAt)
		return false
	}
	t.queued = true
	return true
}

// leave notes that the log is being written up to its end. It is called with
// topic.mu held.
func (t *topic) leave(now time.Duration) {
	t.queued = false
	r := &t.rhythm
	r.paced, r.left = false, now
	r.frames, r.bytes = 0, 0
}

// watch counts messages, and tries a gap where they are many.
func (r *rhythm) watch(now, longest time.Duration) {
	r.counted++
	span := now - r.countAt
	if span < rateWindow {
		return
	}
	busy := time.Duration(r.counted)*time.Second > busyRate*span
	r.counted, r.countAt = 0, now
	if busy && r.gap == 0 && longest > 0 && now >= r.tryAt {
		r.gap = longest
	}
}

// learn gives the gap up for a while where nothing comes towards its end, again
// and again.
func (r *rhythm) learn(now time.Duration) {
	if r.late > 0 {
		r.vain, r.pause = 0, 0
		return
	}
	if r.vain++; r.vain == inVain {
		r.gap, r.vain = 0, 0
		r.pause = min(max(2*r.pause, firstPause), longPause)
		r.tryAt = now + r.pause
	}
}

// pacer has the topics that wait.
type pacer struct {
	mu   sync.Mutex
	list []waitingTopic
	wake chan struct{}
}

// waitingTopic is a topic with when it was to be due; it may have left since.
type waitingTopic struct {
	topic *topic
	dueAt time.Duration
}

func (c *pacer) init() { c.wake = make(chan struct{}, 1) }

// add is called with the topic's lock held.
func (c *pacer) add(t *topic, dueAt time.Duration) {
	c.mu.Lock()
	first := true
	for _, w := range c.list {
		if w.dueAt <= dueAt {
			first = false
			break
		}
	}
	c.list = append(c.list, waitingTopic{t, dueAt})
	c.mu.Unlock()
	if first {
		select {
		case c.wake <- struct{}{}:
		default: // it has been called already
		}
	}
}

// take removes those that are due from the list, appended to dst, and says when
// the next ones will be; never where that is 0.
func (c *pacer) take(dst []waitingTopic, now time.Duration) (due []waitingTopic, next time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept := c.list[:0]
	for _, w := range c.list {
		if w.dueAt <= now {
			dst = append(dst, w)
			continue
		}
		kept = append(kept, w)
		if next == 0 || w.dueAt < next {
			next = w.dueAt
		}
	}
	clear(c.list[len(kept):])
	c.list = kept
	return dst, next
}

// pace is the goroutine that gives topics to the flushers when their wait is
// over. It ends with the pool.
func (p *Pool) pace() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	var due []waitingTopic
	for {
		var next time.Duration
		due, next = p.pacer.take(due[:0], p.elapsed())
		p.over(due)
		clear(due)
		if next > 0 {
			timer.Reset(next - p.elapsed())
		} else {
			timer.Stop()
		}
		select {
		case <-p.stop:
			return
		case <-p.pacer.wake:
		case <-timer.C:
		}
	}
}

// over gives the topics whose wait is over to the flushers, all in one job.
func (p *Pool) over(due []waitingTopic) {
	var topics []*topic
	for _, w := range due {
		t := w.topic
		t.mu.Lock()
		r := &t.rhythm
		if r.paced && r.dueAt == w.dueAt && !t.queued {
			r.paced = false
			t.queued = true
			if !r.atLeisure {
				r.learn(p.elapsed())
			}
			topics = append(topics, t)
		}
		t.mu.Unlock()
	}
	switch len(topics) {
	case 0:
	case 1:
		p.queue.add(job{topic: topics[0]})
	default:
		p.queue.add(job{topics: topics})
	}
}
