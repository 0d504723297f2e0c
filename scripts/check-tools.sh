#!/bin/sh
# Says which of the tools that every build needs are missing or too old.
set -eu

wrong=0
say() {
  printf '%s\n' "$1" >&2
  wrong=1
}

# at_least WANTED HAVE: whether version HAVE is WANTED or newer.
at_least() {
  [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]
}

if command -v go >/dev/null 2>&1; then
  version=$(go env GOVERSION)
  at_least 1.26 "${version#go}" || say "Go ${version#go} is too old: 1.26 or later is needed (https://go.dev/dl/)."
else
  say "Go is missing: 1.26 or later is needed (https://go.dev/dl/)."
fi
if command -v node >/dev/null 2>&1; then
  version=$(node --version)
  at_least 20.19 "${version#v}" || say "Node ${version#v} is too old: 20.19 or later is needed (https://nodejs.org/)."
else
  say "Node is missing: 20.19 or later is needed (https://nodejs.org/)."
fi
command -v npm >/dev/null 2>&1 || say "npm is missing: it comes with Node (https://nodejs.org/)."
exit "$wrong"
