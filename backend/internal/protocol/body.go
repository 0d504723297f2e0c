package protocol

import (
	"strconv"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

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

// TodosBody is the HTTP body of what is on a room's list.
func TodosBody(room chat.RoomID, p *chat.Page) []byte {
	b := append([]byte(nil), `{"room":`...)
	b = appendString(b, string(room))
	b = append(b, `,"seq":`...)
	b = strconv.AppendUint(b, p.Head, 10)
	b = append(b, `,"epoch":`...)
	b = appendString(b, p.Epoch)
	b = append(b, `,"items":[`...)
	for i := range p.Events {
		e := &p.Events[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"id":"`...)
		b = e.ID.Append(b)
		b = append(b, `","body":`...)
		b = appendString(b, e.Body)
		b = append(b, `,"user":`...)
		b = appendUser(b, e.User, e.Name)
		b = append(b, `,"at":`...)
		b = strconv.AppendInt(b, e.At, 10)
		b = append(b, '}')
	}
	return append(b, `]}`...)
}

// PostedBody is the HTTP body of the answer to what became an event.
func PostedBody(e *chat.Event) []byte { return append(appendPlace([]byte{'{'}, e), '}') }

// ErrorBody is the HTTP body of a failure.
func ErrorBody(e *chat.Error) []byte {
	b := append(make([]byte, 0, 160), `{"error":{`...)
	b = appendErrorFields(b, e)
	return append(b, `}}`...)
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

// MirroredBody is the HTTP body of a server that is ready and has a mirror in
// Redis, with what is wrong with that, or nothing.
func MirroredBody(trouble string) []byte {
	if trouble == "" {
		return []byte(`{"status":"ready","checks":{"store":"ok","redis":"ok"}}`)
	}
	b := append([]byte(nil), `{"status":"degraded","checks":{"store":"ok","redis":`...)
	b = appendString(b, trouble)
	return append(b, `}}`...)
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
