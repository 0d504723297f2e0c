package sqlite

// ScrubAtOnce makes erased texts leave the files with every commit, until
// restore.
func ScrubAtOnce() (restore func()) {
	before := scrubEvery
	scrubEvery = 0
	return func() { scrubEvery = before }
}

// FewCommandsWait makes commands move into the table early, until restore.
func FewCommandsWait() (restore func()) {
	waiting, loading := maxWaiting, maxLoading
	maxWaiting, maxLoading = 100, 800
	return func() { maxWaiting, maxLoading = waiting, loading }
}
