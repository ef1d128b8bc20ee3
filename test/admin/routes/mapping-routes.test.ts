import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FindingRecord } from '../../../src/pipeline/records/finding-record.ts';
import { bearer, startAdmin, TOKENS, type AdminFixture } from '../../support/admin/admin-server.ts';
import { ANALYZER_ARN } from '../../support/findings/finding-events.ts';
import { findingRecord } from '../../support/findings/finding-records.ts';

const OTHER_ANALYZER = 'arn:aws:access-analyzer:us-east-1:111122223333:analyzer/Company';
const ODD_ARN = 'arn:aws:sqs:eu-central-1:555566667777:orders';

/** Differs from all others in every field that has a filter. */
const ODD = findingRecord(
  {
    detail: {
      id: 'odd-one',
      status: 'RESOLVED',
      resource: ODD_ARN,
      resourceType: 'AWS::SQS::Queue',
      accountId: '555566667777',
      region: 'eu-central-1',
      isPublic: true,
      action: ['sqs:SendMessage'],
    },
  },
  {
    group: 'access:orders',
    decision: { action: 'issue', because: 'rule-matched', ruleId: 'queues' },
    mapping: {
      state: 'closed',
      because: 'already-closed',
      projectKey: 'PLAT',
      issue: { id: '10007', key: 'PLAT-7', status: { name: 'Done', category: 'done' } },
      due: { date: '2026-03-08', passed: true },
      error: null,
    },
    firstSeenAt: Date.parse('2026-03-09T00:00:00Z'),
    history: [{ at: Date.parse('2026-03-09T00:00:00Z'), what: 'created', because: 'not-opened-yet', issueKey: 'PLAT-7' }],
  },
);

const BASE = Date.parse('2026-03-02T04:00:00Z');
const ODD_ID = 'with/slash and ümlaut?';

/** One of many similar records. */
function plain(id: string, analyzerArn = ANALYZER_ARN, firstSeenAt = BASE): FindingRecord {
  const detail = { id, resource: `arn:aws:s3:::bucket-of-${id}`, isPublic: false };
  return findingRecord({ analyzerArn, detail }, { firstSeenAt, decision: { action: 'issue', because: 'rule-matched', ruleId: 'all' } });
}

const records: readonly FindingRecord[] = [
  ...Array.from({ length: 25 }, (_, i) => plain(`finding-${String(i).padStart(2, '0')}`, ANALYZER_ARN, BASE + i)),
  ODD,
  plain('shared-id'),
  plain('shared-id', OTHER_ANALYZER),
  plain(ODD_ID),
];

let admin: AdminFixture;
beforeAll(async () => {
  admin = await startAdmin(records);
});
afterAll(() => admin.close());

function get(url: string) {
  return admin.app.inject({ url, headers: bearer(TOKENS.viewer) });
}

/** Ids of one page, and its cursor. */
async function page(query: Readonly<Record<string, string>>): Promise<{ ids: string[]; nextCursor: string | null }> {
  const answer = await get(`/api/v1/mappings?${new URLSearchParams(query)}`);
  expect(answer.statusCode).toBe(200);
  const { items, nextCursor }: { items: { findingId: string }[]; nextCursor: string | null } = answer.json();
  return { ids: items.map(({ findingId }) => findingId), nextCursor };
}

