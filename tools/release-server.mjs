// Starts target/dist/tegata with a folder of its own for measuring, and makes a signed-in member as a person
// would: forms, letter, link. Knows pages only by their address and their field names.
import { spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const EXECUTABLE = path.resolve("target/dist/tegata");
const PASSWORD = "correct horse battery 7Staple";

/** What 新規登録 asks for beside the address. */
export const PERSON = {
  password: PASSWORD,
  family_name: "髙橋",
  given_name: "花子",
  family_name_kana: "タカハシ",
  given_name_kana: "ハナコ",
  birth_year: "1985",
  birth_month: "4",
  birth_day: "12",
  terms: "on",
};

/** A folder for one measurement: removed by `close`. Its database is made at the first start. */
export async function place() {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "tegata-measure-"));
  const port = await freePort();
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("TEGATA_"));
  const env = {
    ...Object.fromEntries(inherited),
    TEGATA_SITE__URL: `http://127.0.0.1:${port}`,
    TEGATA_HTTP__LISTEN: `127.0.0.1:${port}`,
    TEGATA_DATABASE__URL: `sqlite://${path.join(dir, "tegata.db")}`,
    TEGATA_MAIL__TRANSPORT: "file",
    TEGATA_MAIL__DIRECTORY: path.join(dir, "mail"),
    TEGATA_KEYS__SITE_KEY_FILE: path.join(dir, "site.key"),
  };
  return { dir, env, port, url: env.TEGATA_SITE__URL, mail: env.TEGATA_MAIL__DIRECTORY, close: () => fs.rmSync(dir, { recursive: true, force: true }) };
}

/** Starts the server in `place` and waits for its first answer to `/sign-in`. `startMs`: how long that took. */
export async function start(place) {
  const log = path.join(place.dir, "server.log");
  const out = fs.openSync(log, "a");
  const began = performance.now();
  const child = spawn(EXECUTABLE, ["serve"], { cwd: place.dir, env: place.env, stdio: ["ignore", out, out] });
  fs.closeSync(out);
  const ended = new Promise((resolve) => child.once("exit", resolve).once("error", resolve));
  let stopped = false;
  ended.then(() => (stopped = true));
  for (;;) {
    if (stopped) throw new Error(`the server ended at its start:\n${fs.readFileSync(log, "utf8")}`);
    if (performance.now() - began > 20_000) throw new Error(`no answer within 20 s:\n${fs.readFileSync(log, "utf8")}`);
    const answer = await get(`${place.url}/sign-in`).catch(() => undefined);
    if (answer?.status === 200) break;
    await sleep(1);
  }
  const startMs = performance.now() - began;
  const stop = async () => {
    child.kill("SIGTERM");
    await Promise.race([ended, sleep(5000).then(() => child.kill("SIGKILL"))]);
  };
  return { pid: child.pid, startMs, stop };
}

/** A form posted as a browser without script does. */
export function post(place, path, fields, headers = {}) {
  const origin = { origin: place.url, referer: place.url + path, "sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate" };
  const form = { "content-type": "application/x-www-form-urlencoded", accept: "text/html", "accept-language": "ja" };
  return exchange("POST", place.url + path, { ...form, ...origin, ...headers }, new URLSearchParams(fields).toString());
}

/** One request without following redirects; the body as it came over the wire. */
export function get(url, headers = {}) {
  return exchange("GET", url, headers);
}

/**
 * Registers a member in Japanese and signs them in. Returns the value of the Cookie header.
 * Everything that knows how registration goes is here.
 */
export async function makeMember(place, email = `measure-${Date.now()}@example.jp`) {
  const browser = newBrowser(place.url);
  await browser.open("/register");
  await browser.send({ email, ...PERSON });
  const link = await linkInLetter(place.mail, "/register/complete?", email);
  await browser.open(link);
  await browser.send({ email, password: PASSWORD }); // asked for only if the letter is opened in another browser
  const home = await browser.open("/");
  if (browser.path() !== "/") throw new Error(`registered, but / leads to ${browser.path()}:\n${textOf(home)}`);
  return browser.cookies();
}

