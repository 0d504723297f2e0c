package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash/fnv"
	"slices"

	"github.com/teahouse-chat/teahouse/chaos/history"
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
	Emoji    string            `json:"emoji"`
	On       bool              `json:"on"`
	Edited   uint64            `json:"edited"`
	Deleted  bool              `json:"deleted"`
	Reacted  map[string][]user `json:"reactions"`
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
	Op      string  `json:"op"`
	ID      string  `json:"id"`
	Room    string  `json:"room"`
	Body    string  `json:"body,omitempty"`
	Message string  `json:"message,omitempty"`
	Emoji   string  `json:"emoji,omitempty"`
	On      bool    `json:"on,omitempty"`
	After   *uint64 `json:"after,omitempty"`
	Epoch   string  `json:"epoch,omitempty"`
}

// record is an event as a history tells it.
func (f *frame) record(kind history.Kind) history.Record {
	r := history.Record{
		Kind: kind, Room: f.Room, Seq: f.Seq, Message: f.ID, Author: f.User.ID, Ref: f.Ref, Event: f.Kind, At: f.At,
		Target: f.Message, Emoji: f.Emoji, On: f.On, Edited: f.Edited, Deleted: f.Deleted,
	}
	if f.Body != "" {
		r.Hash = digest(f.Body)
	}
	for emoji, by := range f.Reacted {
		for _, who := range by {
			r.Reactions = append(r.Reactions, emoji+" "+who.ID)
		}
	}
	slices.Sort(r.Reactions)
	return r
}

// record is the command as a history tells it.
func (c *command) record() history.Record {
	r := history.Record{Kind: history.Invoke, ID: c.ID, Room: c.Room, Target: c.Message, Emoji: c.Emoji, On: c.On, Event: "message"}
	if c.Op != "send" {
		r.Event = c.Op
	}
	if c.Body != "" {
		r.Hash = digest(c.Body)
	}
	return r
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
