#!/usr/bin/env bash
# Browser stories against the release executable: all, those of the slice in ONLY, or with `screenshots` the
# pictures into target/screenshots. Further arguments go to Playwright.
set -euo pipefail
. "$(dirname "$0")/steps.sh"
prepare test
[ -n "${STORIES_BUILT:-}" ] || tools/build.sh
cd end2end
if [ "${1:-}" = screenshots ]; then
  say "screenshots into target/screenshots"
  exec npx --no-install playwright test --config playwright.screenshots.config.ts "${@:2}"
fi
say "browser stories${ONLY:+ of $ONLY}"
exec npx --no-install playwright test ${ONLY:+"$ONLY"} "$@"
