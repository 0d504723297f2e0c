package sqlite

import (
	"context"
	"runtime"
	"sync"
)

// maxQueued is how many jobs may wait. Who brings one more waits with it.
const maxQueued = 4096

// maxYields is how often the writer lets others go first, before each commit.
const maxYields = 8

// job is one thing to do on the writing connection.
type job interface {
	// write reads and writes. A fault makes the transaction roll back; any
	// other error is a refusal, before which nothing may have been written. It
	// may be called again after a rollback.
	write(w *writer) error
	// done tells the outcome, exactly once.
	done(err error)
}

// queue holds the jobs that wait for the next transaction, in order.
type queue struct {
	mu     sync.Mutex
	work   sync.Cond // there are jobs, or the queue is closed
	space  sync.Cond // there is space, or the queue is closed
	jobs   []job
	closed bool
}

func (q *queue) init() {
	q.work.L, q.space.L = &q.mu, &q.mu
}

// put waits for space. It reports false, and does nothing, once the queue is
// closed or where ctx ends before there is space.
func (q *queue) put(ctx context.Context, j job) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.jobs) >= maxQueued && !q.closed {
		defer context.AfterFunc(ctx, q.wake)()
	}
	for len(q.jobs) >= maxQueued && !q.closed && ctx.Err() == nil {
		q.space.Wait()
	}
	return ctx.Err() == nil && q.add(j)
}

// wake makes those who wait for space look at their contexts.
func (q *queue) wake() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.space.Broadcast()
}

// push does not wait for space: it is for a job of which there is only one at
// a time. It reports false, and does nothing, once the queue is closed.
func (q *queue) push(j job) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.add(j)
}

func (q *queue) add(j job) bool {
	if q.closed {
		return false
	}
	q.jobs = append(q.jobs, j)
	if len(q.jobs) == 1 {
		q.work.Signal()
	}
	return true
}

// take waits for jobs and moves at most limit of them into batch. It returns
// nothing once the queue is closed and empty.
func (q *queue) take(batch []job, limit int) []job {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.jobs) == 0 && !q.closed {
		q.work.Wait()
	}
	q.gather(limit)
	n := min(limit, len(q.jobs))
	batch = append(batch, q.jobs[:n]...)
	rest := copy(q.jobs, q.jobs[n:])
	clear(q.jobs[rest:])
	q.jobs = q.jobs[:rest]
	q.space.Broadcast()
	return batch
}

// gather lets others go first who are about to bring a job: what a commit costs
// is shared by all that are in it. It takes no time where nobody is. It is
// called with mu held.
func (q *queue) gather(limit int) {
	seen := 0
	for range maxYields {
		if len(q.jobs) == seen || len(q.jobs) >= limit {
			return
		}
		seen = len(q.jobs)
		q.mu.Unlock()
		runtime.Gosched()
		q.mu.Lock()
	}
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.work.Broadcast()
	q.space.Broadcast()
}
