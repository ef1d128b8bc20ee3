import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks `/livez` of the service at the first argument again and again. SIGTERM ends it; then it writes the longest time that an answer took, ms.
 * It is a process of its own, so that work of the simulators is not taken for a stall of the service.
 */
const ASK_EVERY_MS = 5;
const [, , api = ''] = process.argv;
let isEnded = false;
process.once('SIGTERM', () => (isEnded = true));

await (await fetch(`${api}/livez`)).text();
let longestMs = 0;
while (!isEnded) {
  const from = performance.now();
  await (await fetch(`${api}/livez`)).text();
  longestMs = Math.max(longestMs, performance.now() - from);
  await sleep(ASK_EVERY_MS);
}
process.stdout.write(String(longestMs));
