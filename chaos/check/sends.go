package check

import (
	"slices"
	"sort"

	"github.com/teahouse-chat/teahouse/chaos/history"
)

func (p *player) invoke(r history.Record) {
	k := key{p.author, r.ID}
	s := p.sends[k]
	if s == nil {
		s = &send{
			key: k, room: r.Room, hash: r.Hash, kind: r.Event, target: r.Target, emoji: r.Emoji, on: r.On, conn: p.conn, first: r.T,
		}
		p.sends[k] = s
		p.mine = append(p.mine, s)
	}
	s.attempts++
	s.open++
	s.since = r.T
	p.open = append(p.open, s)
	if !s.acked {
		p.order = append(p.order, spoken{client: p.n, conn: p.conn, room: r.Room, of: s})
	}
}

// answered takes one attempt off; false where none was open.
func (p *player) answered(r history.Record) (*send, bool) {
	s := p.sends[key{p.author, r.ID}]
	if s == nil || s.open == 0 {
		p.report.violated(answers, "%s: an answer to %q, which nobody waits for", p.name, r.ID)
		return s, s != nil
	}
	s.open--
	if i := slices.Index(p.open, s); i >= 0 {
		p.open = slices.Delete(p.open, i, i+1)
	}
	return s, true
}

func (p *player) ok(r history.Record) {
	s, known := p.answered(r)
	if !known {
		return
	}
	if !s.acked {
		s.acked, s.ackedAt, s.seq, s.message, s.at = true, r.T, r.Seq, r.Message, r.At
		return
	}
	p.report.checked(repeats)
	if s.seq != r.Seq || s.message != r.Message || s.at != r.At {
		p.report.violated(repeats, "%s: %s was answered with %s at %d, and then with %s at %d", p.name, s.id, s.message, s.seq, r.Message, r.Seq)
	}
}

// fail: with rate limits off and nothing but the server's death going wrong, the
// only error a command may meet is that the store cannot take it now, or that
// the message which it would change has been deleted.
func (p *player) fail(r history.Record) {
	p.report.checked(codes)
	s := p.sends[key{p.author, r.ID}]
	late := r.Code == "not_found" && s != nil && s.kind != "message"
	if r.Code != "unavailable" && !late {
		p.report.violated(codes, "%s: %q was refused with %q", p.name, r.ID, r.Code)
	}
	if s == nil {
		return // a join, which is no send
	}
	if s, known := p.answered(r); known {
		s.refused = true
		if s.acked && r.Code != "unavailable" {
			p.report.violated(repeats, "%s: %s was acknowledged, and then refused with %q", p.name, s.id, r.Code)
		}
	}
}

// unknown ends an attempt that the death of the server, or of the connection,
// has cut off. Those that a strike fell into are what the run is about.
func (p *player) unknown(r history.Record) {
	s := p.sends[key{p.author, r.ID}]
	if s == nil || s.open == 0 {
		return // made, but not written on this connection
	}
	s.unknown = true
	i := sort.Search(len(p.strikes), func(i int) bool { return p.strikes[i] > s.since })
	if i < len(p.strikes) && p.strikes[i] < r.T {
		p.flights[i]++
	}
}
