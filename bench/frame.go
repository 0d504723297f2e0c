package main

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The kinds of frame that occur here.
const (
	opText  = 1
	opClose = 8
	opPing  = 9
	opPong  = 10
)

// frame is one frame from a server. Its payload lies in the buffer that it was
// taken from.
type frame struct {
	op      byte
	payload []byte
}

var (
	errFragment = errors.New("a fragment: the servers measured here send none")
	errReserved = errors.New("a reserved bit is set, but nothing was negotiated")
	errMasked   = errors.New("a server must not mask")
)

// takeFrame takes the first frame off b. size is how many bytes it had, or 0
// while it is incomplete.
func takeFrame(b []byte) (f frame, size int, err error) {
	if len(b) < 2 {
		return f, 0, nil
	}
	switch {
	case b[0]&0x70 != 0:
		return f, 0, errReserved
	case b[0]&0x80 == 0 || b[0]&0x0f == 0:
		return f, 0, errFragment
	case b[1]&0x80 != 0:
		return f, 0, errMasked
	}
	head, length := 2, int(b[1])
	switch length {
	case 126:
		if len(b) < 4 {
			return f, 0, nil
		}
		head, length = 4, int(binary.BigEndian.Uint16(b[2:]))
	case 127:
		if len(b) < 10 {
			return f, 0, nil
		}
		long := binary.BigEndian.Uint64(b[2:])
		if long > 1<<30 {
			return f, 0, fmt.Errorf("a frame of %d bytes", long)
		}
		head, length = 10, int(long)
	}
	if len(b) < head+length {
		return f, 0, nil
	}
	return frame{op: b[0] & 0x0f, payload: b[head : head+length]}, head + length, nil
}

// mask is the key of every frame from here: servers have the same work with
// any key but may not skip it with this one.
var mask = [4]byte{0x37, 0xfa, 0x21, 0x3d}

// appendMasked appends a frame as a client sends it.
func appendMasked(b []byte, op byte, payload []byte) []byte {
	b = append(b, 0x80|op)
	switch n := len(payload); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	case n <= 0xffff:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(n))
	}
	b = append(b, mask[:]...)
	for i, c := range payload {
		b = append(b, c^mask[i&3])
	}
	return b
}

// appendFrame appends a frame as a server sends it.
func appendFrame(b []byte, op byte, payload []byte) []byte {
	b = append(b, 0x80|op)
	switch n := len(payload); {
	case n < 126:
		b = append(b, byte(n))
	case n <= 0xffff:
		b = binary.BigEndian.AppendUint16(append(b, 126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 127), uint64(n))
	}
	return append(b, payload...)
}
