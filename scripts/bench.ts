import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chromePath } from '../test/support/browser/open-browser.ts';
import { redisServerPath } from '../test/support/servers/redis-server.ts';
import { benchBacktest } from './bench-backtest.ts';
import { benchCalls } from './bench-calls.ts';
import { benchExport } from './bench-export.ts';
import { benchPage } from './bench-page.ts';
import { benchRate, RATE_TARGETS } from './bench-rate.ts';
import { benchRequests } from './bench-requests.ts';
import { benchSizes, SIZE_TARGETS } from './bench-sizes.ts';
import { benchStart } from './bench-start.ts';

/**
 * The benchmark: start and memory at rest, calls to Jira per finding, time and refusals under an unknown limit of Jira, response times and memory
 * of the service during the costliest requests of each role, response times during a backtest over very many findings and during an export of them,
 * the size of the stores, and the longest task of the admin page. Prints tables and writes bench.json. `--only exports` measures one of them, and
 * `bench.json` then has that one.
 */
const FINDINGS = 1_000;
const STARTS = 5;
const BACKTESTED = 100_000;
const EXPORTED = 100_000;
const SIZED = 10_000;
const SHOWN = 100_000;

const PARTS = { starts, calls, rates, requests, backtest, exports, sizes, page } as const;
const { values } = parseArgs({ options: { only: { type: 'string' } } });
const chosen = Object.entries(PARTS).filter(([name]) => values.only === undefined || name === values.only);
if (chosen.length === 0) {
  process.stderr.write(`--only: expected one of ${Object.keys(PARTS).join(', ')}\n`);
  process.exit(2);
}
const measured: Record<string, unknown> = {};
for (const [name, measure] of chosen) measured[name] = await measure();
writeFileSync('bench.json', `${JSON.stringify(measured, null, 2)}\n`);

async function starts(): Promise<unknown> {
  const rows = await benchStart(STARTS);
  console.table(
    rows.map(({ what, runs, readyMs, cpuMs, restMb }) => ({
      what,
      runs,
      'ready ms': readyMs.toFixed(0),
      'processor ms': cpuMs ?? 'not known',
      'memory at rest MB': restMb === null ? 'not known' : restMb.toFixed(0),
    })),
  );
  return rows;
}

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

async function rates(): Promise<unknown> {
  if (redisServerPath() === null) {
    console.log('No redis-server (set REDIS_SERVER or put it on the PATH): the shared limit was not measured');
    return null;
  }
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  const rows = await benchRate();
  console.table(
    rows.map(({ ceiling, seconds, timesLeast, refused, ...facts }) => ({
      ...facts,
      ceiling: ceiling ?? 'none',
      seconds: seconds.toFixed(1),
      'times the least': timesLeast.toFixed(3),
      'at most': RATE_TARGETS.timesLeast,
      refused: percent(refused),
      'less than': percent(RATE_TARGETS.refused),
    })),
  );
  return rows;
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
    rows.map(({ store, findings, mb }) => ({
      store,
      findings,
      MB: mb.toFixed(1),
      'KB per finding': ((mb * 1_000) / findings).toFixed(2),
      'at most': SIZE_TARGETS[store],
    })),
  );
  return rows;
}

async function page(): Promise<unknown> {
  if (chromePath() === null) {
    console.log('No chromium (set CHROME_PATH or put it on the PATH): the admin page was not measured');
    return null;
  }
  const shown = await benchPage(SHOWN);
  console.table(
    shown.rows.map(({ what, tasks, longestMs, longestCpuMs, drawn }) => ({
      'admin page': what,
      tasks,
      'longest task ms': longestMs.toFixed(0),
      'of the processor ms': longestCpuMs.toFixed(0),
      'rows drawn': drawn,
    })),
  );
  console.table([{ findings: shown.findings, 'first view KB': shown.firstViewBytes / 1_000, 'sent KB': shown.sentBytes / 1_000 }]);
  return shown;
}

function megabytes(grown: number | null): string {
  return grown === null ? 'not known' : grown.toFixed(0);
}
