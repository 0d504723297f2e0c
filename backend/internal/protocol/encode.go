package protocol

import (
	"strconv"
	"unicode/utf8"

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

// OK is the answer to a command that needs no more than that: room may be "".
func OK(id string, room chat.RoomID) []byte {
	return AppendOK(make([]byte, 0, 96), id, room)
}

// AppendOK appends what OK returns.
func AppendOK(b []byte, id string, room chat.RoomID) []byte {
	b = appendOK(b, id)
	if room != "" {
		b = append(b, `,"room":`...)
		b = appendString(b, string(room))
	}
	return append(b, '}')
}

func appendOK(b []byte, id string) []byte {
	b = append(b, `{"op":"ok","id":`...)
	return appendString(b, id)
}

// Sent is the answer to a command that became an event.
func Sent(id string, e *chat.Event) []byte {
	return AppendSent(make([]byte, 0, 160), id, e)
}

// AppendSent appends what Sent returns.
func AppendSent(b []byte, id string, e *chat.Event) []byte {
	b = appendOK(b, id)
	b = append(b, `,"room":`...)
	b = appendString(b, string(e.Room))
	b = append(b, `,"seq":`...)
	b = strconv.AppendUint(b, e.Seq, 10)
	b = append(b, `,"message":"`...)
	b = e.ID.Append(b)
	b = append(b, `","at":`...)
	b = strconv.AppendInt(b, e.At, 10)
	return append(b, '}')
}

// AppendChanged appends the answer to a command about a message.
func AppendChanged(b []byte, id string, e *chat.Event) []byte {
	b = appendOK(b, id)
	b = append(b, `,"room":`...)
	b = appendString(b, string(e.Room))
	b = append(b, `,"seq":`...)
	b = strconv.AppendUint(b, e.Seq, 10)
	b = append(b, `,"at":`...)
	b = strconv.AppendInt(b, e.At, 10)
	return append(b, '}')
}

// Changed is the answer to a command about a message.
func Changed(id string, e *chat.Event) []byte {
	return AppendChanged(make([]byte, 0, 128), id, e)
}

// Joined is the answer to join. events are encoded events. goesOn says that
// the rest follows as frames; more is then left out.
func Joined(id string, room chat.RoomID, head uint64, epoch string, events [][]byte, more, reset, goesOn bool) []byte {
	size := 200
	for _, e := range events {
		size += len(e) + 1
	}
	return AppendJoined(make([]byte, 0, size), id, room, head, epoch, events, more, reset, goesOn)
}

// AppendJoined appends what Joined returns.
func AppendJoined(b []byte, id string, room chat.RoomID, head uint64, epoch string, events [][]byte, more, reset, goesOn bool) []byte {
	b = appendOK(b, id)
	b = append(b, `,"room":`...)
	b = appendString(b, string(room))
	b = appendPage(b, head, epoch, events)
	if !goesOn {
		b = append(b, `,"more":`...)
		b = strconv.AppendBool(b, more)
	}
	b = append(b, `,"reset":`...)
	b = strconv.AppendBool(b, reset)
	return append(b, '}')
}

func appendPage(b []byte, head uint64, epoch string, events [][]byte) []byte {
	b = append(b, `,"seq":`...)
	b = strconv.AppendUint(b, head, 10)
	b = append(b, `,"epoch":`...)
	b = appendString(b, epoch)
	b = append(b, `,"events":[`...)
	for i, e := range events {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, e...)
	}
	return append(b, ']')
}

// EventsPage is the HTTP body of a page of a room's log.
func EventsPage(room chat.RoomID, p *chat.Page) []byte {
	b := append([]byte(nil), `{"room":`...)
	b = appendString(b, string(room))
	events := make([][]byte, len(p.Events))
	for i := range p.Events {
		events[i] = AppendEvent(nil, &p.Events[i])
	}
	b = appendPage(b, p.Head, p.Epoch, events)
	b = append(b, `,"more":`...)
	b = strconv.AppendBool(b, p.More)
	return append(b, '}')
}

