package mirror_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/store/mirror"
	"github.com/teahouse-chat/teahouse/backend/internal/store/redistest"
)

// talk writes all the time, from several at once, until the test says enough.
func (s *server) talk() (enough func() int) {
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	count := make(chan int, 3)
	for i := range 3 {
		all.Go(func() {
			n := 0
			user := chat.UserID(fmt.Sprintf("u_%d", i))
			for ; ctx.Err() == nil; n++ {
				e, err := say(s.Store, chat.General, message(user, fmt.Sprintf("%s says %d", user, n)))
				if err != nil {
					s.t.Error(err)
					break
				}
				if n%5 == 0 {
					_, err = say(s.Store, e.Room, about(chat.KindEdit, &e, user, "changed"), func(tx chat.Tx) { tx.Rewrite(e.Seq) })
				} else if n%7 == 0 {
					_, err = say(s.Store, e.Room, about(chat.KindDelete, &e, user, ""), func(tx chat.Tx) { tx.Erase(e.Seq) })
				}
				if err == nil && n%11 == 0 {
					_, err = s.SetRead(ctx, chat.General, "u_1", e.Seq)
				}
				if err != nil && ctx.Err() == nil {
					s.t.Error(err)
					break
				}
			}
			count <- n
		})
	}
	return func() int {
		cancel()
		all.Wait()
		return <-count + <-count + <-count
	}
}

// goesOn waits until so many more events are in general.
func (s *server) goesOn(n uint64) {
	s.t.Helper()
	r, err := s.Room(s.t.Context(), chat.General)
	s.must(err)
	eventually(s.t, "more events", func() bool {
		now, err := s.Room(s.t.Context(), chat.General)
		s.must(err)
		return now.Head >= r.Head+n
	})
}

func TestRedisFailsUnderTraffic(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args        []string
		fail, again func(r *redistest.Server)
	}{
		"killed, and empty again":  {fail: (*redistest.Server).Kill, again: (*redistest.Server).Run},
		"killed, with what it had": {args: []string{"--appendonly", "yes"}, fail: (*redistest.Server).Kill, again: (*redistest.Server).Run},
		"it hangs":                 {fail: (*redistest.Server).Stop, again: (*redistest.Server).Continue},
		"its connections are cut": {
			fail:  func(r *redistest.Server) { r.Do("CLIENT", "PAUSE", "600", "ALL") },
			again: func(r *redistest.Server) { r.Do("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes") },
		},
		"it was emptied": {fail: func(r *redistest.Server) { r.Do("FLUSHALL") }},
		"it is full": {
			fail:  func(r *redistest.Server) { r.Do("CONFIG", "SET", "maxmemory", "1mb") },
			again: func(r *redistest.Server) { r.Do("CONFIG", "SET", "maxmemory", "0") },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := redistest.Start(t, test.args...)
			s := start(t, hasty(r), t.TempDir())
			s.busy()
			s.is("")
			enough := s.talk()
			s.goesOn(30)
			test.fail(r)
			s.goesOn(30)
			if test.again != nil {
				eventually(t, "degraded", func() bool { return s.m.Status() != "" })
				s.goesOn(30)
				test.again(r)
			}
			s.goesOn(30)
			s.is("")
			s.goesOn(30)
			n := enough()
			t.Log(n, "messages")
			s.same(hasty(r))
			s.must(s.end())
			start(t, hasty(r), t.TempDir()).busyAgain()
		})
	}
}

func TestWaitingIsBounded(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	s := start(t, hasty(r), t.TempDir())
	s.is("")
	r.Stop()
	begin := time.Now()
	s.say(chat.General, message("u_1", "while it hangs"))
	if took := time.Since(begin); took < 200*time.Millisecond || took > time.Second {
		t.Errorf("the first message took %s", took)
	}
	begin = time.Now()
	for range 20 {
		s.say(chat.General, message("u_1", "while it hangs"))
	}
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("20 more took %s", took)
	}
	r.Continue()
	s.same(hasty(r))
}

