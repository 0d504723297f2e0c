package config

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The table of README.md and .env.example name every variable, in the order of
// the list, with its default and what is allowed, and nothing else.

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("../../../" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestReadmeTable(t *testing.T) {
	row := regexp.MustCompile("(?m)^\\| `([A-Z_]+)` \\| (.*?) \\| .+ \\| (.*?) \\|$")
	var got, want []string
	for _, m := range row.FindAllStringSubmatch(read(t, "README.md"), -1) {
		got = append(got, m[1]+" | "+m[2]+" | "+m[3])
	}
	for _, v := range new(Config).variables() {
		fallback := "`" + v.fallback + "`"
		switch {
		case v.name == "ALLOWED_ORIGINS":
			fallback = "`" + strings.ReplaceAll(devOrigins, ",", "`, `") + "` while `HOST` is loopback, else none"
		case v.fallback == "":
			fallback = "none"
		}
		want = append(want, v.name+" | "+fallback+" | "+v.allowed)
	}
	compare(t, got, want)
}

func TestEnvExample(t *testing.T) {
	var got, want []string
	for _, m := range regexp.MustCompile(`(?m)^#?([A-Z_]+=.*)$`).FindAllStringSubmatch(read(t, ".env.example"), -1) {
		got = append(got, m[1])
	}
	for _, v := range new(Config).variables() {
		fallback := v.fallback
		if v.name == "ALLOWED_ORIGINS" {
			fallback = devOrigins
		}
		want = append(want, v.name+"="+fallback)
	}
	compare(t, got, want)
}

func compare(t *testing.T, got, want []string) {
	t.Helper()
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("missing: %s", w)
		}
	}
	for _, g := range got {
		if !slices.Contains(want, g) {
			t.Errorf("not a variable, or not as it is: %s", g)
		}
	}
	if !t.Failed() && !slices.Equal(got, want) {
		t.Errorf("the order is %q, want %q", got, want)
	}
}
