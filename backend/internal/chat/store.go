package chat

import (
	"context"
	"time"
)

// Tx is what a rule sees inside its room's transaction. Reads show everything
// committed and everything that earlier rules of the same transaction wrote.
// Writes are only collected; they take effect when the rule returns nil.
type Tx interface {
	// Room is the room as it stands.
	Room() Room
	// Member says whether the user belongs to the room by a membership.
	Member(UserID) (bool, error)
	// Event reads an event of this room; ErrNotFound if it is not there.
	Event(EventID) (Event, error)
	// ByRef reads the event that the user's command made, in whatever room;
	// ErrNotFound if there is none. Append looks for itself: it is for a rule
	// that would refuse what may be a repeat.
	ByRef(user UserID, ref string) (Event, error)
	// SaveUser stores a guest who was not stored yet; a repeat does nothing.
	SaveUser(User)
	// Append adds the event with the room's next seq (Room and Seq of e are
	// set by the store). It may be called once in a rule. Where the user has
	// already an event with the same Ref, nothing of this rule is written and
	// that event is the outcome.
	Append(e Event)
	// Standing is what has become of an event of this room, without its
	// reactions.
	Standing(seq uint64) (Standing, error)
	// Edits counts the bodies that Rewrite gave an event of this room.
	Edits(seq uint64) (int, error)
	// Reactions counts those to an event of this room.
	Reactions(seq uint64, user UserID, emoji string) (Tally, error)
	// Rewrite gives an event of this room the body of the one that is appended,
	// which is its last edit from then on.
	Rewrite(seq uint64)
	// Erase takes from an event of this room, for good, its body, those that
	// Rewrite gave it, from the log too, and its reactions. It counts as unread
	// no longer.
	Erase(seq uint64)
	// React adds the emoji of the appended event's author to an event of this
	// room, or takes it away. What is so already stays as it is.
	React(seq uint64, emoji string, on bool)
	// Describe gives the room this name and topic.
	Describe(name, topic string)
	// List puts an event of this room on the room's list, at its place in the
	// order of seqs, or takes it off. What is so already stays as it is.
	List(seq uint64, on bool)
	// Listed is how many events there are on the room's list.
	Listed() (int, error)
	// ListedAs is which of them have this body, in the order of seqs.
	ListedAs(body string) (seqs []uint64, err error)
	// SetMember makes the user a member whose read position is the room's new
	// head, or takes membership and read position away.
	SetMember(user UserID, member bool)
}

// Rule decides about one command inside its room's transaction. It may be run
// again, so it must do nothing but read and write through tx.
type Rule func(tx Tx) error

// Outcome is what came of a rule.
type Outcome struct {
	Event  Event // what was appended, or, with Repeat, the event of the first time
	Repeat bool
	Room   Room // the room afterwards
}

