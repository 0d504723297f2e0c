package check_test

import (
	"slices"

	"github.com/teahouse-chat/teahouse/chaos/history"
)

// fault is a bug of a server, as it would show in the histories.
type fault struct {
	name   string
	plant  func(*script)
	breaks string // the invariant that must notice
	lost   int    // acknowledged messages that are gone
}

var mint = rooms[0]

var faults = []fault{
	{"acknowledged before commit, and gone", func(s *script) {
		last := s.logs[mint][len(s.logs[mint])-1]
		s.logs[mint] = s.logs[mint][:len(s.logs[mint])-1]
		for n := range s.clients {
			s.forget(n, func(r history.Record) bool { return r.Kind == history.Recv && r.Message == last.Message })
		}
	}, "I1 ", 1},
	{"acknowledged and gone, with all that came after", func(s *script) {
		s.logs[mint] = s.logs[mint][:len(s.logs[mint])-3]
	}, "I1 ", 3},
	{"another text was stored", func(s *script) { s.logs[mint][7].Hash = "other" }, "I1 ", 0},
	{"acknowledged at another seq", func(s *script) { s.at(1, history.OK, 5).Seq++ }, "I1 ", 0},
	{"acknowledged under another id", func(s *script) { s.at(1, history.OK, 5).Message = "m_other" }, "I1 ", 0},
	{"acknowledged with another time", func(s *script) { s.at(1, history.OK, 5).At++ }, "I1 ", 0},
	{"a hole in the log", func(s *script) {
		s.logs[mint] = append(s.logs[mint][:20:20], s.logs[mint][21:]...)
	}, "I2 ", 1},
	{"one seq given twice", func(s *script) { s.logs[mint][20].Seq = 20 }, "I2 ", 0},
	{"a retry took effect again", func(s *script) {
		again := s.logs[mint][30]
		again.Seq, again.Message = uint64(len(s.logs[mint]))+1, "m_again"
		s.logs[mint] = append(s.logs[mint], again)
	}, "I3 ", 0},
	{"one id for two messages", func(s *script) { s.logs[mint][30].Message = s.logs[mint][29].Message }, "I3 ", 0},
	{"refused, and yet there", func(s *script) {
		ok := s.at(1, history.OK, 5)
		ok.Kind, ok.Code = history.Fail, "unavailable"
	}, "I3 ", 0},
	{"a message that nobody sent", func(s *script) { s.logs[mint][30].Ref = "c_unheard" }, "I3 ", 1},
	{"stored in another room", func(s *script) {
		e := s.logs[mint][len(s.logs[mint])-1]
		s.logs[mint] = s.logs[mint][:len(s.logs[mint])-1]
		e.Room, e.Seq, e.Message = rooms[1], uint64(len(s.logs[rooms[1]]))+1, "m_astray"
		s.logs[rooms[1]] = append(s.logs[rooms[1]], e)
	}, "I3 ", 0},
	{"an event not delivered", func(s *script) { s.remove(1, s.index(1, history.Recv, 33)) }, "I4 ", 0},
	{"an event delivered twice", func(s *script) {
		i := s.index(1, history.Recv, 33)
		s.insert(1, i, s.clients[1][i])
	}, "I4 ", 0},
	{"two events out of order", func(s *script) {
		i, j := s.index(1, history.Recv, 2), s.index(1, history.Recv, 3)
		s.clients[1][i], s.clients[1][j] = s.clients[1][j], s.clients[1][i]
	}, "I4 ", 0},
	{"resumed one too late", func(s *script) {
		s.remove(2, s.firstAfterResume(2, func(seq, head uint64) bool { return seq <= head }))
	}, "I4 ", 0},
	{"resumed one too early", func(s *script) {
		i := s.firstAfterResume(2, func(seq, head uint64) bool { return seq <= head })
		early := s.logs[s.clients[2][i].Room][s.clients[2][i].Seq-2]
		early.Kind = history.Recv
		s.insert(2, i, early)
	}, "I4 ", 0},
	{"fetched, then subscribed", func(s *script) {
		s.remove(2, s.firstAfterResume(2, func(seq, head uint64) bool { return seq > head }))
	}, "I4 ", 0},
	{"an event before the answer to join", func(s *script) {
		i := s.index(2, history.Resume, 2)
		s.clients[2][i], s.clients[2][i+1] = s.clients[2][i+1], s.clients[2][i]
	}, "I4 ", 0},
	{"an event after resync", func(s *script) {
		i := s.index(2, history.Recv, 33)
		s.insert(2, i, history.Record{Kind: history.Resync, Room: s.clients[2][i].Room})
	}, "I4 ", 0},
	{"reset without a cause", func(s *script) { s.at(2, history.Resume, 2).Reset = true }, "I4 ", 0},
	{"the last event never came", func(s *script) { s.remove(1, s.index(1, history.Recv, -1)) }, "I5 ", 0},
	{"another text for one client", func(s *script) { s.at(1, history.Recv, 33).Hash = "other" }, "I5 ", 0},
	{"another author for one client", func(s *script) { s.at(1, history.Recv, 33).Author = "u_9" }, "I5 ", 0},
	{"other bytes for one client", func(s *script) { s.at(1, history.Recv, 33).Raw = "other" }, "I5 ", 0},
	{"seen, and not in the log", func(s *script) {
		s.clients[1] = append(s.clients[1], history.Record{Kind: history.Recv, Room: mint, Seq: 9999, Conn: 3})
	}, "I5 ", 0},
	{"before one that was acknowledged earlier", func(s *script) { s.swap(mint, 4, 6) }, "I6 ", 0},
	{"two of one sender changed places", func(s *script) { s.swap(mint, 5, 6) }, "I7 ", 0},
	{"an edit forgotten", func(s *script) {
		m := s.stood(func(m *history.Record) bool { return m.Edited != 0 })
		m.Edited, m.Hash = 0, "h1"
	}, "I12 ", 0},
	{"a deletion forgotten", func(s *script) {
		m := s.stood(func(m *history.Record) bool { return m.Deleted })
		m.Deleted, m.Hash = false, "h1"
	}, "I12 ", 0},
	{"a reaction forgotten", func(s *script) {
		s.stood(func(m *history.Record) bool { return m.Reactions != nil }).Reactions = nil
	}, "I12 ", 0},
	{"a reaction that nobody gave", func(s *script) {
		s.stood(func(m *history.Record) bool { return m.Reactions != nil }).Reactions[0] = "👍 u_9"
	}, "I12 ", 0},
	{"a reaction that is gone, for one client", func(s *script) {
		s.at(1, history.Recv, 33).Reactions = []string{"👍 u_9"}
	}, "I12 ", 0},
	{"a text that was deleted, in its edit", func(s *script) {
		m := s.stood(func(m *history.Record) bool { return m.Deleted })
		s.stood(func(e *history.Record) bool { return e.Event == "edit" && e.Target == m.Message }).Hash = "h1"
	}, "I12 ", 0},
	{"another reaction was stored", func(s *script) {
		s.stood(func(e *history.Record) bool { return e.Event == "react" }).Emoji = "🫖"
	}, "I1 ", 0},
	{"a repeat refused", func(s *script) {
		i := s.index(1, history.OK, 5)
		ok := s.clients[1][i]
		s.insert(1, i+1, history.Record{Kind: history.Invoke, ID: ok.ID, Room: ok.Room}, history.Record{Kind: history.Fail, ID: ok.ID, Code: "not_found"})
	}, "P3 ", 0},
	{"another epoch in between", func(s *script) { s.at(1, history.Resume, 2).Epoch = "e2" }, "I13 ", 0},
	{"the head fell for a reader", func(s *script) { s.at(1, history.Resume, 3).Seq = 3 }, "I13 ", 0},
	{"a head below what another was told", func(s *script) {
		r := s.at(1, history.Resume, 3)
		r.Seq, r.After = r.Seq-1, r.Seq-3
	}, "I13 ", 0},
	{"a head that was never reached", func(s *script) { s.at(1, history.Resume, 3).Seq = 9999 }, "I13 ", 0},
	{"greeted as somebody else", func(s *script) { s.at(1, history.Conn, 2).Author = "u_9" }, "I13 ", 0},
	{"a session forgotten", func(s *script) {
		s.insert(1, s.index(1, history.Conn, 1), history.Record{Kind: history.Refused, Code: "401"})
	}, "I13 ", 0},
	{"done, and then not there", func(s *script) {
		s.tell(history.Record{Kind: history.Late, Code: "a session"})
	}, "I13 ", 0},
	{"an upgrade refused", func(s *script) {
		s.insert(1, s.index(1, history.Conn, 1), history.Record{Kind: history.Refused, Code: "500"})
	}, "I15 ", 0},
	{"an own retry refused as a conflict", func(s *script) {
		i := s.index(1, history.OK, 5)
		ok := s.clients[1][i]
		s.insert(1, i+1, history.Record{Kind: history.Invoke, ID: ok.ID, Room: ok.Room}, history.Record{Kind: history.Fail, ID: ok.ID, Code: "conflict"})
	}, "P3 ", 0},
	{"a fault of the server's", func(s *script) {
		s.insert(1, s.index(1, history.OK, 3),
			history.Record{Kind: history.Invoke, ID: "x", Room: mint}, history.Record{Kind: history.Fail, ID: "x", Code: "internal"})
	}, "I15 ", 0},
	{"a retry answered otherwise", func(s *script) {
		i := s.index(1, history.OK, 5)
		ok := s.clients[1][i]
		other := ok
		other.Seq++
		s.insert(1, i+1, history.Record{Kind: history.Invoke, ID: ok.ID, Room: ok.Room}, other)
	}, "P3 ", 0},
	{"the event before its answer", func(s *script) {
		i := s.index(1, history.OK, 5)
		j := i
		for s.clients[1][j].Ref != s.clients[1][i].ID {
			j++
		}
		ok := s.clients[1][i]
		s.insert(1, j+1, ok)
		s.remove(1, i)
	}, "P1 ", 0},
	{"never answered", func(s *script) { s.remove(1, s.index(1, history.OK, -1)) }, "P1 ", 0},
	{"answered twice", func(s *script) {
		i := s.index(1, history.OK, 5)
		s.insert(1, i, s.clients[1][i])
	}, "P1 ", 0},
	{"an answer to nothing", func(s *script) {
		s.insert(1, s.index(1, history.OK, 5), history.Record{Kind: history.OK, ID: "c_unheard", Seq: 1})
	}, "P1 ", 0},
	{"the server ended by itself", func(s *script) {
		s.tell(history.Record{Kind: history.Crash, Code: "exit status 2"})
	}, "P7 ", 0},
}

