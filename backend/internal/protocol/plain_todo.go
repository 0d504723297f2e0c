package protocol

import (
	"strings"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// PlainTodos is a room's list as plain clients are shown it: a text with a line
// for each item. Pages that make markup of it get items that are none.
func PlainTodos(items []chat.Event, forMarkup bool) []byte {
	b := []byte("Current Todos: \n")
	for i := range items {
		text := items[i].Body
		if forMarkup {
			text = ForMarkup(text)
		}
		b = append(b, "\n - "...)
		b = append(b, text...)
		b = append(b, '\n')
	}
	b = append(b, '\n')
	return append(b, strings.Repeat("-", 40)...)
}
