package chat

import "context"

// SetMember makes the user a member of a public room, or takes the membership
// away. It may be repeated; only a change is an event. answer as with Send;
// its event has no seq where nothing changed.
func (s *Service) SetMember(by User, room RoomID, member bool, answer func(Event, error)) {
	if room == General {
		if member {
			answer(Event{}, nil)
			return
		}
		answer(Event{}, Errorf(Forbidden, "everybody belongs to general; it cannot be left"))
		return
	}
	now := s.clock.Now()
	e := Event{
		Kind: KindMember, ID: s.nextID(now), User: by.ID, Name: by.Name, At: now.UnixMilli(),
		On: member, Counts: KindMember.counts(),
	}
	rule := func(tx Tx) error {
		is, err := tx.Member(by.ID)
		if err != nil || is == member {
			return err
		}
		if !by.Stored {
			tx.SaveUser(by)
		}
		tx.Append(e)
		tx.SetMember(by.ID, member)
		return nil
	}
	s.store.InRoom(room, rule, func(o Outcome, err error) { s.settle(Digest{}, answer, &o, err) })
}

// Membership says whose membership of its room the event changed, and how.
func (e *Event) Membership() (user UserID, member, changed bool) {
	return e.User, e.On, e.Kind == KindMember
}

// Belongings lists the rooms that the user belongs to, with read positions and
// unread counts.
func (s *Service) Belongings(ctx context.Context, user UserID) ([]Belonging, error) {
	return s.store.Belongings(ctx, user)
}

// Belonging is the same for one room.
func (s *Service) Belonging(ctx context.Context, room RoomID, user UserID) (Belonging, error) {
	b, err := s.store.Belonging(ctx, room, user)
	return b, noRoom(err)
}

// UnreadAfter is the room for somebody who has read it up to seq.
func (s *Service) UnreadAfter(ctx context.Context, room RoomID, user UserID, seq uint64) (Belonging, error) {
	b, err := s.store.UnreadAfter(ctx, room, user, seq)
	return b, noRoom(err)
}

// Read raises the user's read position in the room to seq, at most to its
// head, and returns the position that now holds.
func (s *Service) Read(ctx context.Context, by User, room RoomID, seq uint64) (uint64, error) {
	held, err := s.store.SetRead(ctx, room, by.ID, seq)
	return held, noRoom(err)
}
