package chat

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"
)

// nameBook holds the names of guests who are here now and not stored.
type nameBook struct {
	mu    sync.Mutex
	taken map[string]struct{}
	spare map[string]string // names to give, by their keys: they are taken, until somebody asks for one
}

func (b *nameBook) reserve(name string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := NameKey(name)
	if _, spare := b.spare[key]; spare {
		delete(b.spare, key)
		return true
	}
	if _, there := b.taken[key]; there {
		return false
	}
	b.taken[key] = struct{}{}
	return true
}

func (b *nameBook) release(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.taken, NameKey(name))
}

// give gives away a spare name, or "" where there is none.
func (b *nameBook) give() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	for key, name := range b.spare {
		delete(b.spare, key)
		return name
	}
	return ""
}

// offer makes names that were reserved, by their keys, spare ones, unless there
// are enough.
func (b *nameBook) offer(names map[string]string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for key, name := range names {
		if len(b.spare) < spareNames {
			b.spare[key] = name
		} else {
			delete(b.taken, key)
		}
	}
}

// spareNames is how many names are looked up in the store at once, so that most
// guests come in without a reading of it.
const spareNames = 64

// GuestsAllowed says whether somebody without an account may come in.
func (s *Service) GuestsAllowed() bool { return s.limits.Guests }

var errNameTaken = Errorf(Conflict, "somebody here has that name already")

var errNoGuests = Errorf(Forbidden, "this server lets nobody in without an account")

// SignIn makes a guest of that name, with a session under this hash of its
// token.
func (s *Service) SignIn(ctx context.Context, name string, hash [32]byte) (User, error) {
	if !s.limits.Guests {
		return User{}, errNoGuests
	}
	name, err := CleanUserName(name)
	if err != nil {
		return User{}, err
	}
	if !s.names.reserve(name) {
		return User{}, errNameTaken
	}
	defer s.names.release(name) // from here on the store holds it, or nobody does
	now := s.clock.Now()
	u := User{ID: s.newUserID(), Name: name, Role: Guest, Stored: true}
	err = s.store.CreateGuest(ctx, Session{Hash: hash, User: u, Seen: now, Expires: now.Add(s.limits.SessionTTL)})
	if err != nil {
		return User{}, translate(err, ErrTaken, errNameTaken)
	}
	return u, nil
}

// renewAfter is how old a session's last renewal is when it is renewed again.
const renewAfter = 24 * time.Hour

var errEnded = Errorf(Unauthenticated, "this session has ended; sign in again")

// Session finds the live session with this hash, or Unauthenticated.
func (s *Service) Session(ctx context.Context, hash [32]byte) (Session, error) {
	session, err := s.store.Session(ctx, hash, s.clock.Now())
	return session, translate(err, ErrNotFound, errEnded)
}

// Renew extends a session that is used, now and then. It says whether it did,
// so that a cookie should be extended too. Where it cannot be extended now it
// is alive all the same.
func (s *Service) Renew(ctx context.Context, session Session) (bool, error) {
	now := s.clock.Now()
	if now.Sub(session.Seen) < min(renewAfter, s.limits.SessionTTL/2) {
		return false, nil
	}
	err := s.keep(ctx, session.Hash, now)
	if AsError(err).Code == Unavailable {
		return false, nil
	}
	return err == nil, translate(err, ErrNotFound, errEnded)
}

