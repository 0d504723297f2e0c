#!/bin/sh
# Holds the binary to its size. One careless import (html/template, a tracing
# exporter) adds 13 MB at once; this notices.
set -eu
cd "$(dirname "$0")/.."
budget=25000000
size=$(wc -c <bin/teahouse)
printf 'bin/teahouse: %d.%d MB of %d MB\n' "$((size / 1000000))" "$((size / 100000 % 10))" "$((budget / 1000000))"
if [ "$size" -gt "$budget" ]; then
  printf 'bin/teahouse has %d bytes; %d are allowed.\n' "$size" "$budget" >&2
  exit 1
fi
