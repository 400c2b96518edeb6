#!/usr/bin/env bash
# Builds what is needed and starts the site for a look at it, with the settings of a developer's machine. SNS=demo: with
# demonstrations of Google, Yahoo! JAPAN and Facebook beside it, on SNS_PORT (4000) and the two after it.
set -euo pipefail
. "$(dirname "$0")/steps.sh"
sns="${SNS:-}"
[ -z "$sns" ] || [ "$sns" = demo ] || die "SNS=$sns is not known; SNS=demo is"
prepare build
tools/build.sh
export TEGATA_SITE__DEVELOPMENT=true
url="${TEGATA_SITE__URL:-http://localhost:3000}"
say "the site is at $url (Ctrl-C stops it)"
say "e-mails appear at $url/dev/mail and in ${TEGATA_MAIL__DIRECTORY:-data/mail}"
[ -z "$sns" ] || exec node end2end/provider/run.mjs target/dist/tegata serve
exec target/dist/tegata serve
