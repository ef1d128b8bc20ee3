import type { Store } from '../../src/pipeline/ports/store.ts';
import { findingRecord, keepFindings } from '../../test/support/findings/finding-records.ts';
import { range } from '../../test/support/findings/findings-by-number.ts';
import { askLivez, startBenchService } from './bench-service.ts';

/** The duration of a backtest over many findings, and the response times of `/livez` meanwhile. */
export interface BacktestRow {
  readonly findings: number;
  readonly rules: number;
  readonly seconds: number;
  /** Findings that the draft would send to another project. */
  readonly moved: number;
  /** Requests to `/livez` during the backtest, and their response times, ms. */
  readonly asked: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly longestMs: number;
  /** The slowest of `AT_REST` requests to `/livez` before the backtest: the cost of the machine itself. */
  readonly longestAtRestMs: number;
}

const RULES = 50;
const AT_REST = 200;
const IN_A_ROW = 50;

/** Fills an embedded store, starts the service on it as a separate process, and runs a backtest. */
export async function benchBacktest(findings: number): Promise<BacktestRow> {
  const service = await startBenchService({ rules: rulesOf('SEC'), seed: (store) => seed(store, findings) });
  try {
    return await measure(service.api, findings);
  } finally {
    await service.stop();
  }
}

async function measure(api: string, findings: number): Promise<BacktestRow> {
  const idle = await askLivez(api, (asked) => asked < AT_REST);
  const from = performance.now();
  const started = await fetch(`${api}/api/v1/rules/backtest`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(rulesOf('PLAT')),
  });
  if (started.status !== 202) throw new Error(`The backtest did not start: ${await started.text()}`);
  const operation = `${api}${started.headers.get('location') ?? ''}`;
  const took: number[] = [];
  let ended: { readonly state: string; readonly result: BacktestResult } | null = null;
  while (ended === null) {
    took.push(...(await askLivez(api, (asked) => asked < IN_A_ROW)));
    // The operation is polled rarely, so that the polling does not change the times of `/livez`.
    const now: { state: string; result: BacktestResult } = JSON.parse(await (await fetch(operation)).text());
    if (now.state !== 'running') ended = now;
  }
  const seconds = (performance.now() - from) / 1_000;
  if (ended.state !== 'done' || ended.result.findings !== findings) throw new Error(`The backtest ended with ${JSON.stringify(ended)}`);
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return {
    findings,
    rules: RULES,
    seconds,
    moved: ended.result.effects.moves.findings,
    asked: took.length,
    medianMs: at(0.5),
    p99Ms: at(0.99),
    longestMs: at(1),
    longestAtRestMs: Math.max(...idle),
  };
}

/** The fields of the result that are read here. */
interface BacktestResult {
  readonly findings: number;
  readonly effects: { readonly moves: { readonly findings: number } };
}

/** One rule for each of `RULES - 1` accounts, and a last rule that sends the rest to the project. */
function rulesOf(project: string): object {
  const accounts = range(RULES - 1).map((n) => ({
    id: `account-${n}`,
    match: { detail: { accountId: [account(n)], isPublic: [true, false] } },
    action: 'issue',
    issue: { project: 'DATA', issueType: 'Task', labels: ['security'] },
  }));
  const rest = { id: 'rest', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue: { project, issueType: 'Task' } };
  return { version: 1, limits: 'off', rules: [...accounts, rest] };
}

function account(n: number): string {
  return String(100_000_000_000 + n);
}

async function seed(store: Store, findings: number): Promise<void> {
  const from = Date.parse('2026-03-01T10:06:00Z');
  await keepFindings(
    store,
    range(findings).map((n) =>
      findingRecord(
        { detail: { id: `finding-${n}`, resource: `arn:aws:s3:::bucket-${n}`, accountId: account(n % (2 * RULES)) } },
        {
          group: `f-${n}`,
          firstSeenAt: from + n,
          mapping: {
            state: 'open',
            because: 'already-open',
            projectKey: 'SEC',
            issue: { id: String(n), key: `SEC-${n}`, status: null },
            error: null,
          },
        },
      ),
    ),
  );
}
