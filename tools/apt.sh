# shellcheck shell=bash
# How the scripts that set up install Debian's packages. Sourced after steps.sh, never run.

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else die "needs an administrator: $*"
  fi
}

# apt_has PACKAGE: whether the lists at hand know it.
apt_has() { command -v apt-cache >/dev/null && [ -n "$(apt-cache show --no-all-versions "$1" 2>/dev/null)" ]; }

# apt_install PACKAGE…: asks for the list of packages once, and only when something is missing.
apt_install() {
  command -v apt-get >/dev/null || die "please install what Debian calls: $*"
  say "installing $*"
  if [ -z "${APT_UPDATED:-}" ]; then
    as_root apt-get update -q >target/setup/apt.log 2>&1 || say "apt-get update failed; going on with the lists at hand"
    export APT_UPDATED=1
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" \
    >>target/setup/apt.log 2>&1 || { tail -5 target/setup/apt.log >&2; die "apt-get install $*"; }
}
