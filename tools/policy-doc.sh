#!/usr/bin/env bash
# Writes docs/policy.md from the site policy in the code; a test keeps the two alike.
set -euo pipefail
. "$(dirname "$0")/steps.sh"
prepare build
TEGATA_WRITE_DOCS=1 cargo test --quiet -p policy --test policy_doc >&2
say "wrote docs/policy.md"
