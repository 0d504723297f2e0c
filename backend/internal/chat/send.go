package chat

import "errors"

// SendCommand is a message to be sent.
type SendCommand struct {
	ID     string // the command's id, the user's for ever
	Room   RoomID
	Body   string
	Parent string   // id of the message it replies to, or ""
	Files  []string // upload ids
	As     string   // the name that the author gives with this message, cleaned; "" for none
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
	sent := s.sendings.Get().(*sending)
	sent.by, sent.event, sent.answer = by, e, answer
	s.store.InRoom(c.Room, sent.rule, sent.done)
}

// sending is a Send on its way through the store. There are as many as were
// ever under way at once; each is used again after its answer.
type sending struct {
	s      *Service
	by     User
	event  Event
	answer func(Event, error)

	rule Rule
	done func(Outcome, error)
}

func newSending(s *Service) *sending {
	c := &sending{s: s}
	c.rule, c.done = c.decide, c.settle
	return c
}

func (c *sending) decide(tx Tx) error {
	if err := mayReply(tx, &c.event); err != nil {
		return err
	}
	if !c.by.Stored {
		tx.SaveUser(c.by)
	}
	tx.Append(c.event)
	return nil
}

func (c *sending) settle(o Outcome, err error) {
	s, digest, answer := c.s, c.event.Digest, c.answer
	c.by, c.event, c.answer = User{}, Event{}, nil
	s.sendings.Put(c)
	s.settle(digest, answer, &o, err)
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
	if len(c.Files) > 0 && int64(len(c.Body)) <= s.limits.Body {
		return Event{}, Errorf(NotFound, "there is no such upload")
	}
	if err := s.checkBody(c.Body); err != nil {
		return Event{}, err
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
		Kind: KindMessage, ID: s.nextID(now), User: by.ID, Name: by.Name, Given: by.Given, As: c.As, At: now.UnixMilli(),
		Body: c.Body, Parent: parent, Counts: KindMessage.counts(), Ref: c.ID,
		Digest: s.digest("send", string(c.Room), c.Body, c.Parent, c.Files),
	}, nil
}

// checkBody refuses a text that no message can have.
func (s *Service) checkBody(body string) error {
	if int64(len(body)) > s.limits.Body {
		e := Errorf(TooLong, "a message may have at most %d bytes", s.limits.Body)
		e.Limit = s.limits.Body
		return e
	}
	if blank(body) {
		return InvalidField("body", "a message needs something that can be seen")
	}
	return nil
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
