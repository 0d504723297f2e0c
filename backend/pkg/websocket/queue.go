package websocket

import (
	"runtime"
	"sync"
)

// job is topics or a client that have something to be written.
type job struct {
	topic  *topic
	topics []*topic // several that are due at the same moment
	client *Client
}

// queue holds the jobs of the flushers, first come, first served. A topic or a
// client stands in it once at most, so it is bounded by how many there are.
type queue struct {
	mu      sync.Mutex
	arrived sync.Cond
	jobs    []job
	next    int // jobs before it are done
	idle    int // flushers that wait
	holds   int // while it is not 0, no job is taken
	free    int // but for so many, which were there before,
	lifted  int // and unless this is not 0 either
	closed  bool
}

// holding says whether the next job is to wait. It is called with mu held.
func (q *queue) holding() bool {
	return q.holds > 0 && q.free == 0 && q.lifted == 0 && !q.closed
}

func (q *queue) add(j job) {
	q.mu.Lock()
	q.jobs = append(q.jobs, j)
	call := q.idle > 0 && !q.holding()
	q.mu.Unlock()
	if call {
		q.arrived.Signal()
	}
}

// hold lets jobs that are added from now on wait for release: what comes between
// is written together. Whoever holds does not wait for anything meanwhile.
func (q *queue) hold() {
	q.mu.Lock()
	if q.holds++; q.holds == 1 {
		q.free = len(q.jobs) - q.next
	}
	q.mu.Unlock()
}

func (q *queue) release() { q.count(&q.holds, -1) }

// lift suspends all holding until settle, for who has to wait.
func (q *queue) lift() { q.count(&q.lifted, 1) }

func (q *queue) settle() { q.count(&q.lifted, -1) }

// count changes one of the counters, and calls the flushers where there is work
// for them now.
func (q *queue) count(counter *int, by int) {
	q.mu.Lock()
	*counter += by
	call := 0
	if !q.holding() {
		call = min(q.idle, len(q.jobs)-q.next)
	}
	q.mu.Unlock()
	for range call {
		q.arrived.Signal()
	}
}

// take waits for a job. It returns false once the queue is closed and empty.
func (q *queue) take() (job, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.next == len(q.jobs) || q.holding() {
		if q.closed {
			return job{}, false
		}
		q.idle++
		q.arrived.Wait()
		q.idle--
	}
	j := q.jobs[q.next]
	q.jobs[q.next] = job{}
	q.next++
	q.free = max(0, q.free-1)
	switch {
	case q.next < len(q.jobs) && q.next < keptJobs:
	case q.next == len(q.jobs) && cap(q.jobs) <= keptJobs:
		q.jobs, q.next = q.jobs[:0], 0
	default: // make room for others, or give it back
		q.jobs, q.next = append([]job(nil), q.jobs[q.next:]...), 0
	}
	return j, true
}

const (
	keptJobs  = 4096 // places of the queue that are kept after their jobs are done
	breathing = 64   // members after which a flusher lets others have the processor
)

func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.arrived.Broadcast()
}

// flusher is one of the goroutines that write. It ends when the queue is
// closed.
func (p *Pool) flusher() {
	var members []*member
	for {
		j, ok := p.queue.take()
		switch {
		case !ok:
			return
		case j.client != nil:
			j.client.flush()
		case j.topic != nil:
			members = p.flushTopic(j.topic, members)
		default:
			members = p.flushTopics(j.topics, members)
		}
	}
}

// flushTopic writes to every member of the topic what it has not been handed
// yet. It returns scratch.
func (p *Pool) flushTopic(t *topic, scratch []*member) []*member {
	scratch, end := p.begin(t, scratch[:0])
	for i, m := range scratch {
		m.client.flushTail(m, &end)
		scratch[i] = nil
		if i%breathing == breathing-1 {
			runtime.Gosched()
		}
	}
	return scratch
}

// flushTopics is flushTopic for several, with one write for a client that is a
// member of more than one.
func (p *Pool) flushTopics(topics []*topic, scratch []*member) []*member {
	var clients []*Client
	for _, t := range topics {
		scratch, _ = p.begin(t, scratch[:0])
		for i, m := range scratch {
			if m.client.claim(m) {
				clients = append(clients, m.client)
			}
			scratch[i] = nil
		}
	}
	for i, c := range clients {
		c.flush()
		if i%breathing == breathing-1 {
			runtime.Gosched()
		}
	}
	return scratch
}

// begin takes the topic out of the queue: whatever is appended to its log from
// now on queues it again. It appends the members to dst, and says how the log
// ends.
func (p *Pool) begin(t *topic, dst []*member) ([]*member, tail) {
	now := p.elapsed()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.leave(now)
	return append(dst, t.members...), t.tail()
}

// snapshot appends the members to dst.
func (t *topic) snapshot(dst []*member) []*member {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append(dst, t.members...)
}
