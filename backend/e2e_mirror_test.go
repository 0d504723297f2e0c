package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/internal/store/redistest"
)

// mirrored launches the program with an empty directory and a mirror.
func mirrored(t *testing.T, r *redistest.Server) *program {
	t.Helper()
	p := launch(t, filepath.Join(t.TempDir(), "data"), "RATE_LIMITS=off", "REDIS_URL=redis://"+r.Addr())
	p.ready("ready")
	return p
}

// ready waits until the server says so.
func (h *house) ready(status string) {
	h.t.Helper()
	said := ""
	eventually(h.t, func() bool {
		r := h.call("GET", "/readyz", "")
		said = r.text
		return r.status == http.StatusOK && strings.Contains(said, `"status":"`+status+`"`)
	}, func() string { return said })
}

func (p *program) kill() {
	p.t.Helper()
	if err := p.process.Process.Kill(); err != nil {
		p.t.Fatal(err)
	}
	p.end()
}

func (p *program) terminate() {
	p.t.Helper()
	if err := p.process.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	if status := p.end(); status != 0 {
		p.t.Errorf("it ended with status %d: %s", status, p.stderr.text.String())
	}
}

// page is the whole room as it stands.
func (h *house) page(room string) *reply {
	h.t.Helper()
	return h.call("GET", "/api/rooms/"+room+"/events?limit=200", "").want(h.t, http.StatusOK, "")
}

// over waits for an end that the log tells of.
func (p *program) over() int {
	_ = p.process.Wait() // its status is looked at
	return p.process.ProcessState.ExitCode()
}

// A kill and an empty disk at once lose nothing that was acknowledged, as long
// as Redis answered in time. On a busy machine it does not always.
func TestKillNineAndAnEmptyDisk(t *testing.T) {
	t.Parallel()
	for range 5 {
		problems, late := killAndEmpty(t)
		if late {
			continue
		}
		for _, p := range problems {
			t.Error(p)
		}
		return
	}
	t.Error("Redis was late every time")
}

func killAndEmpty(t *testing.T) (problems []string, late bool) {
	problem := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	r := redistest.Start(t)
	p := mirrored(t, r)
	var talkers []*talker
	for n := range 3 {
		talkers = append(talkers, &talker{person: p.signIn(fmt.Sprint("Talker ", n)), answered: map[string]string{}})
	}
	const rounds = 3
	epochs := map[string]bool{}
	for round := range rounds {
		f := p.visit().join("general")
		epochs[f.Epoch] = true
		if round == rounds-1 {
			break
		}
		reached := make(chan struct{})
		var count int
		var mu sync.Mutex
		enough := func() {
			mu.Lock()
			defer mu.Unlock()
			if count++; count == 200 {
				close(reached)
			}
		}
		var all sync.WaitGroup
		for _, k := range talkers {
			k.h = p.house
			k.conn = k.dial()
			all.Go(func() { k.talk(enough) })
		}
		<-reached
		if err := p.process.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		all.Wait()
		p.over()
		late = late || p.stderr.has("Redis does not keep the messages")
		p = mirrored(t, r)
	}
	if len(epochs) != rounds {
		problem("%d epochs after %d kills", len(epochs), rounds-1)
	}
	seqs := map[uint64]string{}
	for _, k := range talkers {
		k.h = p.house
		c := k.dial()
		for _, id := range k.sent {
			f := c.ok(k.message(id)) // again: as before, or now
			if was, acknowledged := k.answered[id]; acknowledged && f.raw != was {
				problem("%s was answered as %s", f.raw, was)
			}
			if other := seqs[f.Seq]; other != "" {
				problem("%s and %s are both at %d", id, other, f.Seq)
			}
			seqs[f.Seq] = id
		}
	}
	if head := p.visit().join("general").Seq; head != uint64(len(seqs)) {
		problem("there are %d events for %d messages", head, len(seqs))
	}
	_ = p.process.Process.Kill() // it runs
	p.over()
	return problems, late || p.stderr.has("Redis does not keep the messages")
}

