#!/usr/bin/env bash
# A PostgreSQL of the tests' own, in a temporary folder: `start` prints its address (and starts it only once,
# however many tests ask at the same time), `broke` tells what it broke down of, `stop` ends it and removes everything.
set -euo pipefail
# Each clone has its own, so that one does not stop another's.
clone=$(cd "$(dirname "$0")/.." && pwd | cksum | cut -d' ' -f1)
home="${TMPDIR:-/tmp}/tegata-test-postgres-$(id -u)-$clone"
bin=$(pg_config --bindir 2>/dev/null || true)
[ -x "$bin/initdb" ] || bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
[ -x "$bin/initdb" ] || { echo "PostgreSQL's initdb is missing: run tools/setup.sh" >&2; exit 1; }

# PostgreSQL refuses to run as root.
as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

case "${1:-start}" in
start)
  mkdir -p "$home"
  exec 9>"$home/lock"
  flock 9
  if ! as "$bin/pg_ctl" -D "$home/data" status >/dev/null 2>&1; then
    rm -rf "$home/data"
    if [ "$(id -u)" = 0 ]; then chown postgres "$home"; fi
    port=$(node -e 's=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
    as "$bin/initdb" -D "$home/data" -U tegata --auth=trust --encoding=UTF8 --locale=C >/dev/null
    # Nothing here outlives the tests, so nothing waits for the disk.
    as "$bin/pg_ctl" -D "$home/data" -w -l "$home/log" start \
      -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200" >/dev/null 9>&-
    echo "postgres://tegata@127.0.0.1:$port" >"$home/url"
  fi
  cat "$home/url"
  ;;
broke)
  grep -hE 'PANIC|No space left|terminated by signal' "$home/log" 2>/dev/null | tail -n 5 || true
  ;;
stop)
  if [ -d "$home/data" ]; then as "$bin/pg_ctl" -D "$home/data" -m immediate stop >/dev/null 2>&1 || true; fi
  rm -rf "$home"
  ;;
esac
