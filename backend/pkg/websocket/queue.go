package websocket

import "sync"

// job is a topic or a client that has something to be written.
type job struct {
	topic  *topic
	client *Client
}

// queue holds the jobs of the flushers, first come, first served. A topic or a
// client stands in it once at most, so it is bounded by how many there are.
type queue struct {
	mu      sync.Mutex
	arrived sync.Cond
	jobs    []job
	closed  bool
}

func (q *queue) add(j job) {
	q.mu.Lock()
	q.jobs = append(q.jobs, j)
	q.mu.Unlock()
	q.arrived.Signal()
}

// next waits for a job. It returns false once the queue is closed and empty.
func (q *queue) next() (job, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.jobs) == 0 {
		if q.closed {
			return job{}, false
		}
		q.arrived.Wait()
	}
	j := q.jobs[0]
	q.jobs[0] = job{}
	q.jobs = q.jobs[1:]
	return j, true
}

func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.arrived.Broadcast()
}

// flusher is one of the goroutines that write. It ends when the queue is
// closed.
func (p *Pool) flusher() {
	var scratch []*member
	for {
		j, ok := p.queue.next()
		if !ok {
			return
		}
		if j.client != nil {
			j.client.flush(nil)
			continue
		}
		scratch = j.topic.snapshot(scratch[:0], true)
		for i, m := range scratch {
			m.client.flush(m)
			scratch[i] = nil
		}
	}
}

// snapshot appends the members to dst. With dequeued, whatever is appended to
// the log from now on queues the topic again.
func (t *topic) snapshot(dst []*member, dequeued bool) []*member {
	t.mu.Lock()
	defer t.mu.Unlock()
	if dequeued {
		t.queued = false
	}
	return append(dst, t.members...)
}
