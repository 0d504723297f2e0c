package config

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Command is what the command line asks for.
type Command int

// The commands. Serve is what a plain start means.
const (
	Serve       Command = iota
	Healthcheck         // ask the running server whether it is alive
	NewEpoch            // give every room a new epoch and end
	Version             // print the version and end
	Help                // print Usage and end
)

// Usage is the text of -help.
const Usage = `Usage: teahouse [flags] [command]

Without a command the chat server starts.

Commands:
  new-epoch          tell clients that the history was rolled back (after restoring a backup)

Flags:
  -addr HOST:PORT    listen here (instead of HOST and PORT)
  -data DIR          keep the data here (instead of DATA_DIR)
  -C DIR             change to this directory first: .env and relative paths count from there
  -healthcheck       ask the running server whether it is alive; the exit status is the answer
  -version           print the version
  -help              print this text

Every other setting is an environment variable or a line of .env; README.md lists them.
`

// Error holds everything that is wrong with the settings, one sentence each.
type Error struct{ Problems []string }

// Error returns the sentences, one a line.
func (e *Error) Error() string { return strings.Join(e.Problems, "\n") }

// FromProcess loads the configuration of this process.
func FromProcess() (Config, Command, error) {
	return Load(os.Args[1:], os.Environ())
}

// Load reads args (without the program's name), then environ (KEY=VALUE), then
// the .env file of the working directory; the first that names a setting wins.
// With a non-empty GO_ENV, .env is not read. An error is always an *Error, and
// the Config is then not to be used. Version and Help need no valid setting.
func Load(args, environ []string) (Config, Command, error) {
	var c Config
	l := loader{environ: map[string]string{}}
	for _, entry := range environ {
		if key, value, ok := strings.Cut(entry, "="); ok {
			l.environ[key] = value
		}
	}
	options, command := l.parseArgs(args)
	if command == Version || command == Help {
		return c, command, nil
	}
	l.readDotenv(options.dir)
	variables := c.variables()
	for _, v := range variables {
		l.apply(v)
	}
	l.applyFlags(&c, variables, options)
	l.derive(&c, options.dir)
	l.check(&c)
	c.Warnings = l.warnings
	if len(l.problems) > 0 {
		return c, command, &Error{Problems: l.problems}
	}
	return c, command, nil
}

// loader collects what is wrong, so that one start tells all of it.
type loader struct {
	environ, dotenv    map[string]string
	problems, warnings []string
}

func (l *loader) problem(format string, args ...any) {
	l.problems = append(l.problems, fmt.Sprintf(format, args...))
}

func (l *loader) warn(format string, args ...any) {
	l.warnings = append(l.warnings, fmt.Sprintf(format, args...))
}

type options struct{ addr, data, dir string }

func (l *loader) parseArgs(args []string) (options, Command) {
	var o options
	var version, healthcheck bool
	flags := flag.NewFlagSet("teahouse", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.addr, "addr", "", "")
	flags.StringVar(&o.data, "data", "", "")
	flags.StringVar(&o.dir, "C", "", "")
	flags.BoolVar(&version, "version", false, "")
	flags.BoolVar(&healthcheck, "healthcheck", false, "")
	command := Serve
	for rest := args; ; {
		if err := flags.Parse(rest); errors.Is(err, flag.ErrHelp) {
			return o, Help
		} else if err != nil {
			l.problem("%v; teahouse -help lists the flags.", err)
			break
		}
		if flags.NArg() == 0 {
			break
		}
		if flags.Arg(0) == "new-epoch" {
			command = NewEpoch
		} else {
			l.problem("%q is not a command; allowed is new-epoch, or none to start the server.", flags.Arg(0))
		}
		rest = flags.Args()[1:] // flags may follow the command
	}
	// A flag given as empty is a mistake (an unset shell variable), not a wish.
	flags.Visit(func(f *flag.Flag) {
		if f.Value.String() == "" {
			l.problem("-%s is empty; leave it out for the default.", f.Name)
		}
	})
	switch {
	case version:
		command = Version
	case healthcheck && command == NewEpoch:
		l.problem("-healthcheck and new-epoch are given together; allowed is one of them.")
	case healthcheck:
		command = Healthcheck
	}
	return o, command
}

