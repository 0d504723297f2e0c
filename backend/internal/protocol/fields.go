package protocol

import (
	"strings"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

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

// readItem asks for the text of an item or for the id of one, which are read
// already.
func (c *Command) readItem(f *fields) *chat.Error {
	switch {
	case f[fMessage].kind == absent:
		return f.want(fBody, "body")
	case f[fBody].kind != absent:
		return chat.InvalidField("message", "give body or message, not both")
	}
	return c.readMessage(f)
}

// readRows makes of the body, which is read already, the rows of a card.
func (c *Command) readRows() (err *chat.Error) {
	c.Body, err = Rows("body", c.Body)
	return err
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
