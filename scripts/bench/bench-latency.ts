import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startJiraSimulator, type JiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { startSqsEmulator, type SqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { arrivals, ALL_TO_SEC, createsOf, sendEvenly } from './bench-events.ts';
import { quantile, type PartReport } from './bench-figures.ts';
import { benchEnvironment, startBenchService, untilTrusted, waitFor } from './bench-service.ts';
import type { StoreKind } from './bench-store.ts';

/** From the moment when an event is sent to SQS to the moment when its create arrives at Jira. */
export interface Latency {
  readonly events: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface LatencyRow extends Latency {
  /** `bare relay`: receives, posts an issue and deletes, and does nothing else: the time of the simulators themselves. */
  readonly what: 'bare relay' | StoreKind;
  readonly perSecond: number;
}

interface Site {
  readonly sqs: SqsEmulator;
  readonly jira: JiraSimulator;
}

const BARE = join(import.meta.dirname, 'bench-bare.ts');
/** Events a second, and how much longer than the bare relay the service may take, ms. */
const RATES = [
  { perSecond: 20, atMostMs: 50 },
  { perSecond: 100, atMostMs: 100 },
] as const;
const WARM_UP = 100;
const FAST = { JIRA_REQUESTS_PER_SECOND: '1000' };

/** Sends events evenly to the bare relay and to the service on each store. @param seconds for each rate */
export async function benchLatency(seconds: number, stores: readonly StoreKind[]): Promise<PartReport> {
  const rows = await relayRows(seconds);
  for (const store of stores) {
    const service = await startBenchService({ rules: ALL_TO_SEC, store, env: FAST });
    try {
      await untilTrusted(service);
      rows.push(...(await rowsOf(store, service, seconds)));
    } finally {
      await service.stop();
    }
  }
  return { tables: [rows.map(shown)], measured: rows, summary: summaryOf(rows, stores) };
}

async function rowsOf(what: LatencyRow['what'], site: Site, seconds: number): Promise<LatencyRow[]> {
  let from = await warmUp(site);
  const rows: LatencyRow[] = [];
  for (const { perSecond } of RATES) {
    const count = perSecond * seconds;
    rows.push({ what, perSecond, ...(await measureLatency(site, { from, count, perSecond })) });
    from += count;
  }
  return rows;
}

/** A first few fill caches and compile code. @returns the number of the first finding after them */
export async function warmUp(site: Site, from = 0): Promise<number> {
  await measureLatency(site, { from, count: WARM_UP, perSecond: 20 });
  return from + WARM_UP;
}

/** Sends new findings evenly, and waits until each has its issue. */
export async function measureLatency(site: Site, events: Parameters<typeof sendEvenly>[1]): Promise<Latency> {
  const [requests, before] = [site.jira.history().length, site.jira.issues().length];
  const sentAt = await sendEvenly(site.sqs, events);
  await waitFor('the issue of every event', async () => site.jira.issues().length >= before + events.count);
  const arrivedAt = arrivals(createsOf(site.jira, requests));
  const took = [...sentAt].map(([n, at]) => (arrivedAt.get(n) ?? NaN) - at);
  if (took.some(Number.isNaN)) throw new Error('An event has no create that names its queue');
  return { events: took.length, p50Ms: quantile(took, 0.5), p99Ms: quantile(took, 0.99) };
}

async function relayRows(seconds: number): Promise<LatencyRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'f2j-bench-'));
  const [sqs, jira] = await Promise.all([startSqsEmulator(), startJiraSimulator()]);
  const file = join(folder, 'body.json');
  writeFileSync(file, JSON.stringify([bareIssue()]));
  const env = benchEnvironment(sqs, jira, '');
  const relay = spawn(process.execPath, [BARE, 'relay', file], { stdio: ['ignore', 'ignore', 'inherit'], env });
  const exited = once(relay, 'exit');
  try {
    return await rowsOf('bare relay', { sqs, jira }, seconds);
  } finally {
    relay.kill('SIGKILL');
    await exited;
    await Promise.all([sqs.close(), jira.close()]);
    rmSync(folder, { recursive: true });
  }
}

function bareIssue(): object {
  return { fields: { project: { key: 'SEC' }, issuetype: { name: 'Task' }, summary: 'queue-0 is public' } };
}

function shown({ what, perSecond, events, p50Ms, p99Ms }: LatencyRow): object {
  return { 'event to issue': what, 'events a second': perSecond, events, 'half within ms': p50Ms, '99 % within ms': p99Ms };
}

function summaryOf(rows: readonly LatencyRow[], stores: readonly StoreKind[]): PartReport['summary'] {
  const bareAt = (perSecond: number): Latency | undefined => rows.find((row) => row.what === 'bare relay' && row.perSecond === perSecond);
  return stores.flatMap((store) =>
    RATES.flatMap(({ perSecond, atMostMs }) => {
      const [row, bare] = [rows.find((one) => one.what === store && one.perSecond === perSecond), bareAt(perSecond)];
      return (['p50Ms', 'p99Ms'] as const).map((of) => ({
        row: `event to issue, ${store}, ${perSecond} a second: ${of === 'p50Ms' ? 'half' : '99 %'} within, more than the bare relay`,
        measured: row === undefined || bare === undefined ? null : row[of] - bare[of],
        unit: 'ms',
        bare: bare?.[of] ?? null,
        target: { atMost: atMostMs },
      }));
    }),
  );
}
