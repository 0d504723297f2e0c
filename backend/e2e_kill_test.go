package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// program is the real program in a process of its own.
type program struct {
	*house
	process *exec.Cmd
	stderr  *logBook
}

func command(t testing.TB, data string, settings []string, args ...string) (*exec.Cmd, *logBook) {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], append([]string{asTeahouse}, args...)...)
	c.Env = append([]string{"GO_ENV=test", "DATA_DIR=" + data}, settings...)
	log := &logBook{}
	c.Stderr = log
	return c, log
}

// launch starts the program and waits until it says where it is open.
func launch(t testing.TB, data string, settings ...string) *program {
	t.Helper()
	c, log := command(t, data, settings, "-addr", "127.0.0.1:0")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	p := &program{house: &house{t: t, data: data}, process: c, stderr: log}
	t.Cleanup(func() { _ = c.Process.Kill() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, at, found := strings.Cut(lines.Text(), "Teahouse is open: "); found {
			u, err := url.Parse(strings.TrimSpace(at))
			if err != nil {
				t.Fatal(err)
			}
			p.addr = "127.0.0.1:" + u.Port()
			go func() { _, _ = io.Copy(io.Discard, out) }() // ends with the process
			return p
		}
	}
	_ = c.Wait()
	t.Fatalf("it did not start: %s", log.text.String())
	return nil
}

// end waits for the process and returns its exit status.
func (p *program) end() int {
	p.t.Helper()
	var status *exec.ExitError
	if err := p.process.Wait(); err != nil && !errors.As(err, &status) {
		p.t.Fatal(err)
	}
	p.stderr.check(p.t)
	return p.process.ProcessState.ExitCode()
}

// talker sends without waiting for answers, and knows what was answered.
type talker struct {
	*person
	conn     *conn
	sent     []string          // ids, in order
	answered map[string]string // id to the ok
}

func (k *talker) message(id string) cmd {
	return cmd{"op": "send", "id": id, "room": "general", "body": k.Name + " says " + id + " " + secretWord}
}

// talk sends again what has no answer, and then keeps eight commands under way
// until the connection breaks.
func (k *talker) talk(enough func()) {
	for _, id := range k.sent {
		if k.answered[id] == "" {
			k.write(id)
		}
	}
	for k.conn.err == nil {
		for len(k.sent)-len(k.answered) < 8 {
			k.sent = append(k.sent, newID())
			k.write(k.sent[len(k.sent)-1])
		}
		f, err := k.conn.receive()
		if err == nil && f.Op == "ok" {
			k.answered[f.ID] = f.raw
			enough()
		}
	}
}

func (k *talker) write(id string) {
	text := fmt.Sprintf(`{"op":"send","id":%q,"room":"general","body":%q}`, id, k.message(id)["body"])
	_ = k.conn.ws.WriteMessage(websocket.TextMessage, []byte(text)) // a failure shows in reading
}

func TestKillNineLosesNothing(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	p := launch(t, data, "RATE_LIMITS=off")
	var talkers []*talker
	for n := range 4 {
		talkers = append(talkers, &talker{person: p.signIn(fmt.Sprint("Talker ", n)), answered: map[string]string{}})
	}
	seen, epoch := uint64(0), ""
	var log []string // the room as a reader saw it, event by event
	const rounds = 3
	for round := range rounds {
		reader := p.visit()
		f := reader.ok(cmd{"op": "join", "room": "general", "after": seen, "epoch": epoch})
		if *f.Reset || (epoch != "" && f.Epoch != epoch) || f.Seq < seen {
			t.Fatalf("round %d: reset %t, epoch %s after %s, head %d after %d", round, *f.Reset, f.Epoch, epoch, f.Seq, seen)
		}
		epoch = f.Epoch
		for i := range f.Events {
			log = append(log, string(f.Events[i]))
		}
		same(t, "missed", f.seqs(), span(seen+1, f.Seq))
		seen = f.Seq
		if round == rounds-1 {
			break
		}
		// They talk, the reader reads, and in the midst of it comes the kill.
		reached := make(chan struct{})
		var count int
		var mu sync.Mutex
		enough := func() {
			mu.Lock()
			defer mu.Unlock()
			if count++; count == 300 {
				close(reached)
			}
		}
		var all sync.WaitGroup
		for _, k := range talkers {
			k.h = p.house
			k.conn = k.dial()
			all.Go(func() { k.talk(enough) })
		}
		all.Go(func() {
			for {
				f, err := reader.receive()
				if err != nil {
					return
				}
				if f.Op == "event" {
					log = append(log, f.raw)
					seen = f.Seq
				}
			}
		})
		<-reached
		if err := p.process.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		all.Wait()
		p.end()
		p = launch(t, data, "RATE_LIMITS=off")
	}
	for i, raw := range log { // nothing missing, nothing twice, across the kills
		if !strings.Contains(raw, fmt.Sprintf(`"seq":%d,`, i+1)) {
			t.Fatalf("place %d of the log is %s", i+1, raw)
		}
	}
	open := 0
	for _, k := range talkers {
		k.h = p.house
		c := k.dial()
		for _, id := range k.sent {
			f := c.ok(k.message(id)) // again: answered as before, or now
			was, acknowledged := k.answered[id]
			if acknowledged && f.raw != was {
				t.Errorf("%s was answered as %s", f.raw, was)
			}
			if acknowledged && (f.Seq > uint64(len(log)) || !strings.Contains(log[f.Seq-1], fmt.Sprintf(`"ref":%q`, id))) {
				t.Errorf("%s was acknowledged and is lost", id)
			}
			if !acknowledged {
				open++
			}
		}
		k.conn = c
	}
	total := 0
	for _, k := range talkers {
		total += len(k.sent)
	}
	if head := p.visit().join("general").Seq; head != uint64(total) {
		t.Errorf("%d events of %d commands, %d of them without an answer at the kill", head, total, open)
	}

	// A stop by signal: each is told, and the exit is clean.
	began := time.Now()
	if err := p.process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for _, k := range talkers {
		k.conn.closedWith(1012)
	}
	if status := p.end(); status != 0 {
		t.Errorf("after SIGTERM: status %d", status)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("the stop took %s", took)
	}

	// By hand, a rolled back log is made known.
	tool, complaint := command(t, data, nil, "new-epoch")
	if err := tool.Run(); err != nil {
		t.Fatalf("%v: %s", err, complaint.text.String())
	}
	p = launch(t, data)
	f := p.visit().ok(cmd{"op": "join", "room": "general", "after": 1, "epoch": epoch})
	if !*f.Reset || f.Epoch == epoch {
		t.Errorf("with the old epoch: reset %t, epoch %s", *f.Reset, f.Epoch)
	}
	second, complaint := command(t, data, nil, "-addr", "127.0.0.1:0")
	if err := second.Run(); err == nil || second.ProcessState.ExitCode() != 1 || !strings.Contains(complaint.text.String(), fmt.Sprint(p.process.Process.Pid)) {
		t.Errorf("a second server on the same data: %v %s", err, complaint.text.String())
	}
}

func TestBadSettingsEndTheStart(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	for setting, words := range map[string][]string{
		"PORT=abc": {"PORT", "abc", "65535"}, "RATE_LIMITS=maybe": {"RATE_LIMITS", "maybe", "off"}, "SEND_RATE=-1": {"SEND_RATE", "-1"},
		"PUBLIC_URL=chat.example": {"PUBLIC_URL", "chat.example"},
	} {
		c, complaint := command(t, data, []string{setting})
		err := c.Run()
		var status *exec.ExitError
		if !errors.As(err, &status) || status.ExitCode() != 2 {
			t.Errorf("%s: %v", setting, err)
		}
		for _, word := range words {
			if !bytes.Contains(complaint.text.Bytes(), []byte(word)) {
				t.Errorf("%s: no %s in %s", setting, word, complaint.text.String())
			}
		}
	}
	if _, err := os.Stat(data); !errors.Is(err, os.ErrNotExist) {
		t.Error("data was touched")
	}
	// In .env too; without one the start goes on.
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".env"), []byte("PORT=70000\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, complaint := command(t, data, []string{"GO_ENV="}, "-C", dir)
	if err := c.Run(); err == nil || c.ProcessState.ExitCode() != 2 || !strings.Contains(complaint.text.String(), "70000") {
		t.Errorf(".env: %v %s", err, complaint.text.String())
	}
}
