import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { AdminDeps } from '../../../src/admin/server.ts';
import { EVIDENCE_COLUMNS } from '../../../src/admin/export/evidence-csv.ts';
import type { Evidence } from '../../../src/pipeline/evidence/evidence.ts';
import { FINDINGS } from '../../../src/pipeline/records/finding-collections.ts';
import { StoreUnavailable } from '../../../src/pipeline/ports/store.ts';
import { bearer, startAdmin, TOKENS } from '../../support/admin/admin-server.ts';
import { openAdminSite, type AdminSite } from '../../support/admin/admin-site.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { findingRecord } from '../../support/findings/finding-records.ts';
import { numberedEvent } from '../../support/findings/findings-by-number.ts';
import { csvRecords } from '../../support/parse-csv.ts';
import { finish } from '../../support/service/finish.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import { spoilDocument } from '../../support/service/spoil-document.ts';
import { until } from '../../support/until.ts';

const DAY_MS = 86_400_000;

async function exported({ app }: Pick<AdminSite, 'app'>, query: string) {
  const answer = await app.inject({ url: `/api/v1/export?${query}`, headers: bearer(TOKENS.admin) });
  expect([query, answer.statusCode]).toEqual([query, 200]);
  return answer;
}

async function lines(site: Pick<AdminSite, 'app'>, query = 'format=ndjson'): Promise<readonly Record<string, unknown>[]> {
  const { body } = await exported(site, query);
  return body
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

describe('an export', () => {
  test('has the whole life of a finding: decision, issue, acts with names, and the proof of its close', async () => {
    const opened = await openAdminSite();
    const { ask, take, site } = opened;
    await take(numberedEvent(1, 10));
    await ask('POST', '/api/v1/mappings/finding-1/reconcile', undefined, 'operator');
    await take(numberedEvent(1, 20, 'RESOLVED'));
    const second = await take(numberedEvent(2, 10));
    site.jira.person.transition('SEC-2', 'Done');
    site.clock.forward(60_000);
    await opened.parts.sweep.run();
    await finish(site, opened.parts, second);
    const [one, two] = await lines(opened);
    expect(one).toMatchObject({
      record: 'whole',
      findingId: 'finding-1',
      resource: 'arn:aws:s3:::bucket-1',
      accountId: '444455556666',
      region: 'us-west-2',
      severity: 'high',
      state: 'closed',
      observation: { status: 'RESOLVED', deleted: false, updatedAt: '2026-03-01T10:20:00.000000000Z', acceptedAt: expect.any(String) },
      decision: { action: 'issue', ruleId: 'everything', revision: 1, savedBy: 'rules-file' },
      issue: { key: 'SEC-1', url: expect.stringMatching(/browse\/SEC-1$/), openedAt: expect.any(String), closedAt: expect.any(String) },
      closing: { by: 'service', because: 'resolved', outcome: 'resolved', unfinished: false },
      acts: [{ action: 'reconciled', by: 'otto', issueKey: 'SEC-1', requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) }],
      actsLeftOut: 0,
    });
    expect(Object(one).closing.requests).toContainEqual(
      expect.objectContaining({ operation: 'POST /issue/*/transitions', result: '204', requestId: expect.any(String) }),
    );
    expect(two).toMatchObject({
      issue: { key: 'SEC-2' },
      observation: { status: 'ACTIVE' },
      closing: { by: 'person', because: 'by-person', outcome: null },
      acts: [{ action: 'closed-in-jira', by: null, issueKey: 'SEC-2' }],
    });
  });

  test('of a finding that has shrunk has what is left', async () => {
    const opened = await openAdminSite();
    await opened.take(numberedEvent(1, 10));
    await opened.take(numberedEvent(1, 20, 'RESOLVED'));
    const before = (await lines(opened))[0];
    opened.site.clock.forward(401 * DAY_MS);
    await until(async () => (await opened.parts.retention.advance()) === 'round-done', 'the round has ended');
    const [after] = await lines(opened);
    const { closing, observation, decision, ...rest } = Object(before);
    expect(after).toEqual({
      ...rest,
      record: 'shrunk',
      observation: { ...observation, acceptedAt: null },
      decision: { ...decision, at: null, revision: null, savedBy: null },
      issue: { ...rest.issue, closedAt: expect.any(String) },
      closing: { ...closing, at: expect.any(String), requests: [], notes: [] },
      acts: [],
    });
  });

  test('as CSV has the same values as NDJSON, hostile names made safe, and each finding in one record', async () => {
    const opened = await openAdminSite();
    const hostile = [
      '=HYPERLINK("https://x.example","y")',
      '+1',
      '-1',
      '@SUM(1,2)',
      '\t=1',
      'two\r\nlines',
      '"quoted",',
      'bucket\u{202e}é\u{1f512}',
    ];
    for (const [n, name] of hostile.entries())
      await opened.take(externalEvent({ detail: { id: `${name}${n}`, resource: name, resourceType: name } }));
    spoilDocument(opened.site.folder, FINDINGS.name, findingOf(externalEvent({ detail: { id: '+11', resource: '+1' } })).key, '{');
    const { headers, rawPayload } = await exported(opened, 'format=csv');
    expect(headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    const records = csvRecords(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(rawPayload));
    const objects = await lines(opened);
    expect(records.map(({ record }) => record).toSorted()).toEqual([...hostile.slice(1).map(() => 'whole'), 'unreadable'].toSorted());
    for (const [at, record] of records.entries()) {
      expect(Object.keys(record)).toEqual(EVIDENCE_COLUMNS);
      for (const [name, cell] of Object.entries(record)) {
        const value: unknown = name.split('.').reduce((so: unknown, part) => Object(so)[part], objects[at]);
        if (Array.isArray(value)) continue;
        const text = value === null || value === undefined ? '' : String(value);
        expect([name, cell]).toEqual([name, /^\s*[=+\-@\t]/.test(text) ? `'${text}` : text]);
        expect([name, cell]).toEqual([name, expect.not.stringMatching(/^[=+\-@\t\r]/)]);
      }
    }
  });

  test('has a file name, is an attachment that no cache keeps, and is in the audit with its name and period', async () => {
    const opened = await openAdminSite();
    const { headers } = await exported(opened, 'from=2026-01-01&to=2026-03-31&format=ndjson');
    expect(headers).toMatchObject({
      'content-type': 'application/x-ndjson; charset=utf-8',
      'content-disposition': 'attachment; filename="findings-20260101T000000Z-20260401T000000Z.ndjson"',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    const { body } = await opened.ask('GET', '/api/v1/audit?action=evidence.exported', undefined, 'admin');
    expect(body['items']).toMatchObject([
      {
        actor: 'anna',
        path: '/api/v1/export',
        target: 'findings',
        after: { from: '2026-01-01T00:00:00.000Z', to: '2026-04-01T00:00:00.000Z', format: 'ndjson' },
      },
    ]);
  });

  test.each([
    ['from=yesterday', 'invalid-request', 'from'],
    ['from=2026-01-01T00:00:00', 'invalid-request', 'from'],
    ['from=2026-01-01T00:00:00+01:00', 'invalid-request', 'from'],
    ['to=2026-02-30', 'invalid-request', 'to'],
    ['to=', 'invalid-request', 'to'],
    ['from=2026-01-01&from=2026-01-02', 'invalid-request', 'from'],
    ['format=xlsx', 'invalid-request', 'format'],
    ['from=2026-02-01&to=2026-01-01', 'invalid-period', null],
    ['from=2026-02-01T00:00:00Z&to=2026-02-01T00:00:00Z', 'invalid-period', null],
    ['from=9999-01-01', 'invalid-period', null],
  ])('%s is refused, and nothing is written down', async (query, code, path) => {
    const admin = await startAdmin([]);
    onTestFinished(() => admin.close());
    const answer = await admin.app.inject({ url: `/api/v1/export?${query}`, headers: bearer(TOKENS.admin) });
    expect(answer.json()).toMatchObject({ status: 400, code, ...(path === null ? {} : { errors: [{ path }] }) });
    const audit = await admin.app.inject({ url: '/api/v1/audit', headers: bearer(TOKENS.admin) });
    expect(audit.json()).toMatchObject({ items: [] });
  });
});

/** Pages of one finding of 256 KB, and how far they were handed out. */
function endless(pages: number, then: () => void = () => undefined) {
  const seen = { handedOut: 0, ended: 0 };
  const evidence: Evidence = {
    record: { ...findingRecord(), group: 'x'.repeat(256 * 1024) },
    group: null,
    revision: null,
    acts: [],
    actsLeftOut: 0,
    isPartial: false,
  };
  const exportEvidence: AdminDeps['exportEvidence'] = async () =>
    (async function* () {
      try {
        for (let n = 0; n < pages; n += 1) {
          seen.handedOut += 1;
          yield [evidence];
        }
        then();
      } finally {
        seen.ended += 1;
      }
    })();
  return { seen, exportEvidence };
}

/** The server on a port of its own, and a client that has not read anything yet. */
async function listening(overrides: Partial<AdminDeps>) {
  const admin = await startAdmin([], overrides);
  const address = await admin.app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => admin.close());
  return {
    admin,
    async open(): Promise<IncomingMessage> {
      const asked = get(`${address}/api/v1/export?format=ndjson`, { headers: bearer(TOKENS.admin), agent: false });
      asked.on('error', () => undefined);
      onTestFinished(() => void asked.destroy());
      const [response]: IncomingMessage[] = await once(asked, 'response');
      if (response === undefined) throw new Error('There is no answer');
      return response;
    },
  };
}

/** Reads to the end. @returns the lines that came, and whether all did */
async function drain(response: IncomingMessage): Promise<{ readonly lines: number; readonly complete: boolean }> {
  let count = 0;
  try {
    for await (const chunk of response) count += String(chunk).split('\n').length - 1;
  } catch {
    return { lines: count, complete: false };
  }
  return { lines: count, complete: response.complete };
}

describe('the stream of an export', () => {
  test('waits for a client that does not read, and goes on when it does', async () => {
    const { seen, exportEvidence } = endless(200);
    const { open } = await listening({ exportEvidence });
    const response = await open();
    let before = -1;
    await until(() => {
      const isStill = seen.handedOut === before;
      before = seen.handedOut;
      return isStill;
    }, 'no further page is wanted');
    expect(seen.handedOut).toBeLessThan(100);
    expect(await drain(response)).toEqual({ lines: 200, complete: true });
    expect(seen).toEqual({ handedOut: 200, ended: 1 });
  });

  test('ends with a client that leaves half-way, and its place is free again', async () => {
    const { seen, exportEvidence } = endless(1_000_000);
    const { admin, open } = await listening({ exportEvidence });
    for (const left of [1, 2, 3]) {
      const response = await open();
      expect(response.statusCode).toBe(200);
      response.destroy();
      await until(() => seen.ended === left, 'its reading has ended');
    }
    expect(admin.log.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
  });

  test('breaks off visibly when the store goes away, and the service goes on', async () => {
    const { exportEvidence } = endless(3, () => {
      throw new StoreUnavailable('gone');
    });
    const { admin, open } = await listening({ exportEvidence });
    expect((await drain(await open())).complete).toBe(false);
    await until(() => admin.log.some((line) => line.includes('An export of evidence broke off')), 'the log says so');
    expect((await admin.app.inject({ url: '/livez' })).statusCode).toBe(200);
  });

  test('is answered with a problem when the store is away from the beginning', async () => {
    const { open } = await listening({
      exportEvidence: async () => {
        throw new StoreUnavailable('gone');
      },
    });
    for (const _ of [1, 2, 3]) expect((await open()).statusCode).toBe(503);
  });

  test('is one of at most two at a time', async () => {
    const { exportEvidence } = endless(1_000_000);
    const { open } = await listening({ exportEvidence });
    const [first] = [await open(), await open()];
    const refused = await open();
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '60']);
    first?.destroy();
    await until(async () => (await open()).statusCode === 200, 'there is room again');
  });
});