describe('the list', () => {
  test('begins with the newest and shows no histories', async () => {
    const { items }: { items: object[] } = (await get('/api/v1/mappings')).json();
    expect(items).toHaveLength(records.length);
    expect(items[0]).toMatchObject({
      findingId: 'odd-one',
      issue: { key: 'PLAT-7', url: 'https://site.example/browse/PLAT-7', statusCategory: 'done' },
    });
    expect(items.filter((item) => 'history' in item)).toEqual([]);
  });

  test.each([
    ['state', 'closed'],
    ['findingStatus', 'RESOLVED'],
    ['accountId', '555566667777'],
    ['ruleId', 'queues'],
    ['projectKey', 'PLAT'],
    ['severity', 'critical'],
    ['issueKey', 'PLAT-7'],
    ['resource', ODD_ARN],
    ['resourceType', 'AWS::SQS::Queue'],
    ['region', 'eu-central-1'],
    ['group', 'access:orders'],
    ['q', 'odd-one'],
    ['q', 'PLAT-7'],
    ['q', ODD_ARN],
    ['q', 'orders'],
    ['q', 'ORDERS'],
    ['q', 'order'],
    ['q', 'sqs'],
    ['q', 'sqs:eu-central'],
    ['q', 'plat'],
    ['q', '55556'],
    ['q', 'one'],
    ['isPublic', 'true'],
    ['isPublic', 'true,unknown'],
    ['isPublic', 'unknown,true'],
    ['findingStatus', 'RESOLVED,ARCHIVED'],
    ['overdue', 'true'],
  ])('is filtered by %s=%s', async (name, value) => {
    expect(await page({ [name]: value })).toEqual({ ids: ['odd-one'], nextCursor: null });
  });

  test.each([
    ['state', 'held'],
    ['findingStatus', 'ARCHIVED'],
    ['severity', 'low'],
    ['accountId', '55556666777'],
    ['issueKey', 'PLAT-70'],
    ['q', 'rders'],
    ['q', 'ordersx'],
    ['q', 'rd'],
    ['isPublic', 'unknown'],
    ['q', '*'],
    ['q', '\0'],
    ['group', 'state:closed'],
  ])('is empty for %s=%j', async (name, value) => {
    expect(await page({ [name]: value })).toEqual({ ids: [], nextCursor: null });
  });

  test('of all that is public and not fixed is one call', async () => {
    const { ids } = await page({ isPublic: 'true,unknown', findingStatus: 'ACTIVE,ARCHIVED' });
    expect(ids).toEqual([]);
    expect((await page({ isPublic: 'true,unknown', findingStatus: 'ACTIVE,RESOLVED' })).ids).toEqual(['odd-one']);
    expect((await page({ isPublic: 'false,unknown', findingStatus: 'ACTIVE,ARCHIVED', limit: '500' })).ids).toHaveLength(
      records.length - 1,
    );
  });

  test.each(['1', '3', '25', '500'])('of a search is whole, each once, in pages of %s', async (limit) => {
    for (const q of ['finding-0', 'f', 'bucket-of-FINDING', 'finding-1']) {
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const { ids, nextCursor } = await page({ q, limit, ...(cursor === '' ? {} : { cursor }) });
        expect(ids.length).toBeLessThanOrEqual(Number(limit));
        seen.push(...ids);
        cursor = nextCursor;
      }
      const wanted = records
        .map(({ finding }) => finding.findingId)
        .filter((id) => id.startsWith(q.replace('bucket-of-', '').toLowerCase()));
      expect(seen.toSorted()).toEqual(wanted.toSorted());
      expect(seen.length).toBeGreaterThan(9);
    }
  });

  test('is narrowed by several filters at once', async () => {
    expect((await page({ overdue: 'false', q: 'finding', limit: '500' })).ids).toHaveLength(25);
    expect((await page({ overdue: 'false', accountId: '555566667777' })).ids).toEqual([]);
    expect((await page({ region: 'eu-central-1', projectKey: 'PLAT' })).ids).toEqual(['odd-one']);
    expect((await page({ region: 'eu-central-1', ruleId: 'all' })).ids).toEqual([]);
    expect((await page({ ruleId: 'all', state: 'pending', limit: '500' })).ids).toHaveLength(records.length - 1);
  });

  test.each(['1', '7', '28', '29', '500'])('is whole, each once, in pages of %s', async (limit) => {
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { ids, nextCursor } = await page({ state: 'pending', limit, ...(cursor === '' ? {} : { cursor }) });
      expect(ids.length).toBeLessThanOrEqual(Number(limit));
      seen.push(...ids);
      cursor = nextCursor;
    }
    expect(seen).toHaveLength(records.length - 1);
    const numbered = seen.filter((id) => id.startsWith('finding-'));
    expect(numbered).toEqual(numbered.toSorted().toReversed());
    expect(new Set(numbered).size).toBe(25);
  });
});

