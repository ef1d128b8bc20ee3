import { writeFileSync } from 'node:fs';
import { redisServerPath } from '../test/support/servers/redis-server.ts';
import { benchBacktest } from './bench-backtest.ts';
import { benchCalls } from './bench-calls.ts';
import { benchRate } from './bench-rate.ts';

/**
 * The benchmark: what findings cost in calls to Jira, how well replicas share its limit, and whether the service answers while a draft of the rules is
 * tried on very many findings. Prints tables and writes bench.json.
 */
const FINDINGS = 1_000;
const BACKTESTED = 100_000;

const calls = await benchCalls(FINDINGS);
console.table(
  calls.map(({ what, findings, calls: made, perFinding, operations }) => ({
    what,
    findings,
    calls: made,
    'calls a finding': perFinding.toFixed(3),
    operations: Object.entries(operations)
      .map(([operation, count]) => `${count} ${operation}`)
      .join(', '),
  })),
);
const rate = redisServerPath() === null ? null : await benchRate();
if (rate === null) console.log('The shared limit was not measured: there is no redis-server (REDIS_SERVER or the PATH)');
else {
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  const { used, refused, usedPerSecond, ...facts } = rate;
  console.table([{ ...facts, 'used a second': usedPerSecond.toFixed(2), used: percent(used), refused: percent(refused) }]);
}
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
writeFileSync('bench.json', `${JSON.stringify({ calls, rate, backtest }, null, 2)}\n`);
