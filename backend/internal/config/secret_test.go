package config_test

import (
	"strings"
	"testing"
)

// What a secret was, when it was wrong, is told to nobody.
func TestSecretsAreNotTold(t *testing.T) {
	for _, value := range []string{"short", strings.Repeat("x", 201), "with blanks in it all", "with\x7Fcontrol-characters", "é-is-not-plain-ASCII"} {
		_, _, err := load(t, "", []string{"ADMIN_TOKEN=" + value})
		got := problems(t, err)
		if len(got) != 1 || !strings.HasPrefix(got[0], "ADMIN_TOKEN has a value") || !strings.Contains(got[0], "allowed is 16 to 200") || strings.Contains(got[0], value) {
			t.Errorf("problems = %q", got)
		}
	}
	if c := mustLoad(t, "", []string{"ADMIN_TOKEN=sixteen-or-more!"}); c.AdminToken != "sixteen-or-more!" {
		t.Errorf("AdminToken = %q", c.AdminToken)
	}
	if c := mustLoad(t, "", []string{"ADMIN_TOKEN="}); c.AdminToken != "" {
		t.Errorf("AdminToken = %q", c.AdminToken)
	}
}
