// `make run SNS=demo`: the demonstration providers with a site beside them, started by `node run.mjs COMMAND…` in their
// environment. They end together.
import { spawn } from 'node:child_process';
import { startProviders } from './index.mjs';
import { DEMONSTRATED } from './persons.mjs';

const [command, ...rest] = process.argv.slice(2);
if (!command) throw new Error('usage: node run.mjs COMMAND…');

const site = new URL(process.env.TEGATA_SITE__URL ?? 'http://localhost:3000').origin;
const first = Number(process.env.SNS_PORT ?? 4000);
const providers = await startProviders(site, [first, first + 1, first + 2]);
for (const { face, url } of [providers.google, providers.yahoo, providers.facebook]) {
  console.error(`  a demonstration of ${face.name} is at ${url}`);
}
const people = DEMONSTRATED.map((person) => {
  const address = person.email ? `${person.email}, ${person.email_verified ? 'verified' : 'not verified'}` : 'no address';
  return `${person.family_name} ${person.given_name} (${address})`;
});
console.error(`  there one can be ${people.join(', ')}, or anybody by typing an address`);

const child = spawn(command, rest, { stdio: 'inherit', env: { ...process.env, ...providers.settings } });
// Ctrl-C reaches both; the site decides when it is done.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.on(signal, () => signal === 'SIGTERM' && child.kill(signal));
}
child.on('error', async (error) => {
  console.error(`${command}: ${error.message}`);
  await providers.stop();
  process.exitCode = 1;
});
child.on('exit', async (code) => {
  await providers.stop();
  process.exitCode = code ?? 1;
});
