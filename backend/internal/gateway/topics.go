package gateway

import (
	"strings"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// Topics of the Pool are spelt here and nowhere else.

const eventsPrefix = "events/"

// eventsTopic carries a room's log: positions are seqs, and nothing is lost.
func eventsTopic(room chat.RoomID) string { return eventsPrefix + string(room) }

// typingTopic and presenceTopic carry what may be lost.
func typingTopic(room chat.RoomID) string   { return "typing/" + string(room) }
func presenceTopic(room chat.RoomID) string { return "presence/" + string(room) }

// eventsRoom is the room of an eventsTopic.
func eventsRoom(topic string) (chat.RoomID, bool) {
	room, ok := strings.CutPrefix(topic, eventsPrefix)
	return chat.RoomID(room), ok
}
