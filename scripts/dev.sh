#!/usr/bin/env bash
# Runs the server and the client's development server together. When one ends,
# or on Ctrl-C, the other is ended too. Each has a process group of its own, so
# that `go run` and npm take what they started along.
set -euo pipefail
cd "$(dirname "$0")/.."
set -m

groups=()
stop() {
  trap '' INT TERM
  exec 2>/dev/null # the shell's own notes on jobs that end
  for group in "${groups[@]}"; do
    kill -TERM -- "-$group" 2>/dev/null || true # it may have ended by itself
  done
  wait
}
trap 'stop; exit 130' INT
trap 'stop; exit 143' TERM

(cd backend && exec go run . -C ..) </dev/null &
groups+=("$!")
# PORT is the server's here; the client's own is FRONTEND_PORT, or 3000.
export BACKEND_URL="${BACKEND_URL:-http://127.0.0.1:${PORT:-8080}}"
(cd frontend && exec env -u PORT npm start) </dev/null &
groups+=("$!")

status=0
wait -n || status=$?
stop
exit "$status"
