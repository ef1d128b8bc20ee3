import { writeFileSync } from 'node:fs';
import { chromePath } from '../test/support/browser/open-browser.ts';
import { redisServerPath } from '../test/support/servers/redis-server.ts';
import { benchBacktest } from './bench-backtest.ts';
import { benchCalls } from './bench-calls.ts';
import { benchExport } from './bench-export.ts';
import { benchPage } from './bench-page.ts';
import { benchRate, RATE_TARGETS } from './bench-rate.ts';
import { benchRequests } from './bench-requests.ts';
import { benchStart } from './bench-start.ts';

/**
 * The benchmark: start and memory at rest, calls to Jira per finding, time and refusals under an unknown limit of Jira, response times and memory
 * of the service during the costliest requests of each role, response times during a backtest over very many findings and during an export of them,
 * and the longest task of the admin page over as many. Prints tables and writes bench.json.
 */
const FINDINGS = 1_000;
const STARTS = 5;
const BACKTESTED = 100_000;
const EXPORTED = 100_000;
const SHOWN = 100_000;

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
const rates = redisServerPath() === null ? null : await benchRate();
if (rates === null) console.log('No redis-server (set REDIS_SERVER or put it on the PATH): the shared limit was not measured');
else {
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  console.table(
    rates.map(({ ceiling, seconds, timesLeast, refused, ...facts }) => ({
      ...facts,
      ceiling: ceiling ?? 'none',
      seconds: seconds.toFixed(1),
      'times the least': timesLeast.toFixed(3),
      'at most': RATE_TARGETS.timesLeast,
      refused: percent(refused),
      'less than': percent(RATE_TARGETS.refused),
    })),
  );
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
const page = chromePath() === null ? null : await benchPage(SHOWN);
if (page === null) console.log('No chromium (set CHROME_PATH or put it on the PATH): the admin page was not measured');
else {
  console.table(
    page.rows.map(({ what, tasks, longestMs: worstMs, longestCpuMs, drawn }) => ({
      'admin page': what,
      tasks,
      'longest task ms': worstMs.toFixed(0),
      'of the processor ms': longestCpuMs.toFixed(0),
      'rows drawn': drawn,
    })),
  );
  console.table([{ findings: page.findings, 'first view KB': page.firstViewBytes / 1_000, 'sent KB': page.sentBytes / 1_000 }]);
}
writeFileSync('bench.json', `${JSON.stringify({ starts, calls, rates, requests, backtest, exports, page }, null, 2)}\n`);
