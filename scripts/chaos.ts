import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { StoreKind } from '../test/chaos/blows.ts';
import { OUTAGES, playOutage } from '../test/chaos/outage.ts';
import { reportOf, seedLines, tableLines } from '../test/chaos/report.ts';
import { runSeed, type SeedResult } from '../test/chaos/run-seed.ts';
import { scaleOf } from '../test/chaos/scale.ts';
import { redisServerPath } from '../test/support/servers/redis-server.ts';
import { COMPILE_CACHE } from '../test/support/service/compile-cache.ts';

/**
 * Plays seeded histories of findings to real service processes while everything around them fails, and checks the result in the
 * simulated Jira: `npm run chaos -- --seeds 6`. `--seed 17` repeats one seed, `--store embedded` or `redis` uses one store only,
 * `--parallel 6` runs six seeds at once, `--findings 10000` makes a long run.
 * `--outage 60` instead takes Redis away for 60 s, in each of four forms, from services with their normal waits.
 */
const FINDINGS = 40;
const MAX_SEEDS = 10_000;
const MAX_FINDINGS = 100_000;
const MAX_LANES = 64;
const MAX_OUTAGE_S = 3_600;
const OUTAGE_REPLICAS = 2;
/** Within this time after the return of Redis, work must go on or the process must have ended. */
const BACK_WITHIN_MS = 60_000;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    seed: { type: 'string' },
    store: { type: 'string' },
    parallel: { type: 'string' },
    findings: { type: 'string' },
    outage: { type: 'string' },
  },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
// Every replica of a run listens for the exit of this process, to end its own process.
process.setMaxListeners(0);
if (values.outage !== undefined) {
  await loseRedis(wholeNumber('outage', values.outage, MAX_OUTAGE_S) * 1_000);
  process.exit();
}
const seeds = wholeNumber('seeds', values.seeds ?? '1', MAX_SEEDS);
const first = wholeNumber('seed', values.seed ?? '1', 1_000_000);
const lanes = wholeNumber('parallel', values.parallel ?? '1', MAX_LANES);
const scale = scaleOf(wholeNumber('findings', values.findings ?? String(FINDINGS), MAX_FINDINGS));
const stores = storesOf(values.store);

// Otherwise the first processes all compile at once when they end, and seem to hang.
spawnSync(process.execPath, [join(import.meta.dirname, 'fill-compile-cache.ts')], { env: { ...process.env, ...COMPILE_CACHE } });
say('Shorter than in production: the service expects the simulated index lag plus 3 s, and the uncertain window is as long;');
say('a claim is left alone for 5 s; the visibility timeout of SQS is 5 s. Faults end 15 s after the last message; the index lag stays.');
const runs = Array.from({ length: seeds }, (_, n) => stores.map((store) => ({ seed: first + n, store }))).flat();
const results = await playAll(runs);
const report = reportOf(results);
for (const line of tableLines(report)) say(line);
writeFileSync(join(import.meta.dirname, '../chaos.json'), `${JSON.stringify(report, null, 2)}\n`);
process.exitCode = report.violated === 0 ? 0 : 1;

/** Plays the runs in parallel lanes. Prints and returns the results in the order of the runs. */
async function playAll(all: readonly { readonly seed: number; readonly store: StoreKind }[]): Promise<readonly SeedResult[]> {
  const played: (SeedResult | undefined)[] = [];
  let [next, printed] = [0, 0];
  async function lane(): Promise<void> {
    for (let run = all[next]; run !== undefined; run = all[next]) {
      const place = next;
      next += 1;
      played[place] = await runSeed({ ...scale, ...run });
      for (let result = played[printed]; result !== undefined; result = played[printed]) {
        printed += 1;
        for (const line of seedLines(result)) say(line);
      }
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane));
  return played.flatMap((result) => result ?? []);
}

async function loseRedis(awayMs: number): Promise<void> {
  if (redisServerPath() === null) endWith('No redis-server: set REDIS_SERVER or put it on the PATH');
  const outages = await Promise.all(OUTAGES.map((kind) => playOutage({ kind, awayMs, replicas: OUTAGE_REPLICAS })));
  say(
    `${'Redis'.padEnd(12)}${'away'.padStart(8)}${'findings'.padStart(10)}${'issues'.padStart(8)}${'works after'.padStart(13)}${'all done'.padStart(10)}  unexpected exits`,
  );
  for (const { kind, findings, issues, workedAfterMs, doneAfterMs, ends, violations } of outages) {
    const times = [`${awayMs / 1_000} s`.padStart(8), String(findings).padStart(10), String(issues).padStart(8)];
    const after = [`${(workedAfterMs / 1_000).toFixed(1)} s`.padStart(13), `${(doneAfterMs / 1_000).toFixed(1)} s`.padStart(10)];
    say(`${kind.padEnd(12)}${[...times, ...after].join('')}  ${ends.join(', ') || 'none'}`);
    for (const { rule, what } of violations) say(`    ${rule}: ${what}`);
  }
  const kept = outages.every(
    ({ workedAfterMs, ends, violations }) => violations.length === 0 && (workedAfterMs <= BACK_WITHIN_MS || ends.length > 0),
  );
  process.exitCode = kept ? 0 : 1;
}

function storesOf(named: string | undefined): readonly StoreKind[] {
  if (named === 'embedded') return ['embedded'];
  if (named !== undefined && named !== 'redis') return endWith('--store: expected embedded or redis');
  if (redisServerPath() !== null) return named === 'redis' ? ['redis'] : ['embedded', 'redis'];
  if (named === 'redis') return endWith('No redis-server: set REDIS_SERVER or put it on the PATH');
  say('No redis-server (set REDIS_SERVER or put it on the PATH): the embedded store only');
  return ['embedded'];
}

function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text);
  return Number.isInteger(value) && value >= 1 && value <= most ? value : endWith(`--${name}: expected a whole number from 1 to ${most}`);
}

function endWith(problem: string): never {
  process.stderr.write(`${problem}\n`);
  process.exit(2);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
