# shellcheck shell=bash
# How the scripts beside this one speak, stop, and find their tools. Sourced, never run.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

# One clock for a command and all the scripts it calls.
export STEPS_STARTED="${STEPS_STARTED:-$(date +%s)}"
say() { printf '[%4ss] %s\n' "$(($(date +%s) - STEPS_STARTED))" "$*" >&2; }
die() { say "stopped: $*"; exit 1; }

# prepare build|check|test: installs what is missing for it and puts the tools on the PATH. Once per command:
# a script called by another finds it done.
prepare() {
  if [ -z "${STEPS_PREPARED:-}" ]; then tools/setup.sh "$1"; fi
  export STEPS_PREPARED=1
  # shellcheck source=/dev/null
  . target/setup/toolchain.env
  # Steers the set-up only; the server would take it for a setting it does not know.
  unset TEGATA_TOOLCHAIN
  # The macro that embeds the site in the executable wants the folder, even for a lint.
  mkdir -p target/site/pkg
}

# linting COMMAND…: cargo with clippy as the compiler of our own crates, so that one build compiles and lints. (`cargo
# clippy` would look at every dependency once more.)
linting() {
  RUSTC_WORKSPACE_WRAPPER="$(rustc --print sysroot)/bin/clippy-driver" CLIPPY_ARGS="-Dwarnings__CLIPPY_HACKERY__" "$@"
}
