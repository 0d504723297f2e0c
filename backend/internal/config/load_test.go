package config_test

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/internal/config"
)

// load runs config.Load in a directory of its own that holds dotenv, if any.
func load(t *testing.T, dotenv string, environ []string, args ...string) (config.Config, config.Command, error) {
	t.Helper()
	dir := t.TempDir()
	if dotenv != "" {
		if err := os.WriteFile(filepath.Join(dir, ".env"), []byte(dotenv), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return config.Load(append([]string{"-C", dir}, args...), environ)
}

func mustLoad(t *testing.T, dotenv string, environ []string, args ...string) config.Config {
	t.Helper()
	c, _, err := load(t, dotenv, environ, args...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func problems(t *testing.T, err error) []string {
	t.Helper()
	var e *config.Error
	if !errors.As(err, &e) {
		t.Fatalf("err = %v, want a *config.Error", err)
	}
	return e.Problems
}

func TestDefaults(t *testing.T) {
	c := mustLoad(t, "", nil)
	if got := c.ListenAddr(); got != "127.0.0.1:8080" {
		t.Errorf("ListenAddr = %q", got)
	}
	if !c.Loopback() || !c.Guests || !c.GuestRooms || !c.RateLimits || c.PublicURL != nil {
		t.Errorf("defaults = %+v", c)
	}
	if want := []string{"http://localhost:3000", "http://127.0.0.1:3000"}; !slices.Equal(c.Origins, want) {
		t.Errorf("Origins = %q, want %q", c.Origins, want)
	}
	if filepath.Base(c.DataDir) != "data" || !filepath.IsAbs(c.DataDir) {
		t.Errorf("DataDir = %q, want data below -C", c.DataDir)
	}
	if len(c.Warnings) != 0 {
		t.Errorf("Warnings = %q", c.Warnings)
	}
}

func TestOriginsDefaultOnlyOnLoopback(t *testing.T) {
	for _, tc := range []struct {
		name    string
		environ []string
		args    []string
		want    int
	}{
		{"loopback", nil, nil, 2},
		{"localhost", []string{"HOST=localhost"}, nil, 2},
		{"IPv6 loopback", []string{"HOST=[::1]"}, nil, 2},
		{"wide", []string{"HOST=0.0.0.0"}, nil, 0},
		{"wide by flag", nil, []string{"-addr", ":9000"}, 0},
		{"emptied on purpose", []string{"ALLOWED_ORIGINS="}, nil, 0},
		{"named", []string{"HOST=0.0.0.0", "ALLOWED_ORIGINS=https://a.example, https://b.example"}, nil, 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if c := mustLoad(t, "", tc.environ, tc.args...); len(c.Origins) != tc.want {
				t.Errorf("Origins = %q, want %d of them", c.Origins, tc.want)
			}
		})
	}
}

func TestOriginsAreNormalised(t *testing.T) {
	c := mustLoad(t, "", []string{"ALLOWED_ORIGINS=HTTPS://Chat.Example:443/,http://a.example:80,http://[::1]:3000,,https://chat.example"})
	want := []string{"https://chat.example", "http://a.example", "http://[::1]:3000"}
	if !slices.Equal(c.Origins, want) {
		t.Errorf("Origins = %q, want %q", c.Origins, want)
	}
}

func TestTrustedProxies(t *testing.T) {
	c := mustLoad(t, "", []string{"TRUSTED_PROXIES=10.1.2.3/8, 192.0.2.7,fd00::/8"})
	want := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.7/32"), netip.MustParsePrefix("fd00::/8")}
	if !slices.Equal(c.TrustedProxies, want) {
		t.Errorf("TrustedProxies = %v, want %v", c.TrustedProxies, want)
	}
}

func TestPrecedence(t *testing.T) {
	dotenv := "PORT=1001\nHOST=localhost\nSEND_BURST=7\n"
	c := mustLoad(t, dotenv, []string{"PORT=1002"}, "-addr", "127.0.0.1:1003", "-data", "elsewhere")
	if c.ListenAddr() != "127.0.0.1:1003" || c.SendBurst != 7 || filepath.Base(c.DataDir) != "elsewhere" {
		t.Errorf("flags: %q %d %q", c.ListenAddr(), c.SendBurst, c.DataDir)
	}
	if c := mustLoad(t, dotenv, []string{"PORT=1002"}); c.ListenAddr() != "localhost:1002" {
		t.Errorf("environment: %q", c.ListenAddr())
	}
	if c := mustLoad(t, dotenv, []string{"GO_ENV=production"}); c.ListenAddr() != "127.0.0.1:8080" {
		t.Errorf("GO_ENV: %q, want .env unread", c.ListenAddr())
	}
}

func TestCommands(t *testing.T) {
	for _, tc := range []struct {
		args []string
		want config.Command
	}{
		{nil, config.Serve},
		{[]string{"new-epoch"}, config.NewEpoch},
		{[]string{"new-epoch", "-data", "d"}, config.NewEpoch},
		{[]string{"-healthcheck"}, config.Healthcheck},
		{[]string{"-version"}, config.Version},
		{[]string{"-help"}, config.Help},
		{[]string{"new-epoch", "-h"}, config.Help},
	} {
		t.Run(strings.Join(tc.args, " "), func(t *testing.T) {
			if _, got, err := load(t, "", nil, tc.args...); err != nil || got != tc.want {
				t.Errorf("command = %v, %v, want %v", got, err, tc.want)
			}
		})
	}
	if _, got, err := load(t, "PORT=abc\n", nil, "-version"); err != nil || got != config.Version {
		t.Errorf("-version beside a bad setting = %v, %v", got, err)
	}
}

func TestWrongCommandLine(t *testing.T) {
	for _, tc := range []struct {
		args []string
		want string
	}{
		{[]string{"serve"}, `"serve" is not a command; allowed is new-epoch`},
		{[]string{"-prot", "1"}, "-prot"},
		{[]string{"-addr", "8080"}, `-addr is "8080"; allowed is HOST:PORT`},
		{[]string{"-addr", "localhost:99999"}, `-addr is "localhost:99999"; allowed is HOST:PORT`},
		{[]string{"-addr", ""}, "-addr is empty"},
		{[]string{"-healthcheck", "new-epoch"}, "allowed is one of them"},
		{[]string{"-C", filepath.Join(t.TempDir(), "missing")}, "allowed is the path of a directory that exists"},
	} {
		t.Run(strings.Join(tc.args, " "), func(t *testing.T) {
			_, _, err := load(t, "", nil, tc.args...)
			if got := problems(t, err); len(got) != 1 || !strings.Contains(got[0], tc.want) {
				t.Errorf("problems = %q, want one with %q", got, tc.want)
			}
		})
	}
}

func TestBadValues(t *testing.T) {
	for _, entry := range []string{
		"PORT=abc", "PORT=-1", "PORT=65536", "PORT=1e9", "PORT=+80", "PORT=", "PORT=8080.5",
		"HOST=", "HOST=127.0.0.1:8080", "HOST=300.1.1.1", "HOST=a b", "HOST=http://localhost", "HOST=-",
		"DATA_DIR=", "DATA_DIR=  ",
		"ALLOWED_ORIGINS=*", "ALLOWED_ORIGINS=null", "ALLOWED_ORIGINS=chat.example", "ALLOWED_ORIGINS=https://chat.example/path",
		"ALLOWED_ORIGINS=https://a.example https://b.example", "ALLOWED_ORIGINS=ftp://a.example",
		"ALLOWED_ORIGINS=https://*.example", "ALLOWED_ORIGINS=https://user@a.example", "ALLOWED_ORIGINS=https://a.example:0",
		"ALLOWED_ORIGINS=https://a.example:", "ALLOWED_ORIGINS=https://a.example?x",
		"TRUSTED_PROXIES=10.0.0.0/33", "TRUSTED_PROXIES=proxy.example", "TRUSTED_PROXIES=fe80::1%eth0",
		"PUBLIC_URL=chat.example", "PUBLIC_URL=https://chat.example/team", "PUBLIC_URL=https://", "PUBLIC_URL=https://a.example#x",
		"GUESTS=yess", "GUEST_ROOMS=", "RATE_LIMITS=2", "WS_DEFAULT_MODE=echo", "WS_DEFAULT_MODE=", "STALL_TIMEOUT=30", "STALL_TIMEOUT=11m",
		"LOG_LEVEL=loud", "LOG_FORMAT=xml",
		"LIMIT_BODY=0", "LIMIT_BODY=32k", "LIMIT_BODY=1048577", "LIMIT_FRAME=9999999999", "LIMIT_WINDOW=1048575",
		"SEND_RATE=0", "SEND_RATE=NaN", "SEND_RATE=Inf", "SEND_RATE=1e3", "SEND_RATE=-1", "SEND_RATE=10/s", "SEND_RATE=0.001", "SEND_RATE=1000001",
		"SEND_BURST=0", "OP_RATE=x", "OP_BURST=-5", "CONNECT_RATE=", "CONNECT_BURST=1e6", "HTTP_RATE=0x10", "HTTP_BURST=1.5",
		"SESSION_SOCKETS=0", "MAX_SOCKETS=1000000000", "MAX_ROOMS=9223372036854775808", "ROOM_RATE=.5", "ROOM_BURST=many",
		"PING_INTERVAL=25", "PING_INTERVAL=0s", "IDLE_TIMEOUT=2h", "SHUTDOWN_TIMEOUT=-1s", "SESSION_TTL=30d",
	} {
		t.Run(entry, func(t *testing.T) {
			name, value, _ := strings.Cut(entry, "=")
			_, _, err := load(t, "", []string{entry})
			got := problems(t, err)
			if len(got) != 1 || !strings.HasPrefix(got[0], name+` is "`+strings.TrimSpace(value)) || !strings.Contains(got[0], "allowed is ") {
				t.Errorf("problems = %q, want one sentence with the variable, its value and what is allowed", got)
			}
		})
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	_, _, err := load(t, "GUESTS=perhaps\nPROT=80\n", []string{"PORT=abc", "LIMIT_BODY=-1"}, "-addr", "x")
	got := problems(t, err)
	if len(got) != 5 {
		t.Fatalf("problems = %q, want 5", got)
	}
	if text := err.Error(); !strings.Contains(text, `GUESTS is "perhaps" (in .env); allowed is on or off.`) || strings.Count(text, "\n") != 4 {
		t.Errorf("Error() = %q", text)
	}
}

func TestSettingsAgainstEachOther(t *testing.T) {
	for _, tc := range []struct {
		environ []string
		want    string
	}{
		{[]string{"LIMIT_BODY=65536"}, "LIMIT_FRAME is 262144; with LIMIT_BODY 65536 allowed is 397312 or more"},
		{[]string{"LIMIT_FRAME=2097152"}, "LIMIT_WINDOW is 1048576; with LIMIT_FRAME 2097152 allowed is 2097152 or more"},
		{[]string{"PING_INTERVAL=1m"}, "IDLE_TIMEOUT is 1m0s; with PING_INTERVAL 1m0s allowed is a longer duration"},
	} {
		_, _, err := load(t, "", tc.environ)
		if got := problems(t, err); len(got) != 1 || !strings.HasPrefix(got[0], tc.want) {
			t.Errorf("%q: problems = %q, want %q", tc.environ, got, tc.want)
		}
	}
	mustLoad(t, "", []string{"LIMIT_BODY=65536", "LIMIT_FRAME=397312"})
}

func TestWarnings(t *testing.T) {
	for _, tc := range []struct{ name, entry, want string }{
		{"trusting everybody", "TRUSTED_PROXIES=0.0.0.0/0", "everybody can claim any address"},
		{"plain http", "PUBLIC_URL=http://chat.example", "without https"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := mustLoad(t, "", []string{tc.entry})
			if len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], tc.want) {
				t.Errorf("Warnings = %q, want one with %q", c.Warnings, tc.want)
			}
		})
	}
	if c := mustLoad(t, "", []string{"PUBLIC_URL=http://localhost:3000"}); len(c.Warnings) != 0 {
		t.Errorf("Warnings = %q, want none for this machine", c.Warnings)
	}
}

func TestHealthURL(t *testing.T) {
	for addr, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080/healthz",
		"0.0.0.0:9":      "http://127.0.0.1:9/healthz",
		":9":             "http://127.0.0.1:9/healthz",
		"[::]:9":         "http://[::1]:9/healthz",
		"chat.lan:80":    "http://chat.lan:80/healthz",
	} {
		c := mustLoad(t, "", nil, "-addr", addr)
		if got := c.HealthURL(); got != want {
			t.Errorf("HealthURL of %s = %q, want %q", addr, got, want)
		}
	}
}
