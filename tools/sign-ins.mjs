// Starts the server with enough members that nobody signs in twice at once or meets a limit, and lets
// crates/testkit/examples/sign_in_bench.rs sign them in. Nothing fails below the goals: the figures depend on the machine.
import { spawn } from "node:child_process";
import path from "node:path";
import { makeMember, PERSON, place, start } from "./release-server.mjs";

const MEMBERS = 64;
const CLIENT = path.resolve("target/release/examples/sign_in_bench");

const here = await place();
// Every member comes from a network of their own.
here.env.TEGATA_HTTP__TRUSTED_PROXIES = "127.0.0.1";
const server = await start(here);
try {
  const members = Array.from({ length: MEMBERS }, (_, n) => `member-${n}@example.jp`);
  for (const email of members) await makeMember(here, email);
  const client = spawn(CLIENT, [here.url, server.pid, PERSON.password, ...members], { stdio: "inherit" });
  const code = await new Promise((resolve, reject) => client.once("exit", resolve).once("error", reject));
  process.exitCode = code ?? 1; // ended by a signal
} finally {
  await server.stop();
  here.close();
}
