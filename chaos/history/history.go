// Package history is what a run leaves behind: one file of JSON lines per
// client, one for the server and one for the final read. The clients write it,
// the checker reads it, and nothing else passes between the two.
package history

// Kind names what happened.
type Kind string

// What a client notes down.
const (
	// Client opens a client's file: Author is the user it speaks as.
	Client Kind = "client"
	// Conn is a new connection, greeted as Author.
	Conn Kind = "conn"
	// Refused is an upgrade that the server answered with the status Code.
	Refused Kind = "refused"
	// Invoke is a send about to be written; a resend has the same ID.
	Invoke Kind = "invoke"
	// OK is the answer to ID: Seq, Message and At as the server gave them.
	OK Kind = "ok"
	// Fail is an error in answer to ID, with its Code.
	Fail Kind = "fail"
	// Unknown ends an attempt whose connection was lost before an answer.
	Unknown Kind = "unknown"
	// Resume is the answer to a join: Seq is the head it told, After and Asked
	// what was asked for, Since when.
	Resume Kind = "resume"
	// Recv is an event of a room, in an answer to join or live.
	Recv Kind = "recv"
	// Resync is the server's word that live events of Room stopped.
	Resync Kind = "resync"
	// Lost ends a connection.
	Lost Kind = "lost"
)

// What the harness notes down.
const (
	// Ready is a server that takes connections.
	Ready Kind = "ready"
	// Strike is the moment just before a fault is struck.
	Strike Kind = "strike"
	// Late is something that the server had answered as done, and that could not
	// be seen when it was asked for after that; Code tells what.
	Late Kind = "late"
	// Crash is a server that ended without being struck.
	Crash Kind = "crash"
	// Head is a room's last seq and epoch, as the final read tells them.
	Head Kind = "head"
	// Final is one event of the final read.
	Final Kind = "final"
	// Plan is the run's size and seed.
	Plan Kind = "plan"
)

// Record is one line of a history. T is nanoseconds since the run began, on one
// clock for all clients: what ends before another begins has the smaller T.
type Record struct {
	T       int64  `json:"t"`
	Kind    Kind   `json:"k"`
	Conn    int    `json:"conn,omitempty"`
	Room    string `json:"room,omitempty"`
	ID      string `json:"id,omitempty"`
	Seq     uint64 `json:"seq,omitempty"`
	Message string `json:"message,omitempty"`
	Author  string `json:"author,omitempty"`
	Ref     string `json:"ref,omitempty"`
	Hash    string `json:"hash,omitempty"`
	Event   string `json:"event,omitempty"`
	At      int64  `json:"at,omitempty"`
	Code    string `json:"code,omitempty"`
	// Raw is a digest of a live frame's bytes, the same for every member.
	Raw string `json:"raw,omitempty"`

	// Of a change, and of the command for one, which has its kind as Event: the
	// message it is about, and what of it.
	Target string `json:"target,omitempty"`
	Emoji  string `json:"emoji,omitempty"`
	On     bool   `json:"on,omitempty"`
	// Of a message as it is shown: the seq of its last edit, and for each of its
	// reactions the emoji and the user.
	Edited    uint64   `json:"edited,omitempty"`
	Deleted   bool     `json:"deleted,omitempty"`
	Reactions []string `json:"reactions,omitempty"`

	// Of a join: the seq held before, whether it was asked from there, the
	// epoch held before (Old) and told (Epoch), and whether history starts anew.
	After uint64 `json:"after,omitempty"`
	Asked bool   `json:"asked,omitempty"`
	Old   string `json:"old,omitempty"`
	Epoch string `json:"epoch,omitempty"`
	Reset bool   `json:"reset,omitempty"`
	Since int64  `json:"since,omitempty"`

	// Of the plan.
	Seed    uint64 `json:"seed,omitempty"`
	Strikes int    `json:"strikes,omitempty"`
	Clients int    `json:"clients,omitempty"`
	Rooms   int    `json:"rooms,omitempty"`
	Fault   string `json:"fault,omitempty"`
}