// KeepSessions extends the sessions whose sockets are open: being connected is
// being there.
func (s *Service) KeepSessions(ctx context.Context, hashes [][32]byte) error {
	now := s.clock.Now()
	for _, hash := range hashes {
		if err := s.keep(ctx, hash, now); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	return nil
}

func (s *Service) keep(ctx context.Context, hash [32]byte, now time.Time) error {
	return s.store.TouchSession(ctx, hash, now, now.Add(s.limits.SessionTTL))
}

// SignOut ends a session. Who listens for that is told before it returns.
func (s *Service) SignOut(ctx context.Context, hash [32]byte) error {
	err := s.store.EndSession(ctx, hash)
	if err != nil {
		return translate(err, ErrNotFound, Errorf(Unauthenticated, "this session has ended already"))
	}
	s.mu.Lock()
	listeners := s.ended
	s.mu.Unlock()
	for _, tell := range listeners {
		tell(hash)
	}
	return nil
}

// OnSignOut adds a listener for sessions that end.
func (s *Service) OnSignOut(tell func(hash [32]byte)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = append(s.ended, tell)
}

// Rename gives the user of a session another name, for what they write from
// now on. Who listens for that is told before it returns.
func (s *Service) Rename(ctx context.Context, u User, hash [32]byte, name string) (User, error) {
	name, err := CleanUserName(name)
	if err != nil {
		return User{}, err
	}
	if !s.names.reserve(name) {
		return User{}, errNameTaken
	}
	defer s.names.release(name)
	if err := s.store.RenameUser(ctx, u.ID, name); err != nil {
		err = translate(err, ErrTaken, errNameTaken)
		return User{}, translate(err, ErrNotFound, Errorf(Unauthenticated, "this session has ended; sign in again"))
	}
	u.Name, u.Given = name, false
	s.mu.Lock()
	listeners := s.renamed
	s.mu.Unlock()
	for _, tell := range listeners {
		tell(hash, u)
	}
	return u, nil
}

// OnRename adds a listener for users who change their name in a session.
func (s *Service) OnRename(tell func(hash [32]byte, user User)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.renamed = append(s.renamed, tell)
}

// ExpireSessions ends the sessions whose time is over, and frees their names.
func (s *Service) ExpireSessions(ctx context.Context) (int, error) {
	return s.store.ExpireSessions(ctx, s.clock.Now())
}

// Visitor makes a guest without a session, who is gone with the connection:
// nothing is stored. wish is the name asked for, or "". Where it is taken a
// number is added. The name is theirs until Leave.
func (s *Service) Visitor(ctx context.Context, wish string) (User, error) {
	if !s.limits.Guests {
		return User{}, Errorf(Unauthenticated, "sign in first; this server lets nobody in without an account")
	}
	u := User{ID: s.newUserID(), Role: Guest, Given: wish == ""}
	if u.Given {
		if u, ok := s.GivenVisitor(); ok {
			return u, nil
		}
		name, err := s.givenName(ctx)
		if name != "" || err != nil {
			u.Name = name
			return u, err
		}
		wish = "Guest " + strconv.Itoa(s.number())
	}
	wish, err := CleanUserName(wish)
	if err != nil {
		return User{}, err
	}
	name := wish
	for n := 2; ; n++ {
		if s.names.reserve(name) {
			taken, err := s.store.NameTaken(ctx, NameKey(name))
			if err == nil && !taken {
				u.Name = name
				return u, nil
			}
			s.names.release(name)
			if err != nil {
				return User{}, err
			}
		}
		if n > 20 { // many of that name: stop counting through them
			n = s.number()
		}
		suffix := " " + strconv.Itoa(n)
		name = clipName(wish, MaxUserName-len(suffix)) + suffix
	}
}

// GivenVisitor is Visitor for whom no name was wished for, where it can be told
// without asking the store: which is nearly always, once it was asked.
func (s *Service) GivenVisitor() (u User, ok bool) {
	if !s.limits.Guests {
		return User{}, false
	}
	name := s.names.give()
	if name == "" {
		return User{}, false
	}
	return User{ID: s.newUserID(), Name: name, Role: Guest, Given: true}, true
}

// givenName reserves a name that the server makes up, and others for those who
// come next. It is "" where all that it made up were taken.
func (s *Service) givenName(ctx context.Context) (string, error) {
	names := make(map[string]string, spareNames)
	keys := make([]string, 0, spareNames)
	for range spareNames {
		if name := "Guest " + strconv.Itoa(s.number()); s.names.reserve(name) {
			key := NameKey(name)
			names[key] = name
			keys = append(keys, key)
		}
	}
	taken, err := s.store.NamesTaken(ctx, keys)
	for i, key := range keys {
		if err != nil || taken[i] {
			s.names.release(names[key])
			delete(names, key)
		}
	}
	given := ""
	for key, name := range names {
		given = name
		delete(names, key)
		break
	}
	s.names.offer(names)
	return given, err
}

// number is a random number of four digits or more.
func (s *Service) number() int {
	var b [3]byte
	s.clock.Random(b[:])
	return 1000 + (int(b[0])<<16|int(b[1])<<8|int(b[2]))%900_000
}

// VisitorLeft frees a visitor's name.
func (s *Service) VisitorLeft(u User) { s.names.release(u.Name) }

// Check says whether commands can be taken now.
func (s *Service) Check(ctx context.Context) error { return s.store.Check(ctx) }
