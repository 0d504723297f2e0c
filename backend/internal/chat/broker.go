package chat

// Broker tells every node of committed events. It is a doorbell, not the
// truth: a listener must cope with events that are lost, repeated or out of
// order, by their seq. (The memory broker does none of the three.)
type Broker interface {
	// Publish tells all listeners. It does not block on them beyond handing
	// the event over, and is called in commit order.
	Publish(Event)
	// Listen adds a listener, before the first Publish.
	Listen(func(Event))
}
