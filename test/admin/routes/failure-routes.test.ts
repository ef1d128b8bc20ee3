import { describe, expect, test } from 'vitest';
import type { GroupRecord } from '../../../src/issues/group-record.ts';
import { newGroup } from '../../../src/issues/group-record.ts';
import { FAILURE_ADVICE } from '../../../src/issues/failure-advice.ts';
import { OPERATIONS } from '../../../src/pipeline/records/admin-collections.ts';
import { GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import { createRetryFailures } from '../../../src/pipeline/admin-actions/retry-failures.ts';
import type { ReconcileNow } from '../../../src/pipeline/admin-actions/reconcile-now.ts';
import { put, type Store } from '../../../src/pipeline/ports/store.ts';
import { openAdminSite } from '../../support/admin/admin-site.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { numberedEvent } from '../../support/findings/findings-by-number.ts';
import { issueRoute } from '../../support/findings/issue-route.ts';
import { rulesOf } from '../../support/findings/parsed.ts';
import { trackerOf } from '../../support/jira/tracker.ts';
import { until } from '../../support/until.ts';

const HOUR_MS = 3_600_000;

const NOWHERE = {
  id: 'nowhere',
  match: { source: ['aws.access-analyzer'] },
  action: 'issue',
  issue: { project: 'NOPE', issueType: 'Task' },
} as const;

/** A group that could not be opened in a project. */
function stuck(group: string, code: 'jira-forbidden' | 'jira-timeout', projectKey: string, firstSeenAt: number): GroupRecord {
  const retry = { when: 'seldom' } as const;
  return {
    ...newGroup(group, ['one', 'two'], firstSeenAt),
    attempts: 3,
    requeueAt: { time: firstSeenAt + HOUR_MS, because: 'backoff' },
    failure: { code, message: 'No', words: 'You may not', retry, at: firstSeenAt + 1_000 },
    intent: {
      phase: 'reserved',
      attempt: 3,
      owner: 'us',
      sentAt: firstSeenAt,
      newestNumber: null,
      route: issueRoute({ projectKey }),
      lookups: { made: 0, valid: 0, firstValidAt: null },
    },
  };
}

async function keep(store: Store, ...records: readonly GroupRecord[]): Promise<void> {
  expect(await store.commit(records.map((record) => put(GROUPS, record.group, null, record)))).toMatchObject({ ok: true });
}

describe('failures', () => {
  test('are listed with reason, words, advice, tries and next try, the newest first', async () => {
    const { site, ask } = await openAdminSite();
    await keep(site.store, stuck('g-old', 'jira-forbidden', 'SEC', 0), stuck('g-new', 'jira-timeout', 'PLAT', 5_000));
    await keep(site.store, newGroup('g-well', [], 9_000));
    const { status, body } = await ask('GET', '/api/v1/failures', undefined, 'viewer');
    expect(status).toBe(200);
    expect(body).toMatchObject({ items: [{ id: 'g-new' }, { id: 'g-old' }], nextCursor: null });
    expect(body['items']).toContainEqual({
      id: 'g-old',
      code: 'jira-forbidden',
      reason: 'No',
      words: 'You may not',
      advice: FAILURE_ADVICE['jira-forbidden'],
      projectKey: 'SEC',
      ruleId: issueRoute().ruleId,
      issue: null,
      findings: 2,
      findingIds: [],
      resource: null,
      mappingsUrl: '/api/v1/mappings?group=g-old',
      attempts: 3,
      failedAt: '1970-01-01T00:00:01.000Z',
      nextTryAt: '1970-01-01T01:00:00.000Z',
    });
  });

  test('name rule, project, findings, resource, and where the mappings are', async () => {
    const { ask, take } = await openAdminSite({ parts: { rules: rulesOf([NOWHERE]) } });
    const group = await take(numberedEvent(1, 1));
    const { detail } = { detail: Object(numberedEvent(1, 1)['detail']) };
    const { items } = (await ask('GET', '/api/v1/failures?code=project-not-visible&projectKey=NOPE')).body;
    const [failure] = Object(items);
    expect(failure).toMatchObject({
      id: group,
      code: 'project-not-visible',
      words: expect.stringContaining('valid project'),
      projectKey: 'NOPE',
      ruleId: 'nowhere',
      findings: 1,
      findingIds: [detail.id],
      resource: detail.resource,
    });
    expect((await ask('GET', failure.mappingsUrl)).body).toMatchObject({
      items: [{ findingId: detail.id, error: { code: failure.code } }],
    });
    expect((await ask('POST', `/api/v1/failures/${group}/retry`)).body).toMatchObject({ ruleId: 'nowhere', findingIds: [detail.id] });
  });

  test('are found by the project of an issue that was refused before it was sent', async () => {
    const issue = { project: 'SEC', issueType: 'Task', priority: 'No such priority' };
    const { ask, take, site } = await openAdminSite({ parts: { rules: rulesOf([{ ...NOWHERE, issue }]) } });
    const group = await take(numberedEvent(1, 1));
    expect((await site.store.read(GROUPS, [group]))[0]?.doc).toMatchObject({ intent: null, issue: null });
    expect((await ask('GET', '/api/v1/failures?projectKey=SEC')).body['items']).toMatchObject([{ id: group, projectKey: 'SEC' }]);
    const body = { filter: { projectKey: 'SEC' }, dryRun: true };
    expect((await ask('POST', '/api/v1/failures/retry', body)).body).toMatchObject({ count: 1 });
  });

  test('a missing project has one code here and in preflight', async () => {
    const { ask, parts, site, take } = await openAdminSite({ parts: { rules: rulesOf([NOWHERE]) } });
    await take(numberedEvent(1, 1));
    const { items } = (await ask('GET', '/api/v1/failures')).body;
    const problems = await trackerOf(site.jira).preflight.check((await parts.rules.current()).compiled.ruleSet, null);
    expect(problems).toMatchObject([{ ruleId: 'nowhere', code: Object(items)[0].code }]);
  });

  test.each([
    ['code=jira-forbidden', ['g-2', 'g-1']],
    ['projectKey=SEC', ['g-3', 'g-1']],
    ['code=jira-forbidden&projectKey=SEC', ['g-1']],
    ['code=jira-auth', []],
    ['projectKey=sec', []],
  ])('by %s', async (query, ids) => {
    const { site, ask } = await openAdminSite();
    await keep(
      site.store,
      stuck('g-1', 'jira-forbidden', 'SEC', 1),
      stuck('g-2', 'jira-forbidden', 'PLAT', 2),
      stuck('g-3', 'jira-timeout', 'SEC', 3),
    );
    expect((await ask('GET', `/api/v1/failures?${query}`)).body).toMatchObject({ items: ids.map((id) => ({ id })) });
  });

  test('come in pages', async () => {
    const { site, ask } = await openAdminSite();
    await keep(site.store, ...['a', 'b', 'c'].map((id, at) => stuck(id, 'jira-timeout', 'SEC', at)));
    const first = await ask('GET', '/api/v1/failures?limit=2');
    expect(first.body).toMatchObject({ items: [{ id: 'c' }, { id: 'b' }], nextCursor: expect.any(String) });
    const cursor = encodeURIComponent(String(first.body['nextCursor']));
    expect((await ask('GET', `/api/v1/failures?limit=2&cursor=${cursor}`)).body).toMatchObject({ items: [{ id: 'a' }], nextCursor: null });
    expect(await ask('GET', '/api/v1/failures?cursor=x')).toMatchObject({ status: 400, body: { code: 'invalid-cursor' } });
    expect(await ask('GET', '/api/v1/failures?code=no-such')).toMatchObject({ status: 400, body: { errors: [{ path: 'code' }] } });
  });

  test('are counted by cause, the most frequent first', async () => {
    const { site, ask } = await openAdminSite();
    await keep(
      site.store,
      stuck('a', 'jira-forbidden', 'SEC', 1),
      stuck('b', 'jira-timeout', 'SEC', 2),
      stuck('c', 'jira-timeout', 'PLAT', 3),
    );
    expect((await ask('GET', '/api/v1/failures/causes', undefined, 'viewer')).body).toEqual({
      items: [
        { code: 'jira-timeout', advice: FAILURE_ADVICE['jira-timeout'], failures: 2 },
        { code: 'jira-forbidden', advice: FAILURE_ADVICE['jira-forbidden'], failures: 1 },
      ],
      nextCursor: null,
    });
  });
});

describe('a retry', () => {
  test('of a refused create cuts hours of waiting short, and the issue opens when the cause is fixed', async () => {
    const { site, parts, ask, take } = await openAdminSite();
    site.jira.faults.next.push({
      on: 'POST /issue',
      fault: 'status',
      status: 400,
      body: { errorMessages: [], errors: { customfield_10042: 'Team is required.' } },
    });
    const group = await take(externalEvent());
    const failures = await ask('GET', '/api/v1/failures?projectKey=SEC');
    expect(failures.body).toMatchObject({
      items: [{ id: group, code: 'jira-invalid-request', words: expect.stringContaining('Team is required.'), attempts: 1, findings: 1 }],
    });
    await parts.reconcile(group);
    expect(site.created()).toBe(0);
    const retried = await ask('POST', `/api/v1/failures/${group}/retry`);
    expect(retried).toMatchObject({ status: 200, body: { id: group, attempts: 0, nextTryAt: null } });
    expect(await parts.queue.depth()).toBe(1);
    expect((await ask('GET', '/api/v1/audit', undefined, 'admin')).body).toMatchObject({
      items: [
        {
          actor: 'otto',
          action: 'failure.retried',
          path: `/api/v1/failures/${group}/retry`,
          target: group,
          before: { code: 'jira-invalid-request', attempts: 1 },
          after: { code: 'jira-invalid-request', attempts: 0 },
          requestId: expect.any(String),
        },
      ],
    });
    await parts.reconcile(group);
    expect(site.jira.issues()).toHaveLength(1);
    expect((await ask('GET', '/api/v1/failures')).body).toEqual({ items: [], nextCursor: null });
    expect(await ask('POST', `/api/v1/failures/${group}/retry`)).toMatchObject({ status: 404, body: { code: 'failure-not-found' } });
  });

  test('of a close shows the issue', async () => {
    const { site, parts, ask, take } = await openAdminSite();
    const group = await take(numberedEvent(1, 1));
    site.jira.faults.next.push({ on: 'POST /issue/*/transitions', fault: 'status', status: 403, body: { errorMessages: ['No.'] } });
    await take(numberedEvent(1, 2, 'RESOLVED'));
    const [failure] = Object((await ask('GET', '/api/v1/failures?code=jira-forbidden')).body['items']);
    const [issue] = site.jira.issues();
    expect(failure).toMatchObject({
      id: group,
      projectKey: 'SEC',
      issue: { key: issue?.key, url: `${site.jira.url}/browse/${issue?.key}` },
    });
    await ask('POST', `/api/v1/failures/${group}/retry`);
    await parts.reconcile(group);
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['Done']);
  });

  test('does not hurry a create that another process may be sending', async () => {
    const { site, parts, ask } = await openAdminSite({ parts: { rules: rulesOf([]) } });
    const until = site.clock.now() + HOUR_MS;
    await keep(site.store, { ...stuck('g', 'jira-timeout', 'SEC', 1), requeueAt: { time: until, because: 'sending-elsewhere' } });
    expect((await ask('POST', '/api/v1/failures/g/retry')).body).toMatchObject({ nextTryAt: new Date(until).toISOString() });
    expect(await parts.group('g')).toMatchObject({ generation: 2, requeueAt: { time: until, because: 'sending-elsewhere' } });
  });

  test.each(['no-such-group', 'g-well'])('of a group that is not stuck is refused: %s', async (id) => {
    const { site, parts, ask } = await openAdminSite();
    await keep(site.store, newGroup('g-well', [], 1));
    expect(await ask('POST', `/api/v1/failures/${id}/retry`)).toMatchObject({ status: 404, body: { code: 'failure-not-found' } });
    expect(await parts.queue.depth()).toBe(0);
  });
});

