package protocol

import (
	"bytes"
	"strings"
	"unicode/utf8"

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
	Body     string // send
	Parent   string // send: a message id, or ""
	Files    []string
}

// fields of all ops, by their place in fieldNames.
type fields [10]value

const (
	fOp = iota
	fID
	fRoom
	fAfter
	fEpoch
	fLimit
	fSeq
	fBody
	fParent
	fFiles
)

var fieldNames = [...]string{"op", "id", "room", "after", "epoch", "limit", "seq", "body", "parent", "files"}

// Decode reads one frame, which is UTF-8: the transport has seen to that. Where it refuses, the Command holds the id, if that
// much could be read, for the answer to repeat.
func Decode(frame []byte) (Command, *chat.Error) {
	var f fields
	var bad *chat.Error
	ok := scanObject(frame, func(key []byte, v value, badText bool) {
		i := fieldIndex(key)
		if i >= 0 {
			f[i] = v
		}
		if badText && bad == nil {
			bad = &chat.Error{Code: chat.Invalid, Detail: "text may hold neither U+0000 nor lone surrogates"}
			if utf8.Valid(key) && len(key) <= maxFieldName {
				bad.Field = string(key)
			}
			if i == fID {
				f[i] = value{kind: nullValue} // nothing that could be repeated
			}
		}
	})
	if !ok {
		return Command{}, chat.Errorf(chat.BadJSON, "the frame is not one JSON object without repeated keys")
	}
	c := Command{}
	idErr := c.readID(f[fID])
	if bad != nil {
		return c, bad
	}
	if f[fOp].kind != stringValue {
		return c, chat.InvalidField("op", "op must be a string")
	}
	c.Op = Op(text(f[fOp]))
	read := readers[c.Op]
	if read == nil {
		return c, chat.Errorf(chat.UnknownOp, "there is no such op")
	}
	if idErr != nil {
		return c, idErr
	}
	return c, read(&c, &f)
}

const maxFieldName = 64 // bytes of a key that an error repeats

func fieldIndex(key []byte) int {
	for i, name := range fieldNames {
		if string(key) == name {
			return i
		}
	}
	return -1
}

var readers = map[Op]func(*Command, *fields) *chat.Error{
	Join: func(c *Command, f *fields) *chat.Error {
		return first(c.readRoom(f), c.readAfter(f), c.readEpoch(f), c.readLimit(f))
	},
	Leave:  (*Command).readRoom,
	Typing: (*Command).readRoom,
	Ping:   func(*Command, *fields) *chat.Error { return nil },
	Read: func(c *Command, f *fields) *chat.Error {
		return first(c.readRoom(f), c.readSeq(f))
	},
	Send: func(c *Command, f *fields) *chat.Error {
		return first(c.readRoom(f), c.readBody(f), c.readParent(f), c.readFiles(f))
	},
}

func first(errs ...*chat.Error) *chat.Error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *Command) readID(v value) *chat.Error {
	if v.kind != stringValue {
		return chat.InvalidField("id", "id must be a string of 1 to %d characters", MaxID)
	}
	id := text(v)
	if id == "" || utf8.RuneCountInString(id) > MaxID {
		return chat.InvalidField("id", "id must be a string of 1 to %d characters", MaxID)
	}
	c.ID = id
	return nil
}

func (c *Command) readRoom(f *fields) *chat.Error {
	if f[fRoom].kind != stringValue {
		return chat.InvalidField("room", "room must be a string")
	}
	c.Room = chat.RoomID(text(f[fRoom]))
	return nil
}

func (c *Command) readAfter(f *fields) *chat.Error {
	if f[fAfter].kind == absent {
		return nil
	}
	c.HasAfter = true
	return integer("after", f[fAfter], &c.After)
}

func (c *Command) readEpoch(f *fields) *chat.Error {
	switch f[fEpoch].kind {
	case absent:
		return nil
	case stringValue:
		c.Epoch = text(f[fEpoch])
		return nil
	}
	return chat.InvalidField("epoch", "epoch must be a string")
}

func (c *Command) readLimit(f *fields) *chat.Error {
	c.Limit = DefaultLimit
	if f[fLimit].kind == absent {
		return nil
	}
	var n uint64
	if integer("limit", f[fLimit], &n) != nil || n < 1 || n > MaxLimit {
		return chat.InvalidField("limit", "limit must be a whole number from 1 to %d", MaxLimit)
	}
	c.Limit = int(n)
	return nil
}

func (c *Command) readSeq(f *fields) *chat.Error { return integer("seq", f[fSeq], &c.Seq) }

func (c *Command) readBody(f *fields) *chat.Error {
	if f[fBody].kind == absent && f[fFiles].kind == arrayValue {
		return nil // a message of files alone
	}
	if f[fBody].kind != stringValue {
		return chat.InvalidField("body", "body must be a string")
	}
	c.Body = text(f[fBody])
	return nil
}

func (c *Command) readParent(f *fields) *chat.Error {
	if f[fParent].kind == absent {
		return nil
	}
	if f[fParent].kind != stringValue || len(f[fParent].raw) == 2 {
		return chat.InvalidField("parent", "parent must be the id of a message")
	}
	c.Parent = text(f[fParent])
	return nil
}

func (c *Command) readFiles(f *fields) *chat.Error {
	if f[fFiles].kind == absent {
		return nil
	}
	refusal := chat.InvalidField("files", "files must be a list of upload ids")
	if f[fFiles].kind != arrayValue {
		return refusal
	}
	s := scanner{data: f[fFiles].raw, pos: 1}
	for s.space(); !s.eat(']'); s.space() {
		start := s.pos
		raw, _, ok := s.str()
		if !ok || len(raw) == 0 {
			return refusal
		}
		c.Files = append(c.Files, text(value{raw: s.data[start:s.pos]}))
		s.space()
		s.eat(',')
	}
	return nil
}

// integer reads a plain non-negative integer below 2^53.
func integer(field string, v value, dst *uint64) *chat.Error {
	refusal := chat.InvalidField(field, "%s must be a whole number from 0 to %d", field, maxInteger)
	if v.kind != numberValue || len(v.raw) > 16 {
		return refusal
	}
	var n uint64
	for _, c := range v.raw {
		if c < '0' || c > '9' {
			return refusal
		}
		n = n*10 + uint64(c-'0')
	}
	if n > maxInteger {
		return refusal
	}
	*dst = n
	return nil
}

// text is what a string value says.
func text(v value) string {
	inner := v.raw[1 : len(v.raw)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return string(inner)
	}
	return string(unescape(inner))
}

// DecodeObject reads an HTTP body with the same strictness: every field must
// be a string, and is handed to set by its key. Unknown keys are ignored.
func DecodeObject(body []byte, set map[string]*string) *chat.Error {
	var bad *chat.Error
	ok := utf8.Valid(body) && scanObject(body, func(key []byte, v value, badText bool) {
		dst := set[string(key)]
		switch {
		case bad != nil:
		case badText:
			bad = chat.InvalidField(strings.ToValidUTF8(string(key), ""), "text may hold neither U+0000 nor lone surrogates")
		case dst == nil:
		case v.kind != stringValue:
			bad = chat.InvalidField(string(key), "%s must be a string", key)
		default:
			*dst = text(v)
		}
	})
	if !ok {
		return chat.Errorf(chat.BadJSON, "the body is not one JSON object without repeated keys")
	}
	return bad
}
