package protocol

import (
	"slices"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// Name is the WebSocket subprotocol.
const Name = "teahouse.v1"

// Op names what a command is.
type Op string

// The commands.
const (
	Join   Op = "join"
	Leave  Op = "leave"
	Send   Op = "send"
	Edit   Op = "edit"
	Delete Op = "delete"
	React  Op = "react"
	Todo   Op = "todo"
	Card   Op = "card"
	Read   Op = "read"
	Typing Op = "typing"
	Ping   Op = "ping"
)

// Limits on a command's fields.
const (
	MaxID        = 64        // code points of a command's id
	DefaultLimit = 50        // events of a page
	MaxLimit     = 200       // events of a page
	maxInteger   = 1<<53 - 1 // the largest number that every client can hold
)

// Command is one frame from a client. Which fields mean something depends on
// Op; all are checked for type and form, and none against the state of a room.
type Command struct {
	Op       Op
	ID       string
	Room     chat.RoomID
	After    uint64 // join: last seq seen, with HasAfter
	HasAfter bool
	Epoch    string // join: the epoch that After belongs to, or ""
	Limit    int    // join: events of a page
	Seq      uint64 // read
	Body     string // send, edit, todo: a text; card: its rows, as Rows gives them
	Parent   string // send: a message id, or ""
	Files    []string
	Message  string // edit, delete, react, todo: the id of what it is about
	Emoji    string // react
	On       bool   // react: added, or taken away; todo: to do, or done
}

var ops = [...]Op{Send, Join, Leave, Read, Typing, Ping, React, Edit, Delete, Todo, Card}

// Durable says whether the op becomes an event.
func (op Op) Durable() bool {
	switch op {
	case Send, Edit, Delete, React, Todo, Card:
		return true
	}
	return false
}

func (op Op) known() bool { return slices.Contains(ops[:], op) }
