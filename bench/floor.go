package main

import (
	"bytes"
	"strconv"
)

// The floor is what the kernel asks for: a loop that copies a message's body
// into a prebuilt frame, as long as Teahouse's, and writes it to all members.
// No JSON is read, nothing is stored, nothing is answered.

// floorDialect speaks to it: a message is its body, and being connected is
// being a member.
type floorDialect struct{ teahouse }

func (floorDialect) path(room string) (path, subprotocol string) { return "/" + room, "" }

func (floorDialect) join(b []byte, _ string, _ *position) []byte { return b }

func (floorDialect) send(b []byte, _ uint64, _ string, body []byte) []byte {
	return append(b, body...)
}

func (d floorDialect) next(payload, prefix []byte) (n note, rest []byte) {
	n, rest = d.teahouse.next(payload, prefix)
	if n.kind == hello {
		n.seq, _ = digits(after(payload, `"seq":`))
	}
	return n, rest
}

const seqDigits = 8

// template is an event's frame with room for a seq and a body.
type template struct {
	frame     []byte
	seq, body int // where they are
}

func newTemplate(room string) *template {
	digits := string(bytes.Repeat([]byte{'0'}, seqDigits))
	text := `{"op":"event","room":"` + room + `","seq":` + digits +
		`,"kind":"message","id":"m_0akrhg9dxxj8n","user":{"id":"u_55g6bzqt67xengcx","name":"Guest 803062"}` +
		`,"at":1795170000123,"body":"` + filling[:bodySize] + `","ref":"1234"}`
	t := &template{frame: appendFrame(nil, opText, []byte(text))}
	t.seq = bytes.Index(t.frame, []byte(digits))
	t.body = bytes.Index(t.frame, []byte(filling[:bodySize]))
	return t
}

// appendEvent appends the frame with that seq and body, which is cut or leaves
// the end of an earlier one, so that the length stays.
func (t *template) appendEvent(b []byte, seq uint64, body []byte) []byte {
	number := strconv.AppendUint(make([]byte, 0, 24), seq, 10)
	place := t.frame[t.seq : t.seq+seqDigits]
	for i := range place {
		place[i] = '0'
	}
	copy(place[seqDigits-len(number):], number)
	copy(t.frame[t.body:t.body+bodySize], body)
	return append(b, t.frame...)
}