// stood is the first such event of the log that changes are made in.
func (s *script) stood(match func(*history.Record) bool) *history.Record {
	log := s.logs[rooms[1]]
	return &log[slices.IndexFunc(log, func(r history.Record) bool { return match(&r) })]
}

// forget removes all records that match.
func (s *script) forget(client int, match func(history.Record) bool) {
	var kept []history.Record
	for _, r := range s.clients[client] {
		if !match(r) {
			kept = append(kept, r)
		}
	}
	s.clients[client] = kept
}

// firstAfterResume finds an event of the room that was joined again.
func (s *script) firstAfterResume(client int, match func(seq, head uint64) bool) int {
	from := s.index(client, history.Resume, 2)
	join := s.clients[client][from]
	for i := from + 1; ; i++ {
		if r := s.clients[client][i]; r.Kind == history.Recv && r.Room == join.Room && match(r.Seq, join.Seq) {
			return i
		}
	}
}

// swap makes two events change places for everybody, as if the server had
// decided so: logs, answers and deliveries all agree.
func (s *script) swap(room string, a, b uint64) {
	log := s.logs[room]
	log[a-1], log[b-1] = log[b-1], log[a-1]
	log[a-1].Seq, log[b-1].Seq = a, b
	for n := range s.clients {
		for i := range s.clients[n] {
			r := &s.clients[n][i]
			if r.Room != room || r.Seq != a && r.Seq != b {
				continue
			}
			switch r.Kind {
			case history.OK:
				r.Seq = a + b - r.Seq
			case history.Recv:
				e := log[r.Seq-1]
				r.Message, r.Author, r.Ref, r.Hash, r.At = e.Message, e.Author, e.Ref, e.Hash, e.At
			}
		}
	}
}
