import { describe, expect, test } from 'vitest';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { numberedEvent } from '../../support/findings/findings-by-number.ts';
import { openAdminSite } from '../../support/admin/admin-site.ts';
import { until } from '../../support/until.ts';

const ID = '22222222-dcba-4444-dcba-000000000001';
const MAPPING = `/api/v1/mappings/${ID}`;
const OTHER_ANALYZER = 'arn:aws:access-analyzer:us-east-1:111122223333:analyzer/Other';

describe('a link', () => {
  test('makes an existing issue the finding’s own, and the audit names the operator', async () => {
    const { site, parts, ask, take } = await openAdminSite();
    const group = await take(externalEvent());
    const { key } = site.jira.person.clone('SEC-1');
    const linked = await ask('PUT', MAPPING, { issueKey: key });
    expect(linked).toMatchObject({ status: 200, body: { findingId: ID, group, state: 'open', issue: { key } } });
    expect(Object(linked.body['history']).at(-1)).toMatchObject({ what: 'linked', because: 'by otto', issueKey: key });
    await parts.reconcile(group);
    expect(site.jira.issues().find((issue) => issue.key === key)?.properties['findings-to-jira']).toMatchObject({ group });
    expect((await ask('GET', '/api/v1/audit?action=mapping.linked', undefined, 'admin')).body).toMatchObject({
      items: [{ actor: 'otto', target: ID, path: MAPPING, before: { issueKey: 'SEC-1' }, after: { issueKey: key, group } }],
    });
    expect(await ask('PUT', MAPPING, { issueKey: key })).toMatchObject({ status: 200, body: { issue: { key } } });
  });

  test('to an issue of other findings is refused', async () => {
    const { ask, take } = await openAdminSite();
    await take(externalEvent());
    const other = await take(numberedEvent(1, 1));
    const refused = await ask('PUT', MAPPING, { issueKey: 'SEC-2' });
    const { id: findingId } = Object(numberedEvent(1, 1)['detail']);
    expect(refused).toMatchObject({
      status: 409,
      body: {
        code: 'issue-serves-another-group',
        detail: `SEC-2 belongs to the finding ${findingId} (group ${other})`,
        holder: { group: other, findingId, analyzerArn: expect.stringContaining('arn:aws:access-analyzer') },
      },
    });
    expect((await ask('GET', '/api/v1/audit', undefined, 'admin')).body).toMatchObject({ items: [] });
  });

  test('to an issue that does not exist is refused', async () => {
    const { ask, take } = await openAdminSite();
    await take(externalEvent());
    expect(await ask('PUT', MAPPING, { issueKey: 'SEC-99' })).toMatchObject({ status: 404, body: { code: 'issue-not-found' } });
  });

  test.each<[string, number | null, string, object]>([
    ['does not answer', null, 'jira-unavailable', {}],
    ['fails', 503, 'jira-unavailable', {}],
    ['refuses our login', 401, 'jira-unavailable', {}],
    ['asks us to wait', 429, 'jira-unavailable', { 'retry-after': expect.any(String) }],
  ])('while Jira %s: 503 and nothing is changed', async (_what, status, code, headers) => {
    const { site, parts, ask, take } = await openAdminSite();
    const group = await take(externalEvent());
    const before = await parts.group(group);
    const on = 'GET /issue/*';
    site.jira.faults.next.push(
      status === null
        ? { on, fault: 'reset-before' }
        : { on, fault: 'status', status, headers: status === 429 ? { 'retry-after': '30' } : {}, body: { errorMessages: ['no'] } },
    );
    const refused = await ask('PUT', MAPPING, { issueKey: 'SEC-1' });
    expect(refused).toMatchObject({ status: 503, body: { code }, headers });
    expect(await parts.group(group)).toEqual(before);
  });

  test.each([
    ['no body', undefined],
    ['no key', {}],
    ['something unknown besides', { issueKey: 'SEC-1', force: true }],
    ['a path for a key', { issueKey: '../myself' }],
    ['a key with a query', { issueKey: 'SEC-1?x=1' }],
    ['a number for a key', { issueKey: 1 }],
    ['a list', [{ issueKey: 'SEC-1' }]],
  ])('with %s is refused', async (_what, body) => {
    const { ask, take } = await openAdminSite();
    await take(externalEvent());
    expect(await ask('PUT', MAPPING, body)).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  });
});

