#!/usr/bin/env bash
# Builds what the browser loads into target/site: script, wasm, style sheet and words under pkg/ with their
# content's hash in the name, the files of public/, .br and .gz beside each, and manifest.txt (`logical=hashed`).
# Steps whose input did not change are skipped, and a file that did not change is not touched, so that cargo
# embeds the site anew only when it is new.
set -euo pipefail
. "$(dirname "$0")/steps.sh"
prepare build
parts=target/front/parts # everything before it gets its final name
mkdir -p "$parts"

# The browser's build has a folder of its own: its features and flags differ from the server's, and in one
# folder each would throw the other's work away.
say "site: browser code"
CARGO_TARGET_DIR=target/front cargo build --quiet -p frontend --lib --target wasm32-unknown-unknown --profile wasm-release >&2 ||
  die "building the browser code"

wasm=target/front/wasm32-unknown-unknown/wasm-release/frontend.wasm
stamp="$(sha256sum <"$wasm") $(wasm-bindgen --version) $(wasm-opt --version) $(sha256sum <tools/build-site.sh)"
if [ "$stamp" != "$(cat "$parts/stamp" 2>/dev/null || true)" ]; then
  say "site: bindings, and making the wasm small"
  rm -rf target/front/bindgen "$parts/stamp"
  wasm-bindgen "$wasm" --target web --no-typescript --out-name tegata --out-dir target/front/bindgen
  # Just the features that rustc uses (they are in every browser since 2022): -Oz may then use no others.
  wasm-opt -Oz --strip-debug --strip-producers --strip-target-features \
    --enable-bulk-memory --enable-bulk-memory-opt --enable-multivalue --enable-mutable-globals \
    --enable-nontrapping-float-to-int --enable-reference-types --enable-sign-ext \
    target/front/bindgen/tegata_bg.wasm -o "$parts/tegata.wasm"
  # Bundled, so that snippets of other crates are in the one file. The page tells it where its wasm is.
  esbuild target/front/bindgen/tegata.js --bundle --minify --format=esm --target=es2022 --log-level=warning \
    --outfile="$parts/tegata.js"
  echo "$stamp" >"$parts/stamp"
fi

say "site: loader, style and words"
esbuild frontend/start.js --minify --format=esm --target=es2022 --log-level=warning --outfile="$parts/start.js"
layers=(tokens theme base layout form parts print) # in the order of the cascade
for file in style/*.css; do
  case " ${layers[*]} " in *" $(basename "$file" .css) "*) ;; *) die "$file has no place in the order: add it in tools/build-site.sh" ;; esac
done
for layer in "${layers[@]}"; do cat "style/$layer.css" || die "no style/$layer.css"; done |
  esbuild --loader=css --minify --log-level=warning >"$parts/tegata.css"
cargo run --quiet -p words --example browser_tables -- "$parts" >&2 || die "making the words"

say "site: names and compression"
node tools/pack-site.mjs "$parts" public target/site
