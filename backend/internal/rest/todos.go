package rest

import (
	"net/http"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
)

func (a *API) todos(w http.ResponseWriter, r *http.Request) {
	if _, ok := a.reader(w, r); !ok {
		return
	}
	room := chat.RoomID(r.PathValue("room"))
	var body []byte
	err := a.opts.InTurn(func() error {
		p, err := a.chat.Todos(r.Context(), room)
		if err != nil {
			return err
		}
		a.opts.Told(room, p.Head)
		body = protocol.TodosBody(room, &p)
		return nil
	})
	if err != nil {
		a.fail(w, r, err)
		return
	}
	write(w, http.StatusOK, body)
}
