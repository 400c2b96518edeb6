#!/usr/bin/env bash
# Makes Debian's compiler a toolchain of rustup, `debian-web`, that can build for the browser: for machines where
# rustup cannot add the target itself. Called by tools/setup.sh. Debian has a recent compiler under names in -web, and
# the browser's standard library only as source, so it is built here, once for each version.
set -euo pipefail
. "$(dirname "$0")/steps.sh"
. tools/apt.sh
mkdir -p target/setup

missing=()
for package in rustc-web cargo-web rust-web-src rust-web-llvm rust-web-clippy rustfmt-web; do
  dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then apt_install "${missing[@]}"; fi
# /usr/bin/rust-lld points to the linker of one LLVM version, which is a package of its own.
linker="$(readlink /usr/bin/rust-lld || true)"
[ -z "$linker" ] || [ -e /usr/bin/rust-lld ] || apt_install "$(basename "$linker")"
rustup toolchain list | grep -q '^debian-web' || rustup toolchain link debian-web /usr
export RUSTUP_TOOLCHAIN=debian-web

std=/usr/lib/rustlib/wasm32-unknown-unknown/lib
version="$(rustc --version)"
if [ "$version" = "$(cat "$std/built-by" 2>/dev/null || true)" ]; then exit; fi
say "building the standard library for the browser ($version)"
crate="$PWD/target/setup/std"
rm -rf "$crate" && mkdir -p "$crate/src" && touch "$crate/src/lib.rs"
printf '[package]\nname = "nothing"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n' >"$crate/Cargo.toml"
# embed-bitcode is what lets the link-time optimisation of the browser build see into it.
(cd "$crate" && env -u CARGO_TARGET_DIR RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes \
  cargo build --quiet --release -Z build-std=std,panic_abort,test,proc_macro --target wasm32-unknown-unknown) >&2 ||
  die "building the standard library for the browser"
as_root mkdir -p "$std"
as_root find "$std" -name '*.rlib' -delete
rm -f "$crate"/target/wasm32-unknown-unknown/release/deps/libnothing-*
as_root cp "$crate"/target/wasm32-unknown-unknown/release/deps/lib*.rlib "$std"
echo "$version" | as_root tee "$std/built-by" >/dev/null
rm -rf "$crate" target/front # cargo does not notice another standard library of the same version
