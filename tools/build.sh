#!/usr/bin/env bash
# Builds target/dist/tegata: one executable with the site inside.
set -euo pipefail
. "$(dirname "$0")/steps.sh"
prepare build
tools/build-site.sh
say "server: release build"
cargo build --quiet --release -p server >&2 || die "building the server"
mkdir -p target/dist
if ! cmp -s target/release/tegata target/dist/tegata; then
  cp target/release/tegata target/dist/tegata.new # a running one cannot be written over, only replaced
  mv target/dist/tegata.new target/dist/tegata
fi
say "built target/dist/tegata ($(du -h target/dist/tegata | cut -f1))"
