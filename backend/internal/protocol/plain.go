package protocol

import (
	"strings"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// Plain clients are shown messages in forms of their own, and no other kind of
// event. Each function here appends one message to b.

// Comings and goings, as plain clients of the json form are told of them.
const (
	PlainJoined = `{"type":1,"body":"New User Joined..."}`
	PlainLeft   = `{"type":1,"body":"User Disconnected..."}`
)

// PlainShows says whether plain clients are shown the event.
func PlainShows(e *chat.Event) bool {
	return e.Kind == chat.KindMessage && (e.Shown == nil || !e.Shown.Deleted)
}

// AppendPlainJSON is the json form.
func AppendPlainJSON(b []byte, e *chat.Event) []byte {
	b = append(b, `{"type":1,"body":`...)
	b = appendString(b, named(e, e.Body))
	return append(b, '}')
}

// AppendPlainText is the text form: one line.
func AppendPlainText(b []byte, e *chat.Event) []byte { return append(b, named(e, OneLine(e.Body))...) }

// AppendPlainChat is the form with a name and a text.
func AppendPlainChat(b []byte, e *chat.Event) []byte {
	return appendPlainChat(b, author(e), e.Body)
}

// AppendPlainPage is the same for pages that put both into their markup as they
// are.
func AppendPlainPage(b []byte, e *chat.Event) []byte {
	return appendPlainChat(b, ForMarkup(author(e)), ForMarkup(e.Body))
}

func appendPlainChat(b []byte, name, text string) []byte {
	b = append(b, `{"username":`...)
	b = appendString(b, name)
	b = append(b, `,"text":`...)
	b = appendString(b, text)
	return append(b, '}')
}

// author is what the author is called: the name that came with the message, if
// one did.
func author(e *chat.Event) string {
	if e.As != "" {
		return e.As
	}
	return e.Name
}

// named puts the author's name before the body, unless nobody chose that name.
func named(e *chat.Event, body string) string {
	if e.As == "" && e.Given {
		return body
	}
	return author(e) + ": " + body
}

var lineEnds = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ")

// OneLine is a text as the text form has it: without white space around it, and
// with a blank for each line's end.
func OneLine(s string) string { return lineEnds.Replace(strings.TrimSpace(s)) }

var markup = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// ForMarkup is a text for a page that makes markup of it.
func ForMarkup(s string) string { return markup.Replace(s) }
