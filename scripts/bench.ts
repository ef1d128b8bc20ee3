import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { redisServerPath } from '../test/support/servers/redis-server.ts';
import { benchBacktest } from './bench-backtest.ts';
import { benchCalls } from './bench-calls.ts';
import { benchExport } from './bench-export.ts';
import { benchRate } from './bench-rate.ts';
import { benchRequests } from './bench-requests.ts';
import { benchSizes } from './bench-sizes.ts';

/**
 * The benchmark: calls to Jira per finding, use of Jira's rate limit by two replicas, response times and memory of the service during the
 * costliest requests of each role, response times during a backtest over very many findings and during an export of them, and the size of the stores. Prints tables and
 * writes bench.json. `--only exports` measures one of them, and `bench.json` then has that one.
 */
const FINDINGS = 1_000;
const BACKTESTED = 100_000;
const EXPORTED = 100_000;
const SIZED = 10_000;

const PARTS = { calls, rate, requests, backtest, exports, sizes } as const;
const { values } = parseArgs({ options: { only: { type: 'string' } } });
const chosen = Object.entries(PARTS).filter(([name]) => values.only === undefined || name === values.only);
if (chosen.length === 0) {
  process.stderr.write(`--only: expected one of ${Object.keys(PARTS).join(', ')}\n`);
  process.exit(2);
}
const measured: Record<string, unknown> = {};
for (const [name, measure] of chosen) measured[name] = await measure();
writeFileSync('bench.json', `${JSON.stringify(measured, null, 2)}\n`);

async function calls(): Promise<unknown> {
  const rows = await benchCalls(FINDINGS);
  console.table(
    rows.map(({ what, findings, calls: made, perFinding, operations }) => ({
      what,
      findings,
      calls: made,
      'calls per finding': perFinding.toFixed(3),
      operations: Object.entries(operations)
        .map(([operation, count]) => `${count} ${operation}`)
        .join(', '),
    })),
  );
  return rows;
}

async function rate(): Promise<unknown> {
  if (redisServerPath() === null) {
    console.log('No redis-server (set REDIS_SERVER or put it on the PATH): the shared limit was not measured');
    return null;
  }
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  const row = await benchRate();
  const { used, refused, usedPerSecond, ...facts } = row;
  console.table([{ ...facts, 'used per second': usedPerSecond.toFixed(2), used: percent(used), refused: percent(refused) }]);
  return row;
}

async function requests(): Promise<unknown> {
  const rows = await benchRequests();
  console.table(
    rows.map(({ role, what, answers, seconds, medianMs, longestMs, growthMb }) => ({
      role,
      what,
      answers,
      seconds: seconds.toFixed(1),
      '/livez median ms': medianMs.toFixed(1),
      'longest ms': longestMs.toFixed(1),
      'memory growth MB': megabytes(growthMb),
    })),
  );
  return rows;
}

async function backtest(): Promise<unknown> {
  const row = await benchBacktest(BACKTESTED);
  const { seconds, medianMs, p99Ms, longestMs, longestAtRestMs, ...counts } = row;
  console.table([
    {
      ...counts,
      seconds: seconds.toFixed(1),
      '/livez median ms': medianMs.toFixed(1),
      '99 % ms': p99Ms.toFixed(1),
      'longest ms': longestMs.toFixed(1),
      'longest at rest ms': longestAtRestMs.toFixed(1),
    },
  ]);
  return row;
}

async function exports(): Promise<unknown> {
  const rows = await benchExport(EXPORTED);
  console.table(
    rows.map(({ format, findings, mb, seconds, asked, medianMs, p99Ms, longestMs, growthMb }) => ({
      export: format,
      findings,
      MB: mb.toFixed(0),
      seconds: seconds.toFixed(1),
      asked,
      '/livez median ms': medianMs.toFixed(1),
      '99 % ms': p99Ms.toFixed(1),
      'longest ms': longestMs.toFixed(1),
      'memory growth MB': megabytes(growthMb),
    })),
  );
  return rows;
}

async function sizes(): Promise<unknown> {
  const rows = await benchSizes(SIZED);
  console.table(
    rows.map(({ store, findings, mb }) => ({ store, findings, MB: mb.toFixed(1), 'KB per finding': ((mb * 1_000) / findings).toFixed(1) })),
  );
  return rows;
}

function megabytes(grown: number | null): string {
  return grown === null ? 'not known' : grown.toFixed(0);
}
