import { chromePath } from '../../test/support/browser/open-browser.ts';
import { redisServerPath } from '../../test/support/servers/redis-server.ts';
import { benchBacktest } from './bench-backtest.ts';
import { benchCalls, type CallsRow } from './bench-calls.ts';
import { benchExport } from './bench-export.ts';
import type { PartReport, SummaryRow } from './bench-figures.ts';
import { benchIntake, INTAKE_TARGETS } from './bench-intake.ts';
import { benchPage } from './bench-page.ts';
import { benchRate, RATE_TARGETS } from './bench-rate.ts';
import { benchRequests } from './bench-requests.ts';
import { benchSizes, SIZE_TARGETS } from './bench-sizes.ts';
import { benchStart } from './bench-start.ts';

/** The parts of the benchmark that measure one thing each, with their tables. */

const READY_EMPTY_MS = 1_000;

export async function starts(runs: number): Promise<PartReport> {
  const rows = await benchStart(runs);
  const bare = rows.find(({ what }) => what === 'bare fastify');
  const services = rows.filter(({ what }) => what.startsWith('service'));
  return {
    measured: rows,
    tables: [
      rows.map(({ what, runs, readyMs, cpuMs, restMb }) => ({
        what,
        runs,
        'ready ms': readyMs.toFixed(0),
        'processor ms': cpuMs ?? 'not known',
        'memory at rest MB': restMb === null ? 'not known' : restMb.toFixed(0),
      })),
    ],
    summary: services.flatMap(({ what, readyMs, restMb }): SummaryRow[] => [
      {
        row: `start, ${what}, empty: to ready`,
        measured: readyMs,
        unit: 'ms',
        bare: bare?.readyMs ?? null,
        target: what.includes('nothing compiled') ? null : { below: READY_EMPTY_MS },
      },
      { row: `start, ${what}, empty: memory at rest`, measured: restMb, unit: 'MB', bare: bare?.restMb ?? null, target: null },
    ]),
  };
}

/** The least: one call opens an issue, none repeats it, and one moves it through each transition of its workflow. */
const FEWEST_CALLS: Readonly<Record<string, Readonly<Record<CallsRow['workflow'], number>>>> = {
  'new finding': { 'one screen': 1, "Jira's default": 1, strict: 1 },
  'same event again': { 'one screen': 0, "Jira's default": 0, strict: 0 },
  closed: { 'one screen': 1, "Jira's default": 1, strict: 3 },
};

export async function calls(findings: number): Promise<PartReport> {
  const rows = await benchCalls(findings);
  return {
    measured: rows,
    tables: [
      rows.map(({ workflow, what, findings, calls: made, perFinding, operations }) => ({
        workflow,
        what,
        findings,
        calls: made,
        'calls per finding': perFinding.toFixed(3),
        operations: Object.entries(operations)
          .map(([operation, count]) => `${count} ${operation}`)
          .join(', '),
      })),
    ],
    summary: rows.flatMap(({ workflow, what, perFinding }) => {
      const fewest = FEWEST_CALLS[what]?.[workflow];
      if (fewest === undefined) return [];
      // A close on a workflow whose state Jira does not show beforehand has to be read first: only the others have a bound.
      const target = what === 'closed' ? null : { atMost: fewest * 1.01 };
      return [{ row: `calls, ${workflow} workflow: ${what}`, measured: perFinding, unit: 'calls', bare: fewest, target }];
    }),
  };
}

export async function intake(messages: number): Promise<PartReport> {
  const rows = await benchIntake(messages);
  return {
    measured: rows,
    tables: [
      rows.map(({ what, messages, perSecond, cpuMs, ofBare }) => ({
        'taken from SQS': what,
        messages,
        'a second': perSecond.toFixed(0),
        'processor ms each': cpuMs?.toFixed(2) ?? 'not known',
        'of the bare loop': ofBare.toFixed(2),
      })),
    ],
    summary: rows.flatMap(({ what, ofBare }): SummaryRow[] =>
      what === 'bare loop'
        ? []
        : [{ row: `intake, ${what}`, measured: ofBare, unit: 'of the bare loop', bare: 1, target: { atLeast: INTAKE_TARGETS[what] } }],
    ),
  };
}

