#!/usr/bin/env bash
# Builds what the browser loads into target/site: script, wasm and its parts, style sheet and words under pkg/ with
# their content's hash in the name, the files of public/, .br and .gz beside each, and manifest.txt (`logical=hashed`).
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
# The linker's relocations tell wasm-split which function needs which.
CARGO_TARGET_DIR=target/front cargo rustc --quiet -p frontend --lib --target wasm32-unknown-unknown --profile wasm-release \
  -- -Clink-arg=--emit-relocs >&2 || die "building the browser code"

wasm=target/front/wasm32-unknown-unknown/wasm-release/frontend.wasm
stamp="$(cat "$wasm" "$(command -v wasm-split-cli)" tools/build-site.sh | sha256sum) $(wasm-bindgen --version) $(wasm-opt --version)"
if [ "$stamp" != "$(cat "$parts/stamp" 2>/dev/null || true)" ]; then
  say "site: parts, bindings, and making the wasm small"
  split=target/front/split
  rm -rf "$split" "$parts"/*.wasm "$parts/stamp"
  # Takes out what only the pages of app/src/lazy.rs need: split_<part>.wasm, and chunk_<n>.wasm where parts share.
  wasm-split-cli "$wasm" "$split" --out-name tegata
  # The parts find the common code by the names that the linker gave.
  wasm-bindgen "$split/tegata.wasm" --target web --no-typescript --keep-lld-exports --no-demangle \
    --out-name tegata --out-dir "$split"
  mv "$split/tegata_bg.wasm" "$split/tegata.wasm"
  for file in "$split"/*.wasm; do
    # Just the features that rustc uses (they are in every browser since 2022): -Oz may then use no others.
    wasm-opt -Oz --strip-debug --strip-producers --strip-target-features \
      --enable-bulk-memory --enable-bulk-memory-opt --enable-multivalue --enable-mutable-globals \
      --enable-nontrapping-float-to-int --enable-reference-types --enable-sign-ext \
      "$file" -o "$parts/$(basename "$file")"
  done
  # Bundled, so that the loader of the parts and snippets of other crates are in the one file. The page tells it
  # where its wasm is. (The bindings name the loader once for each part, which esbuild would warn of.)
  esbuild "$split/tegata.js" --bundle --minify --format=esm --target=es2022 --log-level=warning \
    --log-override:duplicate-object-key=silent --outfile="$parts/tegata.js"
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
CARGO_TARGET_DIR=target/front cargo run --quiet -p words --example browser_tables -- "$parts" >&2 || die "making the words"

say "site: names and compression"
node tools/pack-site.mjs "$parts" public target/site