/** The first link with `part` in it, of a letter to `email` in the folder; waits for the outbox to write one. */
async function linkInLetter(dir, part, email) {
  const require = createRequire(path.resolve("end2end/package.json"));
  const { default: PostalMime } = await import(require.resolve("postal-mime"));
  for (let tries = 0; tries < 200; tries += 1) {
    const files = fs.existsSync(dir) ? fs.readdirSync(dir).filter((name) => name.endsWith(".eml")) : [];
    for (const file of files) {
      const letter = await (PostalMime.default ?? PostalMime).parse(fs.readFileSync(path.join(dir, file)));
      if (!letter.to?.some((to) => to.address === email)) continue;
      const link = (letter.text ?? "").match(/https?:\/\/\S+/g)?.find((address) => address.includes(part));
      if (link) return link;
    }
    await sleep(50);
  }
  throw new Error(`no letter with ${part} in ${dir} after 10 s`);
}

/** A browser without script: cookies, redirects, and the first form inside <main>. */
function newBrowser(origin) {
  const jar = new Map();
  let at = origin;
  let html = "";

  async function go(method, address, body) {
    let url = new URL(address, at);
    for (let hops = 0; hops < 10; hops += 1) {
      const headers = { "accept-language": "ja", accept: "text/html", cookie: cookies() };
      if (method === "POST") {
        headers["content-type"] = "application/x-www-form-urlencoded";
        Object.assign(headers, { origin, referer: at, "sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate" });
      }
      const answer = await exchange(method, url.href, headers, body);
      for (const line of answer.headers["set-cookie"] ?? []) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (name && /max-age=0\b/i.test(line)) jar.delete(name);
        else if (name) jar.set(name, value);
      }
      at = url.href;
      html = answer.body.toString("utf8");
      if (answer.status < 300 || answer.status >= 400) {
        if (answer.status >= 400) throw new Error(`${method} ${url.pathname} answered ${answer.status}:\n${textOf(html)}`);
        return html;
      }
      url = new URL(answer.headers.location, url);
      method = "GET";
      body = undefined;
    }
    throw new Error(`too many redirects at ${url.pathname}`);
  }

  function cookies() {
    return [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  /** Sends the page's main form: hidden fields as they are, of `values` only what the form asks for. */
  function send(values) {
    const main = html.slice(Math.max(0, html.indexOf("<main")));
    const [, head, inner] = /<form\b([^>]*)>(.*?)<\/form>/s.exec(main) ?? [];
    if (head === undefined) throw new Error(`no form on ${at}:\n${textOf(html)}`);
    const fields = new URLSearchParams();
    for (const [input] of inner.matchAll(/<(?:input|select|textarea)\b[^>]*>/g)) {
      const name = attribute(input, "name");
      if (!name) continue;
      if (attribute(input, "type") === "hidden") fields.append(name, attribute(input, "value") ?? "");
      else if (name in values) fields.append(name, values[name]);
    }
    return go("POST", attribute(head, "action") || at, fields.toString());
  }

  return { open: (address) => go("GET", address), send, cookies, path: () => new URL(at).pathname };
}

function attribute(tag, name) {
  const found = new RegExp(`\\s${name}=(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`).exec(tag);
  return (found?.[1] ?? found?.[2] ?? found?.[3])?.replaceAll("&amp;", "&").replaceAll("&quot;", '"').replaceAll("&#x2F;", "/");
}

/** What a person would read of a page: for error messages. */
function textOf(html) {
  return html.replace(/<(script|style|head)\b.*?<\/\1>/gs, "").replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").slice(0, 1500);
}

function exchange(method, url, headers, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers, agent: false }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk)).on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }));
    });
    request.on("error", reject).end(body);
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
