package gateway_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	ws "github.com/gorilla/websocket"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// rooms makes so many rooms, with n messages of size bytes in each.
func (n *node) rooms(count, messages, size int) []string {
	n.t.Helper()
	talker := n.connect()
	list := make([]string, count)
	for i := range list {
		list[i] = fmt.Sprint("room-", i)
		done := make(chan error)
		n.chat.CreateRoom(chat.User{ID: "u_1", Name: "Ada", Role: chat.Guest}, list[i], list[i], "", func(_ chat.Room, err error) { done <- err })
		if err := <-done; err != nil {
			n.t.Fatal(err)
		}
		for m := range messages {
			n.ask(talker, `{"op":"send","id":"%s %d","room":"%s","body":"%s"}`, list[i], m, list[i], strings.Repeat("x", size))
		}
	}
	return list
}

// sound checks that what is kept is counted right, and returns it.
func (n *node) sound() (rooms int, bytes int64) {
	n.t.Helper()
	rooms, counted, held := n.hub.Kept()
	if counted != held {
		n.t.Errorf("%d bytes are counted, %d are kept", counted, held)
	}
	return rooms, held
}

// readsOf is how often the log is read for a join of the room.
func (n *node) readsOf(c *ws.Conn, room string) int64 {
	n.t.Helper()
	before := n.store.reads.Load()
	if a := n.ask(c, `{"op":"join","id":"j","room":"%s"}`, room); a.Op != "ok" || len(a.Events) == 0 {
		n.t.Errorf("a join brings %+v", a)
	}
	return n.store.reads.Load() - before
}

func TestWhatNobodyListensToIsKeptForAMinute(t *testing.T) {
	t.Parallel()
	n := start(t)
	list := n.rooms(2, 5, 100)
	c, stays := n.connect(), n.connect()
	for _, room := range list {
		n.ask(c, `{"op":"join","id":"j","room":"%s"}`, room)
	}
	n.ask(stays, `{"op":"join","id":"j","room":"%s"}`, list[1])
	for _, room := range list {
		n.ask(c, `{"op":"leave","id":"l","room":"%s"}`, room)
	}
	n.hub.Sweep(time.Now().Add(50 * time.Second))
	if reads := n.readsOf(c, list[0]); reads != 0 {
		t.Errorf("within the minute the log is read %d times", reads)
	}
	n.ask(c, `{"op":"leave","id":"l","room":"%s"}`, list[0])
	n.hub.Sweep(time.Now().Add(61 * time.Second))
	if rooms, _ := n.sound(); rooms != 2 { // general and the other
		t.Errorf("%d rooms are kept", rooms)
	}
	if reads := n.readsOf(c, list[1]); reads != 0 {
		t.Errorf("of a room with a listener the log is read %d times", reads)
	}
	if reads := n.readsOf(c, list[0]); reads != 1 {
		t.Errorf("after the minute the log is read %d times", reads)
	}
	n.sound()
}

// Where rooms keep too much together, those go that nobody asked for for the
// longest time, whether anybody listens or not.
func TestNoMoreIsKeptThanMayBe(t *testing.T) {
	t.Parallel()
	n := start(t)
	list := n.rooms(6, 40, 900)
	c := n.connect()
	for _, room := range list {
		n.ask(c, `{"op":"join","id":"j","room":"%s"}`, room)
	}
	_, all := n.sound()
	if n.readsOf(c, list[0]) != 0 { // so it is the one used last
		t.Error("nothing was kept")
	}
	n.hub.KeepAtMost(all * 2 / 3)
	n.hub.Sweep(time.Now())
	if _, left := n.sound(); left > all/2 || left == 0 {
		t.Errorf("%d bytes of %d are left", left, all)
	}
	if n.readsOf(c, list[0]) != 0 {
		t.Error("what was used last was let go")
	}
	if n.readsOf(c, list[1]) != 1 {
		t.Error("what was used first was kept")
	}
	// Between two sweeps it may be twice as much, and never more.
	_, most := n.sound()
	n.hub.KeepAtMost(most / 2)
	for _, room := range list {
		n.ask(c, `{"op":"join","id":"j","room":"%s"}`, room)
		if _, held := n.sound(); held > most {
			t.Errorf("%d bytes are kept where %d may be", held, most)
		}
	}
}

