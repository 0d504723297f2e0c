// Package storetest is the contract of chat.Store as a test suite. Every store
// passes it.
package storetest