// Store keeps everything durable. Reading methods may be called by many at
// once. All methods return ErrUnavailable when the store cannot serve now; one
// that writes also where its context ended before anything was done, and
// ErrUnknown where it may have taken effect.
type Store interface {
	// InRoom queues rule for the room's writer. Rules of one caller run in
	// call order; many are committed together. done is called exactly once:
	// after the commit is on stable storage, or with the rule's own error, or
	// with ErrNotFound (no such room), or with ErrUnavailable, or with
	// ErrUnknown where the store has failed for good and nobody knows whether
	// the commit holds. All calls of done come from one goroutine, in commit
	// order; done must neither block nor call InRoom. It may be called before
	// InRoom returns only if the store is closed.
	InRoom(room RoomID, rule Rule, done func(Outcome, error))

	// Around makes around surround the telling of every batch: it is called
	// once for all that was settled together, from the goroutine that calls
	// done, and calls tell, once, which calls done for each. So what follows
	// from one commit can be sent off at once. It must not block, and is given
	// before the first command.
	Around(around func(tell func()))

	// CreateRoom makes a room whose first event is first (its Room and Seq are
	// set by the store) and whose first member is its author. ErrTaken if the
	// id exists; ErrFull if there are already max rooms. done as with InRoom.
	CreateRoom(room Room, first Event, max int, done func(Outcome, error))

	// Room reads one room. ErrNotFound.
	Room(ctx context.Context, id RoomID) (Room, error)
	// Rooms lists public rooms as user sees them ("" for nobody): general
	// first, then by name and id; at most limit, and whether there are more.
	Rooms(ctx context.Context, user UserID, limit int) ([]Listing, bool, error)
	// Listing is one room of that list. ErrNotFound.
	Listing(ctx context.Context, user UserID, room RoomID) (Listing, error)
	// Belongings lists the rooms that the user belongs to, general first, then
	// by id, with read position and unread count. An unknown user belongs to
	// general alone and has read all of it.
	Belongings(ctx context.Context, user UserID) ([]Belonging, error)
	// Belonging is the same for one room. A user without membership or read
	// position in it has read all of it. ErrNotFound if there is no such room.
	Belonging(ctx context.Context, room RoomID, user UserID) (Belonging, error)
	// UnreadAfter is the same for somebody who has read the room up to seq, as
	// of one moment: Unread is the counting events of others after seq, up to
	// UnreadCap, among no more than UnreadReach of theirs and the user's own
	// together. ErrNotFound if there is no such room.
	UnreadAfter(ctx context.Context, room RoomID, user UserID, seq uint64) (Belonging, error)
	// SetRead raises the user's read position to seq, clamped to the head; it
	// never falls. It returns the position that now holds. Who has no position
	// in the room has read all of it: that is not changed.
	SetRead(ctx context.Context, room RoomID, user UserID, seq uint64) (uint64, error)

	// Pages show events as they stand at that moment, with Shown where later
	// ones have changed them; reactions count as bytes of bodies.

	// After reads the events after+1, after+2, …: at most limit of them and
	// about maxBytes of bodies (always at least one, if there is one). More
	// says that newer ones are left. ErrNotFound.
	After(ctx context.Context, room RoomID, after uint64, limit, maxBytes int) (Page, error)
	// Before reads the newest limit events with a seq below before (0: below
	// nothing, the newest), ascending, cut from the old end where their bodies
	// exceed about maxBytes (always at least one). More says that older ones are left. ErrNotFound.
	Before(ctx context.Context, room RoomID, before uint64, limit, maxBytes int) (Page, error)
	// Listed reads what is on the room's list, the first MaxListed in the order
	// of seqs, as one consistent reading. ErrNotFound.
	Listed(ctx context.Context, room RoomID) (Page, error)
	// ByRef reads the event that the user's command made. ErrNotFound.
	ByRef(ctx context.Context, user UserID, ref string) (Event, error)

	// CreateGuest stores a new guest and the first session, with general read
	// up to its head. ErrTaken if an active guest's name has the same NameKey.
	CreateGuest(ctx context.Context, s Session) error
	// Session reads a live session by the hash of its token. ErrNotFound if
	// there is none or it has expired at now.
	Session(ctx context.Context, hash [32]byte, now time.Time) (Session, error)
	// TouchSession moves a session's Seen and Expires. ErrNotFound.
	TouchSession(ctx context.Context, hash [32]byte, seen, expires time.Time) error
	// EndSession deletes a session; a guest's name is free once the last one
	// is gone. ErrNotFound.
	EndSession(ctx context.Context, hash [32]byte) error
	// RenameUser gives an active user another name. ErrTaken if it is that of
	// another active one by NameKey; ErrNotFound if there is no such user.
	RenameUser(ctx context.Context, user UserID, name string) error
	// ExpireSessions ends all sessions that expired before now and returns
	// how many.
	ExpireSessions(ctx context.Context, now time.Time) (int, error)
	// NameTaken says whether an active user has a name with this NameKey.
	NameTaken(ctx context.Context, key string) (bool, error)
	// NamesTaken is the same for many, as of one moment, in their order.
	NamesTaken(ctx context.Context, keys []string) ([]bool, error)

	// DigestKey is this database's own secret for Digests, 32 bytes.
	DigestKey() []byte
	// Check proves that the store can write: a small write was on stable
	// storage at most 2 s ago.
	Check(ctx context.Context) error
}
