package storetest

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

func testAfter(t *testing.T, o Opened) {
	s := o.Store
	makeRoom(t, s, "tea", "Tea", "u_0") // a neighbour whose events must not show
	say(t, s, chat.General, "u_1", 10)
	say(t, s, "tea", "u_1", 3)
	tests := []struct {
		after uint64
		limit int
		want  []uint64
		more  bool
	}{
		{0, 100, []uint64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, false},
		{0, 10, []uint64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, false},
		{0, 9, []uint64{1, 2, 3, 4, 5, 6, 7, 8, 9}, true},
		{3, 2, []uint64{4, 5}, true},
		{8, 2, []uint64{9, 10}, false},
		{9, 1, []uint64{10}, false},
		{10, 5, []uint64{}, false},
		{11, 5, []uint64{}, false},
		{1<<53 - 1, 5, []uint64{}, false},
		{math.MaxUint64, 5, []uint64{}, false},
	}
	for _, tt := range tests {
		p, err := s.After(t.Context(), chat.General, tt.after, tt.limit, 1<<20)
		ok(t, err)
		what := fmt.Sprintf("after %d limit %d", tt.after, tt.limit)
		if got := seqs(p); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %v, want %v", what, got, tt.want)
		}
		equal(t, what+": more", p.More, tt.more)
		equal(t, what+": head", p.Head, 10)
	}
	room, err := s.Room(t.Context(), chat.General)
	ok(t, err)
	p, err := s.After(t.Context(), chat.General, 0, 1, 1)
	ok(t, err)
	equal(t, "epoch", p.Epoch, room.Epoch)
}

func testBefore(t *testing.T, o Opened) {
	s := o.Store
	p, err := s.Before(t.Context(), chat.General, 0, 10, 1000)
	ok(t, err)
	equal(t, "events of an empty log", len(p.Events), 0)
	equal(t, "more of an empty log", p.More, false)

	makeRoom(t, s, "tea", "Tea", "u_0")
	say(t, s, "tea", "u_1", 3)
	say(t, s, chat.General, "u_1", 10)
	tests := []struct {
		before uint64
		limit  int
		want   []uint64
		more   bool
	}{
		{0, 100, []uint64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, false},
		{0, 3, []uint64{8, 9, 10}, true},
		{11, 3, []uint64{8, 9, 10}, true},
		{1<<53 - 1, 3, []uint64{8, 9, 10}, true},
		{math.MaxUint64, 3, []uint64{8, 9, 10}, true},
		{10, 3, []uint64{7, 8, 9}, true},
		{4, 3, []uint64{1, 2, 3}, false},
		{5, 3, []uint64{2, 3, 4}, true},
		{2, 3, []uint64{1}, false},
		{1, 3, []uint64{}, false},
	}
	for _, tt := range tests {
		p, err := s.Before(t.Context(), chat.General, tt.before, tt.limit, 1<<20)
		ok(t, err)
		what := fmt.Sprintf("before %d limit %d", tt.before, tt.limit)
		if got := seqs(p); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %v, want %v", what, got, tt.want)
		}
		equal(t, what+": more", p.More, tt.more)
		equal(t, what+": head", p.Head, 10)
	}
}

func testPageBytes(t *testing.T, o Opened) {
	s := o.Store
	for range 10 {
		must(t, s, chat.General, adding(message("u_1", strings.Repeat("x", 100))))
	}
	for _, tt := range []struct{ bytes, want int }{{1, 1}, {100, 1}, {199, 1}, {200, 2}, {250, 2}, {950, 9}, {1000, 10}} {
		p, err := s.After(t.Context(), chat.General, 0, 100, tt.bytes)
		ok(t, err)
		equal(t, fmt.Sprintf("after: events in %d bytes", tt.bytes), len(p.Events), tt.want)
		equal(t, "after: more", p.More, tt.want < 10)
		equal(t, "after: first", p.Events[0].Seq, 1)

		p, err = s.Before(t.Context(), chat.General, 0, 100, tt.bytes)
		ok(t, err)
		equal(t, fmt.Sprintf("before: events in %d bytes", tt.bytes), len(p.Events), tt.want)
		equal(t, "before: more", p.More, tt.want < 10)
		equal(t, "before: last", p.Events[len(p.Events)-1].Seq, 10)
	}
}

// testPageMoment reads while others write: the head of a page belongs to its
// events.
func testPageMoment(t *testing.T, o Opened) {
	s := o.Store
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				if _, err := in(s, chat.General, adding(message("u_1", "x"))); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	var head uint64
	for head < 300 && !t.Failed() {
		p, err := s.Before(t.Context(), chat.General, 0, 5, 1000)
		ok(t, err)
		if n := len(p.Events); n > 0 {
			equal(t, "newest event", p.Events[n-1].Seq, p.Head)
		}
		if p.Head < head {
			t.Errorf("the head fell from %d to %d", head, p.Head)
		}
		head = p.Head
	}
	close(stop)
	wg.Wait()
}

func testByRef(t *testing.T, o Opened) {
	s := o.Store
	e := must(t, s, chat.General, adding(message("u_1", "x"))).Event
	got, err := s.ByRef(t.Context(), "u_1", e.Ref)
	ok(t, err)
	equal(t, "event", got, e)
	_, err = s.ByRef(t.Context(), "u_2", e.Ref)
	wantErr(t, err, chat.ErrNotFound)
	_, err = s.ByRef(t.Context(), "u_1", "other")
	wantErr(t, err, chat.ErrNotFound)
	must(t, s, chat.General, adding(joining("u_1")))
	_, err = s.ByRef(t.Context(), "u_1", "")
	wantErr(t, err, chat.ErrNotFound)
}
