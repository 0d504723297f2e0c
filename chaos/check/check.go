// Package check joins the histories of a run with the final read and says which
// promises were kept. It knows nothing of the server or of the clients but
// their histories.
package check

import (
	"fmt"
	"path/filepath"

	"github.com/teahouse-chat/teahouse/chaos/history"
)

// The invariants, in the order in which they are reported. The numbers are
// those under which the project's notes on reliability list them.
const (
	acked    = "I1 every acknowledged message is in the log, as it was sent"
	gapless  = "I2 each log runs from 1 to its head without a hole"
	once     = "I3 each command took effect once, a refused one never"
	stream   = "I4 each connection got its rooms' events in order, none missing, none twice"
	view     = "I5 every client saw the same log, and all of it"
	realTime = "I6 what was acknowledged before another was sent comes first"
	program  = "I7 a sender's messages stand in the order of sending"
	stands   = "I12 every message stands as its changes left it, resumed as loaded anew"
	head     = "I13 no head fell back, no epoch changed, nobody was forgotten"
	codes    = "I15 nothing was refused that should not be"
	repeats  = "P3 a repeated command is answered as the first time"
	answers  = "P1 every command has one answer, which comes before its event"
	alive    = "P7 the server never ended by itself"
	work     = "the run had work: 20 acknowledged sends a strike, half the strikes with sends in flight"
)

var invariants = []string{
	acked, gapless, once, stream, view, realTime, program, stands, head, codes, repeats, answers, alive, work,
}

// key is a command: ids are one space per user.
type key struct{ author, id string }

// send is what is known of one command from its sender's history.
type send struct {
	key
	room, hash string
	kind       string // of the event that it is to become
	target     string // the message that it is about
	emoji      string
	on         bool
	conn       int   // of the first attempt
	first      int64 // when it was first written
	attempts   int
	open       int   // attempts on this connection that have no answer yet
	since      int64 // when the running attempt was written
	unknown    bool  // an attempt was lost without an answer
	refused    bool
	acked      bool
	ackedAt    int64
	seq        uint64
	message    string
	at         int64
}

// spoken is a send on a connection that had no answer then: the server must keep
// their order.
type spoken struct {
	client, conn int
	room         string
	of           *send
}

// seen is a head that was told, with the moment it was asked for.
type seen struct {
	asked int64
	seq   uint64
	who   string
}

// checker holds what all histories say together.
type checker struct {
	report  *Report
	logs    map[string]*log
	sends   map[key]*send
	order   []spoken
	heads   map[string][]seen
	epochs  map[string]string
	strikes []int64
	flights []int // for each strike, the sends it left without an answer
}

// Dir checks the histories in a folder.
func Dir(dir string) (*Report, error) {
	c := &checker{
		report: newReport(), logs: map[string]*log{}, sends: map[key]*send{},
		heads: map[string][]seen{}, epochs: map[string]string{},
	}
	if err := history.Read(filepath.Join(dir, history.FinalFile), c.final); err != nil {
		return nil, err
	}
	if err := history.Read(filepath.Join(dir, history.ServerFile), c.server); err != nil {
		return nil, err
	}
	c.flights = make([]int, len(c.strikes))
	files, err := history.ClientFiles(dir)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no client's history in %s", dir)
	}
	for n, file := range files {
		p := &player{checker: c, n: n + 1, name: filepath.Base(file), subs: map[string]*sub{}, shown: map[string]standings{}}
		if err := history.Read(file, p.take); err != nil {
			return nil, err
		}
		p.end()
	}
	c.checkLogs()
	c.checkSends()
	c.checkStandings()
	c.checkRealTime()
	c.checkProgramOrder()
	c.checkHeads()
	c.checkWork()
	return c.report, nil
}

func (c *checker) server(r history.Record) error {
	switch r.Kind {
	case history.Plan:
		c.report.Plan = r
	case history.Strike:
		c.strikes = append(c.strikes, r.T)
	case history.Late:
		c.report.violated(head, "it was done, and then not there: %s", r.Code)
	case history.Crash:
		c.strikes = append(c.strikes, r.T)
		c.report.violated(alive, "it ended with %s", r.Code)
	case history.Ready:
		c.report.checked(alive)
	}
	return nil
}

// checkWork guards against a run that proves nothing because little happened.
// The last strike comes after the talk and does not count.
func (c *checker) checkWork() {
	r := c.report
	r.checked(work)
	planned := r.Plan.Strikes
	if len(c.strikes) < planned {
		r.violated(work, "%d of %d strikes were struck", len(c.strikes), planned)
		return
	}
	for _, flight := range c.flights[:planned] {
		r.InFlight += flight
		if flight > 0 {
			r.Busy++
		}
	}
	if r.Acked < 20*planned {
		r.violated(work, "%d acknowledged sends in %d strikes", r.Acked, planned)
	}
	if 2*r.Busy < planned {
		r.violated(work, "sends were in flight at %d of %d strikes", r.Busy, planned)
	}
}
