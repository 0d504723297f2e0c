package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// foldedTodos is a list as a client knows it that follows the log.
func foldedTodos(log []json.RawMessage, upto uint64) []string {
	type item struct {
		id, body string
		open     bool
	}
	var items []item
	for _, raw := range log {
		var e struct {
			Seq                     uint64
			Kind, ID, Body, Message string
			On                      bool
		}
		if err := json.Unmarshal(raw, &e); err != nil {
			panic(err) // it was decoded before
		}
		if e.Kind != "todo" || e.Seq > upto {
			continue
		}
		if e.On && e.Message == "" {
			items = append(items, item{e.ID, e.Body, true})
			continue
		}
		for i := range items {
			if items[i].id == e.Message || (e.Message == "" && items[i].body == e.Body) {
				items[i].open = e.On
			}
		}
	}
	open := []string{}
	for _, i := range items {
		if i.open {
			open = append(open, i.id+" "+i.body)
		}
	}
	return open
}

// At every moment the list is what its log says, whoever changes it at the same
// time, and after a kill.
func TestTodoListIsWhatItsLogSays(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	data := filepath.Join(t.TempDir(), "data")
	p := launch(t, data, "RATE_LIMITS=off")
	var mu sync.Mutex
	var ids []string
	var seen []todos
	known := func(r *rand.Rand) string {
		mu.Lock()
		defer mu.Unlock()
		if len(ids) == 0 {
			return "m_0000000000001"
		}
		return ids[r.IntN(len(ids))]
	}
	var all sync.WaitGroup
	for n := range 4 {
		c, l := p.visit(), p.lists("/todo", "")
		r := rand.New(rand.NewPCG(seed, uint64(n))) //nolint:gosec // a test
		text := func() string { return fmt.Sprint("item ", r.IntN(6)) }
		all.Go(func() {
			for i := range 40 {
				m := cmd{"op": "todo", "room": "general"}
				switch r.IntN(6) {
				case 0, 1:
					m["body"], m["on"] = text(), true
				case 2:
					m["body"] = text()
				case 3:
					m["message"] = known(r)
				case 4:
					m["message"], m["on"] = known(r), true
				default:
					l.say([]string{"add ", "done "}[r.IntN(2)] + text())
					l.answer()
					continue
				}
				f := c.ask(m)
				if f.Op != "ok" && f.Code != "not_found" {
					t.Errorf("%v: %s", m, f.raw)
				}
				if f.Message != "" {
					mu.Lock()
					ids = append(ids, f.Message)
					mu.Unlock()
				}
				if i%5 == 0 {
					list, _ := p.todos("general")
					if list.Seq < f.Seq {
						t.Errorf("the list is as of %d, after an answer of %d", list.Seq, f.Seq)
					}
					mu.Lock()
					seen = append(seen, list)
					mu.Unlock()
				}
			}
		})
	}
	all.Wait()
	list, _ := p.todos("general")
	seen = append(seen, list)
	if err := p.process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.end()
	p = launch(t, data)
	again, _ := p.todos("general")
	if fmt.Sprint(again) != fmt.Sprint(list) {
		t.Errorf("after a kill: %+v, before it %+v", again, list)
	}
	log := p.visit().ok(cmd{"op": "join", "room": "general", "after": 0, "epoch": list.Epoch})
	page(t, log, "general", list.Seq, span(1, list.Seq), false, false)
	for _, list := range seen {
		items := []string{}
		for _, item := range list.Items {
			items = append(items, item.ID+" "+item.Body)
		}
		same(t, fmt.Sprint("the list as of ", list.Seq), items, foldedTodos(log.Events, list.Seq))
	}
	var bodies []string
	for _, item := range list.Items {
		bodies = append(bodies, item.Body)
	}
	l := p.lists("/todo", "")
	l.say("list")
	if got := l.answer(); got != todoList(bodies...) || strings.Count(got, "\n - ") != len(list.Items) {
		t.Errorf("%q, want the items %q", got, bodies)
	}
}