// Failed is the error frame. id is "" where the command's could not be read.
func Failed(id string, e *chat.Error) []byte {
	return AppendFailed(make([]byte, 0, 160), id, e)
}

// AppendFailed appends what Failed returns.
func AppendFailed(b []byte, id string, e *chat.Error) []byte {
	b = append(b, `{"op":"error"`...)
	if id != "" {
		b = append(b, `,"id":`...)
		b = appendString(b, id)
	}
	b = append(b, ',')
	b = appendErrorFields(b, e)
	return append(b, '}')
}

// ErrorBody is the HTTP body of a failure.
func ErrorBody(e *chat.Error) []byte {
	b := append(make([]byte, 0, 160), `{"error":{`...)
	b = appendErrorFields(b, e)
	return append(b, `}}`...)
}

func appendErrorFields(b []byte, e *chat.Error) []byte {
	b = append(b, `"code":`...)
	b = appendString(b, string(e.Code))
	b = append(b, `,"detail":`...)
	b = appendString(b, e.Detail)
	if e.Field != "" {
		b = append(b, `,"field":`...)
		b = appendString(b, e.Field)
	}
	if e.Limit != 0 {
		b = append(b, `,"limit":`...)
		b = strconv.AppendInt(b, e.Limit, 10)
	}
	if e.RetryMS != 0 {
		b = append(b, `,"retry_ms":`...)
		b = strconv.AppendInt(b, e.RetryMS, 10)
	}
	return b
}

// Limits are what hello tells a client about sizes, in bytes.
type Limits struct {
	Body  int64
	Frame int64
}

// Hello is the first frame of a connection.
func Hello(u *chat.User, rooms []chat.Belonging, l Limits) []byte {
	b := append(make([]byte, 0, 256+96*len(rooms)), `{"op":"hello","protocol":"`+Name+`","user":`...)
	b = appendFullUser(b, u)
	b = append(b, `,"rooms":[`...)
	for i := range rooms {
		if i > 0 {
			b = append(b, ',')
		}
		r := &rooms[i]
		b = append(b, `{"id":`...)
		b = appendString(b, string(r.ID))
		b = append(b, `,"name":`...)
		b = appendString(b, r.Name)
		b = append(b, `,"topic":`...)
		b = appendString(b, r.Topic)
		b = append(b, `,"seq":`...)
		b = strconv.AppendUint(b, r.Head, 10)
		b = append(b, `,"read":`...)
		b = strconv.AppendUint(b, r.Read, 10)
		b = append(b, `,"unread":`...)
		b = strconv.AppendInt(b, int64(r.Unread), 10)
		b = append(b, '}')
	}
	b = append(b, `],"limits":{"body":`...)
	b = strconv.AppendInt(b, l.Body, 10)
	b = append(b, `,"frame":`...)
	b = strconv.AppendInt(b, l.Frame, 10)
	return append(b, `}}`...)
}

func appendFullUser(b []byte, u *chat.User) []byte {
	b = appendUser(b, u.ID, u.Name)
	b = append(b[:len(b)-1], `,"role":`...)
	b = appendString(b, string(u.Role))
	return append(b, '}')
}

// TypingFrame tells that a user is typing.
func TypingFrame(room chat.RoomID, u *chat.User) []byte {
	b := append([]byte(nil), `{"op":"typing","room":`...)
	b = appendString(b, string(room))
	b = append(b, `,"user":`...)
	b = appendUser(b, u.ID, u.Name)
	return append(b, '}')
}

// PresenceFrame tells who came and who went. Without full only the count is
// told.
func PresenceFrame(room chat.RoomID, online []chat.User, offline []chat.UserID, count int, full bool) []byte {
	b := append([]byte(nil), `{"op":"presence","room":`...)
	b = appendString(b, string(room))
	if full {
		b = append(b, `,"online":[`...)
		for i := range online {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendUser(b, online[i].ID, online[i].Name)
		}
		b = append(b, `],"offline":[`...)
		for i, id := range offline {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendString(b, string(id))
		}
		b = append(b, ']')
	}
	b = append(b, `,"count":`...)
	b = strconv.AppendInt(b, int64(count), 10)
	return append(b, '}')
}

