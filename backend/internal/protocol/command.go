package protocol

import (
	"slices"
	"strings"
	"sync"
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
	Edit   Op = "edit"
	Delete Op = "delete"
	React  Op = "react"
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
	Body     string // send, edit
	Parent   string // send: a message id, or ""
	Files    []string
	Message  string // edit, delete, react: the id of what it is about
	Emoji    string // react
	On       bool   // react: added, or taken away
}

// fields of all ops.
type fields [fieldCount]value

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
	fMessage
	fEmoji
	fOn
	fieldCount
)

// Decode reads one frame, which is UTF-8: the transport has seen to that. Where
// it refuses, the Command holds the id, if that much could be read, for the
// answer to repeat. The texts of a Command share one piece of memory, but for
// Room, which may be kept for long.
func Decode(frame []byte) (Command, *chat.Error) {
	d := decoders.Get().(*decoder)
	defer d.release()
	f := &d.fields
	bad, ok := f.read(&d.scanner, frame)
	if !ok {
		return Command{}, chat.Errorf(chat.BadJSON, "the frame is not one JSON object without repeated keys")
	}
	c := Command{Op: opOf(f[fOp])}
	idErr := c.readTexts(f)
	switch {
	case bad != nil:
		return c, bad
	case f[fOp].kind != stringValue:
		return c, chat.InvalidField("op", "op must be a string")
	case !c.Op.known():
		return c, chat.Errorf(chat.UnknownOp, "there is no such op")
	case idErr != nil:
		return c, idErr
	}
	return c, c.readRest(f)
}

// decoder is what Decode needs while it runs.
type decoder struct {
	scanner scanner
	fields  fields
}

var decoders = sync.Pool{New: func() any { return new(decoder) }}

// release gives back the decoder, with nothing of the frame in it.
func (d *decoder) release() {
	d.fields = fields{}
	d.scanner.forget()
	decoders.Put(d)
}

// read finds the fields in a frame. bad is what is wrong with the texts in it.
func (f *fields) read(s *scanner, frame []byte) (bad *chat.Error, ok bool) {
	if !s.begin(frame) {
		return nil, false
	}
	for {
		key, v, more := s.field()
		if !more {
			return bad, s.whole
		}
		i := fieldIndex(key)
		if i >= 0 {
			f[i] = v
		}
		if !s.badText {
			continue
		}
		if bad == nil {
			bad = badText(key)
		}
		if i == fID {
			f[i] = value{kind: nullValue} // nothing that could be repeated
		}
	}
}

func badText(key []byte) *chat.Error {
	bad := &chat.Error{Code: chat.Invalid, Detail: "text may hold neither U+0000 nor lone surrogates"}
	if utf8.Valid(key) && len(key) <= maxFieldName {
		bad.Field = string(key)
	}
	return bad
}

const maxFieldName = 64 // bytes of a key that an error repeats

func fieldIndex(key []byte) int {
	switch string(key) {
	case "op":
		return fOp
	case "id":
		return fID
	case "room":
		return fRoom
	case "after":
		return fAfter
	case "epoch":
		return fEpoch
	case "limit":
		return fLimit
	case "seq":
		return fSeq
	case "body":
		return fBody
	case "parent":
		return fParent
	case "files":
		return fFiles
	case "message":
		return fMessage
	case "emoji":
		return fEmoji
	case "on":
		return fOn
	}
	return -1
}

var ops = [...]Op{Send, Join, Leave, Read, Typing, Ping, React, Edit, Delete}

// Durable says whether the op becomes an event.
func (op Op) Durable() bool {
	return op == Send || op == Edit || op == Delete || op == React
}

func (op Op) known() bool { return slices.Contains(ops[:], op) }

// opOf is the op that a value names, or "".
func opOf(v value) Op {
	if v.kind != stringValue {
		return ""
	}
	if v.plain {
		for _, op := range ops {
			if string(v.inner()) == string(op) {
				return op
			}
		}
	}
	return Op(text(v))
}

// readRest reads what the op needs beside the texts.
func (c *Command) readRest(f *fields) *chat.Error {
	switch c.Op {
	case Send:
		return first(c.readRoom(f), checkBody(f), checkParent(f), c.readFiles(f))
	case Join:
		return first(c.readRoom(f), c.readAfter(f), c.readEpoch(f), c.readLimit(f))
	case Read:
		return first(c.readRoom(f), c.readSeq(f))
	case Edit:
		return first(c.readRoom(f), c.readMessage(f), f.want(fBody, "body"))
	case Delete:
		return first(c.readRoom(f), c.readMessage(f))
	case React:
		return first(c.readRoom(f), c.readMessage(f), f.want(fEmoji, "emoji"), c.readOn(f))
	case Leave, Typing:
		return c.readRoom(f)
	}
	return nil
}

