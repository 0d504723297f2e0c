package chat

// MaxEdits bounds how often a message is edited: whoever deletes it takes the
// texts of them all away at once, and everybody's commands wait for that.
const MaxEdits = 500

// EditCommand gives a message another text.
type EditCommand struct {
	ID      string // the command's id, the user's for ever
	Room    RoomID
	Message string // id of the message
	Body    string
}

// Edit appends the new text of one of the user's own messages. answer as with
// Send.
func (s *Service) Edit(by User, c EditCommand, answer func(Event, error)) {
	err := s.checkBody(c.Body)
	var e Event
	if err == nil {
		e, err = s.change(by, KindEdit, c.ID, c.Message)
	}
	if err != nil {
		answer(Event{}, err)
		return
	}
	e.Body = c.Body
	e.Digest = s.digest("edit", string(c.Room), c.Body, c.Message, nil)
	change{by, e, answer}.inRoom(s, c.Room, func(tx Tx, e, message *Event, _ *Standing) error {
		if message.User != by.ID {
			return Errorf(Forbidden, "only its author may change a message")
		}
		n, err := tx.Edits(message.Seq)
		if err != nil {
			return err
		}
		if n >= MaxEdits {
			return Errorf(Forbidden, "a message may be changed at most %d times", MaxEdits)
		}
		e.Changes = message.Seq
		tx.Append(*e)
		tx.Rewrite(message.Seq)
		return nil
	})
}
