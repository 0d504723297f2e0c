package chat_test

import (
	"strings"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

func (h *house) card(by chat.User, id, body string) (chat.Event, error) {
	return wait(func(answer func(chat.Event, error)) {
		h.Card(by, chat.CardCommand{ID: id, Room: chat.General, Body: body}, answer)
	})
}

const rows = `[{"a":1}]`

func TestCard(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ada, bob := h.signIn("Ada"), h.signIn("Bob")
	card := h.must(h.card(ada, "1", rows))
	if card.Seq != 1 || card.Kind != chat.KindCard || card.Body != rows || !card.Counts || card.Ref != "1" {
		t.Errorf("%+v", card)
	}
	if again := h.must(h.card(ada, "1", rows)); again.Seq != 1 {
		t.Errorf("the second answer is %v", &again)
	}
	_, err := h.card(ada, "1", `[{"a":2}]`)
	wantCode(t, err, chat.Conflict)
	_, err = h.send(ada, chat.SendCommand{ID: "1", Room: chat.General, Body: rows})
	wantCode(t, err, chat.Conflict)
	_, err = h.card(ada, "2", strings.Repeat("x", 101))
	wantCode(t, err, chat.TooLong)
	for _, refused := range []error{
		second(h.edit(ada, "3", card.ID, "x")), second(h.react(ada, "3", card.ID, "👍", true)),
		second(h.send(ada, chat.SendCommand{ID: "3", Room: chat.General, Body: "x", Parent: card.ID.String()})),
	} {
		wantCode(t, refused, chat.NotFound)
	}
	wantCode(t, second(h.remove(bob, "3", card.ID)), chat.Forbidden)
	gone := h.must(h.remove(ada, "4", card.ID))
	if gone.Seq != 2 || gone.Changes != 1 || gone.Target != card.ID {
		t.Errorf("%+v", gone)
	}
	if got := h.shown(1); got.Body != "" || got.Counts || got.Shown == nil || !got.Shown.Deleted {
		t.Errorf("deleted, it is %+v", got)
	}
	wantCode(t, second(h.remove(ada, "5", card.ID)), chat.NotFound)
	if again := h.must(h.card(ada, "1", rows)); again.Seq != 1 || h.must(h.remove(ada, "4", card.ID)).Seq != 2 {
		t.Errorf("the second answer is %v", &again)
	}
	// What is on a list is no message either.
	item := h.add(ada, "item", "milk")
	wantCode(t, second(h.remove(ada, "6", item.ID)), chat.NotFound)
	wantCode(t, second(h.edit(ada, "6", item.ID, "tea")), chat.NotFound)
	wantCode(t, second(h.react(ada, "6", item.ID, "👍", true)), chat.NotFound)
}

func second(_ chat.Event, err error) error { return err }
