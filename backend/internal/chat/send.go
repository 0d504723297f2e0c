package chat

import "errors"

// SendCommand is a message to be sent.
type SendCommand struct {
	ID     string // the command's id, the user's for ever
	Room   RoomID
	Body   string
	Parent string   // id of the message it replies to, or ""
	Files  []string // upload ids
}

// Send appends a message. answer is called exactly once: before Send returns
// where the command is refused out of hand, else after the commit, from the
// store's own goroutine, and ahead of everybody's hearing of the event. It
// must not block.
func (s *Service) Send(by User, c SendCommand, answer func(Event, error)) {
	e, err := s.draft(by, c)
	if err != nil {
		answer(Event{}, err)
		return
	}
	rule := func(tx Tx) error {
		if err := mayReply(tx, &e); err != nil {
			return err
		}
		if !by.Stored {
			tx.SaveUser(by)
		}
		tx.Append(e)
		return nil
	}
	done := s.publishing(e.Digest, answer)
	s.store.InRoom(c.Room, rule, func(o Outcome, err error) { done(o, noRoom(err)) })
}

// mayReply refuses a reply to what is no message of this room. An id that was
// used before is let through: Append tells whether it is a repeat or a
// conflict, and neither depends on where the parent is.
func mayReply(tx Tx, e *Event) error {
	if e.Parent == 0 {
		return nil
	}
	parent, err := tx.Event(e.Parent)
	if err == nil && parent.Kind == KindMessage {
		return nil
	}
	if _, used := tx.ByRef(e.User, e.Ref); used == nil {
		return nil
	}
	return translate(orNotFound(err), ErrNotFound, Errorf(NotFound, "there is no such message to reply to in this room"))
}

// draft checks what can be known without the room.
func (s *Service) draft(by User, c SendCommand) (Event, error) {
	if int64(len(c.Body)) > s.limits.Body {
		e := Errorf(TooLong, "a message may have at most %d bytes", s.limits.Body)
		e.Limit = s.limits.Body
		return Event{}, e
	}
	if len(c.Files) > 0 {
		return Event{}, Errorf(NotFound, "there is no such upload")
	}
	if blank(c.Body) {
		return Event{}, InvalidField("body", "a message needs something that can be seen")
	}
	var parent EventID
	if c.Parent != "" {
		id, err := ParseEventID(c.Parent)
		if err != nil {
			return Event{}, Errorf(NotFound, "there is no such message to reply to in this room")
		}
		parent = id
	}
	now := s.clock.Now()
	return Event{
		Kind: KindMessage, ID: s.nextID(now), User: by.ID, Name: by.Name, At: now.UnixMilli(),
		Body: c.Body, Parent: parent, Counts: KindMessage.counts(), Ref: c.ID,
		Digest: s.digest("send", string(c.Room), c.Body, c.Parent, joinParts(c.Files)),
	}, nil
}

// orNotFound makes the absence of an error a reason, for a thing of the wrong
// kind.
func orNotFound(err error) error {
	if err == nil {
		return ErrNotFound
	}
	return err
}

// translate replaces err by to where it is from.
func translate(err, from error, to *Error) error {
	if errors.Is(err, from) {
		return to
	}
	return err
}
