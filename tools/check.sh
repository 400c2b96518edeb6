#!/usr/bin/env bash
# Lints for both sides, a few gates no lint knows, and the fast tests. Runs them all, then says which failed.
# `check.sh lints` leaves the tests out (`make test` runs them with the others). The exit code is the number of
# failed ones.
set -euo pipefail
. "$(dirname "$0")/steps.sh"
prepare check
failed=()
try() { # try NAME COMMAND…
  say "check: $1"
  "${@:2}" >&2 || failed+=("$1")
}

nothing() { # nothing WHY: fails and shows what it reads, if it reads anything
  local found
  found="$(cat)"
  [ -z "$found" ] || { printf '%s\n    %s\n' "$found" "$1" && return 1; }
}
search() { grep -rsn --exclude-dir=node_modules "$@" || true; }
# Rendered by the server it is nothing, and waking up it overwrites what was typed meanwhile.
inputs() { search prop:value app/src | nothing "give the field a plain value attribute"; }
leftovers() {
  search -wE 'TO[D]O|FIX[M]E' --include=*.{rs,ts,mjs,sh,css,sql,toml} \
    app domain end2end frontend identity migrations server style tools words | nothing "finish it, or write an issue"
}
# Lock files and settings must serve everyone: packages come from the public registries alone.
crates() { search '^source = ' Cargo.lock | { grep -v 'registry+https://github.com/rust-lang/crates.io-index"' || true; } | nothing "only crates.io"; }
packages() { search '"resolved": "[a-z+]*:' end2end/package-lock.json | nothing "no addresses in the lock (see end2end/.npmrc)"; }
registries() { search -E '^ *(replace-with|registry|index) *=|^ *\[(source|registries)' .cargo end2end/.npmrc | nothing "no other registry"; }
wasm_clippy() {
  CARGO_TARGET_DIR=target/front cargo clippy --quiet -p frontend --target wasm32-unknown-unknown -- -D warnings
}

try "format" cargo fmt --all --check
try "inputs keep what was typed" inputs
try "nothing left unfinished" leftovers
try "crates from the public registry" crates
try "npm packages from the public registry" packages
try "no registry of one's own" registries
# app is built with `ssr` for the server and with `hydrate` for the browser, never with both: hence two runs.
try "clippy, server side" cargo clippy --quiet --workspace --exclude frontend --all-targets -- -D warnings
try "clippy, browser side" wasm_clippy
if [ -f end2end/tsconfig.json ]; then try "types of the browser stories" npm run --silent --prefix end2end types; fi
if [ "${1:-}" != lints ]; then try "fast tests" cargo nextest run -p domain -p policy -p words; fi

if [ ${#failed[@]} -gt 0 ]; then
  say "check: ${#failed[@]} failed: $(printf '%s; ' "${failed[@]}")"
  exit ${#failed[@]}
fi
say "check: all passed"
