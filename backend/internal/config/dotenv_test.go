package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/internal/config"
)

func TestDotenvForms(t *testing.T) {
	c := mustLoad(t, "\ufeff# comment\r\n\r\nexport PORT = 1234 # the port\r\nLOG_FORMAT='json'\r\n"+
		"DATA_DIR=\"/srv/tea #1\" # quoted\nALLOWED_ORIGINS=#none\nSEND_BURST=1\nSEND_BURST=2\n", nil)
	if c.Port != 1234 || c.LogFormat != "json" || c.DataDir != "/srv/tea #1" || len(c.Origins) != 0 || c.SendBurst != 2 {
		t.Errorf("config = %+v", c)
	}
}

func TestDotenvWrongLines(t *testing.T) {
	_, _, err := load(t, "PORT=1\nsecret words\nHOST=\"localhost\n1X=2\n", nil)
	got := problems(t, err)
	if len(got) != 3 || !strings.HasPrefix(got[0], ".env line 2 ") || !strings.HasPrefix(got[1], ".env line 3: ") || !strings.HasPrefix(got[2], ".env line 4 ") {
		t.Errorf("problems = %q", got)
	}
	if strings.Contains(err.Error(), "secret") {
		t.Error("the text of a line that may hold a secret was repeated")
	}
}

func TestDotenvThatCannotBeReadIsNotFatal(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".env"), 0o700); err != nil {
		t.Fatal(err)
	}
	c, _, err := config.Load([]string{"-C", dir}, nil)
	if err != nil || len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], "not a regular file") {
		t.Errorf("Load = %q, %v", c.Warnings, err)
	}
}

func TestNearMisses(t *testing.T) {
	for key, meant := range map[string]string{
		"datbase_path": "DATA_DIR", "DATABASE_PATH": "DATA_DIR", "DATA_DIRR": "DATA_DIR", "port": "PORT", "PROT": "PORT",
		"Allowed_Origin": "ALLOWED_ORIGINS", "TRUSTED_PROXY": "TRUSTED_PROXIES", "RATE_LIMIT": "RATE_LIMITS",
		"LOGLEVEL": "LOG_LEVEL", "MAX_CONN": "MAX_SOCKETS", "SEND_BRUST": "SEND_BURST", "GUEST": "GUESTS",
	} {
		t.Run(key, func(t *testing.T) {
			_, _, err := load(t, key+"=1\n", nil)
			want := key + " (in .env) is not a setting; " + meant + " is probably meant."
			if got := problems(t, err); len(got) != 1 || !strings.HasPrefix(got[0], want) {
				t.Errorf("problems = %q, want %q", got, want)
			}
		})
	}
}

func TestOtherUnknownKeys(t *testing.T) {
	c := mustLoad(t, "REACT_APP_TITLE=x\nCOMPOSE_PROJECT_NAME=y\nNODE_OPTIONS=z\nSMTP_PASSWORD=hidden\n", nil)
	if len(c.Warnings) != 1 || !strings.HasPrefix(c.Warnings[0], "SMTP_PASSWORD (in .env) is not a setting") || strings.Contains(c.Warnings[0], "hidden") {
		t.Errorf("Warnings = %q, want one, on SMTP_PASSWORD, without its value", c.Warnings)
	}
	mustLoad(t, "", []string{"DATBASE_PATH=x", "prot=1"}) // the environment belongs to everybody
}
