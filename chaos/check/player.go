package check

import "github.com/teahouse-chat/teahouse/chaos/history"

// The protocol's own numbers.
const (
	newestPage = 50   // events of a join without a limit
	mostDelta  = 1000 // events that a join may be behind
)

// player goes through one client's history, line by line.
type player struct {
	*checker
	n      int
	name   string
	author string
	conn   int
	subs   map[string]*sub
	mine   []*send
	open   []*send // attempts on this connection without an answer
	shown  map[string]standings
}

// sub is a room on the running connection.
type sub struct {
	live bool
	next uint64 // the seq that must come now
}

func (p *player) take(r history.Record) error {
	switch r.Kind {
	case history.Client:
		p.author = r.Author
	case history.Conn:
		p.connected(r)
	case history.Refused:
		p.report.checked(codes)
		if r.Code == "401" {
			p.report.violated(head, "%s: its session is no longer known", p.name)
		} else if r.Code != "503" && r.Code != "429" {
			p.report.violated(codes, "%s: the upgrade was refused with %s", p.name, r.Code)
		}
	case history.Invoke:
		p.invoke(r)
	case history.OK:
		p.ok(r)
	case history.Fail:
		p.fail(r)
	case history.Unknown:
		p.unknown(r)
	case history.Resume:
		p.resume(r)
	case history.Recv:
		p.recv(r)
	case history.Resync:
		p.report.Resyncs++
		if s := p.subs[r.Room]; s != nil {
			s.live = false
		}
	case history.Lost:
		p.lost()
	}
	return nil
}

func (p *player) connected(r history.Record) {
	p.conn = r.Conn
	p.report.Conns++
	p.lost()
	if r.Author != p.author {
		p.report.violated(head, "%s: connection %d greeted it as %s, it is %s", p.name, r.Conn, r.Author, p.author)
	}
}

func (p *player) lost() {
	for _, s := range p.subs {
		s.live = false
	}
	for _, s := range p.open {
		s.open = 0
	}
	p.open = p.open[:0]
}

func (p *player) resume(r history.Record) {
	p.report.Resumes++
	p.report.checked(stream)
	s := p.subs[r.Room]
	if s == nil {
		s = &sub{}
		p.subs[r.Room] = s
	}
	who := p.name
	switch epoch, known := p.epochs[r.Room]; {
	case !known:
		p.epochs[r.Room] = r.Epoch
	case epoch != r.Epoch:
		p.report.violated(head, "%s: %s was told the epoch %s, before it was %s", r.Room, who, r.Epoch, epoch)
	}
	p.heads[r.Room] = append(p.heads[r.Room], seen{asked: r.Since, seq: r.Seq, who: who})
	if r.Asked && r.After > r.Seq {
		p.report.violated(head, "%s: %s holds %d, and was told the head %d", r.Room, who, r.After, r.Seq)
	}
	s.live = true
	if !r.Asked || r.Reset {
		s.next = r.Seq - min(newestPage, r.Seq) + 1
	} else {
		s.next = r.After + 1
	}
	if !r.Asked || r.Reset || p.shown[r.Room] == nil {
		p.shown[r.Room] = standings{}
	}
	if !r.Reset {
		return
	}
	p.report.Resets++
	if !r.Asked || r.Epoch == r.Old && r.After <= r.Seq && r.Seq-r.After <= mostDelta {
		p.report.violated(stream, "%s: %s was reset at %d with the head at %d", r.Room, who, r.After, r.Seq)
	}
}

func (p *player) recv(r history.Record) {
	p.report.Received++
	p.report.checked(stream)
	p.report.checked(view)
	s := p.subs[r.Room]
	switch {
	case s == nil || !s.live:
		p.report.violated(stream, "%s: %s got %d of a room it does not listen to", r.Room, p.name, r.Seq)
	case r.Seq != s.next:
		p.report.violated(stream, "%s: %s got %d where %d is next (connection %d)", r.Room, p.name, r.Seq, s.next, p.conn)
	}
	if s != nil {
		s.next = r.Seq + 1
	}

	if shown := p.shown[r.Room]; shown != nil {
		shown.fold(&r)
	}
	l := p.log(r.Room)
	e, ok := l.events[r.Seq]
	if l.rewritten(&e) {
		r.Hash = e.hash
	}
	switch {
	case !ok:
		p.report.violated(view, "%s: %s saw %d, where nothing stands in the end", r.Room, p.name, r.Seq)
	case e != eventOf(r):
		p.report.violated(view, "%s: %s saw %s at %d, where %s stands in the end, or with other content", r.Room, p.name, r.Message, r.Seq, e.message)
	}
	if r.Raw != "" {
		if raw, known := l.raw[r.Seq]; !known {
			l.raw[r.Seq] = r.Raw
		} else if raw != r.Raw {
			p.report.violated(view, "%s: %s got other bytes for %d than somebody else", r.Room, p.name, r.Seq)
		}
	}
	if mine := p.sends[key{r.Author, r.Ref}]; r.Author == p.author && mine != nil &&
		mine.attempts == 1 && mine.conn == p.conn && mine.open > 0 {
		p.report.violated(answers, "%s: event %d came before the answer to %s", p.name, r.Seq, r.Ref)
	}
}

// end is after the quiet phase, when everybody should hold and know everything.
func (p *player) end() {
	for room, s := range p.subs {
		p.report.checked(view)
		if l := p.log(room); l.told && s.next != l.head+1 {
			p.report.violated(view, "%s: %s stopped at %d, the head is %d", room, p.name, s.next-1, l.head)
		}
		p.compare(room, p.name, p.shown[room], p.log(room).shown)
	}
	for _, s := range p.mine {
		p.report.checked(answers)
		if !s.acked && !s.refused {
			p.report.violated(answers, "%s: %s was never answered", p.name, s.id)
		}
	}
}
