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

// dialectTopic carries a room's log for plain clients: positions are seqs here
// too.
func dialectTopic(d dialect, room chat.RoomID) string { return dialectPrefixes[d] + string(room) }

var dialectPrefixes = [dialects]string{inJSON: "json/", inText: "text/", inChat: "chat/", inPage: "page/"}

// noticesTopic carries comings and goings for plain clients; they may be lost.
func noticesTopic(room chat.RoomID) string { return "notices/" + string(room) }

// pushTopic and pushPagesTopic carry what is pushed to the clients of /echo, as
// it is and for pages that make markup of it.
const (
	pushTopic      = "echo"
	pushPagesTopic = "echo/browser"
)

// eventsRoom is the room of an eventsTopic.
func eventsRoom(topic string) (chat.RoomID, bool) {
	room, ok := strings.CutPrefix(topic, eventsPrefix)
	return chat.RoomID(room), ok
}