func (l *loader) readDotenv(dir string) {
	if dir != "" {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			l.problem("-C is %q; allowed is the path of a directory that exists.", dir)
			return
		}
	}
	if l.environ["GO_ENV"] != "" {
		return
	}
	file := filepath.Join(dir, ".env")
	text, err := readLimited(file)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		l.warn(".env cannot be read and is left aside: %v.", err)
		return
	}
	var wrong []string
	l.dotenv, wrong = parseDotenv(text)
	l.problems = append(l.problems, wrong...)
	l.checkKeys()
}

// apply gives a variable its value: the environment's, else .env's, else the default.
func (l *loader) apply(v variable) {
	value, origin := v.fallback, ""
	if s, ok := l.environ[v.name]; ok {
		value = s
	} else if s, ok := l.dotenv[v.name]; ok {
		value, origin = s, " (in .env)"
	}
	switch {
	case v.set(strings.TrimSpace(value)):
	case slices.Contains(secrets, v.name):
		l.problem("%s%s has a value that is not told here; allowed is %s.", v.name, origin, v.allowed)
	default:
		l.problem("%s is %q%s; allowed is %s.", v.name, value, origin, v.allowed)
	}
}

func (l *loader) applyFlags(c *Config, variables []variable, o options) {
	find := func(name string) variable {
		return variables[slices.IndexFunc(variables, func(v variable) bool { return v.name == name })]
	}
	if o.addr != "" {
		host, port, err := net.SplitHostPort(o.addr)
		if err == nil && host == "" {
			c.Host = "" // ":8080", as everywhere in Go: every address
		} else if err == nil && !find("HOST").set(host) {
			err = errors.New("host")
		}
		if err != nil || !find("PORT").set(port) {
			l.problem("-addr is %q; allowed is HOST:PORT such as 127.0.0.1:8080, or :8080 for every address.", o.addr)
		}
	}
	if o.data != "" && !find("DATA_DIR").set(o.data) {
		l.problem("-data is %q; allowed is %s.", o.data, find("DATA_DIR").allowed)
	}
}

// derive fills in what depends on more than one setting.
func (l *loader) derive(c *Config, dir string) {
	if !filepath.IsAbs(c.DataDir) {
		c.DataDir = filepath.Join(dir, c.DataDir)
	}
	c.MemoryLimit = l.environ["GOMEMLIMIT"] != ""
	_, inEnviron := l.environ["ALLOWED_ORIGINS"]
	_, inDotenv := l.dotenv["ALLOWED_ORIGINS"]
	if !inEnviron && !inDotenv && c.Loopback() {
		c.Origins = list(devOrigins)
	}
}

// check holds settings against each other.
func (l *loader) check(c *Config) {
	if len(l.problems) > 0 {
		return // a sentence about values that were not taken would mislead
	}
	if least := 6*c.LimitBody + 4096; c.LimitFrame < least {
		l.problem("LIMIT_FRAME is %d; with LIMIT_BODY %d allowed is %d or more (6 times LIMIT_BODY plus 4096), so that any allowed message fits, however it is escaped.",
			c.LimitFrame, c.LimitBody, least)
	}
	if c.LimitWindow < c.LimitFrame {
		l.problem("LIMIT_WINDOW is %d; with LIMIT_FRAME %d allowed is %d or more.", c.LimitWindow, c.LimitFrame, c.LimitFrame)
	}
	if c.IdleTimeout <= c.PingInterval {
		l.problem("IDLE_TIMEOUT is %s; with PING_INTERVAL %s allowed is a longer duration, so that a ping can be answered in time.", c.IdleTimeout, c.PingInterval)
	}
	for _, p := range c.TrustedProxies {
		if p.Bits() == 0 {
			l.warn("TRUSTED_PROXIES holds %s: everybody can claim any address, so limits per address protect nothing.", p)
		}
	}
	if u := c.PublicURL; u != nil && u.Scheme == "http" && !isLoopback(u.Hostname()) {
		l.warn("PUBLIC_URL is %s: without https, everyone on the way can read along.", u)
	}
}
