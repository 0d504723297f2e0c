#!/usr/bin/env bash
# chaos-planted.sh SEED: builds a server that acknowledges before it commits and
# expects the chaos run to catch it. A check that cannot fail proves nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
(cd backend && go build -tags plantedbug -o "$dir/teahouse" .)
(cd chaos && go build -o "$dir/chaos" .)
if (cd chaos && "$dir/chaos" -server "$dir/teahouse" -kills 50 -seed "$1") >"$dir/log" 2>&1; then
  tail -n 20 "$dir/log" >&2
  echo "The planted fault was not caught: the chaos run proves nothing." >&2
  exit 1
fi
tail -n 5 "$dir/log"
echo "The planted fault (acknowledging before the commit) was caught."
