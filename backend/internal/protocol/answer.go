package protocol

import (
	"strconv"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

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
	b = append(appendOK(b, id), ',')
	return append(appendPlace(b, e), '}')
}

// appendPlace appends the fields that say where and when an event was written,
// and its id.
func appendPlace(b []byte, e *chat.Event) []byte {
	b = append(b, `"room":`...)
	b = appendString(b, string(e.Room))
	b = append(b, `,"seq":`...)
	b = strconv.AppendUint(b, e.Seq, 10)
	b = append(b, `,"message":"`...)
	b = e.ID.Append(b)
	b = append(b, `","at":`...)
	return strconv.AppendInt(b, e.At, 10)
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
