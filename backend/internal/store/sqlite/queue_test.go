package sqlite

import "runtime"

// length is how many jobs wait.
func (q *queue) length() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.jobs)
}

// await returns once at least n jobs wait.
func (q *queue) await(n int) {
	for q.length() < n {
		runtime.Gosched()
	}
}