describe('a retry of many', () => {
  /** Refuses three creates, one of them in another way. */
  async function threeStuck() {
    const opened = await openAdminSite();
    const { site, take } = opened;
    const groups: string[] = [];
    for (const [n, status] of [400, 400, 403].entries()) {
      site.jira.faults.next.push({ on: 'POST /issue', fault: 'status', status, body: { errorMessages: ['no'], errors: {} } });
      groups.push(await take(numberedEvent(n, 1)));
    }
    return { ...opened, groups };
  }

  test('reports the number first, then retries those that match the filter', async () => {
    const { site, parts, ask, groups } = await threeStuck();
    const url = '/api/v1/failures/retry';
    const before = await Promise.all(groups.map(parts.group));
    const counts = [
      {},
      { code: 'jira-invalid-request' },
      { projectKey: 'SEC' },
      { projectKey: 'PLAT' },
      { code: 'jira-forbidden', projectKey: 'SEC' },
    ];
    for (const [index, count] of [3, 2, 3, 0, 1].entries()) {
      expect(await ask('POST', url, { filter: counts[index], dryRun: true })).toMatchObject({ status: 200, body: { dryRun: true, count } });
    }
    expect(await Promise.all(groups.map(parts.group))).toEqual(before);
    const started = await ask('POST', url, { filter: { code: 'jira-invalid-request' } });
    expect(started).toMatchObject({ status: 202, body: { kind: 'retry', state: 'running' } });
    const at = String(started.headers['location']);
    await until(async () => (await ask('GET', at, undefined, 'viewer')).body['state'] === 'done', 'it has ended');
    expect((await ask('GET', at)).body).toMatchObject({ done: 2, total: 2, result: { retried: 2 } });
    for (const group of groups) await parts.reconcile(group);
    expect(site.jira.issues()).toHaveLength(2);
    expect((await ask('GET', '/api/v1/failures')).body).toMatchObject({ items: [{ code: 'jira-forbidden' }] });
    expect((await ask('GET', '/api/v1/audit', undefined, 'admin')).body).toMatchObject({
      items: [{ actor: 'otto', action: 'failures.retried', after: { filter: { code: 'jira-invalid-request' } } }],
    });
  });

  test('is started once for each Idempotency-Key', async () => {
    const { ask, site } = await threeStuck();
    const again = async (filter: object) => ask('POST', '/api/v1/failures/retry', { filter }, 'operator', { 'idempotency-key': 'monday' });
    const [first, second] = [await again({}), await again({})];
    expect(second).toMatchObject({ status: 202, body: first.body, headers: { location: first.headers['location'] } });
    expect(await again({ projectKey: 'SEC' })).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
    expect(await site.store.counts(OPERATIONS, ['kind:retry'])).toEqual([1]);
  });

  test.each([undefined, {}, { filter: { code: 'x' } }, { filter: {}, more: 1 }, { filter: [] }, { filter: {}, dryRun: 1 }])(
    'asked with %j is refused',
    async (body) => {
      const { ask } = await openAdminSite();
      expect(await ask('POST', '/api/v1/failures/retry', body)).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    },
  );

  test('continues where another process had stopped', async () => {
    const { site, parts, groups } = await threeStuck();
    const seen: string[] = [];
    const reconcileNow: ReconcileNow = async (group, by) => {
      seen.push(group);
      return parts.reconcileNow(group, by);
    };
    const retry = createRetryFailures({ store: site.store, reconcileNow });
    const page = await site.store.page(GROUPS, { terms: ['failed'], limit: 1 });
    const progress: object[] = [];
    const run = { id: 'one', input: ['failed'], cursor: page.nextCursor, done: 1, startedBy: 'otto', signal: new AbortController().signal };
    const result = await retry({ ...run, progress: async (at) => void progress.push(at) });
    expect(result).toEqual({ retried: 3 });
    expect(seen.toSorted()).toEqual(groups.filter((group) => group !== page.items[0]?.id).toSorted());
    expect(progress).toEqual([{ done: 2 }, { done: 3 }]);
  });

  test('with an invalid input is not started', async () => {
    const { site, parts } = await openAdminSite();
    const retry = createRetryFailures({ store: site.store, reconcileNow: parts.reconcileNow });
    const run = {
      id: 'one',
      cursor: null,
      done: 0,
      startedBy: 'otto',
      signal: new AbortController().signal,
      progress: async () => undefined,
    };
    for (const input of [null, [], {}, 'failed', [1]]) await expect(retry({ ...run, input })).rejects.toThrow('does not say');
  });
});
