package chat

// DeleteCommand takes a message back.
type DeleteCommand struct {
	ID      string // the command's id, the user's for ever
	Room    RoomID
	Message string // id of the message
}

// Delete takes one of the user's own messages back: its text, that of its edits
// and its reactions are gone for good. answer as with Send.
func (s *Service) Delete(by User, c DeleteCommand, answer func(Event, error)) {
	e, err := s.change(by, KindDelete, c.ID, c.Message)
	if err != nil {
		answer(Event{}, err)
		return
	}
	e.Digest = s.digest("delete", string(c.Room), "", c.Message, nil)
	change{by, e, answer}.inRoom(s, c.Room, func(tx Tx, e, message *Event, is *Standing) error {
		if message.User != by.ID {
			return Errorf(Forbidden, "only its author may delete a message")
		}
		e.Changes = max(message.Seq, is.Edited) // the edits lose their text as well
		tx.Append(*e)
		tx.Erase(message.Seq)
		return nil
	})
}
