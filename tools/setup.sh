#!/usr/bin/env bash
# Installs what is missing, and only that: `setup.sh build` for the executable, `check` for lints and unit tests
# too, `test` (default) for everything. Writes target/setup/toolchain.env, which the other scripts read.
# TEGATA_TOOLCHAIN=rustup|debian forces where the compiler for the browser comes from; otherwise rustup's is
# tried first, and what was found stays until `make clean`.
set -euo pipefail
. "$(dirname "$0")/steps.sh"
want="${1:-test}"
env_file=target/setup/toolchain.env
mkdir -p target/setup
export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PWD/end2end/node_modules/.bin:$PATH"

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else die "needs an administrator: $*"
  fi
}

# apt_install PACKAGE…: asks for the list of packages once, and only when something is missing.
apt_install() {
  command -v apt-get >/dev/null || die "please install what Debian calls: $*"
  say "installing $*"
  if [ -z "${apt_updated:-}" ]; then
    as_root apt-get update -q >target/setup/apt.log 2>&1 || say "apt-get update failed; going on with the lists at hand"
    apt_updated=1
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" \
    >>target/setup/apt.log 2>&1 || { tail -5 target/setup/apt.log >&2; die "apt-get install $*"; }
}

# --- machine --------------------------------------------------------------------------------------------------

find_postgres() { # prints the folder of the server's own binaries
  local dir
  for dir in "$(pg_config --bindir 2>/dev/null || true)" $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV); do
    if [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ]; then echo "$dir"; return; fi
  done
}
find_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome || true; }