export async function rates(findings: number): Promise<PartReport> {
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  const rows = redisServerPath() === null ? [] : await benchRate(findings);
  const summary = rows.flatMap(({ replicas, ceiling, timesLeast, refused }): SummaryRow[] => {
    const named = `unknown limit of Jira, ${replicas} replicas, ceiling ${ceiling ?? 'none'}`;
    return [
      {
        row: `${named}: time, as a multiple of the least`,
        measured: timesLeast,
        unit: '',
        bare: 1,
        target: { atMost: RATE_TARGETS.timesLeast },
      },
      { row: `${named}: refused calls`, measured: refused * 100, unit: '%', target: { below: RATE_TARGETS.refused * 100 } },
    ];
  });
  return {
    measured: rows,
    tables: [
      rows.map(({ ceiling, seconds, timesLeast, refused, ...facts }) => ({
        ...facts,
        ceiling: ceiling ?? 'none',
        seconds: seconds.toFixed(1),
        'times the least': timesLeast.toFixed(3),
        refused: percent(refused),
      })),
    ],
    summary: rows.length > 0 ? summary : [{ row: 'unknown limit of Jira (no redis-server)', measured: null, unit: '', target: null }],
  };
}

export async function requests(): Promise<PartReport> {
  const rows = await benchRequests();
  return {
    measured: rows,
    tables: [
      rows.map(({ role, what, answers, seconds, medianMs, longestMs, growthMb }) => ({
        role,
        what,
        answers,
        seconds: seconds.toFixed(1),
        '/livez median ms': medianMs.toFixed(1),
        'longest ms': longestMs.toFixed(1),
        'memory growth MB': megabytes(growthMb),
      })),
    ],
    summary: [longestOf('costliest requests', rows)],
  };
}

export async function backtest(findings: number): Promise<PartReport> {
  const row = await benchBacktest(findings);
  const { seconds, medianMs, p99Ms, longestMs, longestAtRestMs, ...counts } = row;
  return {
    measured: row,
    tables: [
      [
        {
          ...counts,
          seconds: seconds.toFixed(1),
          '/livez median ms': medianMs.toFixed(1),
          '99 % ms': p99Ms.toFixed(1),
          'longest ms': longestMs.toFixed(1),
          'longest at rest ms': longestAtRestMs.toFixed(1),
        },
      ],
    ],
    summary: [{ ...longestOf(`backtest over ${findings} findings`, [row]), bare: longestAtRestMs }],
  };
}

export async function exports(findings: number): Promise<PartReport> {
  const rows = await benchExport(findings);
  return {
    measured: rows,
    tables: [
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
    ],
    summary: [longestOf(`export of ${findings} findings`, rows)],
  };
}

export async function sizes(findings: number): Promise<PartReport> {
  const rows = await benchSizes(findings);
  return {
    measured: rows,
    tables: [
      rows.map(({ store, findings, mb }) => ({
        store,
        findings,
        MB: mb.toFixed(1),
        'KB per finding': ((mb * 1_000) / findings).toFixed(2),
      })),
    ],
    summary: rows.map(({ store, findings, mb }) => ({
      row: `size, ${store}: a finding with its issue and history`,
      measured: (mb * 1_000) / findings,
      unit: 'KB',
      target: { atMost: SIZE_TARGETS[store] },
    })),
  };
}

export async function page(findings: number): Promise<PartReport> {
  const shown = chromePath() === null ? null : await benchPage(findings);
  const row = { row: `admin page over ${findings} findings: longest task of the processor`, unit: 'ms', target: null };
  if (shown === null) return { measured: null, tables: [], summary: [{ ...row, measured: null }] };
  return {
    measured: shown,
    tables: [
      shown.rows.map(({ what, tasks, longestMs, longestCpuMs, drawn }) => ({
        'admin page': what,
        tasks,
        'longest task ms': longestMs.toFixed(0),
        'of the processor ms': longestCpuMs.toFixed(0),
        'rows drawn': drawn,
      })),
      [{ findings: shown.findings, 'first view KB': shown.firstViewBytes / 1_000, 'sent KB': shown.sentBytes / 1_000 }],
    ],
    summary: [{ ...row, measured: Math.max(...shown.rows.map(({ longestCpuMs }) => longestCpuMs)) }],
  };
}

/** No request may hold up the others for longer than this. */
function longestOf(meanwhile: string, rows: readonly { readonly longestMs: number }[]): SummaryRow {
  return {
    row: `longest /livez during ${meanwhile}`,
    measured: Math.max(...rows.map(({ longestMs }) => longestMs)),
    unit: 'ms',
    target: null,
  };
}

function megabytes(grown: number | null): string {
  return grown === null ? 'not known' : grown.toFixed(0);
}
