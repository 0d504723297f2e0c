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
	p, err := a.chat.Todos(r.Context(), room)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	a.opts.Told(room, p.Head)
	write(w, http.StatusOK, protocol.TodosBody(room, &p))
}
