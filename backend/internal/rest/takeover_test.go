package rest

import (
	"net"
	"testing"
	"time"
)

// timed notes until when it may be read.
type timed struct {
	net.Conn

	until time.Time
}

func (c *timed) SetReadDeadline(t time.Time) error {
	c.until = t
	return nil
}

// The time that a request may take to come begins at the door, and does not
// begin anew behind it; the next one has a time of its own.
func TestTheDoorGivesNoTimeTwice(t *testing.T) {
	t.Parallel()
	c, now := &timed{}, time.Now()
	b := &begun{Conn: c, until: now.Add(10 * time.Second)}
	for _, step := range []struct{ set, want time.Duration }{{19 * time.Second, 10 * time.Second}, {40 * time.Second, 40 * time.Second}} {
		if err := b.SetReadDeadline(now.Add(step.set)); err != nil || !c.until.Equal(now.Add(step.want)) {
			t.Errorf("may be read for %s, %v, want %s", c.until.Sub(now), err, step.want)
		}
	}
	b = &begun{Conn: c, until: now.Add(10 * time.Second)}
	if err := b.SetReadDeadline(now.Add(time.Second)); err != nil || !c.until.Equal(now.Add(time.Second)) {
		t.Errorf("may be read for %s, %v", c.until.Sub(now), err)
	}
}
