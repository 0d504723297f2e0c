package rest

import (
	"net/http"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
)

func (a *API) postCard(w http.ResponseWriter, r *http.Request) {
	u, _, ok := a.signedIn(w, r)
	if !ok {
		return
	}
	body, err := readBody(r)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	if wait := a.opts.Sends.Take(u.ID, time.Now()); wait > 0 {
		a.fail(w, r, tooFast(wait, "too fast; try again in a moment"))
		return
	}
	card, refusal := protocol.DecodeCard(body)
	if refusal != nil {
		a.fail(w, r, refusal)
		return
	}
	command := chat.CardCommand{ID: card.ID, Room: chat.RoomID(r.PathValue("room")), Body: card.Rows}
	e, err := await(r, func(done func(chat.Event, error)) { a.chat.Card(u, command, done) })
	if err != nil {
		a.fail(w, r, err)
		return
	}
	a.opts.Told(e.Room, e.Seq)
	write(w, http.StatusCreated, protocol.PostedBody(&e))
}
