package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// runAgainst runs the harness against the fake with one bug, or with "none".
func runAgainst(t *testing.T, bug string, more ...string) (string, error) {
	t.Helper()
	t.Setenv("CHAOS_FAKE", bug)
	var out strings.Builder
	err := chaos(t.Context(), smallRun(t, more...), &out)
	t.Log(out.String())
	return out.String(), err
}

func TestCleanServerPasses(t *testing.T) {
	out, err := runAgainst(t, "none")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(out, "\nchaos: 14 passed, 0 failed\n") {
		t.Error("the last line is not the count")
	}
}

func TestCleanServerIsNoPlantedBug(t *testing.T) {
	if _, err := runAgainst(t, "none", "-expect-violation"); err == nil {
		t.Error("no violation was there to find, and yet the run passed")
	}
}

func TestBrokenServersAreCaught(t *testing.T) {
	for bug, want := range map[string]string{
		"early":     "BROKEN  I1 ",
		"forgetful": "BROKEN  I3 ",
		"skips":     "BROKEN  I4 ",
		"stale":     "BROKEN  I12 ",
	} {
		t.Run(bug, func(t *testing.T) {
			out, err := runAgainst(t, bug, "-expect-violation")
			if err != nil {
				t.Error(err)
			}
			if !strings.Contains(out, want) {
				t.Errorf("no %q", want)
			}
		})
	}
}

func TestBrokenServerFailsTheRun(t *testing.T) {
	if _, err := runAgainst(t, "forgetful"); err == nil {
		t.Error("a run against a broken server passed")
	}
}

func TestSavedHistoriesAreCheckedAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "kept")
	if _, err := runAgainst(t, "none", "-data", dir); err != nil {
		t.Fatal(err)
	}
	if err := chaos(t.Context(), []string{"-check", dir}, io.Discard); err != nil {
		t.Error(err)
	}
}

func TestServerThatNeverStartsEndsTheRun(t *testing.T) {
	nothing, err := exec.LookPath("false")
	if err != nil {
		t.Skip("no program named false")
	}
	if _, err := runAgainst(t, "none", "-server", nothing); err == nil {
		t.Error("the run passed without a server")
	}
}

// The cut needs root and a loop device, so it is asked for by hand.
func TestPowerCut(t *testing.T) {
	if os.Getenv("POWERCUT") != "on" {
		t.Skip("POWERCUT=on runs this, as root")
	}
	if _, err := runAgainst(t, "synced", "-powercut", "4"); err != nil {
		t.Error(err)
	}
	out, err := runAgainst(t, "none", "-powercut", "4", "-expect-violation")
	if err != nil {
		t.Error(err)
	}
	if !strings.Contains(out, "BROKEN  I1 ") {
		t.Error("a server that syncs nothing lost nothing")
	}
}

func TestBadOptionsAreRefused(t *testing.T) {
	for _, args := range []string{"", "-server x -kills 0", "-server x -clients 0", "-server x more", "-nothing"} {
		if err := chaos(t.Context(), strings.Fields(args), io.Discard); err == nil {
			t.Errorf("%q was taken", args)
		}
	}
}

func TestHarnessKeepsNothingBehind(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	t.Setenv("CHAOS_FAKE", "none")
	args := smallRun(t)
	for i, arg := range args {
		if arg == "-data" {
			args = append(args[:i], args[i+2:]...)
			break
		}
	}
	if err := chaos(t.Context(), args, io.Discard); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(temp)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) > 0 {
		t.Errorf("%s is left", left[0].Name())
	}
}
