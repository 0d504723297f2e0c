package chat

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
)

// Digest is a keyed 16-byte digest of a command's content.
type Digest [16]byte

// digester makes Digests; it keeps what does not depend on the content.
type digester struct {
	mac hash.Hash
	buf []byte
}

func newDigester(key []byte) *digester { return &digester{mac: hmac.New(sha256.New, key)} }

// keptDigest is the size up to which a digester keeps its buffer.
const keptDigest = 16 << 10

// digest binds the content of a command: all its fields but op and id, and the
// op, as no id may serve two ops. It is keyed, so that it says nothing about
// text that was deleted. The last part is the list, as one.
func (s *Service) digest(op, room, body, parent string, list []string) Digest {
	d := s.digests.Get().(*digester)
	b := d.buf[:0]
	for _, p := range [...]string{op, room, body, parent} {
		b = appendPart(b, p)
	}
	size := 0
	for _, p := range list {
		size += 8 + len(p)
	}
	b = binary.LittleEndian.AppendUint64(b, uint64(size)) //nolint:gosec // never negative
	for _, p := range list {
		b = appendPart(b, p)
	}
	d.mac.Reset()
	d.mac.Write(b)
	b = d.mac.Sum(b[:0])
	sum := Digest(b)
	if cap(b) <= keptDigest {
		d.buf = b
	}
	s.digests.Put(d)
	return sum
}

func appendPart(b []byte, p string) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(len(p)))
	return append(b, p...)
}
