package main

import (
	"math/rand/v2"
	"testing"
)

func TestEveryFaultIsCounted(t *testing.T) {
	for name, c := range map[string]struct {
		seqs []uint64
		head uint64
		want tally
	}{
		"in order":               {[]uint64{11, 12, 13}, 13, tally{delivered: 3}},
		"one lost":               {[]uint64{11, 13}, 13, tally{delivered: 2, lost: 1}},
		"many lost":              {[]uint64{11, 20}, 20, tally{delivered: 2, lost: 8}},
		"the first lost":         {[]uint64{12}, 12, tally{delivered: 1, lost: 1}},
		"the end lost":           {[]uint64{11}, 14, tally{delivered: 1, lost: 3}},
		"all lost":               {nil, 12, tally{lost: 2}},
		"the newest repeated":    {[]uint64{11, 11, 12}, 12, tally{delivered: 3, repeated: 1}},
		"an old one repeated":    {[]uint64{11, 12, 11}, 12, tally{delivered: 3, repeated: 1}},
		"from before the join":   {[]uint64{10, 11}, 11, tally{delivered: 2, repeated: 1}},
		"two exchanged":          {[]uint64{12, 11, 13}, 13, tally{delivered: 3, disordered: 1}},
		"late, and then again":   {[]uint64{12, 11, 11}, 12, tally{delivered: 3, disordered: 1, repeated: 1}},
		"one late, one lost":     {[]uint64{11, 14, 12}, 14, tally{delivered: 3, lost: 1, disordered: 1}},
		"backwards all the way":  {[]uint64{13, 12, 11}, 13, tally{delivered: 3, disordered: 2}},
		"more lost than is kept": {[]uint64{11 + 2*manyMissing}, 11 + 2*manyMissing, tally{delivered: 1, lost: 2 * manyMissing}},
	} {
		s, got := stream{last: 10}, tally{}
		for _, seq := range c.seqs {
			s.saw(seq, &got)
		}
		s.end(c.head, &got)
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, &got, &c.want)
		}
		if sound := name == "in order"; got.sound() != sound {
			t.Errorf("%s: sound is %v", name, got.sound())
		}
	}
}

// Random faults: what is lost, repeated and delayed is what is counted.
func TestRandomFaultsAreCounted(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 1))
		var seqs []uint64
		want := tally{}
		const head = 500
		for seq := uint64(1); seq <= head; seq++ {
			switch random.IntN(20) {
			case 0:
				want.lost++
			case 1:
				seqs = append(seqs, seq, seq)
				want.repeated++
			case 2:
				if seq < head { // the next overtakes it
					seqs = append(seqs, seq+1, seq)
					want.disordered++
					seq++
					continue
				}
				seqs = append(seqs, seq)
			default:
				seqs = append(seqs, seq)
			}
		}
		want.delivered = uint64(len(seqs))
		s, got := stream{}, tally{}
		for _, seq := range seqs {
			s.saw(seq, &got)
		}
		s.end(head, &got)
		if got != want {
			t.Fatalf("seed %d: %s, want %s", seed, &got, &want)
		}
	}
}
