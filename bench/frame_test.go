package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// Whatever the pieces in which bytes come, the frames are the same.
func TestFramesByteByByte(t *testing.T) {
	var want []frame
	var wire []byte
	for _, n := range []int{0, 1, 125, 126, 127, 300, 0xffff, 0x10000} {
		for _, op := range []byte{opText, opPing, opClose} {
			f := frame{op: op, payload: []byte(strings.Repeat("t", n))}
			want = append(want, f)
			wire = appendFrame(wire, f.op, f.payload)
		}
	}
	for _, piece := range []int{1, 2, 3, 7, 4096, len(wire)} {
		var in []byte
		got := 0
		for rest := wire; len(rest) > 0; {
			n := min(piece, len(rest))
			in = append(in, rest[:n]...)
			rest = rest[n:]
			for {
				f, size, err := takeFrame(in)
				if err != nil {
					t.Fatal(err)
				}
				if size == 0 {
					break
				}
				if f.op != want[got].op || !bytes.Equal(f.payload, want[got].payload) {
					t.Fatalf("pieces of %d: frame %d has kind %d and %d bytes", piece, got, f.op, len(f.payload))
				}
				got++
				in = in[size:]
			}
		}
		if got != len(want) || len(in) != 0 {
			t.Fatalf("pieces of %d: %d frames of %d, and %d bytes are left", piece, got, len(want), len(in))
		}
	}
}

func TestFramesThatNoServerSends(t *testing.T) {
	for name, c := range map[string]struct {
		wire []byte
		want error
	}{
		"not final":    {[]byte{opText, 1, 'x'}, errFragment},
		"continuation": {[]byte{0x80, 1, 'x'}, errFragment},
		"compressed":   {[]byte{0xc0 | opText, 1, 'x'}, errReserved},
		"masked":       {appendMasked(nil, opText, []byte("x")), errMasked},
	} {
		if _, size, err := takeFrame(c.wire); !errors.Is(err, c.want) || size != 0 {
			t.Errorf("%s: size %d, %v", name, size, err)
		}
	}
	if _, _, err := takeFrame([]byte{0x80 | opText, 127, 0xff, 0, 0, 0, 0, 0, 0, 0}); err == nil {
		t.Error("a frame of that size was believed")
	}
}
