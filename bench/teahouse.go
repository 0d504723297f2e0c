package main

import (
	"bytes"
	"strconv"
)

// teahouse speaks teahouse.v1 as a visitor.
type teahouse struct{}

const (
	joinID     = `"join"`
	eventStart = `{"op":"event",`
)

func (teahouse) path(string) (path, subprotocol string) { return "/ws", "teahouse.v1" }

func (teahouse) greet() []byte { return nil }

func (teahouse) join(b []byte, room string, from *position) []byte {
	b = append(b, `{"op":"join","id":`+joinID+`,"room":"`...)
	b = append(append(b, room...), '"')
	if from != nil {
		b = append(b, `,"after":`...)
		b = strconv.AppendUint(b, from.after, 10)
		b = append(b, `,"epoch":"`...)
		b = append(append(b, from.epoch...), '"')
	}
	return append(b, '}')
}

func (teahouse) send(b []byte, id uint64, room string, body []byte) []byte {
	b = append(b, `{"op":"send","id":"`...)
	b = strconv.AppendUint(b, id, 10)
	b = append(b, `","room":"`...)
	b = append(b, room...)
	b = append(b, `","body":"`...)
	b = append(b, body...)
	return append(b, `"}`...)
}

func (teahouse) eventPrefix(room string) []byte {
	return []byte(eventStart + `"room":"` + room + `","seq":`)
}

func (t teahouse) next(payload, prefix []byte) (n note, rest []byte) {
	if len(prefix) > 0 && bytes.HasPrefix(payload, prefix) {
		seq, _ := digits(payload[len(prefix):])
		return note{kind: event, seq: seq, body: payload}, nil
	}
	return t.seldom(payload), nil
}

// seldom reads everything but events.
func (teahouse) seldom(p []byte) note {
	op := after(p, `{"op":"`)
	switch name := until(op, '"'); string(name) {
	case "event":
		return note{kind: refused, body: p} // of another room: nobody asked for it
	case "hello":
		return note{kind: hello}
	case "resync":
		seq, _ := digits(after(p, `"seq":`))
		return note{kind: behind, seq: seq}
	case "error":
		return note{kind: refused, body: p}
	case "ok":
		id := after(op, `"id":`)
		if bytes.HasPrefix(id, []byte(joinID)) {
			seq, _ := digits(after(id, `"seq":`))
			return note{kind: joined, seq: seq, body: p}
		}
		n, _ := digits(id[1:])
		return note{kind: ack, id: n}
	}
	return note{}
}

func (teahouse) stamp(payload []byte) []byte { return after(payload, `"body":"`) }

func (teahouse) missed(body []byte, each func(seq uint64)) {
	for body = after(body, eventStart); body != nil; body = after(body, eventStart) {
		seq, rest := digits(after(body, `"seq":`))
		each(seq)
		body = rest
	}
}

func (teahouse) epoch(body []byte) string { return string(until(after(body, `"epoch":"`), '"')) }
