// `slowest-stories.mjs REPORT [COUNT]`: how long the browser stories took, by project, and which took longest. Reads a
// Playwright JSON report. The times of a project are added up, so with two workers they pass twice as fast.
import fs from "node:fs";

const [report, count = "15"] = process.argv.slice(2);
if (!report) throw new Error("usage: slowest-stories.mjs REPORT [COUNT]");
const { stats, suites } = JSON.parse(fs.readFileSync(report, "utf8"));

/** All stories of a suite, with those of the suites inside; a second try counts as well. */
function* stories(suite) {
  for (const { title, tests } of suite.specs ?? []) {
    for (const { projectName, results } of tests) {
      const ms = results.reduce((sum, { duration }) => sum + duration, 0);
      yield { project: projectName, file: suite.file.replace(/\.spec\.ts$/, ""), title, ms };
    }
  }
  for (const inner of suite.suites ?? []) yield* stories(inner);
}

const all = suites.flatMap((suite) => [...stories(suite)]);
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`.padStart(8);
const minutes = (ms) => {
  const total = Math.round(ms / 1000);
  return `${Math.floor(total / 60)} min ${total % 60} s`;
};

console.log(`browser stories: ${all.length} in ${minutes(stats.duration)}`);
for (const project of new Set(all.map((story) => story.project))) {
  const own = all.filter((story) => story.project === project);
  console.log(`  ${project}: ${own.length}, ${minutes(own.reduce((sum, { ms }) => sum + ms, 0))} together`);
}
console.log(`the ${count} slowest:`);
for (const { project, file, title, ms } of all.sort((a, b) => b.ms - a.ms).slice(0, Number(count))) {
  console.log(`${seconds(ms)}  ${project}  ${file}: ${title}`);
}
