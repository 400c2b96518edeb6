#!/usr/bin/env bash
# Builds what is needed and starts the site for a look at it, with the settings of a developer's machine.
set -euo pipefail
. "$(dirname "$0")/steps.sh"
prepare build
tools/build.sh
export TEGATA_SITE__DEVELOPMENT=true
url="${TEGATA_SITE__URL:-http://localhost:3000}"
say "the site is at $url (Ctrl-C stops it)"
say "letters appear at $url/dev/mail and in ${TEGATA_MAIL__DIRECTORY:-data/mail}"
exec target/dist/tegata serve
