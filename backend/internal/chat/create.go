package chat

import "context"

// Room reads one room that may be seen.
func (s *Service) Room(ctx context.Context, id RoomID) (Room, error) {
	r, err := s.store.Room(ctx, id)
	return r, noRoom(err)
}

// Rooms lists the rooms that the user ("" for nobody) may see.
func (s *Service) Rooms(ctx context.Context, user UserID, limit int) ([]Listing, bool, error) {
	return s.store.Rooms(ctx, user, limit)
}

// Listing is one room of that list.
func (s *Service) Listing(ctx context.Context, user UserID, room RoomID) (Listing, error) {
	l, err := s.store.Listing(ctx, user, room)
	return l, noRoom(err)
}

// CreateRoom makes a public room whose first member is its maker. id may be
// "": then it is made from the name. answer as with Send.
func (s *Service) CreateRoom(by User, id, name, topic string, answer func(Room, error)) {
	room, err := s.newRoom(by, id, name, topic)
	if err != nil {
		answer(Room{}, err)
		return
	}
	now := s.clock.Now()
	first := Event{
		Kind: KindMember, ID: s.nextID(now), User: by.ID, Name: by.Name, At: now.UnixMilli(),
		On: true, Counts: KindMember.counts(),
	}
	s.store.CreateRoom(room, first, s.limits.MaxRooms, func(o Outcome, err error) {
		err = translate(err, ErrTaken, Errorf(Conflict, "there is a room of that name already"))
		err = translate(err, ErrFull, Errorf(Forbidden, "there are as many rooms as this server allows"))
		answer(o.Room, err)
		if err == nil {
			s.settle(Digest{}, func(Event, error) {}, &o, nil)
		}
	})
}

func (s *Service) newRoom(by User, id, name, topic string) (Room, error) {
	if by.Role == Guest && !s.limits.GuestRooms {
		return Room{}, Errorf(Forbidden, "guests may not make rooms here")
	}
	name, err := roomName(name)
	if err != nil {
		return Room{}, err
	}
	topic, err = cleanLine("topic", topic, MaxRoomTopic)
	if err != nil {
		return Room{}, err
	}
	switch {
	case id == "":
		if id = slug(name); id == "" {
			id = "room-" + s.randomText(6)
		}
	case !ValidRoomID(id):
		return Room{}, InvalidField("id", "a room's id is 1 to %d of a-z, 0-9 and -, not beginning with -", MaxRoomID)
	}
	return Room{ID: RoomID(id), Name: name, Topic: topic}, nil
}
