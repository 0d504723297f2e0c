package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
)

// maxDotenv bounds what is read of a .env file that cannot be one.
const maxDotenv = 1 << 20

func readLimited(file string) (text string, err error) {
	f, err := os.Open(file) //nolint:gosec // G304: .env of the directory that the user chose
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", errors.New("it is not a regular file")
	}
	b, err := io.ReadAll(io.LimitReader(f, maxDotenv+1))
	if err != nil {
		return "", err
	}
	if len(b) > maxDotenv {
		return "", errors.New("it is larger than 1 MiB")
	}
	return string(b), nil
}

var dotenvKey = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)

// parseDotenv reads lines of KEY=VALUE. "export " before the key, quotes round
// the value, and a comment after it ( #) are understood; nothing is expanded.
// Of a key named twice the last one counts. The second result holds a sentence
// for each line that is none of this.
func parseDotenv(text string) (values map[string]string, problems []string) {
	values = map[string]string{}
	text = strings.TrimPrefix(text, "\ufeff")
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		key = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(key), "export "))
		if !ok || !dotenvKey.MatchString(key) {
			// The line itself may hold a secret: its number is enough.
			problems = append(problems, fmt.Sprintf(".env line %d is not a setting; allowed is NAME=value or a comment that starts with #.", number))
			continue
		}
		value, ok = unquote(strings.TrimSpace(value))
		if !ok {
			problems = append(problems, fmt.Sprintf(".env line %d: the quotes round the value of %s do not match; allowed is NAME=\"value\".", number, key))
			continue
		}
		values[key] = value
	}
	return values, problems
}

// unquote takes off matching quotes, or the comment of a bare value.
func unquote(value string) (string, bool) {
	if value == "" || (value[0] != '"' && value[0] != '\'') {
		if strings.HasPrefix(value, "#") {
			return "", true
		}
		for i := 1; i < len(value); i++ {
			if value[i] == '#' && (value[i-1] == ' ' || value[i-1] == '\t') {
				return strings.TrimSpace(value[:i]), true
			}
		}
		return value, true
	}
	inner, rest, ok := strings.Cut(value[1:], value[:1])
	rest = strings.TrimSpace(rest)
	return inner, ok && (rest == "" || strings.HasPrefix(rest, "#"))
}
