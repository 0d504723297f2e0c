package websocket

import "slices"

// fewPlaces is up to how many a search is quicker than a map, and much smaller.
const fewPlaces = 16

// places are one client's places in topics, by the topic's name.
type places struct {
	list   []*member
	byName map[string]*member // nil while they are few
}

func (p *places) get(name string) *member {
	if p.byName != nil {
		return p.byName[name]
	}
	for _, m := range p.list {
		if m.topic.name == name {
			return m
		}
	}
	return nil
}

// put adds a place, or takes that of another in the same topic, which it
// returns.
func (p *places) put(m *member) (old *member) {
	if old = p.get(m.topic.name); old != nil {
		p.list[slices.Index(p.list, old)] = m
	} else {
		p.list = append(p.list, m)
	}
	switch {
	case p.byName != nil:
		p.byName[m.topic.name] = m
	case len(p.list) > fewPlaces:
		p.byName = make(map[string]*member, len(p.list))
		for _, m := range p.list {
			p.byName[m.topic.name] = m
		}
	}
	return old
}

// remove takes a place out, if it is still one of these.
func (p *places) remove(m *member) {
	i := slices.Index(p.list, m)
	if i < 0 {
		return
	}
	p.list = slices.Delete(p.list, i, i+1)
	if p.byName != nil {
		delete(p.byName, m.topic.name)
	}
}

func (p *places) all() []*member { return p.list }
