#!/bin/sh
# Installs the Debian packages that the tests need and that are missing: a C
# compiler for the race detector, strace to make system calls fail, a browser,
# fonts for its screenshots, and redis-server. Debian's package of that starts a
# service; the tests leave it alone and start servers of their own.
# Does nothing where nothing is missing; names them where it may not install.
set -eu

missing=""
need() { missing="$missing $1"; }
installed() { dpkg -s "$1" >/dev/null 2>&1; }

command -v "${CC:-gcc}" >/dev/null 2>&1 || need gcc
[ -e /usr/include/stdio.h ] || ! command -v dpkg >/dev/null 2>&1 || need libc6-dev
[ -x "${CHROMIUM:-/usr/bin/chromium}" ] || need chromium
command -v redis-server >/dev/null 2>&1 || need redis-server
if command -v dpkg >/dev/null 2>&1; then
  for font in fonts-noto-cjk fonts-noto-color-emoji; do
    installed "$font" || need "$font"
  done
  command -v strace >/dev/null 2>&1 || need strace
fi
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  printf 'The tests need these Debian packages:%s\n' "$missing" >&2
  printf 'Install them with: sudo apt-get install --no-install-recommends%s\n' "$missing" >&2
  printf 'On other systems, CHROMIUM=/path/to/chromium and CC=compiler name what is there.\n' >&2
  exit 1
fi
printf 'Installing for the tests:%s\n' "$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086 # a list of package names
if ! { apt-get -o DPkg::Lock::Timeout=600 -qq update &&
  apt-get -o DPkg::Lock::Timeout=600 -qq -y install --no-install-recommends $missing; } >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
