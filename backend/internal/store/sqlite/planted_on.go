//go:build plantedbug

package sqlite

// ackBeforeCommit is a bug that can be built in, to show that the tests which
// kill the server notice it.
const ackBeforeCommit = true
