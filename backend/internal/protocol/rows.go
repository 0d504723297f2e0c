package protocol

import (
	"strings"
	"unicode/utf8"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// Limits on a card, beside that on its bytes.
const (
	MaxRows    = 200
	MaxColumns = 20 // different keys in all rows together
	MaxColumn  = 80 // code points of a key
)

// Rows reads the rows of a card: JSON text of an array of objects that hold
// nothing but scalars. It returns that text without the white space outside of
// strings. field is what an error names.
func Rows(field, text string) (string, *chat.Error) {
	r := rows{scanner: scanner{data: []byte(text)}, field: field, columns: make(map[string]struct{})}
	if err := r.read(); err != nil {
		return "", err
	}
	return compact(text), nil
}

// rows reads a card's rows.
type rows struct {
	scanner
	field   string
	columns map[string]struct{}
}

func (r *rows) wrong(format string, args ...any) *chat.Error {
	return chat.InvalidField(r.field, format, args...)
}

func (r *rows) form() *chat.Error {
	return r.wrong("the rows of a card must be one JSON array of objects, none of them with a repeated key")
}

func (r *rows) read() *chat.Error {
	r.space()
	if !r.eat('[') {
		return r.form()
	}
	for n := 0; n == 0 || r.eat(','); n++ {
		if n == MaxRows {
			return r.wrong("a card may have at most %d rows", MaxRows)
		}
		r.space()
		if err := r.row(); err != nil {
			return err
		}
		r.space()
	}
	closed := r.eat(']')
	r.space()
	switch {
	case !closed || r.pos != len(r.data):
		return r.form()
	case r.badText:
		return r.wrong("text may hold neither U+0000 nor lone surrogates")
	case len(r.columns) == 0:
		return r.wrong("a card needs a column")
	}
	return nil
}

func (r *rows) row() *chat.Error {
	if !r.eat('{') {
		return r.form()
	}
	r.space()
	if r.eat('}') {
		return nil
	}
	l := level{object: true}
	r.seen = r.seen[:0]
	for {
		key, ok := r.key(&l)
		if !ok {
			return r.form()
		}
		if err := r.column(string(key)); err != nil {
			return err
		}
		kind, opened, ok := r.scalar()
		switch {
		case opened || kind == arrayValue || kind == objectValue:
			return r.wrong("the values of a row must be texts, numbers, true, false or null")
		case !ok:
			return r.form()
		}
		r.space()
		if r.eat('}') {
			return nil
		}
		if !r.eat(',') {
			return r.form()
		}
		r.space()
	}
}

func (r *rows) column(key string) *chat.Error {
	if key == "" || utf8.RuneCountInString(key) > MaxColumn {
		return r.wrong("the keys of a row must have 1 to %d characters", MaxColumn)
	}
	r.columns[key] = struct{}{}
	if len(r.columns) > MaxColumns {
		return r.wrong("a card may have at most %d different keys", MaxColumns)
	}
	return nil
}

// compact is a JSON text without the white space outside of strings.
func compact(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	quoted := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quoted && c == '\\':
			b.WriteByte(c)
			i++
			c = text[i]
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ' ' || c == '\t' || c == '\n' || c == '\r'):
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// NewCard is what a card is posted with over HTTP.
type NewCard struct {
	ID   string // of the command; "" for none
	Rows string // as Rows gives them
}

// DecodeCard reads the HTTP body that a card is posted with.
func DecodeCard(body []byte) (NewCard, *chat.Error) {
	var card NewCard
	var id, list value
	var bad *chat.Error
	var s scanner
	ok := utf8.Valid(body) && s.begin(body)
	for ok {
		key, v, more := s.field()
		if !more {
			break
		}
		if s.badText && bad == nil {
			bad = badText(key)
		}
		switch string(key) {
		case "id":
			id = v
		case "rows":
			list = v
		}
	}
	switch {
	case !s.whole:
		return card, chat.Errorf(chat.BadJSON, "the body is not one JSON object without repeated keys")
	case bad != nil:
		return card, bad
	case list.kind == absent:
		return card, chat.InvalidField("rows", "a card needs rows")
	}
	if id.kind != absent {
		if id.kind == stringValue {
			card.ID = text(id)
		}
		if err := checkID(card.ID); err != nil {
			return card, err
		}
	}
	card.Rows, bad = Rows("rows", string(list.raw))
	return card, bad
}
