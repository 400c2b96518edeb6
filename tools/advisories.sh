#!/usr/bin/env bash
# Asks RustSec and npm for known vulnerabilities of what the lock files name. That needs the network, and the answer
# changes from day to day: it is no part of `make test`. The exit code is 1 for a vulnerability, and 2 if somebody
# could not be asked.
set -euo pipefail
. "$(dirname "$0")/steps.sh"
prepare check
vulnerable=0
unasked=0

ask() { # ask WHOM SIGN COMMAND…: SIGN is what the command prints if it gets no answer
  local report=target/advisories.txt
  say "advisories: asking $1"
  if "${@:3}" 2>&1 | tee "$report" >&2; then return; fi
  if grep -q "$2" "$report"; then
    say "advisories: $1 could not be asked; this needs the network"
    unasked=1
  else
    vulnerable=1
  fi
}
ask RustSec "failed to fetch advisory database" cargo deny --locked check advisories
ask npm "audit endpoint returned an error" npm audit --prefix end2end

[ "$vulnerable" = 0 ] || { say "advisories: vulnerabilities are known, see above"; exit 1; }
[ "$unasked" = 0 ] || exit 2
say "advisories: no vulnerability is known"
