// Prints Lighthouse's scores, as on a phone, for the pages people meet first. Fails below the promise.
// Reports: target/lighthouse/*.html.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { makeMember, place, start } from "./release-server.mjs";

const PROMISE = { performance: 95, accessibility: 100, "best-practices": 100 };
const CHROME_FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
const REPORTS = path.resolve("target/lighthouse");

fs.mkdirSync(REPORTS, { recursive: true });
const here = await place();
let below = 0;
try {
  const server = await start(here);
  try {
    const cookie = await makeMember(here);
    console.log(["page".padEnd(18), ...Object.keys(PROMISE).map((name) => name.padStart(16))].join(""));
    judge("/sign-in");
    judge("/register");
    judge("/password/reset");
    judge("/", { Cookie: cookie });
  } finally {
    await server.stop();
  }
} finally {
  here.close();
}
process.exitCode = below > 0 ? 1 : 0;

function judge(page, headers = {}) {
  const report = path.join(REPORTS, page === "/" ? "home" : page.slice(1).replaceAll("/", "-"));
  execFileSync(
    "end2end/node_modules/.bin/lighthouse",
    [
      `${here.url}${page}`,
      "--quiet",
      "--output=json",
      "--output=html",
      `--output-path=${report}`,
      `--only-categories=${Object.keys(PROMISE).join(",")}`,
      `--extra-headers=${JSON.stringify(headers)}`,
      `--chrome-flags=${CHROME_FLAGS}`,
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const result = JSON.parse(fs.readFileSync(`${report}.report.json`, "utf8"));
  if (new URL(result.finalDisplayedUrl).pathname !== page) throw new Error(`${page} led to ${result.finalDisplayedUrl}`);
  const scores = Object.keys(PROMISE).map((name) => Math.round((result.categories[name].score ?? 0) * 100));
  console.log([page.padEnd(18), ...scores.map((score) => String(score).padStart(16))].join(""));
  for (const [i, [name, least]] of Object.entries(PROMISE).entries()) {
    if (scores[i] >= least) continue;
    below += 1;
    console.log(`  ${name}: ${scores[i]} of ${least}`);
    for (const { id } of result.categories[name].auditRefs) {
      const { score, title } = result.audits[id];
      if (score !== null && score < 0.9) console.log(`    ${title}`);
    }
  }
}
