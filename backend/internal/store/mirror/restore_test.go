package mirror_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/store/redistest"
)

func TestEverythingIsRestored(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	first := start(t, options(r), t.TempDir())
	first.busy()
	first.same(options(r))
	before := dumped(t, first.Store, true)
	first.must(first.end())
	second := start(t, options(r), t.TempDir())
	compare(t, "after an end in order", dumped(t, second.Store, true), before)
	second.say(chat.General, message("u_1", "goes on"))
	second.busyAgain()
	second.same(options(r))
	// A repeat is known, its content too.
	for _, events := range before.Pages {
		for _, e := range events {
			if e.Ref == "" {
				continue
			}
			e.Shown, e.Body = nil, "what a repeat says is not looked at by the store"
			again, err := say(second.Store, e.Room, e)
			if err != nil || again.Seq != e.Seq || again.Digest != e.Digest {
				t.Fatalf("the repeat of %v is %v, %v", &e, &again, err)
			}
		}
	}
}

// busyAgain changes what was there before.
func (s *server) busyAgain() {
	s.t.Helper()
	page, err := s.After(s.t.Context(), chat.General, 0, 3, 1<<20)
	s.must(err)
	a, c := page.Events[0], page.Events[2]
	s.react(&a, "u_1", "👍", false)
	s.edit(&c, "third, changed")
	s.erase(&a)
	listed, err := s.Listed(s.t.Context(), chat.General)
	s.must(err)
	s.list(&listed.Events[0], false)
	s.must(s.EndSession(s.t.Context(), hashOf("u_1")))
}

func TestEpochs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args []string
		then func(r *redistest.Server)
		kept bool
	}{
		"an end in order":                    {kept: true},
		"no end in order":                    {then: func(r *redistest.Server) { r.Do("HDEL", "teahouse:meta", "sealed") }},
		"Redis was restarted":                {args: []string{"--appendonly", "yes"}, then: func(r *redistest.Server) { r.Kill(); r.Run() }},
		"Redis was restarted, and syncs all": {args: []string{"--appendonly", "yes", "--appendfsync", "always"}, then: func(r *redistest.Server) { r.Kill(); r.Run() }, kept: true},
		"a log lost its end": {then: func(r *redistest.Server) {
			last := r.Do("XREVRANGE", "teahouse:log:tea", "+", "-", "COUNT", "1")[0]
			r.Do("XDEL", "teahouse:log:tea", last)
		}},
		"a log lost its middle": {then: func(r *redistest.Server) { r.Do("XDEL", "teahouse:log:tea", "5-0") }},
		"a text is lost":        {then: func(r *redistest.Server) { r.Do("HDEL", "teahouse:text:general", "3") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := redistest.Start(t, test.args...)
			s := start(t, options(r), t.TempDir())
			s.busy()
			s.is("")
			before := epochs(s)
			s.must(s.end())
			if test.then != nil {
				test.then(r)
			}
			s = start(t, options(r), t.TempDir())
			after := epochs(s)
			for room := range before {
				if (before[room] == after[room]) != test.kept {
					t.Errorf("%s: epoch %s, before %s", room, after[room], before[room])
				}
			}
			s.say("tea", message("u_1", "goes on"))
			s.same(options(r))
			after = epochs(s)
			s.must(s.end())
			if again := epochs(start(t, options(r), t.TempDir())); fmt.Sprint(again) != fmt.Sprint(after) {
				t.Errorf("then the epochs are %v, they were %v", again, after)
			}
		})
	}
}

func epochs(s *server) map[chat.RoomID]string {
	list, _, err := s.Rooms(s.t.Context(), "", 100)
	s.must(err)
	all := map[chat.RoomID]string{}
	for _, r := range list {
		all[r.ID] = r.Epoch
	}
	return all
}

