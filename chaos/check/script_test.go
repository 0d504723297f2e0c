package check_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/teahouse-chat/teahouse/chaos/check"
	"github.com/teahouse-chat/teahouse/chaos/history"
)

// script is a run that never was: three clients, two rooms, three lives of a
// server that keeps every promise. Tests bend it and see who notices.
type script struct {
	clock   int64
	server  []history.Record
	clients [][]history.Record
	logs    map[string][]history.Record // the events of a room, in order
	conns   []int
	last    []map[string]uint64 // where each client stands
	made    int
}

var rooms = []string{"mint", "oolong"}

const (
	lives  = 3
	rounds = 12
)

func cleanRun() *script {
	s := &script{logs: map[string][]history.Record{}, clients: make([][]history.Record, 3), conns: make([]int, 3)}
	s.server = append(s.server, history.Record{Kind: history.Plan, Strikes: lives - 1, Clients: 3, Rooms: 2, Seed: 1, Fault: "none"})
	for n := range s.clients {
		s.last = append(s.last, map[string]uint64{})
		s.note(n, history.Record{Kind: history.Client, Author: author(n)})
	}
	var pending []history.Record
	for life := range lives {
		s.life(pending)
		if life == lives-1 {
			break
		}
		pending = s.cutOff()
	}
	return s
}

func author(n int) string { return fmt.Sprintf("u_%d", n) }

// life is from one start to just before the strike.
func (s *script) life(pending []history.Record) {
	s.tell(history.Record{Kind: history.Ready})
	for n := range s.clients {
		s.conns[n]++
		s.note(n, history.Record{Kind: history.Conn, Author: author(n)})
		for _, room := range rooms {
			s.join(n, room)
		}
	}
	for n, invoke := range pending {
		s.note(n, invoke)
		s.commit(n, invoke)
		s.answer(n, invoke)
	}
	for range rounds {
		for n := range s.clients {
			room := rooms[s.made/2%len(rooms)]
			first, second := s.invoke(n, room), s.invoke(n, room) // two in flight
			for _, invoke := range []history.Record{first, second} {
				s.commit(n, invoke)
				s.answer(n, invoke)
			}
		}
	}
	s.changes(rooms[1])
}

// changes has each client edit, delete and react to messages of its own.
func (s *script) changes(room string) {
	for n := range s.clients {
		var own []*history.Record
		for i := range s.logs[room] {
			if e := &s.logs[room][i]; e.Event == "message" && e.Author == author(n) && !e.Deleted {
				own = append(own, e)
			}
		}
		for _, c := range []struct {
			about     int
			kind      string
			emoji     string
			on        bool
			reactions []string // afterwards
		}{
			{0, "edit", "", false, nil},
			{1, "react", "👍", true, []string{"👍 " + author(n)}},
			{1, "react", "🍵", true, []string{"🍵 " + author(n), "👍 " + author(n)}},
			{1, "react", "👍", false, []string{"🍵 " + author(n)}},
			{2, "edit", "", false, nil},
			{2, "delete", "", false, nil},
		} {
			s.made++
			invoke := history.Record{
				Kind: history.Invoke, ID: fmt.Sprintf("c%d", s.made), Room: room, Event: c.kind, Target: own[c.about].Message, Emoji: c.emoji, On: c.on,
			}
			if c.kind == "edit" {
				invoke.Hash = fmt.Sprintf("h%d", s.made)
			}
			s.note(n, invoke)
			s.commit(n, invoke)
			s.answer(n, invoke)
			s.stands(room, own[c.about].Seq, c.kind, invoke.Hash, c.reactions)
		}
	}
}

// stands shows a message of the log as its newest event left it.
func (s *script) stands(room string, seq uint64, kind, hash string, reactions []string) {
	log := s.logs[room]
	m, last := &log[seq-1], &log[len(log)-1]
	switch m.Reactions = reactions; kind {
	case "edit":
		m.Hash, m.Edited = hash, last.Seq
	case "delete":
		for i := range log {
			if log[i].Target == m.Message {
				log[i].Hash = ""
			}
		}
		m.Hash, m.Edited, m.Deleted = "", 0, true
	}
}

