package sqlite

// FewCommandsWait makes commands move into the table early, until restore.
func FewCommandsWait() (restore func()) {
	waiting, loading := maxWaiting, maxLoading
	maxWaiting, maxLoading = 100, 800
	return func() { maxWaiting, maxLoading = waiting, loading }
}
