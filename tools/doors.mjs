// Known and unknown addresses at every form that takes one: how long the answers take (medians of interleaved pairs)
// and how many bytes they have. Promise: medians within 5 %, the same bytes. Run it on a machine that does nothing else.
import { makeMember, PERSON, place, post, start } from "./release-server.mjs";

const MEMBERS = 40;
const TRIES = 5; // for each address: fewer than lock it or use its letters up
const PROMISE = 5; // per cent

const here = await place();
// Every request comes from a network of its own, so that no limit of a network gets in the way.
here.env.TEGATA_HTTP__TRUSTED_PROXIES = "127.0.0.1";
const server = await start(here);
let broken = 0;
try {
  const known = [];
  for (let n = 0; n < MEMBERS; n += 1) known.push({ email: address("known", n), cookie: await makeMember(here, address("known", n)) });

  await compare("sign-in", "/sign-in", (email) => ({ email, password: "not the right one" }));
  await compare("register", "/register", (email) => ({ email, ...PERSON }));
  await compare("password reset", "/password/reset", (email) => ({ email }));
  // A member asks for somebody's address, or for nobody's; each member for both.
  await compare("e-mail change", "/account/email", (email) => ({ email }), (n) => known[(n + 1) % MEMBERS].cookie);
} finally {
  await server.stop();
  here.close();
}
process.exitCode = broken ? 1 : 0;

/** Of one length, whatever the number. */
function address(what, n) {
  return `${what.padEnd(7, "-")}-${String(n).padStart(4, "0")}@example.jp`;
}

async function compare(what, path, fields, cookie) {
  const times = { known: [], unknown: [] };
  const bytes = { known: new Set(), unknown: new Set() };
  for (let round = 0; round < TRIES; round += 1) {
    for (let n = 0; n < MEMBERS; n += 1) {
      // Now one first, now the other; the same address twice in a row would be a double click.
      const pair = n % 2 ? ["known", "unknown"] : ["unknown", "known"];
      for (const kind of pair) {
        const headers = { "x-forwarded-for": `10.${round}.${n}.${kind === "known" ? 1 : 2}` };
        if (cookie) headers.cookie = cookie(n);
        const began = performance.now();
        const answer = await post(here, path, fields(address(kind, n)), headers);
        times[kind].push(performance.now() - began);
        if (answer.status >= 400 && answer.status !== 422) throw new Error(`${path} answered ${answer.status}`);
        bytes[kind].add(seen(answer));
      }
    }
  }
  const [one, other] = [median(times.known), median(times.unknown)];
  const apart = (Math.abs(one - other) / Math.max(one, other)) * 100;
  const same = [...bytes.known].sort().join() === [...bytes.unknown].sort().join();
  const well = apart <= PROMISE && same;
  broken += well ? 0 : 1;
  const ms = (value) => `${value.toFixed(2).padStart(7)} ms`;
  console.log(
    `${what.padEnd(16)}known ${ms(one)}   unknown ${ms(other)}   ${apart.toFixed(1).padStart(4)} % apart   ${same ? "same answer" : `OTHER ANSWER ${[...bytes.known]} / ${[...bytes.unknown]}`}${well ? "" : "   BROKEN"}`,
  );
}

/** What can be told from outside: status, headers by name, where it leads, length of the body. */
function seen({ status, headers, body }) {
  return `${status} ${Object.keys(headers).sort().join(" ")} ${headers.location ?? ""} ${body.length} bytes`;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