func first(errs ...*chat.Error) *chat.Error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// readTexts reads the id, and the other texts of a durable command, as far as
// they are strings. It says what is wrong with the id; the others are asked for later.
func (c *Command) readTexts(f *fields) *chat.Error {
	var b strings.Builder
	switch c.Op {
	case Send:
		b.Grow(len(f[fID].raw) + len(f[fBody].raw) + len(f[fParent].raw))
	case Edit, Delete, React:
		b.Grow(len(f[fID].raw) + len(f[fBody].raw) + len(f[fMessage].raw) + len(f[fEmoji].raw))
	}
	id := f[fID].appendTo(&b)
	switch c.Op {
	case Send:
		c.Body, c.Parent = f[fBody].appendTo(&b), f[fParent].appendTo(&b)
	case Edit:
		c.Body, c.Message = f[fBody].appendTo(&b), f[fMessage].appendTo(&b)
	case Delete:
		c.Message = f[fMessage].appendTo(&b)
	case React:
		c.Message, c.Emoji = f[fMessage].appendTo(&b), f[fEmoji].appendTo(&b)
	}
	if id == "" || (len(id) > MaxID && utf8.RuneCountInString(id) > MaxID) {
		return chat.InvalidField("id", "id must be a string of 1 to %d characters", MaxID)
	}
	c.ID = id
	return nil
}

func (c *Command) readRoom(f *fields) *chat.Error {
	if f[fRoom].kind != stringValue {
		return chat.InvalidField("room", "room must be a string")
	}
	if f[fRoom].plain && string(f[fRoom].inner()) == string(chat.General) {
		c.Room = chat.General
	} else {
		c.Room = chat.RoomID(text(f[fRoom]))
	}
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

// readMessage asks for the id of a message, which is read already.
func (c *Command) readMessage(f *fields) *chat.Error {
	if f[fMessage].kind != stringValue || c.Message == "" {
		return chat.InvalidField("message", "message must be the id of a message")
	}
	return nil
}

func (c *Command) readOn(f *fields) *chat.Error {
	if f[fOn].kind != absent && f[fOn].kind != boolValue {
		return chat.InvalidField("on", "on must be true or false")
	}
	c.On = f[fOn].kind == boolValue && f[fOn].raw[0] == 't'
	return nil
}

// want asks for a text.
func (f *fields) want(i int, name string) *chat.Error {
	if f[i].kind != stringValue {
		return chat.InvalidField(name, "%s must be a string", name)
	}
	return nil
}

func checkBody(f *fields) *chat.Error {
	if f[fBody].kind == absent && f[fFiles].kind == arrayValue {
		return nil // a message of files alone
	}
	if f[fBody].kind != stringValue {
		return chat.InvalidField("body", "body must be a string")
	}
	return nil
}

func checkParent(f *fields) *chat.Error {
	if f[fParent].kind == absent {
		return nil
	}
	if f[fParent].kind != stringValue || len(f[fParent].raw) == 2 {
		return chat.InvalidField("parent", "parent must be the id of a message")
	}
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
		raw, ok := s.str()
		if !ok || len(raw) == 0 {
			return refusal
		}
		c.Files = append(c.Files, text(value{plain: s.plain, raw: s.data[start:s.pos]}))
		s.space()
		s.eat(',')
	}
	return nil
}

// integer reads a plain non-negative integer below 2^53.
func integer(field string, v value, dst *uint64) *chat.Error {
	var n uint64
	ok := v.kind == numberValue && len(v.raw) <= 16
	for i := 0; ok && i < len(v.raw); i++ {
		ok = v.raw[i] >= '0' && v.raw[i] <= '9'
		n = n*10 + uint64(v.raw[i]-'0')
	}
	if !ok || n > maxInteger {
		return chat.InvalidField(field, "%s must be a whole number from 0 to %d", field, maxInteger)
	}
	*dst = n
	return nil
}

// inner is what stands between the quotes of a string.
func (v value) inner() []byte { return v.raw[1 : len(v.raw)-1] }

// text is what a string value says.
func text(v value) string {
	if v.plain {
		return string(v.inner())
	}
	var b strings.Builder
	unescape(&b, v.inner())
	return b.String()
}

// appendTo is the same, in memory that other texts share; "" where v is no
// string.
func (v value) appendTo(b *strings.Builder) string {
	if v.kind != stringValue {
		return ""
	}
	from := b.Len()
	if v.plain {
		b.Write(v.inner())
	} else {
		unescape(b, v.inner())
	}
	return b.String()[from:]
}

// DecodeObject reads an HTTP body with the same strictness: every field must
// be a string, and is handed to set by its key. Unknown keys are ignored.
func DecodeObject(body []byte, set map[string]*string) *chat.Error {
	var bad *chat.Error
	var s scanner
	ok := utf8.Valid(body) && s.begin(body)
	for ok {
		key, v, more := s.field()
		if !more {
			break
		}
		dst := set[string(key)]
		switch {
		case bad != nil:
		case s.badText:
			bad = chat.InvalidField(strings.ToValidUTF8(string(key), ""), "text may hold neither U+0000 nor lone surrogates")
		case dst == nil:
		case v.kind != stringValue:
			bad = chat.InvalidField(string(key), "%s must be a string", key)
		default:
			*dst = text(v)
		}
	}
	if !s.whole {
		return chat.Errorf(chat.BadJSON, "the body is not one JSON object without repeated keys")
	}
	return bad
}
