package main

import (
	"slices"
	"testing"
)

// What the servers say, as they said it.
const (
	thHello    = `{"op":"hello","protocol":"teahouse.v1","user":{"id":"u_01J","name":"Ada","role":"guest"},"rooms":[{"id":"general","name":"General","seq":57,"read":40,"unread":9}]}`
	thEvent    = `{"op":"event","room":"general","seq":58,"kind":"message","id":"m_01J","user":{"id":"u_01J","name":"Ada"},"at":1795170000123,"body":"00000000000000ffAll the tea","ref":"123"}`
	thSent     = `{"op":"ok","id":"123","room":"general","seq":58,"message":"m_01J","at":1795170000123}`
	thJoined   = `{"op":"ok","id":"join","room":"general","seq":58,"epoch":"e1","events":[` + thEvent + `,{"op":"event","room":"general","seq":59,"kind":"message","body":"x"}],"more":false,"reset":false}`
	thResync   = `{"op":"resync","room":"general","seq":120}`
	thError    = `{"op":"error","id":"91","code":"forbidden","detail":"no"}`
	thPresence = `{"op":"presence","room":"general","online":[{"id":"u","name":"B"}],"count":12}`

	cfEvent   = `{"push":{"channel":"general","pub":{"data":{"body":"00000000000000ffAll the tea"},"info":{"user":"1","client":"c"},"offset":58}}}`
	cfSent    = `{"id":123,"publish":{}}`
	cfHello   = `{"id":1,"connect":{"client":"c","ping":25,"pong":true}}`
	cfJoined  = `{"id":2,"subscribe":{"recoverable":true,"epoch":"e1","publications":[{"data":{"body":"x"},"offset":58},{"data":{"body":"y"},"offset":59}],"recovered":true,"offset":59,"positioned":true,"was_recovering":true}}`
	cfNew     = `{"id":2,"subscribe":{"recoverable":true,"epoch":"e1","positioned":true}}`
	cfHistory = `{"id":3,"history":{"publications":[{"data":{"body":"y"},"offset":59}],"epoch":"e1","offset":59}}`
	cfError   = `{"id":123,"error":{"code":103,"message":"permission denied"}}`
	cfGone    = `{"push":{"disconnect":{"code":3008,"reason":"slow"}}}`
)

func TestDialects(t *testing.T) {
	th, cf, floor := dialect(teahouse{}), dialect(centrifuge{}), dialect(floorDialect{})
	withHistory := dialect(centrifuge{history: true})
	for _, c := range []struct {
		d    dialect
		line string
		want note
	}{
		{th, thHello, note{kind: hello}},
		{th, thEvent, note{kind: event, seq: 58}},
		{th, thSent, note{kind: ack, id: 123}},
		{th, thJoined, note{kind: joined, seq: 58}},
		{th, thResync, note{kind: behind, seq: 120}},
		{th, thError, note{kind: refused}},
		{th, thPresence, note{}},
		{th, `{"op":"event","room":"tea","seq":58}`, note{kind: refused}},
		{cf, cfHello, note{kind: hello}},
		{cf, cfEvent, note{kind: event, seq: 58}},
		{cf, cfSent, note{kind: ack, id: 123}},
		{cf, cfJoined, note{kind: joined, seq: 59}},
		{cf, cfNew, note{kind: joined}},
		{withHistory, cfNew, note{}},
		{withHistory, cfHistory, note{kind: joined, seq: 59}},
		{cf, cfError, note{kind: refused}},
		{cf, cfGone, note{kind: refused}},
		{cf, `{"push":{"channel":"tea","pub":{"offset":1}}}`, note{kind: refused}},
		{cf, "{}", note{kind: beat}},
		{floor, `{"op":"hello","seq":7}`, note{kind: hello, seq: 7}},
	} {
		n, rest := c.d.next([]byte(c.line), c.d.eventPrefix("general"))
		n.body = nil
		if n.kind != c.want.kind || n.seq != c.want.seq || n.id != c.want.id || rest != nil {
			t.Errorf("%.60s is read as %+v and %q", c.line, n, rest)
		}
	}
}

// One frame of centrifuge's holds many lines.
func TestLines(t *testing.T) {
	d := centrifuge{}
	var kinds []kind
	for rest := []byte(cfSent + "\n" + cfEvent + "\n" + cfEvent + "\n{}"); rest != nil; {
		var n note
		n, rest = d.next(rest, d.eventPrefix("general"))
		kinds = append(kinds, n.kind)
	}
	if want := []kind{ack, event, event, beat}; !slices.Equal(kinds, want) {
		t.Errorf("read %v, want %v", kinds, want)
	}
}

func TestWhatWasMissed(t *testing.T) {
	for line, d := range map[string]dialect{thJoined: teahouse{}, cfJoined: centrifuge{}} {
		var seqs []uint64
		d.missed([]byte(line), func(seq uint64) { seqs = append(seqs, seq) })
		if !slices.Equal(seqs, []uint64{58, 59}) || d.epoch([]byte(line)) != "e1" {
			t.Errorf("%T: seqs %v of epoch %q", d, seqs, d.epoch([]byte(line)))
		}
	}
}

func TestStamps(t *testing.T) {
	for line, d := range map[string]dialect{thEvent: teahouse{}, cfEvent: centrifuge{}} {
		if at := readStamp(d.stamp([]byte(line))); at != 0xff {
			t.Errorf("%T: stamp %#x", d, at)
		}
	}
	const at = 0x0123456789abcdef
	if b := body(nil, bodySize, at); len(b) != bodySize || readStamp(b) != at {
		t.Errorf("%q", b)
	}
	if readStamp([]byte("too short")) != 0 || readStamp([]byte("sixteen letters!")) != 0 {
		t.Error("a stamp was read where none is")
	}
}

// The floor's frames are read as Teahouse's.
func TestTemplate(t *testing.T) {
	e := newTemplate("general")
	d := floorDialect{}
	for _, seq := range []uint64{1, 99, 1234567} {
		wire := e.appendEvent(nil, seq, body(nil, bodySize, int64(seq)))
		f, size, err := takeFrame(wire)
		if err != nil || size != len(wire) {
			t.Fatalf("size %d of %d, %v", size, len(wire), err)
		}
		n, _ := d.next(f.payload, d.eventPrefix("general"))
		if n.kind != event || n.seq != seq || readStamp(d.stamp(n.body)) != int64(seq) {
			t.Errorf("event %d is read as %+v", seq, n)
		}
	}
}
