package gateway

import (
	"maps"
	"slices"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// handlers maps each op to what does it. All run on the Client's reading
// goroutine, one after the other.
var handlers = map[protocol.Op]func(*Session, *protocol.Command){
	protocol.Join:   (*Session).join,
	protocol.Leave:  (*Session).leave,
	protocol.Send:   (*Session).publish,
	protocol.Edit:   (*Session).edit,
	protocol.Delete: (*Session).remove,
	protocol.React:  (*Session).react,
	protocol.Todo:   (*Session).todo,
	protocol.Card:   (*Session).card,
	protocol.Read:   (*Session).read,
	protocol.Typing: (*Session).typing,
	protocol.Ping:   (*Session).ping,
}

func (s *Session) ping(c *protocol.Command) { s.send(protocol.OK(c.ID, "")) }

// publish hands a message to chat.
func (s *Session) publish(c *protocol.Command) {
	s.submit(c.ID)
	command := chat.SendCommand{ID: c.ID, Room: c.Room, Body: c.Body, Parent: c.Parent, Files: c.Files}
	s.hub.chat.Send(s.author(), command, s.answer(c.ID, protocol.Sent))
}

func (s *Session) edit(c *protocol.Command) {
	s.submit(c.ID)
	command := chat.EditCommand{ID: c.ID, Room: c.Room, Message: c.Message, Body: c.Body}
	s.hub.chat.Edit(s.author(), command, s.answer(c.ID, protocol.Changed))
}

func (s *Session) remove(c *protocol.Command) {
	s.submit(c.ID)
	command := chat.DeleteCommand{ID: c.ID, Room: c.Room, Message: c.Message}
	s.hub.chat.Delete(s.author(), command, s.answer(c.ID, protocol.Changed))
}

func (s *Session) react(c *protocol.Command) {
	s.submit(c.ID)
	command := chat.ReactCommand{ID: c.ID, Room: c.Room, Message: c.Message, Emoji: c.Emoji, On: c.On}
	s.hub.chat.React(s.author(), command, s.answer(c.ID, protocol.Changed))
}

func (s *Session) todo(c *protocol.Command) {
	s.submit(c.ID)
	encode := protocol.Changed
	if c.On && c.Message == "" {
		encode = protocol.Sent // it adds an item
	}
	command := chat.TodoCommand{ID: c.ID, Room: c.Room, Body: c.Body, Message: c.Message, On: c.On}
	s.hub.chat.Todo(s.author(), command, s.answer(c.ID, encode))
}

func (s *Session) card(c *protocol.Command) {
	s.submit(c.ID)
	command := chat.CardCommand{ID: c.ID, Room: c.Room, Body: c.Body}
	s.hub.chat.Card(s.author(), command, s.answer(c.ID, protocol.Sent))
}

// submit takes a place for a durable command among those of this connection
// that wait for their commit, once there is one.
func (s *Session) submit(id string) {
	s.mu.Lock()
	for s.waiting >= maxUnanswered {
		s.wait()
	}
	s.waiting++
	if s.tailing > 0 && id != "" {
		s.unanswered = append(s.unanswered, id)
	}
	s.mu.Unlock()
}

// answer makes what answers a durable command. It is called by the store's
// goroutine, after the commit, ahead of the event; the Session reads on
// meanwhile.
func (s *Session) answer(id string, encode func(id string, e *chat.Event) []byte) func(chat.Event, error) {
	return func(e chat.Event, err error) {
		if err != nil {
			s.fail(id, err)
		} else {
			s.stored.Store(true)
			s.hub.Told(e.Room, e.Seq)
			s.send(encode(id, &e))
		}
		s.answered(id)
	}
}

// answered notes that a durable command has its answer.
func (s *Session) answered(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting--
	if i := slices.Index(s.unanswered, id); i >= 0 {
		s.unanswered = slices.Delete(s.unanswered, i, i+1)
	}
	s.free()
}

// settle waits until all durable commands before this one have taken effect.
func (s *Session) settle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.waiting > 0 {
		s.wait()
	}
}

// exists says whether the room is there; where the Session has a place, it is.
func (s *Session) exists(room chat.RoomID) error {
	if s.inRoom(room) {
		return nil
	}
	_, err := s.hub.chat.Room(s.hub.base, room)
	return err
}

func (s *Session) leave(c *protocol.Command) {
	s.settle()
	if err := s.exists(c.Room); err != nil {
		s.fail(c.ID, err)
		return
	}
	s.quit(c.Room)
	s.send(protocol.OK(c.ID, c.Room))
}

// read raises the read position and tells the user's other connections.
func (s *Session) read(c *protocol.Command) {
	s.settle()
	var held uint64
	var err error
	if s.visitor() {
		held, err = s.visitorRead(c)
	} else {
		held, err = s.hub.chat.Read(s.hub.base, s.author(), c.Room, c.Seq)
	}
	if err != nil {
		s.fail(c.ID, err)
		return
	}
	s.send(protocol.OK(c.ID, c.Room))
	frame := websocket.Text(protocol.ReadFrame(c.Room, held))
	for _, o := range s.hub.others(s) {
		if o.greeted.Load() { // hello comes first, and knows this position
			o.client.Offer(frame)
		}
	}
}

// visitorRead keeps a visitor's read position: it lives as long as the visitor.
func (s *Session) visitorRead(c *protocol.Command) (uint64, error) {
	r, err := s.hub.chat.Room(s.hub.base, c.Room)
	if err != nil {
		return 0, err
	}
	held := max(s.readTo(c.Room), min(c.Seq, r.Head))
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reads == nil {
		s.reads = make(map[chat.RoomID]uint64)
	}
	s.reads[c.Room] = held
	return held, nil
}

// typingEvery is how often one user's typing in a room is passed on.
const typingEvery = 3 * time.Second

func (s *Session) typing(c *protocol.Command) {
	if err := s.exists(c.Room); err != nil {
		s.fail(c.ID, err)
		return
	}
	if s.mayTell(c.Room, time.Now()) {
		user := s.author()
		s.hub.pool.Broadcast(typingTopic(c.Room), 0, websocket.Text(protocol.TypingFrame(c.Room, &user)))
	}
	s.send(protocol.OK(c.ID, c.Room))
}

// mayTell says whether others are to be told now that this user is typing.
func (s *Session) mayTell(room chat.RoomID, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.typed, func(_ chat.RoomID, at time.Time) bool { return now.Sub(at) >= typingEvery })
	if _, told := s.typed[room]; told {
		return false
	}
	if s.typed == nil {
		s.typed = make(map[chat.RoomID]time.Time)
	}
	s.typed[room] = now
	return true
}
