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
func (c change) inRoom(s *Service, room RoomID, rule func(tx Tx, e, message *Event, is *Standing) error) {
	s.append(room, c.by, c.event, c.answer, func(tx Tx, e *Event) error { return c.judge(tx, e, rule) })
}

// append queues the rule of a command that becomes the event e. The rule is
// given a copy, which it appends unless it refuses.
//
// What is refused may be a repeat of a command that was taken, before its
// message was deleted, say. Where the id was used, Append tells whether it is a
// repeat or a conflict; it then writes nothing.
func (s *Service) append(room RoomID, by User, e Event, answer func(Event, error), rule func(tx Tx, e *Event) error) {
	digest := e.Digest
	decide := func(tx Tx) error {
		e := e // as the rule may be run again
		err := rule(tx, &e)
		if err == nil {
			if !by.Stored {
				tx.SaveUser(by)
			}
			return nil
		}
		if _, used := tx.ByRef(e.User, e.Ref); e.Ref == "" || used != nil {
			return err
		}
		tx.Append(e)
		return nil
	}
	s.store.InRoom(room, decide, func(o Outcome, err error) { s.settle(digest, answer, &o, err) })
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
	if !message.Kind.bears(e.Kind) || is.Deleted {
		return errNoMessage
	}
	return rule(tx, e, &message, &is)
}
