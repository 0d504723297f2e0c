package main

import (
	"math/bits"
	"time"
)

// histogram counts durations in buckets that are at most 1/32 wide of their
// value, so a percentile is off by 3 % at most. The zero value is ready.
type histogram struct {
	buckets [64 * fine]uint64
	count   uint64
	highest time.Duration
}

const (
	fine     = 32 // buckets between two powers of two
	fineBits = 5
)

// bucket is where a duration belongs.
func bucket(d time.Duration) int {
	n := uint64(max(d, 0)) //nolint:gosec // not negative
	if n < fine {
		return int(n) //nolint:gosec // below 32
	}
	shift := bits.Len64(n) - 1 - fineBits
	return (shift+1)*fine + int(n>>shift) - fine //nolint:gosec // n>>shift is below 64
}

// upper is the longest duration that belongs into a bucket.
func upper(b int) time.Duration {
	if b < fine {
		return time.Duration(b)
	}
	shift := b/fine - 1
	return time.Duration((b%fine+fine+1)<<shift) - 1
}

func (h *histogram) record(d time.Duration) {
	h.buckets[bucket(d)]++
	h.count++
	h.highest = max(h.highest, d)
}

func (h *histogram) add(o *histogram) {
	for i, n := range o.buckets {
		h.buckets[i] += n
	}
	h.count += o.count
	h.highest = max(h.highest, o.highest)
}

// percentile is the duration that a share of all (0 to 1) does not exceed; 0
// where nothing was recorded.
func (h *histogram) percentile(share float64) time.Duration {
	if h.count == 0 {
		return 0
	}
	rank := max(uint64(share*float64(h.count)+0.5), 1)
	seen := uint64(0)
	for b, n := range h.buckets {
		if seen += n; seen >= rank {
			return min(upper(b), h.highest)
		}
	}
	return h.highest
}
