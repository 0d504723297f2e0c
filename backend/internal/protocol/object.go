package protocol

import (
	"strings"
	"unicode/utf8"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

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
