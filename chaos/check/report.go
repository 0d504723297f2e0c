package check

import (
	"errors"
	"fmt"
	"io"

	"github.com/teahouse-chat/teahouse/chaos/history"
)

// Report is what the checker found.
type Report struct {
	Plan     history.Record
	Sends    int // commands, each counted once
	Changes  int // of those, edits, deletions and reactions
	Acked    int
	Lost     int // acknowledged and nowhere in the log
	Repeated int // attempts beyond the first
	Events   int // in the final logs
	Received int // events that clients got
	Resumes  int
	Resets   int
	Resyncs  int
	Conns    int
	Busy     int // strikes with sends in flight
	InFlight int // sends that were in flight at a strike

	results map[string]*result
}

// result is what became of one invariant. Only the first examples are kept: one
// fault often shows ten thousand times.
type result struct {
	checked, violations int
	examples            []string
}

const examples = 5

func newReport() *Report {
	r := &Report{results: map[string]*result{}}
	for _, name := range invariants {
		r.results[name] = &result{}
	}
	return r
}

func (r *Report) checked(name string) { r.results[name].checked++ }

func (r *Report) violated(name, format string, args ...any) {
	res := r.results[name]
	res.violations++
	if len(res.examples) < examples {
		res.examples = append(res.examples, fmt.Sprintf(format, args...))
	}
}

// Broken tells how often the invariant whose name begins with prefix was
// violated.
func (r *Report) Broken(prefix string) int {
	n := 0
	for name, res := range r.results {
		if len(name) >= len(prefix) && name[:len(prefix)] == prefix {
			n += res.violations
		}
	}
	return n
}

// Violations counts broken promises. A run that had too little work fails, but
// that is no fault of the server's.
func (r *Report) Violations() int { return r.Broken("") - r.results[work].violations }

// Count tells how many invariants held, and how many did not.
func (r *Report) Count() (passed, failed int) {
	for _, res := range r.results {
		if res.violations == 0 {
			passed++
		} else {
			failed++
		}
	}
	return passed, failed
}

// Print writes the summary.
func (r *Report) Print(out io.Writer) error {
	var failed error
	line := func(format string, args ...any) {
		_, err := fmt.Fprintf(out, format+"\n", args...)
		failed = errors.Join(failed, err)
	}
	p := r.Plan
	line("%d × %s, %d clients, %d rooms, seed %d", p.Strikes, p.Fault, p.Clients, p.Rooms, p.Seed)
	line("  %d sends, %d of them changes, %d acknowledged, %d repeated", r.Sends, r.Changes, r.Acked, r.Repeated)
	line("  %d of %d strikes met sends in flight, %d sends in all", r.Busy, p.Strikes, r.InFlight)
	line("  %d events in the logs, %d received over %d connections", r.Events, r.Received, r.Conns)
	line("  %d joins, %d of them from the newest page again, %d resyncs", r.Resumes, r.Resets, r.Resyncs)
	line("  %d of %d acknowledged messages lost", r.Lost, r.Acked)
	for _, name := range invariants {
		res := r.results[name]
		if res.violations == 0 {
			line("  held    %s (%d checked)", name, res.checked)
			continue
		}
		line("  BROKEN  %s: %d times in %d checked", name, res.violations, res.checked)
		for _, example := range res.examples {
			line("            %s", example)
		}
	}
	return failed
}