func TestASecondWriterStops(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	one := start(t, options(r), t.TempDir())
	one.busy()
	one.is("")
	two := start(t, options(r), t.TempDir())
	two.is("")
	two.say("tea", message("u_1", "from the second"))
	_, err := say(one.Store, "tea", message("u_1", "from the first"))
	if !refused(err) {
		t.Fatalf("the first one's message: %v", err)
	}
	select {
	case err := <-one.Failed():
		if !strings.Contains(err.Error(), "another server") {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the first one goes on")
	}
	two.say("tea", message("u_1", "goes on"))
	two.say(chat.General, message("u_1", "goes on"))
}

func TestHistoriesThatContradict(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	dir := t.TempDir()
	one := start(t, options(r), dir)
	one.busy()
	one.must(one.end())
	two := start(t, options(r), t.TempDir())
	two.say("tea", message("u_1", "only in Redis"))
	two.must(two.end())
	if _, err := tryStart(t, options(r), dir); err == nil || !strings.Contains(err.Error(), "empty DATA_DIR") {
		t.Errorf("a database that is behind: %v", err)
	}
	// A database of its own never writes there.
	other := redistest.Start(t)
	dir = t.TempDir()
	alone := start(t, options(other), dir)
	alone.say(chat.General, message("u_1", "alone"))
	alone.must(alone.end())
	before := r.Everything()
	foreign := start(t, options(r), dir)
	foreign.is("keeps the history of another database")
	foreign.say(chat.General, message("u_1", "still alone"))
	foreign.must(foreign.end())
	if r.Everything() != before {
		t.Error("it wrote there")
	}
}

func TestRedisIsNotThereAtTheStart(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	r.Kill()
	dir := t.TempDir()
	s := start(t, options(r), dir)
	s.is("cannot be reached")
	s.busy()
	r.Run()
	s.same(options(r))
	s.must(s.end())
	s = start(t, options(r), dir)
	s.busyAgain()
	s.same(options(r))
}

// A server that wrote without Redis, or was killed, brings it up to date.
func TestCatchingUpAtTheStart(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	dir := t.TempDir()
	s := start(t, options(r), dir)
	s.busy()
	s.must(s.end())
	r.Do("DEL", "teahouse:text:tea", "teahouse:users", "teahouse:list:general", "teahouse:state:general")
	r.Do("HDEL", "teahouse:meta", "sealed")
	s = start(t, options(r), dir)
	s.same(options(r))
	away := redistest.Start(t)
	s.must(s.end())
	s = start(t, options(away), dir)
	for i := range 700 {
		s.say("tea", message("u_1", fmt.Sprint("elsewhere ", i)))
	}
	s.busyAgain()
	s.must(s.end())
	s = start(t, options(r), dir)
	s.same(options(r))
	s.must(s.end())
	o := options(r)
	o.Events = 30
	s = start(t, o, dir)
	s.is("")
	s.say("tea", message("u_1", "fewer from now on"))
	if n := r.Do("XLEN", "teahouse:log:tea")[0]; n != "30" {
		t.Errorf("the log holds %s events", n)
	}
}

func TestHowRedisIsReached(t *testing.T) {
	t.Parallel()
	locked := redistest.Start(t, "--requirepass", "let me in")
	o := options(locked)
	o.Password, o.Database = "let me in", 3
	s := start(t, o, t.TempDir())
	s.busy()
	s.same(o)
	o.User = "default"
	s.same(o)
	o.Password = "wrong"
	start(t, o, t.TempDir()).is("cannot be reached")

	cert, key := certificate(t)
	sealed := redistest.StartTLS(t, cert, key)
	o = mirror.Options{Address: sealed.Addr(), TLS: true, TrustAnyCert: true, Patience: 20 * time.Second}
	s = start(t, o, t.TempDir())
	s.busy()
	s.same(o)
	o.TrustAnyCert = false
	start(t, o, t.TempDir()).is("cannot be reached")
}

// certificate is self-signed.
func certificate(t *testing.T) (cert, key []byte) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	c, err := x509.CreateCertificate(rand.Reader, template, template, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalECPrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c}), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der})
}
