#!/usr/bin/env bash
# Every test there is, one stage after another, and one closing line `N passed, N failed` over all of them.
# A stage that cannot run counts as one failure; the later ones run all the same where they can.
set -euo pipefail
. "$(dirname "$0")/steps.sh"
unset ONLY # all means all
passed=0
failed=0
logs=target/test
times=()
mkdir -p "$logs"
readonly NEEDED_GB=15 # in a fresh clone

stage() { # stage NAME: the one before is over; its time is told at the end
  local now=$SECONDS
  if [ -n "${begun:-}" ]; then times+=("$begun $((now - begun_at)) s"); fi
  begun=$1 begun_at=$now
}

close() { # whatever happened, the line is the last thing said
  local code=$?
  if [ "$code" != 0 ] && [ "$failed" = 0 ]; then failed=1; fi
  if [ -n "${browser:-}" ]; then kill "$browser" 2>/dev/null || true; fi
  tools/test-postgres.sh stop >/dev/null 2>&1 || true
  stage ""
  if [ -s "$logs/stories.json" ]; then node tools/slowest-stories.mjs "$logs/stories.json" >&2 || true; fi
  say "times: $(printf '%s; ' "${times[@]}")"
  echo "$passed passed, $failed failed"
  exit "$((failed > 0))"
}
trap close EXIT
trap 'exit 130' INT TERM

add() { # add STAGE PASSED FAILED
  say "$1: $2 passed, $3 failed"
  passed=$((passed + $2))
  failed=$((failed + $3))
}

stage "set-up"
prepare test

# A full disk shows as failures of anything but the disk.
free_gb=$(($(df --output=avail -k . | tail -1) / 1024 / 1024))
if [ "$free_gb" -lt "$NEEDED_GB" ]; then say "only $free_gb GB are free, and all this takes about $NEEDED_GB"; fi

# Databases of tests wait for the disk most of the time, so they are in memory where there is room.
shm_gb=$(($(df --output=avail -k /dev/shm 2>/dev/null | tail -1 || echo 0) / 1024 / 1024))
if [ -z "${TMPDIR:-}" ] && [ -w /dev/shm ] && [ "$shm_gb" -ge 4 ]; then export TMPDIR=/dev/shm; fi

# Lints and gates are not tests: passing they count nothing, failing one each.
stage "gates"
checks_failed=0
tools/check.sh gates || checks_failed=$?
failed=$((failed + checks_failed))

# Side by side, because each has long steps that keep one core busy.
stage "builds and lints"
browser_side() {
  tools/build-site.sh || return 1
  # The pages as the browser's code has them: on top of what the build above compiled, and without making code again.
  say "lints of the browser's code"
  CARGO_TARGET_DIR=target/front linting cargo rustc --quiet -p app --lib --features hydrate \
    --target wasm32-unknown-unknown --profile wasm-release -- --emit=metadata >&2 || return 2
}
server_side() { linting cargo nextest run --workspace --exclude frontend "$@"; }
browser_side &
browser=$!
code=0
say "tests of the server side"
server_side --no-run >&2 || code=$?
browser_code=0
wait "$browser" || browser_code=$?
browser= # over: its number may be another's by now
case "$browser_code" in
0) ;;
2) add "lints of the browser's code" 0 1 ;;
*) add "the site" 0 1 ;;
esac

stage "server side: tests"
rm -f "$logs/nextest.log"
server_side --test-threads "$(($(nproc) * 3 / 2))" --color never 2>&1 | tee "$logs/nextest.log" >&2 || code=$?
tools/test-postgres.sh broke >&2
# `Summary [ 1.2s] 30 tests run: 28 passed (1 slow), 1 failed, 1 timed out, 2 skipped`; `12/30 tests` if cut short.
read -r ran good < <(sed -nE 's/^ *Summary \[.*\] *([0-9]+\/)?([0-9]+) tests? run: ([0-9]+) passed.*/\2 \3/p' "$logs/nextest.log" | tail -1) || true
if [ -z "${ran:-}" ]; then add "server side" 0 1
elif [ "$code" != 0 ] && [ "$ran" = "$good" ]; then add "server side" "$good" 1
else add "server side" "$good" $((ran - good))
fi

stage "release server"
if [ "$browser_code" != 1 ] && tools/build.sh; then
  stage "browser stories"
  rm -f "$logs/stories.json"
  code=0
  STORIES_BUILT=1 PLAYWRIGHT_JSON_OUTPUT_FILE="$PWD/$logs/stories.json" tools/stories.sh --reporter=list,json >&2 || code=$?
  counts="$(node tools/count-stories.mjs "$logs/stories.json" "$code")"
  add "browser stories" "${counts% *}" "${counts#* }"
elif [ "$browser_code" != 1 ]; then add "the executable" 0 1
fi
