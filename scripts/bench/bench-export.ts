import { createHash } from 'node:crypto';
import { shortHash } from '../../src/issues/short-hash.ts';
import { newGroup } from '../../src/issues/group-record.ts';
import { FINDING_NAMES } from '../../src/pipeline/records/finding-collections.ts';
import { GROUPS } from '../../src/pipeline/records/group-collections.ts';
import type { FindingRecord } from '../../src/pipeline/records/finding-record.ts';
import { MAX_WRITES, put, type Store, type Write } from '../../src/pipeline/ports/store.ts';
import { findingRecord, keepFindings } from '../../test/support/findings/finding-records.ts';
import { range } from '../../test/support/findings/findings-by-number.ts';
import { askLivez, memoryMb, startBenchService } from './bench-service.ts';

/** The duration of an export of evidence, and the response times of `/livez` and the memory of the service meanwhile. */
export interface ExportRow {
  readonly format: 'csv' | 'ndjson';
  readonly findings: number;
  readonly mb: number;
  readonly seconds: number;
  /** Requests to `/livez` during the export, and their response times, ms. */
  readonly asked: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly longestMs: number;
  /** The most that the service's memory was above the one before, MB; null: not known on this system. */
  readonly growthMb: number | null;
}

const FORMATS = ['csv', 'ndjson'] as const;
const AT_REST = 100;
const DAY_MS = 86_400_000;

/** Fills an embedded store, starts the service on it as a separate process, and exports all findings in each format. */
export async function benchExport(findings: number): Promise<readonly ExportRow[]> {
  const rest = { id: 'rest', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue: { project: 'SEC', issueType: 'Task' } };
  const service = await startBenchService({
    rules: { version: 1, rules: [rest] },
    seed: (store) => keepClosedFindings(store, findings),
  });
  try {
    await askLivez(service.api, (asked) => asked < AT_REST);
    const rows: ExportRow[] = [];
    for (const format of FORMATS) rows.push(await measure(service, format, findings));
    return rows;
  } finally {
    await service.stop();
  }
}

async function measure(
  { api, pid }: { readonly api: string; readonly pid: number },
  format: ExportRow['format'],
  findings: number,
): Promise<ExportRow> {
  const before = memoryMb(pid);
  const from = performance.now();
  let isUnderWay = true;
  let most = 0;
  const asking = askLivez(api, () => {
    most = Math.max(most, memoryMb(pid) ?? 0);
    return isUnderWay;
  });
  const { lines, bytes } = await read(`${api}/api/v1/export?format=${format}`);
  const seconds = (performance.now() - from) / 1_000;
  isUnderWay = false;
  const took = (await asking).toSorted((a, b) => a - b);
  const expected = format === 'csv' ? findings + 1 : findings;
  if (lines !== expected) throw new Error(`The export as ${format} has ${lines} lines, not ${expected}`);
  const at = (share: number): number => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0;
  return {
    format,
    findings,
    mb: bytes / 1_000_000,
    seconds,
    asked: took.length,
    medianMs: at(0.5),
    p99Ms: at(0.99),
    longestMs: at(1),
    growthMb: before === null ? null : most - before,
  };
}

/** Counts lines without keeping them. */
async function read(url: string): Promise<{ readonly lines: number; readonly bytes: number }> {
  const answer = await fetch(url);
  if (!answer.ok || answer.body === null) throw new Error(`The export did not begin: ${await answer.text()}`);
  let [lines, bytes] = [0, 0];
  for await (const chunk of answer.body) {
    bytes += chunk.length;
    for (const byte of chunk) if (byte === 10) lines += 1;
  }
  return { lines, bytes };
}

/** Findings with their groups, issues and names, all of them closed, as of the last 30 days. */
export async function keepClosedFindings(store: Store, findings: number): Promise<void> {
  const from = Date.now() - 30 * DAY_MS;
  await keepFindings(
    store,
    range(findings).map((n) => closedFinding(n, from + n)),
  );
  await keepAll(
    store,
    range(findings).map((n) => groupOf(n, from + n)),
  );
  await keepAll(
    store,
    range(findings).map((n) => nameOf(closedFinding(n, from + n))),
  );
}

/** A finding with a whole history, whose issue is closed. */
function closedFinding(n: number, firstSeenAt: number): FindingRecord {
  const issueKey = `SEC-${n}`;
  const calls = ['GET /issue/*', 'POST /issue/*/transitions', 'POST /issue/*/comment'].map((operation, at) => ({
    operation,
    result: '204',
    requestId: digits(`request ${n} ${at}`),
    tookMs: 100,
  }));
  return findingRecord(
    {
      detail: {
        id: digits(`finding ${n}`).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
        resource: `arn:aws:s3:::bucket-${n}`,
        status: 'RESOLVED',
      },
    },
    {
      group: `f-${n}`,
      firstSeenAt,
      history: [
        { at: firstSeenAt, what: 'accepted', because: 'ACTIVE: new', issueKey: null },
        { at: firstSeenAt + 1, what: 'created', because: 'not-opened-yet', issueKey, calls: calls.slice(0, 1) },
        { at: firstSeenAt + 2, what: 'asked', because: 'by otto', issueKey },
        { at: firstSeenAt + 3, what: 'accepted', because: 'RESOLVED: newer', issueKey: null },
        { at: firstSeenAt + 4, what: 'closed', because: 'resolved', issueKey, calls },
      ],
      mapping: {
        state: 'closed',
        because: 'already-closed',
        projectKey: 'SEC',
        issue: { id: String(n), key: issueKey, status: { name: 'Done', category: 'done' } },
        error: null,
      },
    },
  );
}

/** 32 digits that can't be compressed, like those that AWS and Jira give out. */
function digits(of: string): string {
  return createHash('sha256').update(of).digest('hex').slice(0, 32);
}

function nameOf({ finding: { findingId, resource, key } }: FindingRecord): Write {
  return put(FINDING_NAMES, `${findingId}|${resource}`, null, { key });
}

function groupOf(n: number, firstSeenAt: number): Write {
  const issue = {
    id: String(n),
    key: `SEC-${n}`,
    projectKey: 'SEC',
    issueType: 'Task',
    ruleId: 'rest',
    lastApplied: 'closed',
    status: { name: 'Done', category: 'done' },
    written: { summary: shortHash(`${n}`), description: shortHash(`${n}.`), priority: shortHash('high'), labels: shortHash('labels') },
    openedAt: firstSeenAt + 1,
    closedBecause: 'resolved',
  } as const;
  const group = { ...newGroup(`f-${n}`, [closedFinding(n, firstSeenAt).finding.key], firstSeenAt), observedGeneration: 1, issue };
  return put(GROUPS, group.group, null, group);
}

async function keepAll(store: Store, writes: readonly Write[]): Promise<void> {
  for (let at = 0; at < writes.length; at += MAX_WRITES) {
    const result = await store.commit(writes.slice(at, at + MAX_WRITES));
    if (!result.ok) throw new Error(`Not kept: ${result.because} ${result.id}`);
  }
}
