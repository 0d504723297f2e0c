package webui_test

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestNginxHeaders holds the demo's nginx to the headers that the binary gives.
func TestNginxHeaders(t *testing.T) {
	conf, err := os.ReadFile("../../../deploy/nginx/headers.conf")
	if err != nil {
		t.Fatal(err)
	}
	want := do(newHandler(t, client), http.MethodGet, "/").Header()
	seen := 0
	for _, m := range regexp.MustCompile(`(?m)^add_header (\S+) "(.*)" always;$`).FindAllStringSubmatch(string(conf), -1) {
		seen++
		if got := want.Get(m[1]); got != m[2] {
			t.Errorf("%s is %q here and %q in nginx", m[1], got, m[2])
		}
	}
	for name := range want {
		policy := strings.HasPrefix(name, "Cross-Origin-") || strings.HasSuffix(name, "-Policy") || strings.HasPrefix(name, "X-")
		if policy && !strings.Contains(string(conf), "add_header "+name+" ") {
			t.Errorf("nginx lacks %s", name)
		}
	}
	if seen < 5 {
		t.Errorf("found %d headers in nginx's file, want 5 or more", seen)
	}
}
