package protocol

import (
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

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
	case Todo:
		return first(c.readRoom(f), c.readItem(f), c.readOn(f))
	case Card:
		return first(c.readRoom(f), f.want(fBody, "body"), c.readRows())
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
	case Edit, Delete, React, Todo, Card:
		b.Grow(len(f[fID].raw) + len(f[fBody].raw) + len(f[fMessage].raw) + len(f[fEmoji].raw))
	}
	id := f[fID].appendTo(&b)
	switch c.Op {
	case Send:
		c.Body, c.Parent = f[fBody].appendTo(&b), f[fParent].appendTo(&b)
	case Edit, Todo:
		c.Body, c.Message = f[fBody].appendTo(&b), f[fMessage].appendTo(&b)
	case Delete:
		c.Message = f[fMessage].appendTo(&b)
	case Card:
		c.Body = f[fBody].appendTo(&b)
	case React:
		c.Message, c.Emoji = f[fMessage].appendTo(&b), f[fEmoji].appendTo(&b)
	}
	if err := checkID(id); err != nil {
		return err
	}
	c.ID = id
	return nil
}

func checkID(id string) *chat.Error {
	if id == "" || (len(id) > MaxID && utf8.RuneCountInString(id) > MaxID) {
		return chat.InvalidField("id", "id must be a string of 1 to %d characters", MaxID)
	}
	return nil
}
