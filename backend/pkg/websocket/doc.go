// Package websocket is transport and fan-out over WebSockets: topics and
// bytes, and nothing of any product's. It stands on gorilla/websocket for the
// handshake and for reading; what it writes, it writes itself.
//
// # The nouns
//
// A Pool holds the connections of one process and the topics they listen to.
// A Client is one connection. A Message is what is sent.
//
// # How a message gets out
//
// There is no queue per client and no goroutine that writes for one. A message
// is encoded once, as a finished frame, and appended to its topic's frame log:
// a window of at least Options.Window bytes, or 32 KiB where all its members
// are lossy. A member of the topic is a position in that log. To flush a member is to write everything between its
// position and the end of the log, in as few system calls as that takes; ten
// messages that came in meanwhile leave together. One turn takes about 256 KiB
// from all of a client's topics together, so a socket that is full holds on to
// no more than that.
//
// The window is for who is behind. About once a second the sweeper drops what
// every member has been handed, or has lost; a place that does not follow yet
// keeps what came since its Subscribe.
//
// What is for one client alone (answers, pongs, the close frame) waits in that
// client's private buffer, which leaves ahead of the log's bytes, in the same
// write where that is small. So an answer that is given before an event is
// broadcast arrives before it.
//
// A few flushers take the topics and clients that have something new, in the
// order in which they came. They write without blocking. Only where a socket
// takes no more does a goroutine wait for that one socket, and it ends when
// the client has caught up. A connection that cannot be written to without
// blocking (TLS, an in-memory pipe) always takes that second way.
//
// # Slow readers
//
// A member whose socket takes nothing, and who has fallen out of the window,
// loses the topic and its Handler is told by Lag, as soon as the socket takes
// something again; nothing else happens to it and nobody else notices. A
// member that reads does not lag: each time that a topic's log has grown by a
// quarter of the window, the publisher waits until everybody has been handed
// what was there a quarter earlier. It waits for a moment only, and not again
// for whom it waited in vain until that one has caught up; but as long as that
// one takes bytes at all, the topic keeps four windows. Nor does it wait for who
// is lossy. Beyond moments of 10 ms, all publishers of a pool wait for a second,
// and from then on for a twentieth of the time, so that one who stalls again and
// again slows nobody down; only while that is used up may one who reads late lag.
//
// # Signs of life
//
// A client that gives none within Options.IdleTimeout is cut. Each frame that
// comes is one. So is a write that had to wait until the other side made room:
// who reads slowly has its pong stuck behind what it has yet to read. While the
// server itself does not read, as Receive has not returned or answers are
// unread, whatever the socket takes counts.
//
// # Locks
//
// Order: Client.mu, Pool.mu, topic.mu; nobody holds two of a kind, and the
// queue's lock is taken alone. No system call and no Handler method runs under
// any of them. Nothing is ever sent on a channel that is closed.
//
// # Goroutines
//
// The pool owns its flushers and its sweeper; each client that was started has
// one that reads, and a second while its socket is full. Shutdown waits for
// all of them, and a client's Closed is called when its own are done with it.
package websocket
