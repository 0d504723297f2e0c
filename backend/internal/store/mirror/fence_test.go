package mirror_test

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/store/mirror"
	"github.com/teahouse-chat/teahouse/backend/internal/store/redistest"
	"github.com/teahouse-chat/teahouse/backend/internal/store/sqlite"
)

// Nobody writes while Redis loses what it has: that is found out all the same.
func TestWhatIsLostWhileNobodyWrites(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(s *server, r *redistest.Server){
		"it was emptied":          func(_ *server, r *redistest.Server) { r.Do("FLUSHALL") },
		"it was restarted, empty": func(_ *server, r *redistest.Server) { r.Kill(); r.Run() },
		"it is what it was before": func(s *server, r *redistest.Server) {
			r.Do("SAVE")
			for i := range 20 {
				s.say(chat.General, message("u_1", fmt.Sprint("after the snapshot ", i)))
			}
			r.Kill()
			r.Run()
		},
	} {
		for _, when := range []string{"at rest", "at the end", "with the next message"} {
			t.Run(name+" "+when, func(t *testing.T) {
				t.Parallel()
				r := redistest.Start(t)
				s := start(t, options(r), t.TempDir())
				s.busy()
				s.is("")
				lose(s, r)
				switch when {
				case "at rest":
					eventually(t, "all that was there", func() bool {
						return r.Do("EXISTS", "teahouse:log:general", "teahouse:log:tea")[0] == "2" && s.m.Status() == ""
					})
				case "with the next message":
					s.say("tea", message("u_1", "goes on"))
				}
				before := dumped(t, s.Store, false)
				s.must(s.end())
				compare(t, "after the end", copied(t, options(r), false), before)
			})
		}
	}
}

// What Redis did, though it did not say so in time, is not taken for undone.
func TestAnAnswerThatNeverComes(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	p := lineTo(t, r)
	s := start(t, p.options(), t.TempDir())
	s.is("")
	p.set("marzipan", "", false)
	e := s.say(chat.General, message("u_1", "I like marzipan"))
	<-p.hit
	if s.m.Status() == "" {
		t.Fatal("it was answered")
	}
	s.erase(&e)
	p.set("", "", false)
	s.same(options(r))
	if strings.Contains(r.Everything(), "marzipan") {
		t.Error("a deleted text is still there")
	}
	// The last piece of a table, with which that gets its name.
	for i := range 600 {
		s.guest(chat.UserID(fmt.Sprintf("v_%03d", i)), fmt.Sprintf("Visitor %03d", i))
	}
	r.Do("FLUSHALL")
	p.set("teahouse:users:new\r\n$14\r\nteahouse:users\r\n", "", false)
	s.say(chat.General, message("u_1", "fill it"))
	<-p.hit
	p.set("", "", false)
	s.same(options(r))
	if n := r.Do("HLEN", "teahouse:users")[0]; n != "600" {
		t.Errorf("there are %s users", n)
	}
}

// What reaches Redis after the server gave it up changes nothing any more.
func TestWhatComesLate(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	p := lineTo(t, r)
	s := start(t, p.options(), t.TempDir())
	s.is("")
	p.set("", strings.ToUpper(fmt.Sprintf("%x", "hash of u_3")), false)
	ses := s.guest("u_3", "Ada")
	<-p.hit
	s.must(s.EndSession(t.Context(), ses.Hash))
	s.same(options(r))
	p.resume <- struct{}{}
	<-p.resume
	s.same(options(r))
	if n := r.Do("HLEN", "teahouse:sessions")[0]; n != "0" {
		t.Error("a session that was ended is there again")
	}
}

// Of two servers the newer one goes on, and has all that the older one told.
func TestTheOlderOneStopsAtOnce(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	one := start(t, options(r), t.TempDir())
	one.busy()
	one.is("")
	two := start(t, options(r), t.TempDir())
	one.CreateRoom(chat.Room{ID: "cake", Name: "Cake"}, message("u_1", ""), 1000, func(_ chat.Outcome, err error) {
		if !refused(err) {
			t.Errorf("a room of the older one: %v", err)
		}
	})
	select {
	case err := <-one.Failed():
		if !strings.Contains(err.Error(), "another server") {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the older one goes on")
	}
	two.busyAgain()
	two.same(options(r))
	if two.m.Status() != "" {
		t.Error(two.m.Status())
	}
}

// refused is whether a command was not acknowledged: the server found out with
// it, or before it, that another one writes.
func refused(err error) bool {
	return errors.Is(err, chat.ErrUnknown) || errors.Is(err, chat.ErrUnavailable)
}

// A seal is broken before anybody is told anything under its epochs.
func TestASealIsBrokenFirst(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	s := start(t, options(r), t.TempDir())
	s.busy()
	s.must(s.end())
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	o := hasty(r)
	o.Events = 1000
	m := mirror.Open(t.Context(), o, log)
	store, err := sqlite.OpenFrom(t.TempDir(), m.Restore, log)
	s.must(err)
	r.Stop()
	s.must(m.Attach(t.Context(), store))
	s = &server{Store: store, m: m, t: t}
	s.say(chat.General, message("u_1", "told, and lost"))
	told := epochs(s)
	s.must(store.Close()) // Redis hears nothing of it
	m.Close()
	r.Continue()
	for room, epoch := range epochs(start(t, options(r), t.TempDir())) {
		if told[room] == epoch {
			t.Errorf("%s goes on in the same epoch", room)
		}
	}
}

// A replica that took over may lack what came after the seal.
func TestAReplicaTakesOver(t *testing.T) {
	t.Parallel()
	durable := []string{"--appendonly", "yes", "--appendfsync", "always", "--repl-diskless-sync-delay", "0"}
	r := redistest.Start(t, durable...)
	s := start(t, options(r), t.TempDir())
	s.busy()
	s.must(s.end())
	replica := redistest.Start(t, durable...)
	host, port, _ := strings.Cut(r.Addr(), ":")
	replica.Do("REPLICAOF", host, port)
	eventually(t, "the replica", func() bool { return len(replica.Do("HGET", "teahouse:meta", "sealed")) == 1 })
	replica.Do("REPLICAOF", "NO", "ONE")
	s = start(t, options(r), t.TempDir())
	s.say(chat.General, message("u_1", "told, and not in the replica"))
	told := epochs(s)
	r.Kill()
	for room, epoch := range epochs(start(t, options(replica), t.TempDir())) {
		if told[room] == epoch {
			t.Errorf("%s goes on in the same epoch", room)
		}
	}
}

// The end waits for a Redis that is just away.
func TestTheEndWaitsForRedis(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	s := start(t, hasty(r), t.TempDir())
	s.busy()
	s.is("")
	r.Kill()
	s.say(chat.General, message("u_1", "while it was away"))
	before := dumped(t, s.Store, true)
	ended := make(chan error, 1)
	go func() { ended <- s.end() }()
	r.Run()
	s.must(<-ended)
	second := start(t, options(r), t.TempDir())
	compare(t, "after the end", dumped(t, second.Store, true), before)
}
