#!/usr/bin/env bash
# `measure.sh size|bench|lighthouse`: builds the release executable and measures it with the script of that name.
set -euo pipefail
. "$(dirname "$0")/steps.sh"
if [ "$1" = lighthouse ]; then prepare test; else prepare build; fi
tools/build.sh
say "measuring: $1"
exec node "tools/$1.mjs"