// What people see of a server that moved to an empty disk.
func TestAnEmptyDiskIsFilled(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	p := mirrored(t, r)
	ada, bob := p.signIn("Ada"), p.signIn("Bob")
	p.call("POST", "/api/rooms", `{"id":"tea","name":"Tea","topic":"hot"}`, ada.cookie).want(t, http.StatusCreated, "")
	a, b := ada.dial(), bob.dial()
	var sent []*frame
	for i := range 5 {
		sent = append(sent, a.send("tea", fmt.Sprint("number ", i)))
	}
	a.ok(cmd{"op": "edit", "room": "tea", "message": sent[1].Message, "body": "the walrus"})
	a.ok(cmd{"op": "delete", "room": "tea", "message": sent[1].Message})
	a.ok(cmd{"op": "edit", "room": "tea", "message": sent[2].Message, "body": "number two"})
	b.ok(cmd{"op": "react", "room": "tea", "message": sent[2].Message, "emoji": "👍", "on": true})
	a.ok(cmd{"op": "todo", "room": "tea", "body": "buy milk", "on": true})
	a.ok(cmd{"op": "todo", "room": "tea", "body": "buy tea", "on": true})
	a.ok(cmd{"op": "todo", "room": "tea", "body": "buy milk", "on": false})
	p.call("PUT", "/api/rooms/tea/members/me", "", bob.cookie).want(t, http.StatusOK, "")
	for range 4 {
		a.send("tea", "unread")
	}
	b.ok(cmd{"op": "read", "room": "tea", "seq": p.page("tea").Seq - 3})
	todos := p.call("GET", "/api/rooms/tea/todos", "").want(t, http.StatusOK, "")
	before := p.page("tea")

	for _, end := range []struct {
		how  func()
		kept bool
	}{{p.terminate, true}, {func() { p.kill() }, false}} {
		end.how()
		p = mirrored(t, r)
		after := p.page("tea")
		if (after.Epoch == before.Epoch) != end.kept {
			t.Errorf("the epoch is %s, it was %s", after.Epoch, before.Epoch)
		}
		if fmt.Sprintf("%s", after.Events) != fmt.Sprintf("%s", before.Events) {
			t.Errorf("the room is\n%s\nit was\n%s", after.text, before.text)
		}
		if now := p.call("GET", "/api/rooms/tea/todos", "").text; strings.ReplaceAll(now, after.Epoch, before.Epoch) != todos.text {
			t.Errorf("to do is %s, it was %s", now, todos.text)
		}
		before, todos = after, p.call("GET", "/api/rooms/tea/todos", "")
		bob.h = p.house // the same cookie
		hello := bob.dial().hello
		if hello.User.ID != bob.ID || len(hello.Rooms) != 2 || hello.Rooms[1].ID != "tea" || hello.Rooms[1].Unread != 3 {
			t.Errorf("Bob is greeted with %s", hello.raw)
		}
		if strings.Contains(r.Everything(), "walrus") {
			t.Error("a deleted text is still in Redis")
		}
	}
	p.terminate()
}

func TestRedisComesAndGoes(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	p := mirrored(t, r)
	c := p.signIn("Ada").dial()
	c.send("general", "one")
	r.Kill()
	c.send("general", "two")
	p.ready("degraded")
	r.Run()
	p.ready("ready")
	_ = p.process.Process.Kill() // it runs
	p.over()
	p = mirrored(t, r)
	if n := len(p.page("general").Events); n != 2 {
		t.Errorf("%d messages are there", n)
	}
	// Another server with the same Redis: one of the two stops.
	other := mirrored(t, r)
	other.visit().send("general", "from the other")
	answer := p.visit()
	answer.say(cmd{"op": "send", "room": "general", "body": "from the first"})
	if status := p.over(); status != exitFailed || !p.stderr.has("another server writes to the same Redis") {
		t.Errorf("it ended with status %d: %s", status, p.stderr.text.String())
	}
	other.visit().send("general", "goes on")
	other.terminate()
}

func TestAWrongRedisURL(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"http://:hunter2@localhost:6379", "redis://:hunter2@local host", "redis://:hunter2@localhost:6379/first", "hunter2@localhost:6379", "localhost:port"} {
		c, log := command(t, t.TempDir(), []string{"REDIS_URL=" + url})
		_ = c.Run() // its status is looked at
		said := log.text.String()
		if c.ProcessState.ExitCode() != exitSetting || !strings.Contains(said, "REDIS_URL") || strings.Contains(said, "hunter2") {
			t.Errorf("%s: status %d: %s", url, c.ProcessState.ExitCode(), said)
		}
	}
}

// The line of the Procfile, with what a platform gives it, each time on an
// empty disk.
func TestProcfile(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	b, err := os.ReadFile("../Procfile")
	if err != nil {
		t.Fatal(err)
	}
	line, web := strings.CutPrefix(strings.TrimSpace(string(b)), "web: ")
	if !web {
		t.Fatalf("the Procfile is %q", b)
	}
	dyno := func() (*house, func()) {
		dir := t.TempDir()
		bin := "#!/bin/sh\nexec '" + os.Args[0] + "' " + asTeahouse + ` "$@"` + "\n"
		if err := os.Mkdir(filepath.Join(dir, "bin"), 0o755); err != nil { //nolint:gosec // a program's
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "bin", "teahouse"), []byte(bin), 0o755); err != nil { //nolint:gosec // a program
			t.Fatal(err)
		}
		port := freePort(t)
		c := exec.CommandContext(t.Context(), "/bin/sh", "-c", line) //nolint:gosec // our own file
		c.Dir = dir
		c.Env = []string{"PATH=" + os.Getenv("PATH"), "PORT=" + port, "REDIS_URL=" + r.Addr()}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		h := &house{t: t, addr: "127.0.0.1:" + port}
		eventually(t, func() bool {
			there, err := net.Dial("tcp", h.addr)
			if err == nil {
				_ = there.Close()
			}
			return err == nil
		}, func() string { return "nobody listens" })
		h.ready("ready")
		return h, func() {
			if err := c.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if err := c.Wait(); err != nil {
				t.Errorf("it ended with %v", err)
			}
		}
	}
	h, end := dyno()
	h.visit().send("general", "hello")
	before := h.page("general")
	end()
	h, end = dyno()
	after := h.page("general")
	if after.text != before.text {
		t.Errorf("there is %s, there was %s", after.text, before.text)
	}
	var first struct{ Body string }
	if err := json.Unmarshal(after.Events[0], &first); err != nil || first.Body != "hello" {
		t.Errorf("the first message is %s", after.Events[0])
	}
	end()
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }() // the port is what it was for
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}