// cutOff leaves one send of each client without an answer: committed for the
// first client, not even read for the others.
func (s *script) cutOff() []history.Record {
	var pending []history.Record
	for n := range s.clients {
		pending = append(pending, s.invoke(n, rooms[0]))
	}
	s.logs[rooms[0]] = append(s.logs[rooms[0]], s.event(0, pending[0]))
	s.tell(history.Record{Kind: history.Strike})
	for n, invoke := range pending {
		s.note(n, history.Record{Kind: history.Unknown, ID: invoke.ID, Room: invoke.Room})
		s.note(n, history.Record{Kind: history.Lost})
	}
	return pending
}

func (s *script) tick() int64 {
	s.clock++
	return s.clock
}

func (s *script) tell(r history.Record) {
	r.T = s.tick()
	s.server = append(s.server, r)
}

func (s *script) note(n int, r history.Record) {
	r.T, r.Conn = s.tick(), s.conns[n]
	s.clients[n] = append(s.clients[n], r)
}

func (s *script) invoke(n int, room string) history.Record {
	s.made++
	r := history.Record{Kind: history.Invoke, ID: fmt.Sprintf("c%d", s.made), Room: room, Hash: fmt.Sprintf("h%d", s.made), Event: "message"}
	s.note(n, r)
	return r
}

func (s *script) event(n int, invoke history.Record) history.Record {
	seq := uint64(len(s.logs[invoke.Room])) + 1
	return history.Record{
		Kind: history.Final, Room: invoke.Room, Seq: seq, Message: fmt.Sprintf("m_%s_%d", invoke.Room, seq),
		Author: author(n), Ref: invoke.ID, Hash: invoke.Hash, Event: invoke.Event, At: int64(seq),
		Target: invoke.Target, Emoji: invoke.Emoji, On: invoke.On,
	}
}

// find is the event of a command that took effect before.
func (s *script) find(n int, invoke history.Record) (history.Record, bool) {
	i := slices.IndexFunc(s.logs[invoke.Room], func(e history.Record) bool {
		return e.Author == author(n) && e.Ref == invoke.ID
	})
	if i < 0 {
		return history.Record{}, false
	}
	return s.logs[invoke.Room][i], true
}

func (s *script) commit(n int, invoke history.Record) {
	if _, done := s.find(n, invoke); !done {
		s.logs[invoke.Room] = append(s.logs[invoke.Room], s.event(n, invoke))
	}
}

// answer tells the sender, and then everybody what they do not have.
func (s *script) answer(n int, invoke history.Record) {
	e, _ := s.find(n, invoke)
	s.note(n, history.Record{Kind: history.OK, ID: invoke.ID, Room: e.Room, Seq: e.Seq, Message: e.Message, At: e.At})
	for n := range s.clients {
		s.deliver(n, invoke.Room, "bytes")
	}
}

func (s *script) join(n int, room string) {
	after, asked := s.last[n][room], s.conns[n] > 1
	r := history.Record{
		Kind: history.Resume, Room: room, Seq: uint64(len(s.logs[room])), Since: s.tick(),
		After: after, Asked: asked, Epoch: "e1",
	}
	if asked {
		r.Old = "e1"
	}
	s.note(n, r)
	s.deliver(n, room, "")
}

func (s *script) deliver(n int, room, raw string) {
	for _, e := range s.logs[room][s.last[n][room]:] {
		e.Kind = history.Recv
		if raw != "" {
			e.Raw = fmt.Sprint(raw, e.Seq)
		}
		s.note(n, e)
		s.last[n][room] = e.Seq
	}
}

// check writes the histories and lets the checker read them.
func (s *script) check(t *testing.T) *check.Report {
	t.Helper()
	dir := t.TempDir()
	var final []history.Record
	for _, room := range rooms {
		var head uint64
		for _, e := range s.logs[room] {
			head = max(head, e.Seq)
		}
		final = append(final, history.Record{Kind: history.Head, Room: room, Seq: head, Epoch: "e1"})
		final = append(final, s.logs[room]...)
	}
	write(t, filepath.Join(dir, history.FinalFile), final)
	write(t, filepath.Join(dir, history.ServerFile), s.server)
	for n, records := range s.clients {
		write(t, filepath.Join(dir, history.ClientFile(n)), records)
	}
	report, err := check.Dir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func write(t *testing.T, path string, records []history.Record) {
	t.Helper()
	w, err := history.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		w.Write(r)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}
