package protocol

import (
	"strconv"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// Frames are put together by appending: an event is encoded once for all who
// get it, and an answer costs no more than its bytes.

// AppendEvent appends the event frame. It is the same bytes for every member,
// live, in an answer and over HTTP.
func AppendEvent(b []byte, e *chat.Event) []byte {
	b = append(b, `{"op":"event","room":`...)
	b = appendString(b, string(e.Room))
	b = append(b, `,"seq":`...)
	b = strconv.AppendUint(b, e.Seq, 10)
	b = append(b, `,"kind":`...)
	b = appendString(b, string(e.Kind))
	b = append(b, `,"id":"`...)
	b = e.ID.Append(b)
	b = append(b, `","user":`...)
	b = appendUser(b, e.User, e.Name)
	b = append(b, `,"at":`...)
	b = strconv.AppendInt(b, e.At, 10)
	b = appendParticulars(b, e)
	if e.Ref != "" {
		b = append(b, `,"ref":`...)
		b = appendString(b, e.Ref)
	}
	return append(b, '}')
}

// appendParticulars appends what is particular to a kind.
func appendParticulars(b []byte, e *chat.Event) []byte {
	switch e.Kind {
	case chat.KindMessage:
		b = appendMessage(b, e)
	case chat.KindEdit:
		b = appendTarget(b, e)
		if e.Body != "" { // else its message is deleted
			b = append(b, `,"body":`...)
			b = appendString(b, e.Body)
		}
	case chat.KindDelete:
		b = appendTarget(b, e)
	case chat.KindReact:
		b = appendTarget(b, e)
		b = append(b, `,"emoji":`...)
		b = appendString(b, e.Body)
		b = append(b, `,"on":`...)
		b = strconv.AppendBool(b, e.On)
	case chat.KindTodo:
		if e.Target != 0 {
			b = appendTarget(b, e)
		}
		b = append(b, `,"body":`...)
		b = appendString(b, e.Body)
		b = append(b, `,"on":`...)
		b = strconv.AppendBool(b, e.On)
	case chat.KindCard:
		if e.Shown != nil && e.Shown.Deleted {
			return append(b, `,"deleted":true`...)
		}
		b = append(b, `,"body":`...)
		b = appendString(b, e.Body)
	case chat.KindRoom:
		name, topic, _ := e.Describes()
		b = append(b, `,"name":`...)
		b = appendString(b, name)
		b = append(b, `,"topic":`...)
		b = appendString(b, topic)
	case chat.KindMember:
		b = append(b, `,"joined":`...)
		b = strconv.AppendBool(b, e.On)
	}
	return b
}

// appendMessage appends what was said: as it stands, where that is another
// thing.
func appendMessage(b []byte, e *chat.Event) []byte {
	if e.As != "" {
		b = append(b, `,"as":`...)
		b = appendString(b, e.As)
	}
	deleted := e.Shown != nil && e.Shown.Deleted
	if !deleted {
		b = append(b, `,"body":`...)
		b = appendString(b, e.Body)
	}
	if e.Parent != 0 {
		b = append(b, `,"parent":"`...)
		b = e.Parent.Append(b)
		b = append(b, '"')
	}
	switch {
	case deleted:
		b = append(b, `,"deleted":true`...)
	case e.Shown != nil:
		b = appendShown(b, e.Shown)
	}
	return b
}

func appendShown(b []byte, s *chat.Standing) []byte {
	if s.Edited != 0 {
		b = append(b, `,"edited":`...)
		b = strconv.AppendUint(b, s.Edited, 10)
	}
	if len(s.Reactions) == 0 {
		return b
	}
	b = append(b, `,"reactions":`...)
	open := byte('{')
	for _, r := range s.Reactions {
		b = append(b, open)
		b = appendString(b, r.Emoji)
		b = append(b, ':')
		open = '['
		for _, who := range r.By {
			b = append(b, open)
			b = appendUser(b, who.ID, who.Name)
			open = ','
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

// appendTarget appends what message the event is about.
func appendTarget(b []byte, e *chat.Event) []byte {
	b = append(b, `,"message":"`...)
	b = e.Target.Append(b)
	return append(b, '"')
}

func appendUser(b []byte, id chat.UserID, name string) []byte {
	b = append(b, `{"id":`...)
	b = appendString(b, string(id))
	b = append(b, `,"name":`...)
	b = appendString(b, name)
	return append(b, '}')
}
