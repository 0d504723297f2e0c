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
// are lossy (topic.go). A member of the topic is a position in that log. To
// flush a member is to write everything between its position and the end of
// the log; ten messages that came in meanwhile leave together, uncopied. One
// turn takes about 256 KiB from all of a client's topics together, so a socket
// that is full holds on to no more than that.
//
// What is for one client alone (answers, pongs, the close frame) waits in that
// client's private buffer, which leaves ahead of the log's bytes, in the same
// write where that is small. So an answer that is given before an event is
// broadcast arrives before it.
//
// A few flushers take the topics and clients that have something new, in the
// order in which they came (queue.go), and never wait for a socket. Nearly
// every delivery takes the path of Client.flushTail: a lock, a slice, one
// system call, a lock. Nine tenths of its cost are the kernel's, so the lever
// is frames per write:
//
//   - Together lets what one commit brings be written when all of it is there.
//   - A busy topic waits up to Options.Gap, or until 32 frames are there,
//     before it is written again; its first message leaves at once. Whether
//     waiting helps is learned (pace.go): where everybody waits for the last
//     message before sending the next, there is no gap.
//   - Topics whose gap ends together are flushed together, with one write for a
//     client that is a member of several. What is lossy (typing, presence) is
//     never urgent, and always waits for that.
//
// # How an idle connection costs nothing but its memory
//
// On Linux, a TCP connection is taken from the runtime and watched by an epoll
// of our own (poller_linux.go, descriptor_linux.go), which itself waits in the
// runtime's poller. It is edge-triggered: a socket is announced once, and
// nothing is armed again. An event starts a goroutine that reads what there is,
// through gorilla, and ends (read.go); bytes that are not parsed yet lie in a
// pooled buffer. A socket that is full is left alone until the poller announces
// room, and then goes back to the flushers (Client.park); nobody waits for it.
//
// A connection that cannot be watched (TLS, other systems, an in-memory pipe)
// has one goroutine that reads, and a second while it is written to. All else
// is the same, and so are the tests.
//
// # Slow readers
//
// The window is for who is behind. About once a second the sweeper drops what
// every member has been handed, or has lost; a place that does not follow yet
// keeps what came since its Subscribe.
//
// A member whose socket takes nothing, and who has fallen out of the window,
// loses the topic and its Handler is told by Lag, as soon as the socket takes
// something again; nothing else happens to it and nobody else notices. A
// member that reads does not lag: each time that a topic's log has grown by a
// quarter of the window, the publisher waits until everybody has been handed
// what was there a quarter earlier (relieve.go). It waits for a moment only,
// and not again for whom it waited in vain until that one has caught up; but as
// long as that one takes bytes at all, the topic keeps four windows. Nor does it
// wait for who is lossy. Beyond moments of 10 ms, all publishers of a pool wait
// for a second, and from then on for a twentieth of the time, so that one who
// stalls again and again slows nobody down; only while that is used up may one
// who reads late lag.
//
// # Signs of life
//
// A client that gives none within Options.IdleTimeout is cut. Each frame that
// comes is one. So is a full socket that took more because the other side made
// room, or whose other side acknowledged some of what it has: who reads slowly
// has its pong stuck behind what it has yet to read. While the server itself
// does not read, as Receive has not returned or answers are unread, whatever
// the socket takes counts. One timer serves all clients (sweep.go).
//
// # Locks
//
// Order: Client.mu, Pool.mu, topic.mu; nobody holds two of a kind. The locks of
// the queue, the pacer and the poller are taken last, and nothing under them.
// No system call that may wait and no Handler method runs under any of them.
// Nothing is ever sent on a channel that is closed.
//
// # Goroutines
//
// The pool owns its flushers, its pacer, its sweeper and its poller; each client
// that was started has one at most that reads, and one that writes where that
// may wait. Shutdown waits for all of them, and a client's Closed is called when
// its own are done with it.
package websocket
