package gateway

import (
	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// dialect is a form in which plain clients are shown the messages of a room.
// Each has a topic of its own for each room, with the seqs of the room's log as
// positions. An event that plain clients are not shown takes its position
// without any bytes.
type dialect uint8

// The dialects.
const (
	inJSON dialect = iota
	inText
	inChat // with name and text apart
	inPage // the same, escaped

	dialects
)

// append appends the message as the dialect has it.
func (d dialect) append(b []byte, e *chat.Event) []byte {
	switch d {
	case inJSON:
		return protocol.AppendPlainJSON(b, e)
	case inText:
		return protocol.AppendPlainText(b, e)
	case inChat:
		return protocol.AppendPlainChat(b, e)
	default:
		return protocol.AppendPlainPage(b, e)
	}
}

// heed and unheed count who listens to the dialect: heed comes before a place
// in its topic is taken, unheed when there is none any more.
func (f *feed) heed(d dialect)   { f.heeded[d].Add(1) }
func (f *feed) unheed(d dialect) { f.heeded[d].Add(-1) }

// translate sends the event to the dialects that somebody listens to, encoded
// once for each.
func (f *feed) translate(e *chat.Event) {
	shown := protocol.PlainShows(e)
	for i := range f.heeded {
		d := dialect(i) //nolint:gosec // there are few
		switch {
		case f.heeded[i].Load() == 0:
		case shown:
			f.hub.pool.Broadcast(dialectTopic(d, f.room), e.Seq, websocket.Text(d.append(nil, e)))
		default:
			f.hub.pool.Advance(dialectTopic(d, f.room), e.Seq)
		}
	}
}
