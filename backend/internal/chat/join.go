package chat

import "context"

// What one answer to a join holds at most.
const (
	MaxDelta  = 1000    // missed events; who missed more starts over with the newest page
	PageBytes = 1 << 20 // bytes of bodies in one page
)

// Start is where a reader of a room begins.
type Start struct {
	Page
	// Reset: what the reader had is not of this log, or too long ago; Events
	// are the newest page in place of what was missed.
	Reset bool
	// Delta: Events are what was missed. With More, the rest follows them.
	Delta bool
}

// JoinCommand asks for a room's events.
type JoinCommand struct {
	Room     RoomID
	After    uint64 // last seq seen, with HasAfter
	HasAfter bool
	Epoch    string // that After belongs to, or ""
	Limit    int    // events of the newest page
}

// Join reads where a reader begins: the newest page, or what was missed.
func (s *Service) Join(ctx context.Context, c JoinCommand) (Start, error) {
	if c.HasAfter {
		p, err := s.store.After(ctx, c.Room, c.After, MaxDelta, PageBytes)
		if err != nil {
			return Start{}, noRoom(err)
		}
		known := c.After <= p.Head && (c.Epoch == "" || c.Epoch == p.Epoch)
		whole := len(p.Events) == 0 || p.Events[0].Seq == c.After+1 // a log may have lost its beginning
		if known && whole && p.Head-c.After <= MaxDelta {
			return Start{Page: p, Delta: true}, nil
		}
	}
	p, err := s.store.Before(ctx, c.Room, 0, c.Limit, PageBytes)
	return Start{Page: p, Reset: c.HasAfter}, noRoom(err)
}

// Following reads the events behind after, a piece at a time.
func (s *Service) Following(ctx context.Context, room RoomID, after uint64, maxBytes int) (Page, error) {
	p, err := s.store.After(ctx, room, after, MaxDelta, maxBytes)
	return p, noRoom(err)
}

// Earlier reads the newest limit events below before (0: below nothing).
func (s *Service) Earlier(ctx context.Context, room RoomID, before uint64, limit int) (Page, error) {
	p, err := s.store.Before(ctx, room, before, limit, PageBytes)
	return p, noRoom(err)
}
