// `count-stories.mjs REPORT EXIT_CODE`: prints `PASSED FAILED` of a Playwright JSON report. A story that passed
// on a second try counts as passed; a run that broke without a failed story counts as one failure.
import fs from "node:fs";

const [report, exitCode] = process.argv.slice(2);
let passed = 0;
let failed = 0;
try {
  const { stats } = JSON.parse(fs.readFileSync(report, "utf8"));
  passed = stats.expected + stats.flaky;
  failed = stats.unexpected;
} catch {
  console.error(`no report of the browser stories in ${report}`);
  failed = 1;
}
if (exitCode !== "0" && failed === 0) failed = 1;
console.log(`${passed} ${failed}`);
