// `pack-site.mjs PARTS PUBLIC SITE`: names the built parts by their content, lays them and the public files into
// SITE, compresses each, and writes manifest.txt (one `logical=hashed` a line). A file whose content is there
// already is left alone; what belongs to nothing any more is removed.
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const PARTS = ["start.js", "tegata.js", "tegata.wasm", "tegata.css", "words-ja.txt", "words-en.txt"];
/** What pages load of the wasm when they are opened; `tegata.js` names them as its neighbours. */
const LATER = /^(split|chunk)_\w+\.wasm$/;
const COMPRESSIBLE = /\.(css|html|ico|js|json|mjs|svg|txt|wasm|webmanifest|xml)$/;

const [partsDir, publicDir, siteDir] = process.argv.slice(2);
const wanted = new Map(); // path in the site → content
const manifest = [];

const later = fs.readdirSync(partsDir).filter((name) => LATER.test(name)).sort();
const laterNames = new Map(later.map((name) => [name, place(name, read(name))]));
for (const name of PARTS) place(name, name === "tegata.js" ? naming(read(name), laterNames) : read(name));
wanted.set("manifest.txt", Buffer.from(manifest.join("")));
for (const file of filesOf(publicDir)) wanted.set(file, fs.readFileSync(path.join(publicDir, file)));

const kept = new Set();
let written = 0;
for (const [file, content] of wanted) {
  const target = path.join(siteDir, file);
  const compressed = COMPRESSIBLE.test(file) && file !== "manifest.txt" ? [`${file}.br`, `${file}.gz`] : [];
  // The compressed ones are written first and the file last: where the file is right, so are they.
  if (!isSame(target, content)) {
    fs.mkdirSync(path.dirname(target), { recursive: true });
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
    for (const other of compressed) {
      const bytes = other.endsWith(".br") ? brotliCompressSync(content, { params }) : gzipSync(content, { level: 9 });
      fs.writeFileSync(path.join(siteDir, other), bytes);
    }
    fs.writeFileSync(target, content);
    written += 1;
  }
  for (const name of [file, ...compressed]) kept.add(name);
}
const stale = filesOf(siteDir).filter((file) => !kept.has(file));
for (const file of stale) fs.rmSync(path.join(siteDir, file));
console.error(`        ${wanted.size} files: ${written} written, ${wanted.size - written} as before, ${stale.length} old ones removed`);

function read(part) {
  return fs.readFileSync(path.join(partsDir, part));
}

/** Gives a part its place in the site; returns its name there. */
function place(part, content) {
  const { name: stem, ext } = path.parse(part);
  const hashed = `${stem}.${createHash("sha256").update(content).digest("hex").slice(0, 8)}${ext}`;
  wanted.set(`pkg/${hashed}`, content);
  manifest.push(`${part}=${hashed}\n`);
  return hashed;
}

/** The script with its neighbours' names in the site. */
function naming(script, names) {
  let text = script.toString("utf8");
  for (const [name, hashed] of names) {
    if (!text.includes(`"./${name}"`)) throw new Error(`tegata.js does not load ${name}`);
    text = text.replaceAll(`"./${name}"`, `"./${hashed}"`);
  }
  return Buffer.from(text);
}

/** Relative paths, with `/`, of every file below a folder, hidden ones left out. */
function filesOf(dir) {
  if (!fs.existsSync(dir)) return [];
  return fs
    .readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => path.relative(dir, path.join(entry.parentPath ?? entry.path, entry.name)).split(path.sep).join("/"));
}

function isSame(file, content) {
  return fs.existsSync(file) && fs.readFileSync(file).equals(content);
}
