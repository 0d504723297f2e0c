package chat

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits on a room's list.
const (
	MaxTodo   = 1000 // code points of an item
	MaxListed = 1000 // open items
)

// TodoCommand changes what is to do in a room. It is about a text (Body) or
// about one item (Message), not both.
type TodoCommand struct {
	ID      string // the command's id, the user's for ever; "" for none
	Room    RoomID
	Body    string
	Message string // id of the event that added the item
	On      bool   // to do, or done
}

// Todo adds an item to the room's list, ticks off all open ones of its text or
// that one, or opens that one again. Anybody who may write may do all of it.
// answer as with Send.
func (s *Service) Todo(by User, c TodoCommand, answer func(Event, error)) {
	e, err := s.todo(by, &c)
	if err != nil {
		answer(Event{}, err)
		return
	}
	rule := doneText
	switch {
	case c.Message != "":
		rule = turnItem
	case c.On:
		rule = addItem
	}
	s.append(c.Room, by, e, answer, rule)
}

// todo checks what can be known without the room.
func (s *Service) todo(by User, c *TodoCommand) (Event, error) {
	now := s.clock.Now()
	e := Event{
		Kind: KindTodo, ID: s.nextID(now), User: by.ID, Name: by.Name, Given: by.Given, At: now.UnixMilli(),
		On: c.On, Counts: KindTodo.counts(), Ref: c.ID,
	}
	way := []string{"off"}
	if c.On {
		way[0] = "on"
	}
	e.Digest = s.digest("todo", string(c.Room), c.Body, c.Message, way)
	if c.Message == "" {
		body, err := cleanItem(c.Body)
		e.Body = body
		return e, err
	}
	target, err := ParseEventID(c.Message)
	e.Target = target
	return e, translate(err, ErrNotFound, errNoItem)
}

var (
	errNoItem   = Errorf(NotFound, "there is no such item on the list of this room")
	errFullList = Errorf(Forbidden, "there are %d things to do in this room already", MaxListed)
)

// cleanItem is the text of an item as it is kept: of one line, with white space
// at the ends gone and inside collapsed to single blanks.
func cleanItem(text string) (string, error) {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if blank(text) {
		return "", InvalidField("body", "an item needs something that can be seen")
	}
	if utf8.RuneCountInString(text) > MaxTodo {
		e := Errorf(TooLong, "an item may have at most %d characters", MaxTodo)
		e.Limit = MaxTodo
		return "", e
	}
	return text, nil
}

func addItem(tx Tx, e *Event) error {
	if err := mayList(tx); err != nil {
		return err
	}
	tx.Append(*e)
	tx.List(tx.Room().Head+1, true)
	return nil
}

// mayList refuses one more item on a full list.
func mayList(tx Tx) error {
	open, err := tx.Listed()
	if err == nil && open >= MaxListed {
		err = errFullList
	}
	return err
}

func doneText(tx Tx, e *Event) error {
	seqs, err := tx.ListedAs(e.Body)
	switch {
	case err != nil:
		return err
	case len(seqs) == 0:
		return errNoItem
	}
	tx.Append(*e)
	for _, seq := range seqs {
		tx.List(seq, false)
	}
	return nil
}

// turnItem ticks an item off, or opens it again. What is open already may be
// opened.
func turnItem(tx Tx, e *Event) error {
	item, err := tx.Event(e.Target)
	if err != nil {
		return translate(err, ErrNotFound, errNoItem)
	}
	if item.Kind != KindTodo || item.Target != 0 || !item.On {
		return errNoItem
	}
	e.Body = item.Body
	seqs, err := tx.ListedAs(item.Body)
	if err != nil {
		return err
	}
	if !slices.Contains(seqs, item.Seq) {
		if !e.On {
			return errNoItem
		}
		if err := mayList(tx); err != nil {
			return err
		}
	}
	tx.Append(*e)
	tx.List(item.Seq, e.On)
	return nil
}

// Todos reads the open items of a room, in the order in which they were added.
func (s *Service) Todos(ctx context.Context, room RoomID) (Page, error) {
	p, err := s.store.Listed(ctx, room)
	return p, noRoom(err)
}
