package limit_test

import (
	"testing"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/limit"
)

func TestBucketsLimitEachKeyForItself(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 0)
	b := limit.New[string](10, 3, true)
	for range 3 {
		if wait := b.Take("a", now); wait != 0 {
			t.Fatalf("the burst is cut short: %s", wait)
		}
	}
	wait := b.Take("a", now)
	if wait <= 0 || wait > 100*time.Millisecond {
		t.Fatalf("the fourth waits %s", wait)
	}
	if b.Take("b", now) != 0 {
		t.Error("another key is limited too")
	}
	if again := b.Take("a", now); again != wait {
		t.Errorf("being refused costs: %s, then %s", wait, again)
	}
	if w := b.Take("a", now.Add(wait)); w != 0 {
		t.Errorf("after the wait that was told, it waits %s more", w)
	}
}

func TestBucketsForgetOnlyQuietKeys(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 0)
	b := limit.New[int](1, 2, true)
	b.Take(-1, now)
	b.Take(-1, now)
	for k := range 5000 {
		b.Take(k, now.Add(-time.Hour))
	}
	if b.Take(-1, now) == 0 {
		t.Error("a busy key was forgotten, and with it its limit")
	}
}

func TestOffLimitsNothing(t *testing.T) {
	t.Parallel()
	b := limit.New[string](1, 1, false)
	for range 1000 {
		if b.Take("a", time.Unix(1000, 0)) != 0 {
			t.Fatal("limited")
		}
	}
	off := limit.NewRate(1, 1, false, time.Unix(1000, 0))
	var bucket limit.Bucket
	for range 1000 {
		if off.Take(&bucket, time.Unix(1000, 0)) != 0 {
			t.Fatal("a single bucket is limited")
		}
	}
}

// A bucket never holds more than its burst, however long nothing was taken, and
// fills at the rate while it is used.
func TestBucketFillsAtItsRate(t *testing.T) {
	t.Parallel()
	began := time.Unix(1000, 0)
	r := limit.NewRate(10, 5, true, began)
	var b limit.Bucket
	for _, quiet := range []time.Duration{0, time.Hour} {
		now := began.Add(quiet)
		taken := 0
		for ; r.Take(&b, now) == 0; taken++ {
		}
		if taken != 5 {
			t.Errorf("after %s a burst of 5 is %d", quiet, taken)
		}
		taken = 0
		for end := now.Add(time.Second); !now.After(end); now = now.Add(time.Millisecond) {
			if r.Take(&b, now) == 0 {
				taken++
			}
		}
		if taken != 10 {
			t.Errorf("10 a second are %d", taken)
		}
	}
}
