#!/usr/bin/env bash
# Writes docs/policy.md from the site policy in the code; a test keeps the two alike.
set -euo pipefail
. "$(dirname "$0")/steps.sh"
prepare build
mkdir -p target/setup
cargo run --quiet -p domain --example policy_doc >target/setup/policy.md
mv target/setup/policy.md docs/policy.md
say "wrote docs/policy.md"
