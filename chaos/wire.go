package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash/fnv"
)

const subprotocol = "teahouse.v1"

// frame is anything the server says. The harness knows the protocol from its
// text alone and shares no code with the server.
type frame struct {
	Op       string            `json:"op"`
	ID       string            `json:"id"`
	Room     string            `json:"room"`
	Seq      uint64            `json:"seq"`
	Epoch    string            `json:"epoch"`
	Message  string            `json:"message"`
	At       int64             `json:"at"`
	Kind     string            `json:"kind"`
	User     user              `json:"user"`
	Body     string            `json:"body"`
	Ref      string            `json:"ref"`
	Reset    bool              `json:"reset"`
	Events   []json.RawMessage `json:"events"`
	Code     string            `json:"code"`
	Detail   string            `json:"detail"`
	Protocol string            `json:"protocol"`
}

type user struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// command is anything the harness says.
type command struct {
	Op    string  `json:"op"`
	ID    string  `json:"id"`
	Room  string  `json:"room"`
	Body  string  `json:"body,omitempty"`
	After *uint64 `json:"after,omitempty"`
	Epoch string  `json:"epoch,omitempty"`
}

// digest tells bodies apart in a history without repeating them.
func digest(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:12])
}

// rawDigest is cheap: it is taken of every frame by every client.
func rawDigest(raw []byte) string {
	h := fnv.New64a()
	_, _ = h.Write(raw) // a hash never fails
	return hex.EncodeToString(h.Sum(nil))
}
