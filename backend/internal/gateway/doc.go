// Package gateway joins the product to the sockets: a Session is one signed-in
// user on one websocket.Client, the Hub knows all Sessions of this node, and a
// feed passes one room's events, in seq order, onto the node's Pool.
//
// # Joining from memory
//
// A feed keeps the newest events of its room, encoded, one behind the other, so
// that most joins are answered by one slice of them. An event is kept before it
// is broadcast: who joins in between has it in the answer, and passes over it
// in the topic. What is kept answers only while it is all there is: whoever is
// about to be told of a seq calls Told first, and as long as the feed has not
// heard of that event the store is asked. One reading of the store fills it,
// for all who come meanwhile. An event that changes an earlier one makes what
// begins there or before unfit, until it was read anew.
//
// # Plain clients
//
// A plain is a Session whose client does not speak teahouse.v1. The endpoints
// table (plain.go) says what begins at which address; dialect.go has the forms
// in which messages are shown. Whoever listens to a dialect is counted before
// it takes its place in the topic: as long as nobody is, it costs nothing, and
// as long as somebody is, no position is left out.
//
// # Locks
//
// Hub.mu may be held while Session.mu or feed.mu is taken, never the other way
// round. None is held while the store is asked or a Client is written to from a
// flusher.
package gateway
