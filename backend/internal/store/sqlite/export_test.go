package sqlite

// FewCommandsWait makes commands move into the table early, in a process that
// does nothing else.
func FewCommandsWait() { maxWaiting, maxLoading = 100, 300 }