// ActivityFrame tells the new head of a room that the connection has not
// joined.
func ActivityFrame(room chat.RoomID, head uint64, unread int) []byte {
	b := append([]byte(nil), `{"op":"activity","room":`...)
	b = appendString(b, string(room))
	b = append(b, `,"seq":`...)
	b = strconv.AppendUint(b, head, 10)
	b = append(b, `,"unread":`...)
	b = strconv.AppendInt(b, int64(unread), 10)
	return append(b, `,"mentions":0}`...)
}

// ReadFrame tells how far the user has read on another connection.
func ReadFrame(room chat.RoomID, seq uint64) []byte { return appendRoomSeq("read", room, seq) }

// ResyncFrame tells that live events of the room have stopped.
func ResyncFrame(room chat.RoomID, head uint64) []byte { return appendRoomSeq("resync", room, head) }

func appendRoomSeq(op string, room chat.RoomID, seq uint64) []byte {
	b := append([]byte(nil), `{"op":"`...)
	b = append(b, op...)
	b = append(b, `","room":`...)
	b = appendString(b, string(room))
	b = append(b, `,"seq":`...)
	b = strconv.AppendUint(b, seq, 10)
	return append(b, '}')
}

// UserBody is the HTTP body that says who somebody is.
func UserBody(u *chat.User) []byte {
	b := append([]byte(nil), `{"user":`...)
	b = appendFullUser(b, u)
	return append(b, '}')
}

// AboutBody is the HTTP body that says what this server is.
func AboutBody(version string) []byte {
	b := append([]byte(nil), `{"name":"Teahouse","version":`...)
	b = appendString(b, version)
	return append(b, `,"protocol":"`+Name+`"}`...)
}

// RoomBody is the HTTP body of one room.
func RoomBody(l *chat.Listing) []byte {
	b := append([]byte(nil), `{"room":`...)
	b = appendListing(b, l)
	return append(b, '}')
}

// RoomsBody is the HTTP body of the list of rooms.
func RoomsBody(rooms []chat.Listing, more bool) []byte {
	b := append([]byte(nil), `{"rooms":[`...)
	for i := range rooms {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendListing(b, &rooms[i])
	}
	b = append(b, `],"more":`...)
	b = strconv.AppendBool(b, more)
	return append(b, '}')
}

func appendListing(b []byte, l *chat.Listing) []byte {
	b = append(b, `{"id":`...)
	b = appendString(b, string(l.ID))
	b = append(b, `,"name":`...)
	b = appendString(b, l.Name)
	b = append(b, `,"topic":`...)
	b = appendString(b, l.Topic)
	b = append(b, `,"seq":`...)
	b = strconv.AppendUint(b, l.Head, 10)
	b = append(b, `,"member":`...)
	b = strconv.AppendBool(b, l.Member)
	b = append(b, `,"members":`...)
	b = strconv.AppendInt(b, int64(l.Members), 10)
	return append(b, '}')
}

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string. Only what must be escaped is. s is
// well-formed text, as nothing else gets past Decode; what is not would be
// replaced, so that a frame is always UTF-8.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := len(b)
	b = append(b, s...)
	if text := b[start:]; ordinary(text) == len(text) && utf8.Valid(text) {
		return append(b, '"')
	}
	return appendEscaped(b[:start], s)
}

func appendEscaped(b []byte, s string) []byte {
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				b = append(b, s[from:i]...)
				b = append(b, "\uFFFD"...)
				from = i + 1
			}
			i += size
			continue
		}
		if c >= 0x20 && c != '"' && c != '\\' {
			i++
			continue
		}
		b = append(b, s[from:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		from = i
	}
	b = append(b, s[from:]...)
	return append(b, '"')
}
