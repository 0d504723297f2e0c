//go:build linux

package main

import "time"

// meter measures a server and the load on it between two moments: after a
// while to warm up, and at the end.
type meter struct {
	l          *load
	s          *server
	warm, long time.Duration
	began      time.Time
	running    bool

	from struct {
		at        time.Time
		cpu       cpuTime
		delivered uint64
		acked     uint64
		bytes     int64
	}
	// figures are there once at has returned 0.
	figures figures
}

// figures are what a server did in a time.
type figures struct {
	took      time.Duration
	cpu       cpuTime
	delivered uint64
	acked     uint64
	delivery  histogram
	answers   histogram
	resident  int64
	bytes     int64 // read by the load
}

func newMeter(l *load, s *server, warm, long time.Duration) *meter {
	return &meter{l: l, s: s, warm: warm, long: long, began: time.Now()}
}

// at says how long there is until something is due, and does what is due. It
// returns 0 when the time is over.
func (m *meter) at(now time.Time) (time.Duration, error) {
	if !m.running {
		if wait := m.warm - now.Sub(m.began); wait > 0 {
			return wait, nil
		}
		if err := m.begin(); err != nil {
			return 0, err
		}
	}
	if wait := m.long - now.Sub(m.from.at); wait > 0 {
		return wait, nil
	}
	return 0, m.end()
}

func (m *meter) begin() (err error) {
	m.running = true
	m.l.delivery, m.l.answers = histogram{}, histogram{}
	m.from.delivered, m.from.acked = m.l.tally.delivered, m.l.acked
	m.from.bytes = m.l.bytes
	m.from.cpu, err = m.s.cpu()
	m.from.at = time.Now()
	return err
}

func (m *meter) end() error {
	now, err := m.s.cpu()
	if err != nil {
		return err
	}
	m.figures = figures{
		took: time.Since(m.from.at), cpu: now.since(m.from.cpu),
		delivered: m.l.tally.delivered - m.from.delivered, acked: m.l.acked - m.from.acked,
		delivery: m.l.delivery, answers: m.l.answers, bytes: m.l.bytes - m.from.bytes,
	}
	m.figures.resident, err = m.s.resident()
	return err
}

// each is the share of one of n in a time, in microseconds.
func each(d time.Duration, n uint64) float64 {
	if n == 0 {
		return 0
	}
	return float64(d.Nanoseconds()) / 1000 / float64(n)
}
