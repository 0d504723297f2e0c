#!/usr/bin/env bash
# chaos-planted.sh SEED: builds a server that acknowledges before it commits and
# expects the chaos run to catch it. A check that cannot fail proves nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
(cd backend && go build -tags plantedbug -o "$dir/teahouse" .)
echo "The same against a server that acknowledges before it commits, which has to be caught:"
(cd chaos && go run . -server "$dir/teahouse" -kills 50 -seed "$1" -expect-violation)
