package main

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestBucketsHoldWhatTheySay(t *testing.T) {
	last := -1
	for d := time.Duration(0); d < 1<<40; d += 1 + d/50 {
		b := bucket(d)
		if b < last || b > last+2 {
			t.Fatalf("%v is in bucket %d, after %d", d, b, last)
		}
		last = b
		if top := upper(b); top < d || float64(top) > float64(d)*(1+1.0/fine)+1 {
			t.Fatalf("%v is in bucket %d, which ends at %v", d, b, top)
		}
		if b > 0 && upper(b-1) >= d {
			t.Fatalf("%v belongs into bucket %d", d, b-1)
		}
	}
}

func TestPercentiles(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var h, other histogram
	var all []time.Duration
	for i := range 20_000 {
		d := time.Duration(random.ExpFloat64() * float64(time.Millisecond))
		all = append(all, d)
		if i%2 == 0 {
			h.record(d)
		} else {
			other.record(d)
		}
	}
	h.add(&other)
	slices.Sort(all)
	for _, share := range []float64{0.01, 0.5, 0.9, 0.99, 0.999, 1} {
		want := all[int(share*float64(len(all)))-1]
		if got := h.percentile(share); got < want || float64(got) > 1.04*float64(want) {
			t.Errorf("percentile %g is %v, want %v", share, got, want)
		}
	}
	if got := h.percentile(1); got != all[len(all)-1] {
		t.Errorf("the highest is %v, want %v", got, all[len(all)-1])
	}
	if got := new(histogram).percentile(0.5); got != 0 {
		t.Errorf("the median of nothing is %v", got)
	}
}
