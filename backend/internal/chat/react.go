package chat

// Limits on the reactions to one message.
const (
	MaxReactions = 1000 // in all
	MaxEmoji     = 50   // different ones
)

// ReactCommand adds a reaction to a message, or takes it away.
type ReactCommand struct {
	ID      string // the command's id, the user's for ever
	Room    RoomID
	Message string // id of the message
	Emoji   string
	On      bool
}

// React appends the user's reaction to a message, or that it is taken away. To
// do what is done already is an event too, and changes nothing. answer as with
// Send.
func (s *Service) React(by User, c ReactCommand, answer func(Event, error)) {
	emoji, ok := oneEmoji(c.Emoji)
	if !ok {
		answer(Event{}, InvalidField("emoji", "emoji must be one emoji"))
		return
	}
	e, err := s.change(by, KindReact, c.ID, c.Message)
	if err != nil {
		answer(Event{}, err)
		return
	}
	e.Body, e.On = emoji, c.On
	way := []string{"off"}
	if c.On {
		way[0] = "on"
	}
	e.Digest = s.digest("react", string(c.Room), c.Emoji, c.Message, way)
	change{by, e, answer}.inRoom(s, c.Room, func(tx Tx, e, message *Event, _ *Standing) error {
		if err := mayReact(tx, e, message.Seq); err != nil {
			return err
		}
		e.Changes = message.Seq
		tx.Append(*e)
		tx.React(message.Seq, e.Body, e.On)
		return nil
	})
}

func mayReact(tx Tx, e *Event, message uint64) error {
	if !e.On {
		return nil
	}
	t, err := tx.Reactions(message, e.User, e.Body)
	switch {
	case err != nil:
		return err
	case t.Mine:
		return nil
	case t.All >= MaxReactions:
		return Errorf(Forbidden, "a message may have at most %d reactions", MaxReactions)
	case !t.There && t.Emoji >= MaxEmoji:
		return Errorf(Forbidden, "a message may have at most %d different reactions", MaxEmoji)
	}
	return nil
}
