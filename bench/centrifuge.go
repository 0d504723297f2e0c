package main

import (
	"bytes"
	"strconv"
)

// centrifuge speaks the JSON protocol of github.com/centrifugal/centrifuge:
// commands and answers are lines, and one frame holds one or more of them.
type centrifuge struct {
	// history asks for the newest 50 publications beside each subscription
	// without a position, which is what a join of Teahouse's returns.
	history bool
}

// The ids of the commands that are no messages.
const (
	connectID = iota + 1
	subscribeID
	historyID
)

func (centrifuge) path(string) (path, subprotocol string) {
	return "/connection/websocket", ""
}

func (centrifuge) greet() []byte { return []byte(`{"id":1,"connect":{}}`) }

func (c centrifuge) join(b []byte, room string, from *position) []byte {
	b = append(b, `{"id":2,"subscribe":{"channel":"`...)
	b = append(append(b, room...), '"')
	if from != nil {
		b = append(b, `,"recover":true,"offset":`...)
		b = strconv.AppendUint(b, from.after, 10)
		b = append(b, `,"epoch":"`...)
		b = append(append(b, from.epoch...), '"')
	}
	b = append(b, `}}`...)
	if from == nil && c.history {
		b = append(b, "\n"+`{"id":3,"history":{"limit":50,"reverse":true,"channel":"`...)
		b = append(append(b, room...), `"}}`...)
	}
	return b
}

func (centrifuge) send(b []byte, id uint64, room string, body []byte) []byte {
	b = append(b, `{"id":`...)
	b = strconv.AppendUint(b, id, 10)
	b = append(b, `,"publish":{"channel":"`...)
	b = append(b, room...)
	b = append(b, `","data":{"body":"`...)
	b = append(b, body...)
	return append(b, `"}}}`...)
}

func (centrifuge) eventPrefix(room string) []byte {
	return []byte(`{"push":{"channel":"` + room + `","pub":{`)
}

const offsetMark = `"offset":`

func (c centrifuge) next(payload, prefix []byte) (n note, rest []byte) {
	line := payload
	if i := bytes.IndexByte(payload, '\n'); i >= 0 {
		line, rest = payload[:i], payload[i+1:]
	}
	if len(prefix) > 0 && bytes.HasPrefix(line, prefix) {
		if i := bytes.LastIndexByte(line, ':'); bytes.HasSuffix(line[:i+1], []byte(offsetMark)) {
			seq, _ := digits(line[i+1:])
			return note{kind: event, seq: seq, body: line}, rest
		}
		return note{kind: refused, body: line}, rest
	}
	return c.seldom(line), rest
}

func (c centrifuge) seldom(p []byte) note {
	if len(p) == 0 {
		return note{}
	}
	if string(p) == "{}" {
		return note{kind: beat}
	}
	if !bytes.HasPrefix(p, []byte(`{"id":`)) {
		return note{kind: refused, body: p} // a push that nobody asked for
	}
	id, rest := digits(p[len(`{"id":`):])
	if bytes.HasPrefix(rest, []byte(`,"error"`)) {
		return note{kind: refused, body: p}
	}
	switch id {
	case connectID:
		return note{kind: hello}
	case subscribeID:
		if c.history && !bytes.Contains(p, []byte(`"was_recovering"`)) {
			return note{} // the history's answer completes the join
		}
		return note{kind: joined, seq: lastOffset(p), body: p}
	case historyID:
		return note{kind: joined, seq: lastOffset(p), body: p}
	}
	return note{kind: ack, id: id}
}

// lastOffset is the newest offset, which every answer has behind the
// publications; 0 where it is left out.
func lastOffset(p []byte) uint64 {
	i := bytes.LastIndex(p, []byte(offsetMark))
	if i < 0 {
		return 0
	}
	seq, _ := digits(p[i+len(offsetMark):])
	return seq
}

func (centrifuge) stamp(payload []byte) []byte { return after(payload, `"body":"`) }

// missed stops where the publications end: the answer's own offset follows.
func (centrifuge) missed(body []byte, each func(seq uint64)) {
	body = after(body, `"publications":[`)
	if end := bytes.IndexByte(body, ']'); end >= 0 {
		body = body[:end]
	}
	for body = after(body, offsetMark); body != nil; body = after(body, offsetMark) {
		seq, rest := digits(body)
		each(seq)
		body = rest
	}
}

func (centrifuge) epoch(body []byte) string { return string(until(after(body, `"epoch":"`), '"')) }
