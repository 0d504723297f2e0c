// Command chaos proves that Teahouse keeps what it acknowledged. It runs the
// server's binary, lets clients talk, ends the server without warning again and
// again, and then checks what every client saw against what is left.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/teahouse-chat/teahouse/chaos/check"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := chaos(ctx, os.Args[1:], os.Stdout)
	stop()
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "chaos:", err)
		os.Exit(1)
	}
}

type options struct {
	plan
	check    string
	kills    int
	powercut int
	expect   bool
	timeout  time.Duration
}

func parse(args []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("chaos", flag.ContinueOnError)
	flags.StringVar(&o.Binary, "server", "", "the server's binary")
	flags.IntVar(&o.kills, "kills", 50, "how often the server is killed with SIGKILL")
	flags.IntVar(&o.powercut, "powercut", 0, "cut the power this often instead of killing (Linux, root and a loop device)")
	flags.IntVar(&o.Clients, "clients", 20, "guests who talk")
	flags.IntVar(&o.Rooms, "rooms", 4, "rooms they talk in")
	flags.IntVar(&o.Window, "window", 8, "sends in flight for each guest")
	flags.Uint64Var(&o.Seed, "seed", 0, "repeat the plan of another run (0: a new one)")
	flags.StringVar(&o.Dir, "data", "", "folder for data, logs and histories, kept afterwards (default: a temporary one, kept only after a failure)")
	flags.StringVar(&o.check, "check", "", "only check the histories of the run in this folder")
	flags.BoolVar(&o.expect, "expect-violation", false, "succeed only if the checker finds a violation: for a server with a planted bug")
	flags.DurationVar(&o.timeout, "timeout", 0, "give up after this long (default: 2m and 5s for each strike)")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	switch {
	case flags.NArg() > 0:
		return o, fmt.Errorf("unknown argument %q", flags.Arg(0))
	case o.check != "":
		return o, nil
	case o.Binary == "":
		return o, errors.New("-server PATH is needed")
	case o.Clients < 1 || o.Rooms < 1 || o.Window < 1 || o.kills < 1 || o.powercut < 0:
		return o, errors.New("-kills, -clients, -rooms and -window must be at least 1, -powercut at least 0")
	}
	o.Strikes = o.kills
	if o.powercut > 0 {
		o.Strikes = o.powercut
	}
	if o.Seed == 0 {
		o.Seed = rand.Uint64()>>32 | 1 //nolint:gosec // a plan, not a secret
	}
	if o.timeout == 0 {
		o.timeout = 2*time.Minute + time.Duration(o.Strikes)*5*time.Second
	}
	return o, nil
}

func chaos(ctx context.Context, args []string, out io.Writer) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	if o.check != "" {
		return judge(o, o.check, out)
	}
	keep := o.Dir != ""
	if !keep {
		if o.Dir, err = os.MkdirTemp("", "teahouse-chaos-"); err != nil {
			return fmt.Errorf("make a folder: %w", err)
		}
	}
	if o.Dir, err = filepath.Abs(o.Dir); err != nil {
		return fmt.Errorf("find the folder: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(o.Dir, "history"), 0o700); err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	o.Say = out
	o.Fault = &sigkill{data: filepath.Join(o.Dir, "data")}
	if o.powercut > 0 {
		o.Fault = newPowerCut(o.Dir, out)
	}
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	err = execute(ctx, o.plan)
	if err == nil {
		err = judge(o, o.Dir, out)
	}
	if err != nil {
		return fmt.Errorf("%w (seed %d, all of it is in %s)", err, o.Seed, o.Dir)
	}
	if keep {
		return nil
	}
	if err := os.RemoveAll(o.Dir); err != nil {
		return fmt.Errorf("remove the folder: %w", err)
	}
	return nil
}

// judge checks the histories in dir and prints what came of it.
func judge(o options, dir string, out io.Writer) error {
	report, err := check.Dir(filepath.Join(dir, "history"))
	if err != nil {
		return err
	}
	if err := report.Print(out); err != nil {
		return err
	}
	passed, failed := report.Count()
	if o.expect {
		passed, failed = 0, 1
		if report.Violations() > 0 {
			passed, failed = 1, 0
			_, err = fmt.Fprintln(out, "the planted bug was caught")
		} else {
			_, err = fmt.Fprintln(out, "the planted bug was NOT caught")
		}
	}
	_, last := fmt.Fprintf(out, "chaos: %d passed, %d failed\n", passed, failed)
	if err := errors.Join(err, last); err != nil {
		return err
	}
	if failed > 0 {
		return errors.New("the run failed")
	}
	return nil
}
