//go:build linux

package main

import (
	"bytes"
	"testing"
)

// The floor's server reads what the load writes.
func TestMaskedFramesArriveWhole(t *testing.T) {
	for _, n := range []int{1, 125, 126, 5000} {
		text := []byte(filling[:n])
		s := &floor{}
		r := &floorRoom{event: newTemplate("x")}
		wire := appendMasked(nil, opText, text)
		for cut := range len(wire) {
			if size := s.message(r, bytes.Clone(wire[:cut])); size != 0 {
				t.Fatalf("%d of %d bytes were taken for a frame", cut, len(wire))
			}
		}
		if size := s.message(r, wire); size != len(wire) {
			t.Fatalf("a frame of %d bytes was read as %d", len(wire), size)
		}
		want := text[:min(n, bodySize)]
		if !bytes.Contains(r.pending, want) || r.seq != 1 {
			t.Errorf("the event does not hold the body of %d bytes", n)
		}
	}
}
