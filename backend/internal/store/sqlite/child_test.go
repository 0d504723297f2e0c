package sqlite_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/store/sqlite"
)

// This test binary is also the program that gets killed: childVar says what it
// does then, childDir where.
const (
	childVar = "TEAHOUSE_TEST_CHILD"
	childDir = "TEAHOUSE_TEST_DIR"
)

func TestMain(m *testing.M) {
	switch os.Getenv(childVar) {
	case "":
		os.Exit(m.Run())
	case "open":
		os.Exit(openAndClose())
	case "repeat":
		os.Exit(repeatOnAndOn(os.Stdout))
	case "append":
		os.Exit(appendOnAndOn(os.Stdout))
	}
	os.Exit(3)
}

func openAndClose() int {
	s, err := sqlite.Open(os.Getenv(childDir), slog.New(slog.DiscardHandler))
	if err == nil {
		err = s.Close()
	}
	if err != nil {
		return 4
	}
	return 0
}

// appendOnAndOn writes "ok SEQ REF" for every message that was answered,
// "unavailable REF" for every one that was refused and "unknown REF" for every
// one of which nobody knows, until the store fails. Then all have their answer.
func appendOnAndOn(out io.Writer) int {
	s, err := sqlite.Open(os.Getenv(childDir), slog.New(slog.DiscardHandler))
	if err != nil {
		return 4
	}
	room, err := s.Room(context.Background(), chat.General)
	if err != nil {
		return 4
	}
	say := func(format string, args ...any) {
		// One write a line: what was said before a kill has been said.
		if _, err := io.WriteString(out, fmt.Sprintf(format, args...)); err != nil {
			os.Exit(5)
		}
	}
	say("ready %d\n", os.Getpid())
	tokens := make(chan struct{}, 64)
	first := int(room.Head) * 1000 //nolint:gosec // small
	for n := first; n < first+500_000; n++ {
		select {
		case tokens <- struct{}{}:
		case err := <-s.Failed():
			if err == nil || s.Close() != nil {
				return 4
			}
			if len(tokens) > 0 {
				return 7
			}
			say("failed\n")
			return 1
		}
		e := message(n + 1)
		s.InRoom(chat.General, changing(n, e), func(o chat.Outcome, err error) {
			switch {
			case err == nil:
				say("ok %d %s\n", o.Event.Seq, e.Ref)
			case errors.Is(err, chat.ErrUnavailable):
				say("unavailable %s\n", e.Ref)
			case errors.Is(err, chat.ErrUnknown):
				say("unknown %s\n", e.Ref)
			default:
				say("error %s %v\n", e.Ref, err)
			}
			<-tokens
		})
	}
	return 6 // nobody stopped it
}

// changing is a rule that appends every fourth event as a message, and the three
// after it as changes of that one.
func changing(n int, e chat.Event) chat.Rule {
	if n%4 == 0 {
		return appendMessage(e)
	}
	return func(tx chat.Tx) error {
		e := e
		m, err := tx.Event(e.ID - chat.EventID(n%4)<<8)
		if err != nil { // it was refused
			tx.Append(e)
			return nil
		}
		e.Target, e.Changes, e.Counts = m.ID, m.Seq, false
		switch {
		case n%4 == 1:
			e.Kind, e.Body = chat.KindEdit, e.Ref
			tx.Rewrite(m.Seq)
		case n%8 == 7:
			e.Kind, e.Body = chat.KindDelete, ""
			tx.Erase(m.Seq)
		default:
			e.Kind, e.Body, e.On = chat.KindReact, "👍", n%4 == 2
			if !e.On {
				e.User = message(n).User // who added it
			}
			tx.React(m.Seq, e.Body, e.On)
		}
		tx.Append(e)
		return nil
	}
}

// stands holds how events are shown against what the log says was done to them.
func stands(t *testing.T, log []chat.Event) {
	t.Helper()
	texts, shown := map[chat.EventID]string{}, map[chat.EventID]*chat.Standing{}
	for _, e := range log {
		is := shown[e.Target]
		if is == nil {
			is = &chat.Standing{}
			shown[e.Target] = is
		}
		switch e.Kind {
		case chat.KindEdit:
			is.Edited, texts[e.Target] = e.Seq, e.Ref
		case chat.KindDelete:
			is.Deleted, is.Reactions, texts[e.Target] = true, nil, ""
		case chat.KindReact:
			is.Reactions = nil
			if e.On {
				is.Reactions = []chat.Reaction{{Emoji: e.Body, By: []chat.Reactor{{ID: e.User, Name: e.Name}}}}
			}
		}
	}
	for _, e := range log {
		text, is := texts[e.ID], shown[e.ID]
		if is == nil {
			is = &chat.Standing{}
		}
		got := e.Shown
		if got == nil {
			got = &chat.Standing{}
		}
		if got.Edited != is.Edited || got.Deleted != is.Deleted || fmt.Sprint(got.Reactions) != fmt.Sprint(is.Reactions) ||
			(is.Edited != 0 && e.Body != text) || (e.Kind == chat.KindMessage && e.Counts == is.Deleted) {
			t.Errorf("%v is shown as %+v, want %+v", &e, got, is)
		}
		if target := shown[e.Target]; e.Kind == chat.KindEdit && (e.Body == "") != target.Deleted {
			t.Errorf("%v says %q of a message that is %+v", &e, e.Body, target)
		}
	}
}

// child starts this binary as mode on dir, under the given command if any.
func child(t *testing.T, mode, dir string, under ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	args := append(under, self)
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...) //nolint:gosec // this binary
	cmd.Env = append(os.Environ(), childVar+"="+mode, childDir+"="+dir)
	return cmd
}

// answers are what a child said.
type answers struct {
	acked   map[string]uint64 // seq by ref
	refused map[string]bool
	unknown int
	failed  bool
	pid     int
}

// listen reads what the child says, and calls each after every line.
func listen(t *testing.T, r io.Reader, each func(a answers)) answers {
	t.Helper()
	a := answers{acked: map[string]uint64{}, refused: map[string]bool{}}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		var seq uint64
		var ref string
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, "ready "):
			if _, err := fmt.Sscanf(line, "ready %d", &a.pid); err != nil {
				t.Errorf("the child says %q", line)
			}
		case line == "failed":
			a.failed = true
		case strings.HasPrefix(line, "unavailable "):
			a.refused[strings.TrimPrefix(line, "unavailable ")] = true
		case strings.HasPrefix(line, "unknown "):
			a.unknown++
		default:
			if _, err := fmt.Sscanf(line, "ok %d %s", &seq, &ref); err != nil {
				t.Errorf("the child says %q", line)
			}
			a.acked[ref] = seq
		}
		each(a)
	}
	return a
}

// verify opens the store and looks for what was answered.
func verify(t *testing.T, dir string, a answers) {
	t.Helper()
	s := open(t, dir)
	stored := map[string]uint64{}
	var log []chat.Event
	for after := uint64(0); ; {
		p, err := s.After(t.Context(), chat.General, after, 1000, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range p.Events {
			after++
			if e.Seq != after {
				t.Fatalf("seq %d stands where %d should", e.Seq, after)
			}
			stored[e.Ref] = e.Seq
		}
		log = append(log, p.Events...)
		if !p.More {
			break
		}
	}
	stands(t, log)
	for ref, seq := range a.acked {
		if stored[ref] != seq {
			t.Errorf("%s was answered with seq %d and is now at %d", ref, seq, stored[ref])
		}
	}
	for ref := range a.refused {
		if seq, is := stored[ref]; is {
			t.Errorf("%s was refused and is at %d", ref, seq)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
