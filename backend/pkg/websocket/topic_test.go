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
		for step := range 400 {
			body := bytes.Repeat([]byte{byte(step)}, random.IntN(1<<random.IntN(12)))
			next := origin + uint64(len(frames))
			seq := next
			if len(frames) > 0 && random.IntN(2) == 0 {
				seq = 0
			}
			if !log.append(seq, Text(body), window) {
				t.Fatalf("seed %d: position %d was refused", seed, next)
			}
			if log.append(origin+random.Uint64N(uint64(len(frames)+1)), Text(body), window) {
				t.Fatalf("seed %d: a position was taken twice", seed)
			}
			frames = append(frames, appendFrame(nil, TextMessage, body))
			if err := checkTake(&log, frames, origin, window, random); err != nil {
				t.Fatalf("seed %d, step %d: %v", seed, step, err)
			}
		}
	}
}

func checkTake(log *topic, frames [][]byte, origin uint64, window int, random *rand.Rand) error {
	head := origin + uint64(len(frames)) - 1
	after := origin - 1 + random.Uint64N(uint64(len(frames)+3))
	behind := 0 // bytes, and frames, that a reader at after lacks
	for n := after + 1; n <= head; n++ {
		behind += len(frames[n-origin])
	}
	must := after >= head || behind <= window || head-after <= minFrames
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
