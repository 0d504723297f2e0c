// Package chat is the heart of Teahouse: its nouns, its rules and the two
// ports it needs, a Store and a Broker. It knows nothing of sockets, HTTP,
// JSON or SQL.
//
// A room is an ordered log of events. Whatever is durable is an event of some
// kind, appended under the room's next seq inside one transaction around the
// rule that allows it, and told to others only after that transaction is on
// stable storage.
package chat
