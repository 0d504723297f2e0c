package config

import (
	"maps"
	"slices"
	"strings"
)

// aliases are names that other programs use for what we call otherwise.
var aliases = map[string]string{
	"ADDR": "HOST", "BIND": "HOST", "BIND_ADDR": "HOST", "LISTEN": "HOST", "LISTEN_ADDR": "HOST",
	"BASE_URL": "PUBLIC_URL", "ROOT_URL": "PUBLIC_URL", "SITE_URL": "PUBLIC_URL", "SERVER_URL": "PUBLIC_URL",
	"CORS_ORIGINS": "ALLOWED_ORIGINS", "CORS_ALLOWED_ORIGINS": "ALLOWED_ORIGINS", "ORIGINS": "ALLOWED_ORIGINS",
	"DATABASE": "DATA_DIR", "DATABASE_DIR": "DATA_DIR", "DATABASE_FILE": "DATA_DIR", "DATABASE_PATH": "DATA_DIR",
	"DATABASE_URL": "DATA_DIR", "DATA_PATH": "DATA_DIR", "DB_FILE": "DATA_DIR", "DB_PATH": "DATA_DIR",
	"MAX_CONN": "MAX_SOCKETS", "MAX_CONNS": "MAX_SOCKETS", "MAX_CONNECTIONS": "MAX_SOCKETS", "MAX_CLIENTS": "MAX_SOCKETS",
	"PROXIES": "TRUSTED_PROXIES", "TRUSTED_PROXY": "TRUSTED_PROXIES",
	"REDIS": "REDIS_URL", "REDIS_ADDR": "REDIS_URL", "REDIS_HOST": "REDIS_URL",
	"RATE_LIMIT": "RATE_LIMITS", "LISTEN_PORT": "PORT", "HTTP_PORT": "PORT", "SERVER_PORT": "PORT",
}

// foreign are the beginnings of keys that belong to others who share the file:
// the client's build, docker compose, Node, and GO_ENV itself.
var foreign = []string{"REACT_APP_", "COMPOSE_", "NODE_", "GO_ENV"}

// checkKeys looks at every key of .env that is no setting: one that is nearly a
// setting stops the start, since a misspelt limit protects nobody.
func (l *loader) checkKeys() {
	var known []string
	for _, v := range new(Config).variables() {
		known = append(known, v.name)
	}
	for _, key := range slices.Sorted(maps.Keys(l.dotenv)) {
		if slices.Contains(known, key) || slices.ContainsFunc(foreign, func(p string) bool { return strings.HasPrefix(key, p) }) {
			continue
		}
		if meant := nearest(strings.ToUpper(key), known); meant != "" {
			l.problem("%s (in .env) is not a setting; %s is probably meant. Allowed are the names in the table of README.md.", key, meant)
			continue
		}
		l.warn("%s (in .env) is not a setting of Teahouse and has no effect.", key)
	}
}

// nearest is the setting that key was probably meant to be, or "".
func nearest(key string, known []string) string {
	best, meant := 3, ""
	try := func(name, setting string) {
		allowed := 2
		if len(name) <= 5 {
			allowed = 1 // two edits make PORT of almost any four letters
		}
		if d := distance(key, name); d <= allowed && d < best {
			best, meant = d, setting
		}
	}
	for _, name := range known {
		try(name, name)
	}
	for _, name := range slices.Sorted(maps.Keys(aliases)) {
		try(name, aliases[name])
	}
	return meant
}

// distance counts the edits between two words; two neighbours that changed
// places count as one edit.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(a)][len(b)]
}
