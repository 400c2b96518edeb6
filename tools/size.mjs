// Prints the brotli bytes of every page and of each file its first view loads, from the release executable, in
// both languages; then those of the wasm's parts, which come with the pages that need them and are not counted
// above. Fails over the budgets of BUDGETS.
import path from "node:path";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { get, makeMember, place, start } from "./release-server.mjs";

const PUBLIC = ["/sign-in", "/register", "/password/reset", "/help", "/help/security", "/terms", "/privacy"];
const SIGNED_IN = ["/", "/account", "/account/profile"];
const KINDS = ["html", "css", "js", "wasm", "words", "other"];
/** page → [kinds counted, most bytes] */
const BUDGETS = {
  "/sign-in": [["html", "css"], 14_000],
  "/register": [["html", "css"], 14_000],
  "/password/reset": [["html", "css"], 14_000],
  "/": [KINDS, 230_000],
};

const here = await place();
const over = [];
const uncompressed = new Set(); // what the server sent without brotli though it could
try {
  const server = await start(here);
  try {
    const cookie = await makeMember(here);
    console.log(["page", "lang", ...KINDS, "all"].map((head, i) => (i === 0 ? head.padEnd(18) : head.padStart(8))).join(""));
    for (const lang of ["ja", "en"]) {
      for (const page of PUBLIC) await measure(page, lang, "");
      for (const page of SIGNED_IN) await measure(page, lang, cookie);
    }
    console.log("parts of the wasm");
    for (const part of await parts()) console.log(path.basename(part).padEnd(42) + String((await fetchBrotli(part, "ja", "")).bytes).padStart(8));
  } finally {
    await server.stop();
  }
} finally {
  here.close();
}
if (uncompressed.size > 0) console.log(`sent uncompressed, counted at brotli 4: ${[...uncompressed].join(" ")}`);
for (const line of over) console.log(`over budget: ${line}`);
if (over.length === 0) console.log("within budget");
process.exitCode = over.length === 0 ? 0 : 1;

async function measure(page, lang, cookie) {
  const answer = await fetchBrotli(page, lang, cookie);
  const bytes = Object.fromEntries(KINDS.map((kind) => [kind, 0]));
  bytes.html = answer.bytes;
  for (const file of filesOf(answer.text)) bytes[kindOf(file)] += (await fetchBrotli(file, lang, cookie)).bytes;
  const all = KINDS.reduce((sum, kind) => sum + bytes[kind], 0);
  console.log([page.padEnd(18), lang.padStart(8), ...[...KINDS.map((kind) => bytes[kind]), all].map((n) => String(n).padStart(8))].join(""));

  const [kinds, most] = BUDGETS[page] ?? [[], 0];
  const counted = kinds.reduce((sum, kind) => sum + bytes[kind], 0);
  if (counted > most) over.push(`${page} (${lang}): ${kinds.join("+")} ${counted} of ${most} bytes`);
}

/** The files that the script loads beside itself when a page needs them. */
async function parts() {
  const page = await fetchBrotli("/sign-in", "ja", "");
  const script = filesOf(page.text).find((file) => /\/tegata\.\w+\.js$/.test(file));
  if (!script) throw new Error("/sign-in names no script");
  const { text } = await fetchBrotli(script, "ja", "");
  return [...text.matchAll(/"\.\/((?:split|chunk)_[\w.]+\.wasm)"/g)].map(([, name]) => `/pkg/${name}`).sort();
}

/** What comes over the wire for a browser that knows brotli. */
async function fetchBrotli(address, lang, cookie) {
  const answer = await get(new URL(address, here.url), { "accept-encoding": "br", "accept-language": lang, cookie });
  if (answer.status !== 200) throw new Error(`${address} (${lang}) answered ${answer.status}`);
  if (answer.headers["content-encoding"] === "br") {
    return { bytes: answer.body.length, text: brotliDecompressSync(answer.body).toString("utf8") };
  }
  const text = answer.body.toString("utf8");
  if (/^(image|font)\/(?!svg)/.test(answer.headers["content-type"] ?? "")) return { bytes: answer.body.length, text };
  uncompressed.add(address);
  return { bytes: brotliCompressSync(answer.body, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }).length, text };
}

/** Paths of our own that the first view loads: what the tags name, and the built files the loader names. */
function filesOf(html) {
  const lang = /<html\b[^>]*\slang="(\w+)/.exec(html)?.[1];
  const found = new Set();
  for (const [tag] of html.matchAll(/<(?:link|script|img)\b[^>]*>/g)) {
    if (/\srel="?(canonical|alternate|next|prev)/.test(tag)) continue;
    const address = /\s(?:href|src)="(\/[^"/][^"]*)"/.exec(tag)?.[1];
    if (address) found.add(address);
  }
  for (const [file] of html.matchAll(/\/pkg\/[\w.-]+\.\w+/g)) found.add(file);
  return [...found].filter((file) => !file.includes("/words-") || file.includes(`/words-${lang}.`));
}

function kindOf(file) {
  if (file.includes("/words-")) return "words";
  const ext = path.extname(new URL(file, here.url).pathname).slice(1);
  return ["css", "js", "wasm"].includes(ext) ? ext : "other";
}
