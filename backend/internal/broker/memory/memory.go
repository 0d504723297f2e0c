// Package memory is the broker of one node: whoever listens is told at once,
// in commit order, without loss.
package memory

import "github.com/teahouse-chat/teahouse/backend/internal/chat"

// Broker implements chat.Broker within one process.
type Broker struct {
	listeners []func(chat.Event)
}

// New makes a Broker.
func New() *Broker { return &Broker{} }

// Listen adds a listener. It is called before the first Publish.
func (b *Broker) Listen(tell func(chat.Event)) { b.listeners = append(b.listeners, tell) }

// Publish tells all listeners, one after the other.
func (b *Broker) Publish(e chat.Event) {
	for _, tell := range b.listeners {
		tell(e)
	}
}
