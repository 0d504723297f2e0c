package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// A delta of more than 1 MiB goes on as frames behind the answer, and the live
// events behind them.
func TestLargeDeltaGoesOnAsFrames(t *testing.T) {
	t.Parallel()
	for name, busy := range map[string]bool{"quiet": false, "busy": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t, "RATE_LIMITS=off")
			c := h.visit()
			body := strings.Repeat("oolong ", 4000) // 28 KB
			const before = 120                      // 3.3 MB
			for range before {
				c.say(cmd{"op": "send", "room": "general", "body": body})
			}
			c.join("general") // waits for them
			end := uint64(before)
			var talk sync.WaitGroup
			if busy {
				end += 200
				talk.Go(func() {
					for range 200 {
						c.say(cmd{"op": "send", "room": "general", "body": body[:9000]})
					}
				})
			}
			reader := h.visit()
			f := reader.ok(cmd{"op": "join", "room": "general", "after": 10})
			if f.More != nil || f.Reset == nil || *f.Reset || f.Seq < before {
				t.Errorf("an answer that goes on: %.100s … %s", f.raw, f.raw[len(f.raw)-60:])
			}
			list := f.seqs()
			if len(list) == 0 || list[len(list)-1] >= f.Seq {
				t.Errorf("the answer holds %d events of %d", len(list), f.Seq)
			}
			same(t, "answer", list, span(11, list[len(list)-1]))
			size := 0
			for _, e := range f.Events {
				size += len(e)
			}
			if size > 1<<20 {
				t.Errorf("%d bytes of events in one answer", size)
			}
			for seq := list[len(list)-1] + 1; seq <= end; seq++ {
				if e := reader.event("general"); e.Seq != seq || e.Op != "event" {
					t.Fatalf("event %d where %d should be", e.Seq, seq)
				}
			}
			talk.Wait()
			c.send("general", "live")
			if e := reader.event("general"); e.Seq != end+1 {
				t.Errorf("the live event is %d, want %d", e.Seq, end+1)
			}
			reader.none("event", "general")
			reader.none("resync", "general")
		})
	}
}

// While the rest of a delta is on its way, the connection can leave or join
// again, and gets exactly that.
func TestLargeDeltaCanBeReplaced(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	c := h.visit()
	body := strings.Repeat("pu-erh ", 4000)
	for range 120 {
		c.say(cmd{"op": "send", "room": "general", "body": body})
	}
	c.join("general")
	reader := h.visit()
	for round := range 8 {
		reader.say(cmd{"op": "join", "room": "general", "after": 1})
		if round%2 == 0 {
			reader.ok(cmd{"op": "leave", "room": "general"})
			left := reader.read
			reader.fence()
			for _, f := range reader.waiting {
				if f.Op == "event" && f.n > left {
					t.Fatalf("event %d came after the leave", f.Seq)
				}
			}
		}
		reader.waiting = nil
		f := reader.ok(cmd{"op": "join", "room": "general", "after": 118})
		same(t, fmt.Sprint("round ", round), f.seqs(), span(119, 120))
		joined := reader.read
		reader.fence()
		for _, f := range reader.waiting {
			if f.Op == "event" && f.n > joined {
				t.Fatalf("event %d came after the answer that holds it", f.Seq)
			}
		}
	}
}
