package sqlite_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/store/sqlite"
)

// differentRefs is how many commands there are: each comes again and again.
const differentRefs = 6000

var repeatRooms = []chat.RoomID{chat.General, "tea", "milk"}

// repeatOnAndOn sends commands at random, most of them not for the first time,
// and writes "ROOM SEQ REF" for every answer.
func repeatOnAndOn(out io.Writer) int {
	defer sqlite.FewCommandsWait()()
	s, err := sqlite.Open(os.Getenv(childDir), slog.New(slog.DiscardHandler))
	if err != nil {
		return 4
	}
	fresh := chat.EventID(rand.Uint64() >> 2) //nolint:gosec // positive
	next := func(ref string) chat.Event {
		e := message(1)
		fresh++
		e.ID, e.Ref, e.Body = fresh, ref, fmt.Sprint(fresh)
		return e
	}
	for _, room := range repeatRooms[1:] {
		made := make(chan error, 1)
		s.CreateRoom(chat.Room{ID: room, Name: string(room)}, next("make "+string(room)), 10, func(_ chat.Outcome, err error) { made <- err })
		if err := <-made; err != nil && !errors.Is(err, chat.ErrTaken) {
			return 5
		}
	}
	tokens := make(chan struct{}, 64)
	for {
		tokens <- struct{}{}
		e := next(fmt.Sprint(rand.IntN(differentRefs)))  //nolint:gosec // a test
		room := repeatRooms[rand.IntN(len(repeatRooms))] //nolint:gosec // a test
		s.InRoom(room, appendMessage(e), func(o chat.Outcome, err error) {
			if err != nil {
				os.Exit(6)
			}
			if _, err := fmt.Fprintf(out, "%s %d %s\n", o.Event.Room, o.Event.Seq, o.Event.Ref); err != nil {
				os.Exit(7)
			}
			<-tokens
		})
	}
}

type place struct {
	room chat.RoomID
	seq  uint64
}

// TestKilledWhileRepeating kills a process that gets every command again and
// again: all answers to one are the same, before the kills and after them.
func TestKilledWhileRepeating(t *testing.T) {
	dir := t.TempDir()
	answered := map[string]place{}
	again := 0
	for range 15 {
		cmd := child(t, "repeat", dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		kill := 1 + rand.IntN(1+rand.IntN(3000)) //nolint:gosec // a test
		lines := bufio.NewScanner(out)
		for n := 1; lines.Scan(); n++ {
			var p place
			var ref string
			if _, err := fmt.Sscanf(lines.Text(), "%s %d %s", &p.room, &p.seq, &ref); err != nil {
				t.Fatalf("the child says %q", lines.Text())
			}
			first, known := answered[ref]
			if known && first != p {
				t.Fatalf("%s is at %v, and was at %v", ref, p, first)
			}
			if known {
				again++
			}
			answered[ref] = p
			if n == kill {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if status := exitStatus(cmd.Wait()); status != -1 {
			t.Fatalf("the child ended with status %d, not by the kill", status)
		}
	}
	t.Logf("%d commands, and %d times one of them again", len(answered), again)
	s := open(t, dir)
	stored := map[string]place{}
	for _, room := range repeatRooms {
		for p := (chat.Page{More: true}); p.More; {
			after := uint64(0)
			if n := len(p.Events); n > 0 {
				after = p.Events[n-1].Seq
			}
			var err error
			if p, err = s.After(t.Context(), room, after, 1000, 1<<20); err != nil {
				t.Fatal(err)
			}
			for _, e := range p.Events {
				if first, twice := stored[e.Ref]; twice {
					t.Errorf("%s is at %v and in %s at %d", e.Ref, first, room, e.Seq)
				}
				stored[e.Ref] = place{room, e.Seq}
			}
		}
	}
	for ref, want := range answered {
		if stored[ref] != want {
			t.Errorf("%s was answered with %v, and is at %v", ref, want, stored[ref])
		}
	}
}
