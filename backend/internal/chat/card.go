package chat

// CardCommand is a table to be posted.
type CardCommand struct {
	ID   string // the command's id, the user's for ever; "" for none
	Room RoomID
	Body string // its rows, in the form that the protocol has for them
}

// Card appends a table. answer as with Send.
func (s *Service) Card(by User, c CardCommand, answer func(Event, error)) {
	if int64(len(c.Body)) > s.limits.Body {
		e := Errorf(TooLong, "a card may have at most %d bytes", s.limits.Body)
		e.Limit = s.limits.Body
		answer(Event{}, e)
		return
	}
	now := s.clock.Now()
	e := Event{
		Kind: KindCard, ID: s.nextID(now), User: by.ID, Name: by.Name, Given: by.Given, At: now.UnixMilli(),
		Body: c.Body, Counts: KindCard.counts(), Ref: c.ID,
		Digest: s.digest("card", string(c.Room), c.Body, "", nil),
	}
	s.append(c.Room, by, e, answer, func(tx Tx, e *Event) error {
		tx.Append(*e)
		return nil
	})
}
