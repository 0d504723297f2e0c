package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/store/sqlite"
)

// faultless skips a test that cannot make things fail here, or lets it fail
// where TEAHOUSE_REQUIRE_FAULTS says that they must.
func faultless(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("TEAHOUSE_REQUIRE_FAULTS") == "on" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// strace is the command that runs a child under strace.
func strace(t *testing.T, calls, fault string) []string {
	t.Helper()
	path, err := exec.LookPath("strace")
	if err != nil {
		faultless(t, "strace is not installed, so no system call can be made to fail")
	}
	return []string{path, "-f", "-qq", "-o", os.DevNull, "-e", "trace=" + calls, "-e", "inject=" + calls + ":" + fault}
}

func exitStatus(err error) int {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	if err != nil {
		return -2
	}
	return 0
}

// TestKilled kills a busy process again and again: what it has answered stays.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	total := answers{acked: map[string]uint64{}}
	for round := range 6 {
		cmd := child(t, "append", dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		a := listen(t, out, func(a answers) {
			if len(a.acked) == 100+777*round {
				if err := cmd.Process.Kill(); err != nil {
					t.Error(err)
				}
			}
		})
		if status := exitStatus(cmd.Wait()); status != -1 {
			t.Errorf("the child ended with status %d, not by the kill", status)
		}
		for ref, seq := range a.acked {
			total.acked[ref] = seq
		}
		verify(t, dir, total)
	}
}

// TestKilledWhileMade kills the process at moments of the first start: the
// next start makes or finds a whole database.
func TestKilledWhileMade(t *testing.T) {
	begin := time.Now()
	if err := child(t, "open", filepath.Join(t.TempDir(), "data")).Run(); err != nil {
		t.Fatal(err)
	}
	whole := time.Since(begin)
	const moments = 20
	for i := range moments {
		dir := filepath.Join(t.TempDir(), "data")
		cmd := child(t, "open", dir)
		ctx, cancel := context.WithTimeout(t.Context(), whole*time.Duration(i+1)/moments)
		timed := exec.CommandContext(ctx, cmd.Path)
		timed.Env = cmd.Env
		err := timed.Run() // may also say that the time was up just when it ended
		cancel()
		if timed.ProcessState == nil || timed.ProcessState.Exited() && !timed.ProcessState.Success() {
			t.Fatal(err)
		}
		verify(t, dir, answers{})
	}
}

// TestKilledAtEachWrite does so at each system call that changes a file; at
// every fourth one only under the race detector, where each run takes long.
func TestKilledAtEachWrite(t *testing.T) {
	for _, calls := range []string{
		"pwrite64", "write", "fsync", "ftruncate",
		// What a machine does not have behind the question mark is left out.
		"?mkdir,mkdirat", "?rename,?renameat,renameat2", "?unlink,unlinkat",
	} {
		t.Run(calls, func(t *testing.T) {
			step := 1
			if raceEnabled {
				step = 4
			}
			for n := 1; ; n += step {
				dir := filepath.Join(t.TempDir(), "data")
				status := exitStatus(child(t, "open", dir, strace(t, calls, fmt.Sprintf("signal=KILL:when=%d", n))...).Run())
				verify(t, dir, answers{})
				if status == 0 && n == 1 {
					t.Error("no such call is made")
				}
				if status == 0 {
					t.Logf("%d kills", (n-1)/step)
					return
				}
				if status > 0 && status != 137 {
					t.Fatalf("status %d", status)
				}
			}
		})
	}
}

// TestSyncFails makes fsync fail while messages are written: the store stops,
// and what it has said is true. Where it is the fsync of a commit, nobody knows
// whether that holds; where the log was being moved, nothing was open.
func TestSyncFails(t *testing.T) {
	unknown := 0
	for when := 60; when < 64; when++ {
		dir := filepath.Join(t.TempDir(), "data")
		cmd := child(t, "append", dir, strace(t, "fdatasync,fsync", fmt.Sprintf("error=EIO:when=%d+", when))...)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		a := listen(t, out, func(answers) {})
		if status := exitStatus(cmd.Wait()); status != 1 || !a.failed {
			t.Errorf("the child ended with status %d, failed %v", status, a.failed)
		}
		if len(a.acked) == 0 {
			t.Error("nothing was answered before the fault")
		}
		unknown += a.unknown
		verify(t, dir, a)
	}
	if unknown == 0 {
		t.Error("nobody was ever told that nobody knows")
	}
}

// TestWriteFails makes writing fail for a while: nothing is half done, and it
// goes on by itself.
func TestWriteFails(t *testing.T) {
	dir := t.TempDir()
	cmd := child(t, "append", dir, strace(t, "pwrite64", "error=ENOSPC:when=300..400")...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop := 0
	a := listen(t, out, func(a answers) {
		if len(a.refused) > 0 && stop == 0 {
			stop = len(a.acked) + 1000
		}
		if len(a.acked) == stop && stop > 0 {
			stop = -1
			// Not strace, which would let the child live on.
			if err := syscall.Kill(a.pid, syscall.SIGKILL); err != nil {
				t.Error(err)
			}
		}
	})
	if exitStatus(cmd.Wait()) == 0 || stop != -1 {
		t.Errorf("writing was not resumed: %d answered, %d refused", len(a.acked), len(a.refused))
	}
	verify(t, dir, a)
}

// TestLocked: a second process is told which one holds the directory, until
// that one ends, however it ends.
func TestLocked(t *testing.T) {
	dir := t.TempDir()
	cmd := child(t, "append", dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	tried := false
	a := listen(t, out, func(answers) {
		if tried {
			return
		}
		tried = true
		_, err := sqlite.Open(dir, nil)
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("the process with pid %d.", cmd.Process.Pid)) {
			t.Errorf("the error is %v", err)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
	})
	if status := exitStatus(cmd.Wait()); status != -1 {
		t.Errorf("the child ended with status %d", status)
	}
	verify(t, dir, a)
	s := open(t, dir)
	if _, err := s.Room(t.Context(), chat.General); err != nil {
		t.Error(err)
	}
	if _, err := sqlite.Open(dir, nil); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("pid %d.", os.Getpid())) {
		t.Errorf("the error is %v", err)
	}
}
