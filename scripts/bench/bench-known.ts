import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { ALL_TO_SEC } from './bench-events.ts';
import type { PartReport, SummaryRow } from './bench-figures.ts';
import { measureLatency, warmUp, type Latency } from './bench-latency.ts';
import { seedFindings } from './bench-seed.ts';
import { cpuMs, memoryMb, startBenchService, untilTrusted, type BenchService } from './bench-service.ts';
import type { StoreKind } from './bench-store.ts';

/** What the service takes, and how fast it is, while it knows so many findings. */
interface KnownRow extends Latency {
  readonly store: StoreKind;
  readonly findings: number;
  /** Of the store, on the disk or in Redis' memory. */
  readonly mb: number;
  /** After the process before had ended by itself, and after it had been killed. */
  readonly readySeconds: number;
  readonly readyKilledSeconds: number;
  /** The longest time that `/livez` took while events came, ms. */
  readonly longestLivezMs: number;
  /** The memory of the process after the events, MB; null: not known on this system. */
  readonly memoryMb: number | null;
  /** Of one processor while nothing happens; null: not known on this system. */
  readonly idlePercent: number | null;
  /** Requests to SQS while nothing happens, counted over `idleSeconds`. */
  readonly sqsPerHour: number;
  readonly idleSeconds: number;
}

const LIVEZ = join(import.meta.dirname, 'bench-livez.ts');
const PER_SECOND = 20;
/** What follows a start and a load: checks of the queues, updates that wait for half a minute. */
const CALM_AFTER_MS = 40_000;
const MEMORY_MB = { embedded: 150, redis: 200 } as const;
/** So many findings must fit into the memory of the target. */
const MEMORY_FOR = 100_000;
const TARGETS = { timesFirst: 1.5, readySeconds: 3, livezMs: 50, idlePercent: 1 } as const;
/** Sweeps are off: the simulated Jira does not have the issues of what was seeded. */
const ENV = { JIRA_REQUESTS_PER_SECOND: '1000', SWEEP_INTERVAL_MS: '0' };

/** @param sizes known findings, the smallest first @param seconds of events, and of rest */
export async function benchKnown(
  sizes: readonly number[],
  seconds: { readonly events: number; readonly rest: number },
  stores: readonly StoreKind[],
): Promise<PartReport> {
  // Fills the compile cache, as the image has it.
  for (const store of stores) await (await startBenchService({ rules: ALL_TO_SEC, store, env: ENV })).stop();
  const rows: KnownRow[] = [];
  for (const store of stores) for (const findings of sizes) rows.push(await measure(store, findings, seconds));
  return { tables: [rows.map(speed), rows.map(needs)], measured: rows, summary: rows.flatMap((row) => summaryOf(row, rows)) };
}

async function measure(store: StoreKind, findings: number, seconds: { readonly events: number; readonly rest: number }): Promise<KnownRow> {
  const service = await startBenchService({ rules: ALL_TO_SEC, store, seed: (empty) => seedFindings(empty, findings), env: ENV });
  try {
    await untilTrusted(service);
    const mb = (await service.store.bytes()) / 1_000_000;
    const from = await warmUp(service, findings);
    const asking = spawn(process.execPath, [LIVEZ, service.api], { stdio: ['ignore', 'pipe', 'inherit'] });
    const longest = text(asking.stdout);
    const latency = await measureLatency(service, { from, count: PER_SECOND * seconds.events, perSecond: PER_SECOND });
    asking.kill('SIGTERM');
    const longestLivezMs = Number(await longest);
    const rest = await measureRest(service, seconds.rest);
    const readyKilledSeconds = (await service.restartKilled()) / 1_000;
    return { store, findings, mb, readySeconds: service.readyMs / 1_000, readyKilledSeconds, ...latency, longestLivezMs, ...rest };
  } finally {
    await service.stop();
  }
}

async function measureRest(
  { pid, sqs }: BenchService,
  idleSeconds: number,
): Promise<Pick<KnownRow, 'memoryMb' | 'idlePercent' | 'sqsPerHour' | 'idleSeconds'>> {
  await sleep(CALM_AFTER_MS);
  const [before, requests] = [cpuMs(pid), sqs.requests()];
  await sleep(idleSeconds * 1_000);
  const after = cpuMs(pid);
  return {
    memoryMb: memoryMb(pid),
    idlePercent: before === null || after === null ? null : (after - before) / (idleSeconds * 10),
    sqsPerHour: ((sqs.requests() - requests) * 3_600) / idleSeconds,
    idleSeconds,
  };
}

function speed({ store, findings, events, p50Ms, p99Ms, readySeconds, readyKilledSeconds, longestLivezMs }: KnownRow): object {
  return {
    store,
    'known findings': findings,
    events,
    'half within ms': p50Ms,
    '99 % within ms': p99Ms,
    'start to ready s': readySeconds.toFixed(2),
    'after a kill': readyKilledSeconds.toFixed(2),
    'longest /livez ms': longestLivezMs.toFixed(1),
  };
}

function needs({ store, findings, mb, memoryMb: memory, idlePercent, sqsPerHour, idleSeconds }: KnownRow): object {
  return {
    store,
    'known findings': findings,
    'MB in the store': mb.toFixed(1),
    'KB per finding': ((mb * 1_000) / findings).toFixed(1),
    'memory MB': memory?.toFixed(0) ?? 'not known',
    'processor at rest': idlePercent === null ? 'not known' : `${idlePercent.toFixed(2)} %`,
    'SQS requests an hour': sqsPerHour.toFixed(0),
    'counted over s': idleSeconds,
  };
}

function summaryOf(row: KnownRow, rows: readonly KnownRow[]): readonly SummaryRow[] {
  const { store, findings } = row;
  const first = rows.find((one) => one.store === store) ?? row;
  const named = `${store}, ${findings} known findings`;
  const times = (of: 'p50Ms' | 'p99Ms', words: string): SummaryRow => ({
    row: `${named}: event to issue, ${words}, as a multiple of that with ${first.findings}`,
    measured: row[of] / first[of],
    unit: `(${row[of]} ms)`,
    target: { atMost: TARGETS.timesFirst },
  });
  return [
    ...(row === first ? [] : [times('p50Ms', 'half'), times('p99Ms', '99 %')]),
    { row: `${named}: start to ready`, measured: row.readySeconds, unit: 's', target: { below: TARGETS.readySeconds } },
    { row: `${named}: start to ready after a kill`, measured: row.readyKilledSeconds, unit: 's', target: { below: TARGETS.readySeconds } },
    { row: `${named}: longest /livez`, measured: row.longestLivezMs, unit: 'ms', target: { atMost: TARGETS.livezMs } },
    {
      row: `${named}: memory of the process`,
      measured: row.memoryMb,
      unit: 'MB',
      target: store === 'redis' || findings <= MEMORY_FOR ? { atMost: MEMORY_MB[store] } : null,
    },
    { row: `${named}: of one processor at rest`, measured: row.idlePercent, unit: '%', target: { below: TARGETS.idlePercent } },
    { row: `${named}: in the store`, measured: row.mb, unit: 'MB', target: null },
    { row: `${named}: SQS requests an hour at rest`, measured: row.sqsPerHour, unit: '', target: null },
  ];
}
