// Package protocol is the wire contract teahouse.v1 in Go: strict decoding of
// what clients send, and encoding of what they get. It knows chat's types and
// JSON, and neither a transport nor a store.
//
// The contract's machine-readable form, protocol/schema.json and the fixtures
// beside it, is what the tests here and those of the client both read.
package protocol