func TestALogThatBeginsLate(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	o := options(r)
	o.Events = 50
	s := start(t, o, t.TempDir())
	s.guest("u_1", "Ada")
	old := message("u_1", "an old item")
	old.Kind = chat.KindTodo
	old = s.say(chat.General, old)
	s.list(&old, true)
	first := s.say(chat.General, message("u_1", "the first words"))
	for i := range 200 {
		s.say(chat.General, message("u_1", fmt.Sprint("number ", i)))
	}
	s.edit(&first, "too old for Redis")
	if n := r.Do("XLEN", "teahouse:log:general")[0]; n != "50" {
		t.Errorf("the log holds %s events", n)
	}
	if n := r.Do("HLEN", "teahouse:text:general")[0]; n != "50" {
		t.Errorf("there are %s texts", n)
	}
	s.must(s.end())
	s = start(t, o, t.TempDir())
	head := uint64(204)
	p, err := s.Before(t.Context(), chat.General, 0, 200, 1<<20)
	s.must(err)
	if len(p.Events) != 50 || p.More || p.Head != head || p.Events[0].Seq != head-49 {
		t.Errorf("the page has %d events, more %v, head %d", len(p.Events), p.More, p.Head)
	}
	p, err = s.After(t.Context(), chat.General, 3, 1000, 1<<20)
	s.must(err)
	if len(p.Events) != 50 || p.More {
		t.Errorf("behind 3 come %d events, more %v", len(p.Events), p.More)
	}
	listed, err := s.Listed(t.Context(), chat.General)
	s.must(err)
	if len(listed.Events) != 1 || listed.Events[0].Body != "an old item" || listed.Events[0].Seq != 1 {
		t.Errorf("on the list is %v", listed.Events)
	}
	b, err := s.Belonging(t.Context(), chat.General, "u_1")
	s.must(err)
	if b.Unread != 0 {
		t.Errorf("%d unread of one's own", b.Unread)
	}
	s.list(&listed.Events[0], false)
	s.say(chat.General, message("u_1", "goes on"))
	s.must(s.end())
	s = start(t, o, t.TempDir())
	if listed, err = s.Listed(t.Context(), chat.General); err != nil || len(listed.Events) != 0 {
		t.Errorf("then on the list is %v, %v", listed.Events, err)
	}
}

func TestDeletedTextIsNowhere(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	s := start(t, options(r), t.TempDir())
	words := []string{"marzipan", "nougat", "pistachio"}
	e := s.say(chat.General, message("u_1", "I like "+words[0]))
	s.edit(&e, "I like "+words[1])
	if strings.Contains(r.Everything(), words[0]) {
		t.Error("an edited text is still there")
	}
	s.edit(&e, "I like "+words[2])
	s.erase(&e)
	dir := t.TempDir()
	s.must(s.end())
	s = start(t, options(r), dir)
	s.same(options(r))
	s.must(s.end())
	all := r.Everything()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	s.must(err)
	for _, f := range files {
		b, err := os.ReadFile(f)
		s.must(err)
		all += string(bytes.ToLower(b))
	}
	for _, w := range words {
		if strings.Contains(all, w) {
			t.Errorf("%s is still there", w)
		}
	}
}

func TestNothingIsToldBeforeRedisHasIt(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	s := start(t, options(r), t.TempDir())
	s.is("")
	const n = 300
	told := make(chan error, n)
	for range n {
		e := message("u_1", "hello")
		s.InRoom(chat.General, func(tx chat.Tx) error { tx.Append(e); return nil }, func(o chat.Outcome, err error) {
			if err == nil && len(r.Do("XRANGE", "teahouse:log:general", fmt.Sprint(o.Event.Seq), fmt.Sprint(o.Event.Seq))) == 0 {
				err = errors.New("it was told too early")
			}
			told <- err
		})
	}
	for range n {
		s.must(<-told)
	}
	ses := s.guest("u_5", "Eve")
	if len(r.Do("HGET", "teahouse:sessions", fmt.Sprintf("%X", ses.Hash))) == 0 {
		t.Error("the session was told too early")
	}
}
