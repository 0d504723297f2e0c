#!/bin/sh
# The lobby in a terminal: a line that you type is a message, a message is a line.
# Run: examples/wscat.sh [ws://127.0.0.1:8080]
exec npx --yes wscat -c "${1:-ws://127.0.0.1:8080}/ws"
