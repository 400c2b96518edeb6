// Prints how long the server takes from its start to its first answer on a migrated SQLite file (median of 5),
// and its resident memory when idle. The figures depend on the machine, so nothing fails here.
import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { place, start } from "./release-server.mjs";

const here = await place();
try {
  const first = await start(here); // migrates
  await first.stop();

  const times = [];
  let resident = 0;
  for (let round = 0; round < 5; round += 1) {
    const server = await start(here);
    times.push(server.startMs);
    if (round === 4) {
      await sleep(3000);
      resident = Number(/VmRSS:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${server.pid}/status`, "utf8"))[1]) / 1024;
    }
    await server.stop();
  }
  times.sort((a, b) => a - b);
  report("start to first answer", times[2], 150, "ms");
  report("resident when idle", resident, 30, "MB");
} finally {
  here.close();
}

function report(what, value, promise, unit) {
  console.log(`${what.padEnd(24)}${value.toFixed(1).padStart(7)} ${unit}   promise: ${promise} ${unit}${value > promise ? "   OVER" : ""}`);
}
