package protocol

import (
	"strconv"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

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
