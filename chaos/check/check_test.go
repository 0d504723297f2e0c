package check_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/teahouse-chat/teahouse/chaos/check"
	"github.com/teahouse-chat/teahouse/chaos/history"
)

func TestCleanRunPasses(t *testing.T) {
	report := cleanRun().check(t)
	var out strings.Builder
	if err := report.Print(&out); err != nil {
		t.Fatal(err)
	}
	if passed, failed := report.Count(); failed != 0 || passed != 14 {
		t.Errorf("%d passed, %d failed:\n%s", passed, failed, out.String())
	}
	if want := "  0 of 276 acknowledged messages lost\n"; !strings.Contains(out.String(), want) {
		t.Errorf("no %q in:\n%s", want, out.String())
	}
}

// Lawful rarities must not raise an alarm, or nobody would listen to a true one.
func TestRareButLawfulRunsPass(t *testing.T) {
	for name, bend := range map[string]func(*script){
		"a resync and the join after it": func(s *script) {
			i := s.index(1, history.Recv, 40)
			r := s.clients[1][i]
			s.insert(1, i,
				history.Record{Kind: history.Resync, Room: r.Room, Seq: r.Seq},
				history.Record{Kind: history.Resume, Room: r.Room, Seq: r.Seq, Since: r.T, After: r.Seq - 1, Asked: true, Old: "e1", Epoch: "e1"})
		},
		"a refusal, and another command instead": func(s *script) {
			s.insert(1, s.index(1, history.OK, 3),
				history.Record{Kind: history.Invoke, ID: "refused", Room: rooms[0], Hash: "h"},
				history.Record{Kind: history.Fail, ID: "refused", Code: "unavailable"})
		},
		"a change of what is deleted by now": func(s *script) {
			s.insert(1, s.index(1, history.OK, 3),
				history.Record{Kind: history.Invoke, ID: "refused", Room: rooms[0], Event: "edit", Target: "m_x"},
				history.Record{Kind: history.Fail, ID: "refused", Code: "not_found"})
		},
		"an upgrade while the server starts": func(s *script) {
			s.insert(1, s.index(1, history.Conn, 1), history.Record{Kind: history.Refused, Code: "503"})
		},
		"an acknowledged command sent once more": func(s *script) {
			i := s.index(1, history.OK, 3)
			ok := s.clients[1][i]
			s.insert(1, i+1, history.Record{Kind: history.Invoke, ID: ok.ID, Room: ok.Room, Hash: "h"}, ok)
		},
		"a member event": func(s *script) {
			room := rooms[1]
			e := history.Record{Kind: history.Final, Room: room, Seq: uint64(len(s.logs[room])) + 1, Message: "m_x", Author: "u_9", Event: "member"}
			s.logs[room] = append(s.logs[room], e)
			e.Kind = history.Recv
			for n := range s.clients {
				s.clients[n] = append(s.clients[n], e)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := cleanRun()
			bend(s)
			if report := s.check(t); report.Violations() > 0 {
				t.Errorf("an alarm for nothing:\n%s", printed(t, report))
			}
		})
	}
}

func TestPlantedFaultsAreCaught(t *testing.T) {
	for _, fault := range faults {
		t.Run(fault.name, func(t *testing.T) {
			s := cleanRun()
			fault.plant(s)
			report := s.check(t)
			if report.Broken(fault.breaks) == 0 {
				t.Errorf("%s was not broken:\n%s", fault.breaks, printed(t, report))
			}
			if fault.lost != report.Lost {
				t.Errorf("%d acknowledged messages lost, want %d", report.Lost, fault.lost)
			}
		})
	}
}

func TestTooLittleWorkFailsWithoutViolation(t *testing.T) {
	for name, bend := range map[string]func(*script){
		"few sends": func(s *script) {
			for n := range s.clients {
				s.forget(n, func(r history.Record) bool { return r.Kind == history.OK && r.T > 60 })
			}
		},
		"strikes missing": func(s *script) { s.server[0].Strikes = 9 },
		"no sends in flight": func(s *script) {
			for i := range s.server {
				if s.server[i].Kind == history.Strike {
					s.server[i].T = 1
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := cleanRun()
			bend(s)
			if s.check(t).Broken("the run had work") == 0 {
				t.Error("it passed for work")
			}
		})
	}
	s := cleanRun()
	s.server[0].Strikes = 9
	if s.check(t).Violations() != 0 {
		t.Error("too little work counts as a broken promise")
	}
}

func TestBrokenHistoriesAreNoResult(t *testing.T) {
	if _, err := check.Dir(t.TempDir()); err == nil {
		t.Error("an empty folder was checked")
	}
}

func printed(t *testing.T, report *check.Report) string {
	t.Helper()
	var out strings.Builder
	if err := report.Print(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// index is where the nth record of a kind stands in a client's history; -1 is
// the last.
func (s *script) index(client int, kind history.Kind, nth int) int {
	var at []int
	for i, r := range s.clients[client] {
		if r.Kind == kind {
			at = append(at, i)
		}
	}
	if nth < 0 {
		nth += len(at)
	}
	return at[nth]
}

func (s *script) at(client int, kind history.Kind, nth int) *history.Record {
	return &s.clients[client][s.index(client, kind, nth)]
}

func (s *script) insert(client, i int, records ...history.Record) {
	conn := s.clients[client][i].Conn
	for j := range records {
		records[j].Conn, records[j].T = conn, s.clients[client][i].T
	}
	s.clients[client] = slices.Insert(s.clients[client], i, records...)
}

func (s *script) remove(client, i int) {
	s.clients[client] = slices.Delete(s.clients[client], i, i+1)
}
