import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startJiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { range } from '../../test/support/findings/findings-by-number.ts';
import { ALL_TO_SEC, createsOf, sendAtOnce } from './bench-events.ts';
import type { PartReport } from './bench-figures.ts';
import { cpuMs, startBenchService, untilTrusted, waitFor } from './bench-service.ts';
import type { StoreKind } from './bench-store.ts';

/** How fast issues are opened where neither limits nor Jira hold them back. */
interface OpeningRow {
  /** `bare loop`: posts the same issues with the same HTTP client, and does nothing else. */
  readonly what: 'bare loop' | StoreKind;
  readonly issues: number;
  readonly perSecond: number;
  /** Processor time of the process for an issue, ms; null: not known on this system. */
  readonly cpuMs: number | null;
}

interface Opened {
  readonly row: OpeningRow;
  /** The bodies of the creates. */
  readonly bodies: readonly unknown[];
}

const BARE = join(import.meta.dirname, 'bench-bare.ts');
/** So many issues a second must be possible, with less than this share of one processor. */
const TARGETS = { perSecond: 100, percent: 70 } as const;
/** A first few fill caches and compile code; they are not counted. */
const WARM_UP = 300;

/** Opens issues on each store, and posts the same ones in a bare loop. Jira and SQS run in this process. */
export async function benchOpening(issues: number, stores: readonly StoreKind[]): Promise<PartReport> {
  const opened: Opened[] = [];
  for (const store of stores) opened.push(await open(store, issues));
  const bare = await postAll(opened[0]?.bodies ?? []);
  const rows = [bare, ...opened.map(({ row }) => row)];
  return { tables: [rows.map(shown)], measured: rows, summary: rows.slice(1).flatMap((row) => summaryOf(row, bare)) };
}

async function open(store: StoreKind, issues: number): Promise<Opened> {
  const service = await startBenchService({ rules: ALL_TO_SEC, store, env: { JIRA_REQUESTS_PER_SECOND: '1000' } });
  try {
    await untilTrusted(service);
    await sendAtOnce(service.sqs, range(WARM_UP));
    const created = (): number => service.jira.issues().length;
    await waitFor('the first issues', async () => created() === WARM_UP);
    const [requests, before] = [service.jira.history().length, cpuMs(service.pid)];
    const numbers = range(issues).map((n) => WARM_UP + n);
    await Promise.all([sendAtOnce(service.sqs, numbers), waitFor('all issues', async () => created() === WARM_UP + issues)]);
    const after = cpuMs(service.pid);
    const creates = createsOf(service.jira, requests);
    const times = creates.map(({ at }) => Date.parse(at));
    const seconds = (Math.max(...times) - Math.min(...times)) / 1_000;
    const perIssue = before === null || after === null ? null : (after - before) / issues;
    return { row: { what: store, issues, perSecond: issues / seconds, cpuMs: perIssue }, bodies: creates.map(({ asked }) => asked) };
  } finally {
    await service.stop();
  }
}

async function postAll(bodies: readonly unknown[]): Promise<OpeningRow> {
  const folder = mkdtempSync(join(tmpdir(), 'f2j-bench-'));
  const jira = await startJiraSimulator();
  try {
    const file = join(folder, 'bodies.json');
    writeFileSync(file, JSON.stringify(bodies));
    const { email, apiToken } = jira.credentials;
    const env = { PATH: process.env['PATH'] ?? '', JIRA_BASE_URL: jira.url, JIRA_EMAIL: email, JIRA_API_TOKEN: apiToken };
    const { stdout } = await promisify(execFile)(process.execPath, [BARE, 'posts', file], { env });
    const took: { readonly seconds: number; readonly cpuMs: number } = JSON.parse(stdout);
    const issues = bodies.length;
    return { what: 'bare loop', issues, perSecond: issues / took.seconds, cpuMs: took.cpuMs / issues };
  } finally {
    await jira.close();
    rmSync(folder, { recursive: true });
  }
}

function shown({ what, issues, perSecond, cpuMs: each }: OpeningRow): object {
  return {
    'issues opened by': what,
    issues,
    'a second': perSecond.toFixed(0),
    'processor ms each': each?.toFixed(2) ?? 'not known',
    'of one processor at that speed': each === null ? 'not known' : `${((each * perSecond) / 10).toFixed(0)} %`,
  };
}

function summaryOf(row: OpeningRow, bare: OpeningRow): PartReport['summary'] {
  return [
    {
      row: `opening, ${row.what}: issues a second at full speed`,
      measured: row.perSecond,
      unit: 'a second',
      bare: bare.perSecond,
      target: { atLeast: TARGETS.perSecond },
    },
    {
      row: `opening, ${row.what}: of one processor at ${TARGETS.perSecond} issues a second`,
      measured: percentAtTarget(row),
      unit: '%',
      bare: percentAtTarget(bare),
      target: { below: TARGETS.percent },
    },
  ];
}

/** What the processor time of an issue comes to at the speed of the target, percent of one processor. */
function percentAtTarget({ cpuMs: each }: OpeningRow): number | null {
  return each === null ? null : (each * TARGETS.perSecond) / 10;
}
