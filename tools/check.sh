#!/usr/bin/env bash
# Lints for both sides, gates on what is built in, a few that no lint knows, and the fast tests. Runs them all, then
# says which failed and how long each took. `check.sh gates` leaves out what compiles (`make test` lints and tests what it
# builds anyway). The exit code is the number of failed ones.
set -euo pipefail
. "$(dirname "$0")/steps.sh"
prepare check
failed=()
times=()
try() { # try NAME COMMAND…
  local begin=$SECONDS
  say "check: $1"
  "${@:2}" >&2 || failed+=("$1")
  times+=("$1 $((SECONDS - begin)) s")
}
list() { printf '%s; ' "$@"; }

nothing() { # nothing WHY: fails and shows what it reads, if it reads anything
  local found
  found="$(cat)"
  [ -z "$found" ] || { printf '%s\n    %s\n' "$found" "$1" && return 1; }
}
search() { grep -rsn --exclude-dir={.git,data,node_modules,target} "$@" || true; }
# Rendered by the server it is nothing, and waking up it overwrites what was typed meanwhile.
inputs() { search --include=*.rs prop:value . | nothing "give the field a plain value attribute"; }
leftovers() { search --include=*.{rs,ts,mjs,sh,css,sql,toml} -wE 'TO[D]O|FIX[M]E' . | nothing "finish it, or write an issue"; }
# deny.toml says what is allowed. An exception that is needed no more fails, too.
crates() { cargo deny --locked check -D unmatched-skip -D unnecessary-skip licenses sources bans; }
# Without the metadata it looks at no dependency of tests and build scripts.
unused() { cargo machete --with-metadata; }
# Lock files and settings must serve everyone: packages come from the public registries alone.
packages() { search '"resolved": "[a-z+]*:' end2end/package-lock.json | nothing "no addresses in the lock (see end2end/.npmrc)"; }
registries() { search -E '^ *(replace-with|registry|index) *=|^ *\[(source|registries)' .cargo end2end/.npmrc | nothing "no other registry"; }
wasm_clippy() {
  CARGO_TARGET_DIR=target/front cargo clippy --quiet -p frontend --target wasm32-unknown-unknown -- -D warnings
}

try "format" cargo fmt --all --check
try "inputs keep what was typed" inputs
try "nothing left unfinished" leftovers
try "crates: licences, sources, duplicates" crates
try "crates nobody uses" unused
try "npm packages from the public registry" packages
try "no registry of one's own" registries
if [ -f end2end/tsconfig.json ]; then try "types of the browser stories" npm run --silent --prefix end2end types; fi
if [ "${1:-}" != gates ]; then
  # app is built with `ssr` for the server and with `hydrate` for the browser, never with both: hence two runs.
  try "clippy, server side" cargo clippy --quiet --workspace --exclude frontend --all-targets -- -D warnings
  try "clippy, browser side" wasm_clippy
  try "fast tests" cargo nextest run -p domain -p policy -p words
fi

say "check: times: $(list "${times[@]}")"
if [ ${#failed[@]} -gt 0 ]; then
  say "check: ${#failed[@]} failed: $(list "${failed[@]}")"
  exit ${#failed[@]}
fi
say "check: all passed"