describe('a query that is wrong', () => {
  test.each([
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=1e2', 'limit'],
    ['limit=true', 'limit'],
    ['limit=', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['limit=99999999999999999999', 'limit'],
    ['state=OPEN', 'state'],
    ['state=open&state=closed', 'state'],
    ['findingStatus=active', 'findingStatus'],
    ['severity=urgent', 'severity'],
    ['isPublic=maybe', 'isPublic'],
    ['isPublic=', 'isPublic'],
    ['overdue=yes', 'overdue'],
    ['findingStatus=ACTIVE,ACTIVE', 'findingStatus'],
    ['findingStatus=ACTIVE,', 'findingStatus'],
    ['q=', 'q'],
    ['q=a&q=b', 'q'],
    ['status=open', 'status'],
    ['findingId=odd-one', 'findingId'],
    ['__proto__=1', '__proto__'],
    ['constructor=1', 'constructor'],
    ['toString=1', 'toString'],
    ['state[$ne]=open', 'state[$ne]'],
    ['a/b~c.d=1', 'a/b~c.d'],
    [`q=${'x'.repeat(10_000)}`, 'q'],
    [`resource=${'%C3%BC'.repeat(2_000)}${'x'.repeat(3_000)}`, 'resource'],
    [`${'x'.repeat(10_000)}=1`, 'x'.repeat(100)],
  ])('%.60s: names the mistake', async (query, path) => {
    const answer = await get(`/api/v1/mappings?${query}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    const problem: { errors: { path: string; message: string }[] } = answer.json();
    expect(problem).toMatchObject({ code: 'invalid-request', status: 400 });
    expect(problem.errors.map((error) => error.path)).toEqual([path]);
    expect(problem.errors[0]?.message).not.toBe('');
    expect(answer.body.length).toBeLessThan(1_500);
  });

  test('names every mistake, within limits', async () => {
    const unknown = Array.from({ length: 200 }, (_, i) => `a${i}=1`).join('&');
    const answer = await get(`/api/v1/mappings?limit=0&state=x&${unknown}`);
    const problem: { errors: unknown[] } = answer.json();
    expect(answer.statusCode).toBe(400);
    expect(problem.errors.length).toBeGreaterThan(1);
    expect(problem.errors.length).toBeLessThanOrEqual(20);
  });

  test.each(['abc', 'e30', 'W10', 'WyJmaW5kaW5ncyJd', '../../etc/passwd', 'x'.repeat(8_000)])(
    'the cursor %.30s was never given out',
    async (cursor) => {
      const answer = await get(`/api/v1/mappings?cursor=${encodeURIComponent(cursor)}`);
      expect(answer.statusCode).toBe(400);
      expect(answer.json()).toMatchObject({ code: 'invalid-cursor' });
    },
  );

  test.each(['/%zz', '/api/v1/mappings/%', '/api/v1/mappings/%ff', `/api/v1/mappings/${'x'.repeat(10_000)}`, '/api/v1/mappings/'])(
    'the address %.40s cannot be read',
    async (url) => {
      const answer = await get(url);
      expect(answer.statusCode).toBe(400);
      expect(answer.json()).toMatchObject({ code: 'invalid-request' });
    },
  );
});

describe('one mapping', () => {
  test('comes with its history', async () => {
    const answer = await get('/api/v1/mappings/odd-one');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      findingId: 'odd-one',
      state: 'closed',
      history: [{ at: '2026-03-09T00:00:00.000Z', what: 'created', because: 'not-opened-yet', issueKey: 'PLAT-7' }],
    });
  });

  test.each(['nothing', 'ODD-ONE', 'odd-one%00', '__proto__', 'x'.repeat(4_000)])('is not found under %.20s', async (id) => {
    const answer = await get(`/api/v1/mappings/${id}`);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 'mapping-not-found' });
  });

  test('is found under any id that AWS gives out', async () => {
    expect((await get(`/api/v1/mappings/${encodeURIComponent(ODD_ID)}`)).json()).toMatchObject({ findingId: ODD_ID });
  });

  test('is ambiguous when two analyzers use the id', async () => {
    const answer = await get('/api/v1/mappings/shared-id');
    expect(answer.statusCode).toBe(409);
    const problem: { candidates: { analyzerArn: string }[] } = answer.json();
    expect(problem).toMatchObject({ code: 'ambiguous-finding', status: 409 });
    expect(problem.candidates.map(({ analyzerArn }) => analyzerArn).toSorted()).toEqual([ANALYZER_ARN, OTHER_ANALYZER].toSorted());
  });

  test.each([ANALYZER_ARN, OTHER_ANALYZER])('is selected by its analyzer %s', async (analyzerArn) => {
    const answer = await get(`/api/v1/mappings/shared-id?analyzerArn=${encodeURIComponent(analyzerArn)}`);
    expect(answer.json()).toMatchObject({ findingId: 'shared-id', analyzerArn });
  });

  test('is not found at an analyzer that does not have it', async () => {
    const answer = await get(`/api/v1/mappings/odd-one?analyzerArn=${encodeURIComponent(OTHER_ANALYZER)}`);
    expect(answer.json()).toMatchObject({ code: 'mapping-not-found' });
  });

  test('takes no other parameter', async () => {
    expect((await get('/api/v1/mappings/odd-one?limit=1')).json()).toMatchObject({ code: 'invalid-request', errors: [{ path: 'limit' }] });
  });
});