describe('an unlink', () => {
  test('removes the issue, and nothing is done for the finding until an operator reconciles it', async () => {
    const { site, parts, ask, take } = await openAdminSite();
    const group = await take(externalEvent());
    expect(await ask('DELETE', MAPPING)).toMatchObject({ status: 200, body: { state: 'unlinked', issue: null } });
    await parts.reconcile(group);
    await take(externalEvent({ time: '2026-03-03T10:00:00Z', detail: { updatedAt: '2026-03-03T10:00:00Z' } }));
    expect(site.jira.issues()).toHaveLength(1);
    expect(await ask('DELETE', MAPPING)).toMatchObject({ status: 409, body: { code: 'no-issue-to-unlink' } });
    expect(await ask('POST', `${MAPPING}/reconcile`)).toMatchObject({ status: 200, body: { findingId: ID } });
    await parts.reconcile(group);
    expect(site.jira.issues()).toHaveLength(2);
    const { items } = (await ask('GET', '/api/v1/audit', undefined, 'admin')).body;
    expect(Object(items).map(({ action }: { action: string }) => action)).toEqual(['mapping.reconciled', 'mapping.unlinked']);
  });
});

describe.each<['PUT' | 'DELETE' | 'POST', string, unknown]>([
  ['PUT', '', { issueKey: 'SEC-1' }],
  ['DELETE', '', undefined],
  ['POST', '/reconcile', undefined],
])('%s%s', (method, under, body) => {
  test('of an unknown finding', async () => {
    const { ask } = await openAdminSite();
    expect(await ask(method, `/api/v1/mappings/nobody${under}`, body)).toMatchObject({
      status: 404,
      body: { code: 'mapping-not-found' },
    });
  });

  test('of a finding id that two analyzers use asks for the analyzer', async () => {
    const { ask, take } = await openAdminSite();
    await take(externalEvent());
    await take(externalEvent({ analyzerArn: OTHER_ANALYZER }));
    const ambiguous = await ask(method, `${MAPPING}${under}`, body);
    expect(ambiguous).toMatchObject({ status: 409, body: { code: 'ambiguous-finding', candidates: [{}, {}] } });
    const arn = encodeURIComponent(OTHER_ANALYZER);
    const one = await ask(method, `${MAPPING}${under}?analyzerArn=${arn}`, method === 'PUT' ? { issueKey: 'SEC-2' } : body);
    expect(one).toMatchObject({ status: 200, body: { analyzerArn: OTHER_ANALYZER } });
  });
});

describe('a release', () => {
  test('releases the findings that match the filter, although the pause remains', async () => {
    const { site, parts, ask, take } = await openAdminSite();
    await parts.pauses.set('all', 'anna', 'a flood');
    const groups = [];
    for (const n of [1, 2, 3]) groups.push(await take(numberedEvent(n, 1)));
    const before = await Promise.all(groups.map(parts.group));
    const all = (await ask('GET', '/api/v1/mappings?state=held')).body['items'];
    const { resource, group } = Object(all)[0];
    const filter = { resource };
    expect(await ask('POST', '/api/v1/mappings/release', { filter: {}, dryRun: true })).toMatchObject({
      status: 200,
      body: { dryRun: true, count: 3 },
    });
    expect(await ask('POST', '/api/v1/mappings/release', { filter, dryRun: true })).toMatchObject({ body: { count: 1 } });
    expect(await Promise.all(groups.map(parts.group))).toEqual(before);
    const started = await ask('POST', '/api/v1/mappings/release', { filter });
    expect(started).toMatchObject({ status: 202, body: { kind: 'release', state: 'running' } });
    const at = String(started.headers['location']);
    await until(async () => (await ask('GET', at)).body['state'] === 'done', 'it has ended');
    expect((await ask('GET', at)).body).toMatchObject({ done: 1, total: 1, result: { released: 1 }, startedBy: 'otto' });
    for (const one of groups) await parts.reconcile(one);
    expect(site.jira.issues()).toHaveLength(1);
    expect((await ask('GET', `/api/v1/mappings?group=${group}`)).body).toMatchObject({ items: [{ state: 'open' }] });
    expect((await ask('GET', '/api/v1/mappings?state=held')).body['items']).toHaveLength(2);
    // Later changes are held again.
    await take({ ...numberedEvent(1, 2, 'RESOLVED') });
    await take({ ...numberedEvent(2, 2, 'RESOLVED') });
    await take({ ...numberedEvent(3, 2, 'RESOLVED') });
    expect((await ask('GET', `/api/v1/mappings?group=${group}`)).body).toMatchObject({ items: [{ state: 'held' }] });
  });

  test.each([[undefined], [{}], [{ filter: { state: 'open' } }], [{ filter: {}, dryRun: 'yes' }], [{ filter: null }]])(
    'asked with %j is refused',
    async (body) => {
      const { ask } = await openAdminSite();
      expect(await ask('POST', '/api/v1/mappings/release', body)).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    },
  );
});
