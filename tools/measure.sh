#!/usr/bin/env bash
# `measure.sh size|bench|doors|lighthouse`: builds the release executable and measures it with the script of that name.
# `bench` then signs members in beside the hash's own rate, fills a large database of each kind (LINES=10000000), and asks
# it for pages of the history.
set -euo pipefail
. "$(dirname "$0")/steps.sh"
if [ "$1" = size ]; then prepare build; else prepare test; fi
tools/build.sh
say "measuring: $1"
node "tools/$1.mjs"
[ "$1" = bench ] || exit 0

say "building what measures sign-ins and the history"
cargo build --quiet --release -p testkit --example sign_in_bench --example history_bench >&2
say "measuring: sign-ins"
node tools/sign-ins.mjs
trap 'tools/test-postgres.sh stop' EXIT
for base in sqlite postgres; do
  say "filling a database: $base"
  target/release/examples/history_bench "$base" ${LINES:+"$LINES"}
done
