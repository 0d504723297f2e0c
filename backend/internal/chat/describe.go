package chat

import "strings"

// Description is how a room is to be called from now on; nil leaves a part as
// it is.
type Description struct {
	Name, Topic *string
}

// Describe gives a room another name or topic. Members may, and in general
// everybody; general keeps its name. It may be repeated; only a change is an
// event. answer as with Send; its event has no seq where nothing changed.
func (s *Service) Describe(by User, room RoomID, d Description, answer func(Event, error)) {
	d, err := d.clean()
	if err != nil {
		answer(Event{}, err)
		return
	}
	now := s.clock.Now()
	e := Event{
		Kind: KindRoom, ID: s.nextID(now), User: by.ID, Name: by.Name, At: now.UnixMilli(), Counts: KindRoom.counts(),
	}
	rule := func(tx Tx) error {
		r := tx.Room()
		name, topic := d.of(&r)
		if err := mayDescribe(tx, by, &r, name); err != nil || (name == r.Name && topic == r.Topic) {
			return err
		}
		if !by.Stored {
			tx.SaveUser(by)
		}
		e := e
		e.Body = name + "\n" + topic // neither holds a newline
		tx.Append(e)
		tx.Describe(name, topic)
		return nil
	}
	s.store.InRoom(room, rule, func(o Outcome, err error) { s.settle(Digest{}, answer, &o, err) })
}

func mayDescribe(tx Tx, by User, r *Room, name string) error {
	if r.ID == General {
		if name != r.Name {
			return Errorf(Forbidden, "general keeps its name; its topic may be changed")
		}
		return nil
	}
	member, err := tx.Member(by.ID)
	if err == nil && !member {
		return Errorf(Forbidden, "only members may change a room")
	}
	return err
}

// of is how the room is called then.
func (d Description) of(r *Room) (name, topic string) {
	name, topic = r.Name, r.Topic
	if d.Name != nil {
		name = *d.Name
	}
	if d.Topic != nil {
		topic = *d.Topic
	}
	return name, topic
}

func (d Description) clean() (Description, error) {
	if d.Name != nil {
		name, err := roomName(*d.Name)
		if err != nil {
			return d, err
		}
		d.Name = &name
	}
	if d.Topic != nil {
		topic, err := cleanLine("topic", *d.Topic, MaxRoomTopic)
		if err != nil {
			return d, err
		}
		d.Topic = &topic
	}
	return d, nil
}

func roomName(name string) (string, error) {
	name, err := cleanLine("name", name, MaxRoomName)
	if err == nil && blank(name) {
		err = InvalidField("name", "a room needs a name")
	}
	return name, err
}

// Describes says whether the event changed how its room is called, and to what.
func (e *Event) Describes() (name, topic string, changed bool) {
	if e.Kind != KindRoom {
		return "", "", false
	}
	name, topic, _ = strings.Cut(e.Body, "\n")
	return name, topic, true
}
