package config_test

import (
	"strings"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/internal/config"
)

func TestRedisURL(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"":                               "",
		"127.0.0.1:6379":                 "redis://127.0.0.1:6379",
		"localhost":                      "redis://localhost:6379",
		"[::1]:7000":                     "redis://[::1]:7000",
		"redis://cache.example":          "redis://cache.example:6379",
		"REDISS://:p%40ss@h.example:70":  "rediss://:p%40ss@h.example:70",
		"rediss://u:p@h.example:70/":     "rediss://u:p@h.example:70/",
		"redis://u:p@h.example:70/3":     "redis://u:p@h.example:70/3",
		" redis://u:p@h.example:70/3\t ": "redis://u:p@h.example:70/3",
	} {
		c, _, err := config.Load(nil, []string{"GO_ENV=test", "REDIS_URL=" + given})
		switch {
		case err != nil:
			t.Errorf("%q: %v", given, err)
		case want == "" && c.Redis != nil, want != "" && (c.Redis == nil || c.Redis.String() != want):
			t.Errorf("%q is %v, want %q", given, c.Redis, want)
		}
	}
	for _, given := range []string{
		"http://h:1", "redis://", "redis://h:x", "redis://h:0", "redis://h:70000", "redis://h/first", "redis://h/1/2",
		"redis://h?db=1", "redis://h#1", "u:hunter2@h:1", "redis://u:hunter2@h h", "h:1/2", "h:", "redis:h", "6379", "redis://h/-1",
	} {
		_, _, err := config.Load(nil, []string{"GO_ENV=test", "REDIS_URL=" + given})
		if err == nil || !strings.Contains(err.Error(), "REDIS_URL") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", given, err)
		}
	}
}
