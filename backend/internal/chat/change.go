package chat

// change is a command about a message, on its way into the log as an event of
// its own.
type change struct {
	by     User
	event  Event // but for Changes
	answer func(Event, error)
}

// change begins a command about a message. It refuses what cannot name one.
func (s *Service) change(by User, kind Kind, id, message string) (Event, error) {
	target, err := ParseEventID(message)
	if err != nil {
		return Event{}, errNoMessage
	}
	now := s.clock.Now()
	return Event{
		Kind: kind, ID: s.nextID(now), User: by.ID, Name: by.Name, At: now.UnixMilli(),
		Target: target, Counts: kind.counts(), Ref: id,
	}, nil
}

var errNoMessage = Errorf(NotFound, "there is no such message in this room")

// inRoom queues the rule of a change. The rule is given the event to append,
// and the message as it is: deleted it is not.
//
// What is refused may be a repeat of a command that was taken, before its
// message was deleted, say. Where the id was used, Append tells whether it is a
// repeat or a conflict; it then writes nothing.
func (c change) inRoom(s *Service, room RoomID, rule func(tx Tx, e, message *Event, is *Standing) error) {
	decide := func(tx Tx) error {
		e := c.event // as the rule may be run again
		err := c.judge(tx, &e, rule)
		if err == nil {
			return nil
		}
		if _, used := tx.ByRef(e.User, e.Ref); used != nil {
			return err
		}
		tx.Append(e)
		return nil
	}
	s.store.InRoom(room, decide, func(o Outcome, err error) { s.settle(c.event.Digest, c.answer, &o, err) })
}

func (c change) judge(tx Tx, e *Event, rule func(tx Tx, e, message *Event, is *Standing) error) error {
	message, err := tx.Event(e.Target)
	if err != nil {
		return translate(err, ErrNotFound, errNoMessage)
	}
	is, err := tx.Standing(message.Seq)
	if err != nil {
		return err
	}
	if message.Kind != KindMessage || is.Deleted {
		return errNoMessage
	}
	if err := rule(tx, e, &message, &is); err != nil {
		return err
	}
	if !c.by.Stored {
		tx.SaveUser(c.by)
	}
	return nil
}
