// Package gateway joins the product to the sockets: a Session is one signed-in
// user on one websocket.Client, the Hub knows all Sessions of this node, and a
// feed passes one room's events, in seq order, onto the node's Pool.
//
// Locks: Hub.mu may be held while Session.mu is taken, never the other way
// round. Neither is held while the store is asked or a Client is written to
// from a flusher.
package gateway
