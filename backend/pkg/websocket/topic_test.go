package websocket

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

// A frame log against the plainest model of one: the list of all frames.
func TestTopicAgainstItsModel(t *testing.T) {
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 1))
		window := 1 << (8 + random.IntN(10))
		origin := 1 + random.Uint64N(100)
		log := topic{name: "room"}
		var frames [][]byte // of positions origin, origin+1, …
		var floor uint64    // what is below may be gone
		for step := range 400 {
			body := bytes.Repeat([]byte{byte(step)}, random.IntN(1<<random.IntN(12)))
			next := origin + uint64(len(frames))
			seq := next
			if len(frames) > 0 && random.IntN(2) == 0 {
				seq = 0
			}
			m, frame := Text(body), appendFrame(nil, TextMessage, body)
			if seq != 0 && random.IntN(4) == 0 { // a position without bytes
				m, frame = Message{}, nil
			}
			if !log.append(seq, m, window) {
				t.Fatalf("seed %d: position %d was refused", seed, next)
			}
			if log.append(origin+random.Uint64N(uint64(len(frames)+1)), Text(body), window) {
				t.Fatalf("seed %d: a position was taken twice", seed)
			}
			frames = append(frames, frame)
			if random.IntN(20) == 0 {
				floor = max(floor, next+1-random.Uint64N(min(next, 10)))
				log.dropBelow(floor)
			}
			if err := checkTake(&log, frames, origin, floor, window, random); err != nil {
				t.Fatalf("seed %d, step %d: %v", seed, step, err)
			}
		}
	}
}

func checkTake(log *topic, frames [][]byte, origin, floor uint64, window int, random *rand.Rand) error {
	head := origin + uint64(len(frames)) - 1
	after := origin - 1 + random.Uint64N(uint64(len(frames)+3))
	behind := 0 // bytes, and frames, that a reader at after lacks
	for n := after + 1; n <= head; n++ {
		if behind += len(frames[n-origin]); len(frames[n-origin]) == 0 {
			behind += bareCost
		}
	}
	must := after >= head || after+1 >= floor && (behind <= window || head-after <= minFrames)
	bufs, reached, lag := log.take(nil, after, 1+random.IntN(1<<16))
	if holds := log.holds(after); holds == lag {
		return fmt.Errorf("take says lag %v at %d, holds says %v", lag, after, holds)
	}
	if lag {
		if must {
			return fmt.Errorf("%d lags, though only %d bytes behind", after, behind)
		}
		return nil
	}
	var want []byte
	for n := after + 1; n <= reached; n++ {
		want = append(want, frames[n-origin]...)
	}
	if !bytes.Equal(bytes.Join(bufs, nil), want) {
		return fmt.Errorf("what is between %d and %d is wrong", after, reached)
	}
	if reached == after && after < head {
		return fmt.Errorf("nothing was taken behind %d", after)
	}
	if log.size > window+2*max(largestChunk, window)+minFrames<<12 {
		return fmt.Errorf("the log holds %d bytes for a window of %d", log.size, window)
	}
	return nil
}

func TestTopicGoesOnBehindAHole(t *testing.T) {
	var log topic
	log.append(3, Text([]byte("three")), 1<<20)
	log.append(7, Text([]byte("seven")), 1<<20)
	for after, want := range map[uint64]bool{2: false, 3: false, 5: false, 6: true, 7: true, 100: true} {
		if got := log.holds(after); got != want {
			t.Errorf("holds(%d) is %v", after, got)
		}
	}
	bufs, reached, lag := log.take(nil, 6, 1<<20)
	if lag || reached != 7 || !bytes.Equal(bytes.Join(bufs, nil), appendFrame(nil, TextMessage, []byte("seven"))) {
		t.Errorf("took %q up to %d, lag %v", bufs, reached, lag)
	}
}

// One turn holds so much at most, however many topics are waiting, and each
// topic has its own.
func TestATurnIsBounded(t *testing.T) {
	p := NewPool(Options{})
	c := &Client{pool: p, writing: true} // so that no flusher writes
	c.changed.L = &c.mu
	const topics, messages = 10, 200
	body := bytes.Repeat([]byte("x"), 1<<10)
	names := make([]string, topics)
	for i := range names {
		names[i] = fmt.Sprint("room ", i)
		p.Subscribe(c, names[i], false)
		p.FollowNow(c, names[i])
		for range messages {
			p.Broadcast(names[i], 0, Text(body))
		}
		c.flushPlace(c.places.get(names[i]))
	}
	total, turns := 0, 0
	c.mu.Lock()
	for ; len(c.ready) > 0; turns++ {
		last := c.ready[len(c.ready)-1]
		bufs, lagging := c.gather(nil)
		size := sizeOf(bufs)
		total += size
		if size > writeLimit+largestChunk || len(lagging) > 0 {
			t.Errorf("a turn of %d bytes, and lag in %v", size, lagging)
		}
		if turns == 0 && (last.after != 0 && last.after != fromOrigin || c.ready[0].after != fromOrigin) {
			t.Error("who had no turn is not the next")
		}
	}
	if want := topics * messages * len(appendFrame(nil, TextMessage, body)); total != want || turns < 5 {
		t.Errorf("%d bytes in %d turns, want %d", total, turns, want)
	}
	c.mu.Unlock()
	p.Shutdown(t.Context(), nil)
}

func TestTopicsEndWithTheirLastMember(t *testing.T) {
	p := NewPool(Options{})
	clients := make([]*Client, 100)
	for i := range clients {
		clients[i] = &Client{pool: p}
		clients[i].changed.L = &clients[i].mu
		p.Subscribe(clients[i], "room", false)
	}
	random := rand.New(rand.NewPCG(1, 1))
	random.Shuffle(len(clients), func(i, j int) { clients[i], clients[j] = clients[j], clients[i] })
	for i, c := range clients {
		if n := len(p.topics["room"].members); n != len(clients)-i {
			t.Fatalf("%d members, want %d", n, len(clients)-i)
		}
		p.Unsubscribe(c, "room")
	}
	if len(p.topics) != 0 {
		t.Error("the topic has no members, and is still there")
	}
	p.Shutdown(t.Context(), nil)
}
