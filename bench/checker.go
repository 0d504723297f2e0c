package main

import "fmt"

// tally counts what was delivered, and what should not have happened.
type tally struct {
	delivered, lost, repeated, disordered uint64
}

// sound says that every delivery was the one that had to come.
func (t *tally) sound() bool { return t.lost == 0 && t.repeated == 0 && t.disordered == 0 }

func (t *tally) String() string {
	return fmt.Sprintf("%d lost, %d repeated, %d out of order of %d", t.lost, t.repeated, t.disordered, t.delivered)
}

func (t *tally) add(o tally) {
	t.delivered += o.delivered
	t.lost += o.lost
	t.repeated += o.repeated
	t.disordered += o.disordered
}

// stream is what one connection has seen of one room. last is its newest seq;
// each delivery has to be last+1.
type stream struct {
	last uint64
	// missing are the seqs that were jumped over and may still come, out of
	// order. Nil, on a server that keeps its word.
	missing map[uint64]struct{}
}

// manyMissing bounds what is remembered about a server that loses a lot.
const manyMissing = 1 << 16

// saw checks one delivery.
func (s *stream) saw(seq uint64, t *tally) {
	t.delivered++
	if seq == s.last+1 {
		s.last = seq
		return
	}
	s.wrong(seq, t)
}

func (s *stream) wrong(seq uint64, t *tally) {
	if seq > s.last {
		t.lost += seq - s.last - 1
		if s.missing == nil {
			s.missing = map[uint64]struct{}{}
		}
		for m := s.last + 1; m < seq && len(s.missing) < manyMissing; m++ {
			s.missing[m] = struct{}{}
		}
		s.last = seq
		return
	}
	if _, late := s.missing[seq]; late {
		delete(s.missing, seq)
		t.lost--
		t.disordered++
		return
	}
	t.repeated++
}

// end counts as lost what has not come although it was sent.
func (s *stream) end(head uint64, t *tally) {
	if head > s.last {
		t.lost += head - s.last
		s.last = head
	}
}