machine() {
  local missing=()
  command -v cc >/dev/null || missing+=(gcc libc6-dev)
  if [ "$want" = test ]; then
    [ -n "$(find_chromium)" ] || missing+=(chromium)
    [ -n "$(find_postgres)" ] || missing+=(postgresql)
    # Codes made by somebody else's program: an authenticator app that is not ours.
    command -v oathtool >/dev/null || missing+=(oathtool)
    # Without them every Japanese letter of a screenshot is an empty box.
    { fc-list :lang=ja family 2>/dev/null || true; } | grep -q . || missing+=(fonts-noto-cjk fontconfig)
  fi
  if [ ${#missing[@]} -gt 0 ]; then apt_install "${missing[@]}"; fi
}

node_tools() {
  command -v node >/dev/null || die "Node 20 or newer is needed (nodejs.org, or the nodejs package)"
  [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || die "Node $(node --version) is too old: 20 or newer is needed"
  local lock
  lock="$(sha256sum end2end/package-lock.json)"
  [ "$lock" = "$(cat end2end/node_modules/.tegata-lock 2>/dev/null || true)" ] && return
  say "installing the npm tools"
  (cd end2end && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --ignore-scripts --loglevel=error) >target/setup/npm.log 2>&1 ||
    { head -5 target/setup/npm.log >&2; die "npm ci in end2end (all of it: target/setup/npm.log)"; }
  echo "$lock" >end2end/node_modules/.tegata-lock
}

# --- compiler -------------------------------------------------------------------------------------------------

has_wasm_std() { compgen -G "$1/lib/rustlib/wasm32-unknown-unknown/lib/libcore-*.rlib" >/dev/null; }

rustup_toolchain() { # sets $toolchain; refuses if the target cannot be had or the compiler is too old
  local name have need
  name="${RUSTUP_TOOLCHAIN:-$(rustup show active-toolchain 2>/dev/null | cut -d' ' -f1)}"
  if [ -z "$name" ] || [ "$name" = debian-web ]; then name=stable; fi
  have="$(rustup run "$name" rustc --version 2>/dev/null | cut -d' ' -f2)"
  need="$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)"
  if [ "$(printf '%s\n' "$need" "$have" | sort -V | head -1)" != "$need" ]; then
    say "rustup's $name is ${have:-missing}, $need is needed (rustup update $name)"
    return 1
  fi
  if ! has_wasm_std "$(rustup run "$name" rustc --print sysroot)"; then
    say "adding the browser target to rustup's $name"
    timeout 90 rustup target add wasm32-unknown-unknown --toolchain "$name" >target/setup/rustup.log 2>&1 || {
      say "rustup could not add it: $(tail -1 target/setup/rustup.log)"
      return 1
    }
  fi
  if [ "$want" != build ] && ! { rustup run "$name" cargo-clippy --version && rustup run "$name" rustfmt --version; } >/dev/null 2>&1; then
    say "adding clippy and rustfmt"
    timeout 90 rustup component add clippy rustfmt --toolchain "$name" >target/setup/rustup.log 2>&1 || return 1
  fi
  toolchain="$name"
}

# Debian has a recent compiler under names in -web, and the browser target's standard library only as source.
debian_toolchain() {
  local missing=() package linker std version
  for package in rustc-web cargo-web rust-web-src rust-web-llvm rust-web-clippy rustfmt-web; do
    dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
  done
  if [ ${#missing[@]} -gt 0 ]; then apt_install "${missing[@]}"; fi
  # /usr/bin/rust-lld points to the linker of one LLVM version, which is a package of its own.
  linker="$(readlink /usr/bin/rust-lld || true)"
  [ -z "$linker" ] || [ -e /usr/bin/rust-lld ] || apt_install "$(basename "$linker")"
  rustup toolchain list | grep -q '^debian-web' || rustup toolchain link debian-web /usr
  toolchain=debian-web

  std=/usr/lib/rustlib/wasm32-unknown-unknown/lib
  version="$(rustup run debian-web rustc --version)"
  [ "$version" = "$(cat "$std/built-by" 2>/dev/null || true)" ] && return
  say "building the standard library for the browser ($version)"
  local crate="$PWD/target/setup/std"
  rm -rf "$crate" && mkdir -p "$crate/src" && touch "$crate/src/lib.rs"
  printf '[package]\nname = "nothing"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n' >"$crate/Cargo.toml"
  # embed-bitcode is what lets the link-time optimisation of the browser build see into it.
  (cd "$crate" && env -u CARGO_TARGET_DIR RUSTUP_TOOLCHAIN=debian-web RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes \
    cargo build --quiet --release -Z build-std=std,panic_abort,test,proc_macro --target wasm32-unknown-unknown) >&2 ||
    die "building the standard library for the browser"
  as_root mkdir -p "$std"
  as_root find "$std" -name '*.rlib' -delete
  rm -f "$crate"/target/wasm32-unknown-unknown/release/deps/libnothing-*
  as_root cp "$crate"/target/wasm32-unknown-unknown/release/deps/lib*.rlib "$std"
  echo "$version" | as_root tee "$std/built-by" >/dev/null
  rm -rf "$crate" target/front # cargo does not notice another standard library of the same version
}

compiler() {
  command -v rustup >/dev/null || die "rustup is needed: https://rustup.rs"
  local choice="${TEGATA_TOOLCHAIN:-auto}"
  if [ "$choice" = auto ] && grep -qs RUSTUP_TOOLCHAIN=debian-web "$env_file"; then choice=debian; fi
  case "$choice" in
    rustup) rustup_toolchain || die "rustup's toolchain cannot be used" ;;
    debian) debian_toolchain ;;
    auto) rustup_toolchain || { say "taking Debian's compiler instead"; debian_toolchain; } ;;
    *) die "TEGATA_TOOLCHAIN is '$choice': rustup or debian" ;;
  esac
  export RUSTUP_TOOLCHAIN="$toolchain"
}

# --- cargo's own tools ----------------------------------------------------------------------------------------

# cargo_tool NAME VERSION [FLAG…]: a prebuilt one where the network gives it; else compiled, quickly rather than well.
cargo_tool() {
  local name="$1" version="$2"
  shift 2
  say "installing $name${version:+ $version} (some minutes if it must be compiled)"
  if cargo binstall --version >/dev/null 2>&1 &&
    cargo binstall -y --disable-strategies compile "$name${version:+@$version}" >target/setup/cargo-tool.log 2>&1; then return; fi
  CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
    cargo install --quiet --force "$name" ${version:+--version "=$version"} "$@" >&2 || die "cargo install $name"
}

cargo_tools() {
  local need have
  if [ "$want" != build ] && ! cargo nextest --version >/dev/null 2>&1; then cargo_tool cargo-nextest "" --locked; fi
  # Its version must be the library's to the digit.
  need="$(sed -n '/^name = "wasm-bindgen"$/{n;s/version = "\(.*\)"/\1/p;}' Cargo.lock)"
  [ -n "$need" ] || die "Cargo.lock names no wasm-bindgen"
  have="$(wasm-bindgen --version 2>/dev/null | cut -d' ' -f2 || true)"
  # Its lock file does not build with a recent compiler, so none is asked for.
  [ "$need" = "$have" ] || cargo_tool wasm-bindgen-cli "$need"
  # Of one release with the library, too. It does not tell its version; cargo does.
  need="$(sed -n '/^name = "wasm_split_helpers"$/{n;s/version = "\(.*\)"/\1/p;}' Cargo.lock)"
  [ -n "$need" ] || die "Cargo.lock names no wasm_split_helpers"
  [[ "$(cargo install --list)" = *"wasm_split_cli_support v$need:"* ]] ||
    cargo_tool wasm_split_cli_support "$need" --locked --features build-binary
}

machine
node_tools
compiler
cat >"$env_file.new" <<EOF
# Written by tools/setup.sh.
export RUSTUP_TOOLCHAIN=$toolchain
export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PWD/end2end/node_modules/.bin:\$PATH"
export PG_BINDIR="$(find_postgres)"
export CHROME_PATH="$(find_chromium)"
EOF
mv "$env_file.new" "$env_file"
cargo_tools
say "set up: $(rustc --version), from $toolchain"