// What is written while a join reads is part of its answer, or follows it, also
// where what was kept meanwhile was let go.
func TestWhatComesWhileAJoinReads(t *testing.T) {
	t.Parallel()
	for name, letGo := range map[string]bool{"kept": false, "let go": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := start(t)
			room := n.rooms(1, 3, 100)[0]
			talker, reader := n.connect(), n.connect()
			say := func(id string) uint64 {
				return n.ask(talker, `{"op":"send","id":"%s","room":"%s","body":"leaf"}`, id, room).Seq
			}
			happened := make(chan struct{})
			happens := func() {
				defer close(happened)
				say("1")
				if letGo {
					n.hub.KeepAtMost(0)
					n.hub.Sweep(time.Now())
					n.hub.KeepAtMost(1 << 20)
				}
				say("2")
			}
			n.store.meanwhile.Store(&happens)
			a := n.ask(reader, `{"op":"join","id":"j","room":"%s"}`, room)
			<-happened
			if want := uint64(6); a.Seq != want || uint64(len(a.Events)) != want || a.Events[want-1].Seq != want {
				t.Errorf("joined with %+v", a)
			}
			n.follows(reader, talker, room, a.Seq, "3")
			n.sound()
		})
	}
}

// Who was told of a head, wherever, is not answered with an earlier one from
// what is kept: the store is asked.
func TestWhoWasToldOfAHeadIsAnsweredByTheStore(t *testing.T) {
	t.Parallel()
	n := start(t)
	room := n.rooms(1, 3, 100)[0]
	c := n.connect()
	n.ask(c, `{"op":"join","id":"j","room":"%s"}`, room)
	if reads := n.readsOf(c, room); reads != 0 {
		t.Errorf("the log was read %d times", reads)
	}
	n.hub.Told(chat.RoomID(room), 5)
	if reads := n.readsOf(c, room); reads != 1 {
		t.Errorf("after a higher head was told the log was read %d times", reads)
	}
}

// Whatever is let go while people join, leave and write, no join has a hole,
// none falls behind what was acknowledged, and what follows goes on from it.
func TestJoinsWhileMuchIsLetGo(t *testing.T) {
	t.Parallel()
	n := start(t)
	list := n.rooms(3, 10, 300)
	const rounds = 120
	var work, sweeping sync.WaitGroup
	over := make(chan struct{})
	sweeping.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-over:
				return
			case <-time.After(time.Millisecond):
			}
			n.hub.Sweep(time.Now().Add(time.Duration(i%2) * time.Hour))
		}
	})
	n.hub.KeepAtMost(20 << 10)
	for w := range 6 {
		room := list[w%len(list)]
		talker, reader := n.connect(), n.connect()
		work.Go(func() {
			last := uint64(0)
			for i := range rounds {
				told := n.ask(talker, `{"op":"send","id":"%d-%d","room":"%s","body":"leaf"}`, w, i, room).Seq
				after := ""
				if i%3 > 0 {
					after = fmt.Sprintf(`,"after":%d`, last)
				}
				a := n.ask(reader, `{"op":"join","id":"j%d","room":"%s"%s}`, i, room, after)
				if a.Op != "ok" || a.Seq < told || a.Seq < last || a.Reset {
					t.Errorf("after %d, told of %d: %+v", last, told, a)
					return
				}
				if from := a.Seq - uint64(len(a.Events)); after != "" && from != last {
					t.Errorf("a delta after %d begins after %d", last, from)
				}
				for k, e := range a.Events {
					if e.Seq != a.Seq-uint64(len(a.Events)-1-k) {
						t.Errorf("event %d of %+v", k, a)
					}
				}
				last = n.follows(reader, talker, room, a.Seq, fmt.Sprintf("%d+%d", w, i))
				if i%4 == 0 {
					n.ask(reader, `{"op":"leave","id":"l%d","room":"%s"}`, i, room)
				}
			}
		})
	}
	work.Wait()
	close(over)
	sweeping.Wait()
	n.hub.Sweep(time.Now())
	n.sound()
}

// follows sends one more message and reads live events up to it: they go on
// from last without a hole.
func (n *node) follows(reader, talker *ws.Conn, room string, last uint64, id string) uint64 {
	n.t.Helper()
	until := n.ask(talker, `{"op":"send","id":"%s","room":"%s","body":"leaf"}`, id, room).Seq
	for last < until {
		a := n.frame(reader)
		if a.Op == "event" && a.Seq != last+1 {
			n.t.Errorf("event %d after %d", a.Seq, last)
		}
		if a.Op == "event" || a.Op == "resync" {
			last = a.Seq
		}
		if a.Op == "resync" {
			n.t.Error("told to resync")
		}
	}
	return last
}
