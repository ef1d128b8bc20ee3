import { writeFileSync } from 'node:fs';
import { redisServerPath } from '../test/support/servers/redis-server.ts';
import { benchBacktest } from './bench-backtest.ts';
import { benchCalls } from './bench-calls.ts';
import { benchExport } from './bench-export.ts';
import { benchRate } from './bench-rate.ts';
import { benchRequests } from './bench-requests.ts';
import { benchStart } from './bench-start.ts';

/**
 * The benchmark: start and memory at rest, calls to Jira per finding, use of Jira's rate limit by two replicas, response times and memory of the service during the
 * costliest requests of each role, and response times during a backtest over very many findings and during an export of them. Prints tables and writes bench.json.
 */
const FINDINGS = 1_000;
const STARTS = 5;
const BACKTESTED = 100_000;
const EXPORTED = 100_000;

const starts = await benchStart(STARTS);
console.table(
  starts.map(({ what, runs, readyMs, cpuMs, restMb }) => ({
    what,
    runs,
    'ready ms': readyMs.toFixed(0),
    'processor ms': cpuMs ?? 'not known',
    'memory at rest MB': restMb === null ? 'not known' : restMb.toFixed(0),
  })),
);
const calls = await benchCalls(FINDINGS);
console.table(
  calls.map(({ what, findings, calls: made, perFinding, operations }) => ({
    what,
    findings,
    calls: made,
    'calls per finding': perFinding.toFixed(3),
    operations: Object.entries(operations)
      .map(([operation, count]) => `${count} ${operation}`)
      .join(', '),
  })),
);
const rate = redisServerPath() === null ? null : await benchRate();
if (rate === null) console.log('No redis-server (set REDIS_SERVER or put it on the PATH): the shared limit was not measured');
else {
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  const { used, refused, usedPerSecond, ...facts } = rate;
  console.table([{ ...facts, 'used per second': usedPerSecond.toFixed(2), used: percent(used), refused: percent(refused) }]);
}
const requests = await benchRequests();
console.table(
  requests.map(({ role, what, answers, seconds, medianMs: usualMs, longestMs: worstMs, growthMb }) => ({
    role,
    what,
    answers,
    seconds: seconds.toFixed(1),
    '/livez median ms': usualMs.toFixed(1),
    'longest ms': worstMs.toFixed(1),
    'memory growth MB': growthMb === null ? 'not known' : growthMb.toFixed(0),
  })),
);
const backtest = await benchBacktest(BACKTESTED);
const { seconds, medianMs, p99Ms, longestMs, longestAtRestMs, ...counts } = backtest;
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
const exports = await benchExport(EXPORTED);
console.table(
  exports.map(({ format, findings, mb, seconds: took, asked, medianMs: usualMs, p99Ms: nearlyAllMs, longestMs: worstMs, growthMb }) => ({
    export: format,
    findings,
    MB: mb.toFixed(0),
    seconds: took.toFixed(1),
    asked,
    '/livez median ms': usualMs.toFixed(1),
    '99 % ms': nearlyAllMs.toFixed(1),
    'longest ms': worstMs.toFixed(1),
    'memory growth MB': growthMb === null ? 'not known' : growthMb.toFixed(0),
  })),
);
writeFileSync('bench.json', `${JSON.stringify({ starts, calls, rate, requests, backtest, exports }, null, 2)}\n`);
