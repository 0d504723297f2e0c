// Package mirror keeps a copy of the SQLite store in Redis, for platforms whose
// disk is empty after every restart.
//
// SQLite stays the truth: the mirror hears of each commit before its outcome is
// told, writes it to Redis in one script, and waits for that a moment. A room's
// newest events are a Redis Stream, with ids SEQ-0, so that Redis refuses a
// second writer; what may change of an event is beside it in hashes by seq (its
// text, what became of it, whether it is on the room's list), and a deleted
// text is then nowhere. Users, sessions, rooms, memberships and read positions
// are hashes by key.
//
// Where Redis fails, is full or takes too long, commands are answered from
// SQLite alone. One goroutine tries again, and refills what is behind, in
// pieces, while what is new is written in between. One lock orders all that is
// written: a piece is read from SQLite and written under it, so it is never
// older than what was written before it.
package mirror
