import { describe, expect, test } from 'vitest';
import type { OwnAccount } from '../../../src/jira/project/own-account.ts';
import { createOwnAccount } from '../../../src/jira/project/own-account.ts';
import { freshCall, lookupCall, oursCall } from '../../../src/jira/issue/search-call.ts';
import type { Lookup, OursPage } from '../../../src/pipeline/ports/issue-tracker.ts';
import { callsTo, scriptJira, type Reply, type ScriptedJira } from '../../support/jira/scripted-jira.ts';

const LABEL = 'f2j-aaaaaaaaaaaaaaaaaaaaaaaaaa';
const CONTROLS = ['f2j-bbbbbbbbbbbbbbbbbbbbbbbbbb', 'f2j-cccccccccccccccccccccccccc'];
const MADE_WITHIN_MS = 15 * 60_000 + 1;
const ME: Reply = { status: 200, json: { accountId: 'me' } };

const wire = (id: string, labels: readonly string[], more: { creator?: unknown; properties?: unknown } = {}): Record<string, unknown> => ({
  id,
  key: `SEC-${id}`,
  fields: {
    labels,
    creator: 'creator' in more ? more.creator : { accountId: 'me' },
    project: { key: 'SEC' },
    issuetype: { name: 'Task' },
    status: { name: 'To Do', statusCategory: { key: 'new' } },
  },
  ...('properties' in more ? { properties: more.properties } : {}),
});
const OURS = wire('1', [LABEL], {
  properties: { 'findings-to-jira': { installation: 'default', group: 'f-x', findings: [], attempt: 1 } },
});
const CONTROL = wire('2', [CONTROLS[1] ?? '']);

const page = (json: Record<string, unknown>): Reply => ({ status: 200, json: { isLast: true, ...json } });

/** Answers `GET /myself` and the search. */
function siteOf(search: Reply, myself: Reply = ME): Promise<ScriptedJira> {
  return scriptJira(({ url }) => (url.endsWith('/myself') ? myself : search));
}

async function look(search: Reply, controls: readonly string[] = CONTROLS, myself: Reply = ME): Promise<Lookup> {
  const calls = callsTo((await siteOf(search, myself)).url);
  return lookupCall(calls, createOwnAccount(calls), { label: LABEL, controls, near: null, madeWithinMs: MADE_WITHIN_MS });
}

const JQL =
  `labels in ("${[LABEL, ...CONTROLS].join('", "')}")` +
  ' OR (creator = currentUser() AND created >= "-16m" AND (labels is EMPTY OR labels not in ("findings-to-jira")))' +
  ' ORDER BY created ASC';

test('a lookup confirms our account and searches for the label, its controls and our issues without a label, with all that tells ours from a copy', async () => {
  const jira = await siteOf(page({ issues: [] }));
  const calls = callsTo(jira.url);
  await lookupCall(calls, createOwnAccount(calls), { label: LABEL, controls: CONTROLS, near: null, madeWithinMs: MADE_WITHIN_MS });
  expect(jira.lines()).toEqual(['GET /rest/api/3/myself', 'POST /rest/api/3/search/jql']);
  expect(jira.requests[1]?.body).toMatchObject({
    jql: JQL,
    fields: expect.arrayContaining(['status', 'creator', 'labels', 'project', 'issuetype']),
    properties: ['findings-to-jira'],
  });
});

describe('a lookup of several pages', () => {
  async function looked(pages: number): Promise<{ look: Lookup; asked: readonly unknown[] }> {
    let page = 0;
    const jira = await scriptJira(({ url }) => {
      if (url.endsWith('/myself')) return ME;
      page += 1;
      const more = page < pages ? { isLast: false, nextPageToken: `page-${page}` } : { isLast: true };
      return { status: 200, json: { issues: page === 2 ? [wire('7', []), CONTROL] : [], ...more } };
    });
    const calls = callsTo(jira.url);
    const question = { label: LABEL, controls: CONTROLS, near: null, madeWithinMs: MADE_WITHIN_MS };
    return { look: await lookupCall(calls, createOwnAccount(calls), question), asked: jira.requests.slice(1).map(({ body }) => body) };
  }

  test('reads all of them', async () => {
    const { look: result, asked } = await looked(3);
    expect(result).toMatchObject({ valid: true, found: [{ issue: { id: '7' } }] });
    expect(asked).toMatchObject([{ jql: JQL }, { jql: JQL, nextPageToken: 'page-1' }, { jql: JQL, nextPageToken: 'page-2' }]);
  });

  test('proves nothing where there are more than it reads', async () => {
    const { look: result, asked } = await looked(21);
    expect([result.valid, result.because, asked.length]).toEqual([false, 'warnings', 20]);
    expect((await looked(20)).look.valid).toBe(true);
  });
});

test('an issue with the label is found, with its property', async () => {
  expect(await look(page({ issues: [OURS, CONTROL] }))).toEqual({
    valid: true,
    because: 'ok',
    failure: null,
    found: [
      {
        issue: { id: '1', key: 'SEC-1' },
        projectKey: 'SEC',
        issueType: 'Task',
        createdByUs: true,
        labels: [LABEL],
        property: { installation: 'default', group: 'f-x', findings: [], attempt: 1 },
        tombstone: null,
        status: { name: 'To Do', category: 'new' },
      },
    ],
  });
});

describe('a search leaves the property out', () => {
  const BARE = wire('1', [LABEL]);

  /** What bulk fetch and a single read answer; null: no such issue. */
  async function readOf(
    fetched: Reply,
    read: Reply = { status: 404, json: {} },
  ): Promise<{ lookup: Lookup; ours: OursPage; lines: string[] }> {
    const jira = await scriptJira(({ url }) => {
      if (url.endsWith('/myself')) return ME;
      if (url.endsWith('/bulkfetch')) return fetched;
      return url.endsWith('/search/jql')
        ? page({ issues: [BARE, CONTROL, wire('9', [LABEL], { creator: { accountId: 'somebody' } })] })
        : read;
    });
    const calls = callsTo(jira.url);
    const account = createOwnAccount(calls);
    const lookup = await lookupCall(calls, account, { label: LABEL, controls: CONTROLS, near: null, madeWithinMs: MADE_WITHIN_MS });
    const ours = await oursCall(calls, account, null, null);
    return { lookup, ours, lines: jira.lines() };
  }

  test('an issue with our label and our account as its creator is read with the others in bulk', async () => {
    const { lookup, ours, lines } = await readOf({ status: 200, json: { issues: [OURS] } });
    expect(lookup).toMatchObject({ valid: true, found: [{ issue: { id: '1' }, property: { group: 'f-x' } }, { issue: { id: '9' } }] });
    expect(ours).toMatchObject({ ok: true, found: [{ property: { group: 'f-x' } }, { issue: { id: '2' } }, { property: null }] });
    expect(lines.filter((line) => line.endsWith('/bulkfetch'))).toHaveLength(2);
  });

  test('one that bulk fetch does not show yet is read by itself', async () => {
    const { lookup } = await readOf({ status: 200, json: { issues: [] } }, { status: 200, json: OURS });
    expect(lookup).toMatchObject({ valid: true, found: [{ property: { group: 'f-x' } }, {}] });
  });

  test('one that is gone by then stays as the search showed it', async () => {
    const { lookup, ours } = await readOf({ status: 200, json: { issues: [] } });
    expect([lookup.valid, lookup.found[0]?.property, ours.ok]).toEqual([true, null, true]);
  });

  test.each([503, 429])('one that can not be read, %d: the search proves nothing', async (status) => {
    const { lookup, ours } = await readOf({ status, json: {} });
    expect([lookup.valid, lookup.because, lookup.found, ours.ok]).toEqual([false, 'failed', [], false]);
  });
});

test.each<readonly [string, Record<string, unknown>, { createdByUs: boolean; property: unknown; tombstone?: unknown }]>([
  ['a copy by a person', wire('3', [LABEL], { creator: { accountId: 'somebody' } }), { createdByUs: false, property: null }],
  ['without a creator', wire('3', [LABEL], { creator: null }), { createdByUs: false, property: null }],
  ['made by a hidden account', wire('3', [LABEL], { creator: {} }), { createdByUs: false, property: null }],
  ['without properties', wire('3', [LABEL]), { createdByUs: true, property: null }],
  [
    'with a property that is not ours',
    wire('3', [LABEL], { properties: { 'findings-to-jira': 'hello' } }),
    { createdByUs: true, property: null },
  ],
  [
    'with half a property',
    wire('3', [LABEL], { properties: { 'findings-to-jira': { installation: 'default' } } }),
    { createdByUs: true, property: null, tombstone: null },
  ],
  [
    'taken away by an admin',
    wire('3', [LABEL], { properties: { 'findings-to-jira': { installation: 'default', unlinked: 'f-x' } } }),
    { createdByUs: true, property: null, tombstone: { installation: 'default', unlinked: 'f-x' } },
  ],
])('%s', async (_, issue, expected) => {
  expect((await look(page({ issues: [issue] }))).found).toMatchObject([expected]);
});

test.each<readonly [boolean, Lookup['because'], string, Reply, readonly string[]]>([
  [true, 'ok', 'nothing but a control is seen', page({ issues: [CONTROL] }), CONTROLS],
  [true, 'ok', 'there is no control yet', page({ issues: [] }), []],
  [false, 'no-control-seen', 'no control is seen', page({ issues: [] }), CONTROLS],
  [false, 'no-control-seen', 'the issue is seen and no control', page({ issues: [OURS] }), CONTROLS],
  [false, 'warnings', 'Jira warns', page({ issues: [CONTROL], warnings: [{ message: 'x' }] }), CONTROLS],
  [true, 'ok', 'Jira warns of nothing', page({ issues: [CONTROL], warnings: [] }), CONTROLS],
  [false, 'warnings', 'there is another page', page({ issues: [CONTROL], nextPageToken: 'more', isLast: false }), CONTROLS],
  [false, 'warnings', 'it is not the last page', page({ issues: [CONTROL], isLast: false }), CONTROLS],
  [true, 'ok', 'the last page names another one', page({ issues: [CONTROL], nextPageToken: 'more' }), CONTROLS],
  [true, 'ok', 'the token of the last page is null', page({ issues: [CONTROL], nextPageToken: null }), CONTROLS],
  [false, 'failed', 'the search fails', { status: 500 }, CONTROLS],
  [false, 'failed', 'the search is refused', { status: 400, json: { errorMessages: ['no'] } }, CONTROLS],
  [false, 'failed', 'a login page comes', { status: 200, text: '<html>' }, CONTROLS],
  [false, 'failed', 'the answer holds no issues', { status: 200, json: {} }, CONTROLS],
  [false, 'failed', 'warnings come in a form that we do not know', page({ issues: [CONTROL], warnings: 'some' }), CONTROLS],
  [false, 'failed', 'the connection breaks', (response) => void response.socket?.destroy(), CONTROLS],
])('valid %s, %s: %s', async (valid, because, _, search, controls) => {
  const seen = await look(search, controls);
  expect([seen.valid, seen.because]).toEqual([valid, because]);
  expect(seen.failure === null).toBe(valid);
  expect(seen.failure?.code === 'jira-search-blind').toBe(['warnings', 'no-control-seen'].includes(because));
});

test.each<readonly [string, Reply, Lookup['because']]>([
  ['as an anonymous visitor', { status: 401 }, 'not-our-account'],
  ['as an anonymous visitor, with a body', { status: 401, json: { message: 'Client must be authenticated' } }, 'not-our-account'],
  ['behind a login page', { status: 200, text: '<html>' }, 'failed'],
  ['without a name', { status: 200, json: { accountId: '' } }, 'failed'],
  ['while Jira is down', { status: 503 }, 'failed'],
])('a lookup %s does not even search', async (_, myself, because) => {
  const jira = await siteOf(page({ issues: [OURS, CONTROL] }), myself);
  const calls = callsTo(jira.url);
  expect(
    await lookupCall(calls, createOwnAccount(calls), { label: LABEL, controls: CONTROLS, near: null, madeWithinMs: MADE_WITHIN_MS }),
  ).toMatchObject({
    valid: false,
    because,
    found: [],
  });
  expect(jira.lines()).toEqual(['GET /rest/api/3/myself']);
});

test('the account of the first answer is ours: another one is not trusted, and ours is again', async () => {
  const names = ['me', 'visitor', 'me'];
  const jira = await scriptJira(({ url }, index) =>
    url.endsWith('/myself') ? { status: 200, json: { accountId: names[index] } } : undefined,
  );
  const account: OwnAccount = createOwnAccount(callsTo(jira.url));
  expect(await account.confirm()).toEqual({ ok: true, accountId: 'me' });
  expect(await account.confirm()).toMatchObject({ ok: false, because: 'not-our-account', failure: { code: 'jira-auth' } });
  expect(await account.confirm()).toEqual({ ok: true, accountId: 'me' });
});

test('all our issues: by label or creator, since so many minutes, page by page', async () => {
  const jira = await siteOf(page({ issues: [OURS], nextPageToken: 'second', isLast: false }));
  const calls = callsTo(jira.url);
  const account = createOwnAccount(calls);
  expect(await oursCall(calls, account, null, null)).toMatchObject({
    ok: true,
    found: [{ issue: { id: '1' }, createdByUs: true }],
    nextCursor: 'second',
  });
  await oursCall(calls, account, 90_001, 'second');
  expect(jira.requests.flatMap(({ body }) => body ?? [])).toMatchObject([
    { jql: '(labels = "findings-to-jira" OR creator = currentUser()) ORDER BY created DESC' },
    { jql: '(labels = "findings-to-jira" OR creator = currentUser()) AND updated >= "-2m" ORDER BY created DESC', nextPageToken: 'second' },
  ]);
});

test.each<readonly [string, Reply, Reply]>([
  ['warnings', page({ issues: [OURS], warnings: ['x'] }), ME],
  ['a page that is not the last and has no next', page({ issues: [OURS], isLast: false }), ME],
  ['a failed search', { status: 500 }, ME],
  ['another visitor', page({ issues: [] }), { status: 401 }],
])('reading back does not go on after %s', async (_, search, myself) => {
  const calls = callsTo((await siteOf(search, myself)).url);
  expect(await oursCall(calls, createOwnAccount(calls), null, null)).toMatchObject({ ok: false });
});

describe('issues that are newer than the index', () => {
  /** Search knows SEC-4; `numbers` answers for the hundred after a number. */
  async function fresh(numbers: (after: number) => readonly Record<string, unknown>[]): Promise<{ result: OursPage; asked: unknown[] }> {
    const asked: unknown[] = [];
    const jira = await scriptJira(({ url, body }) => {
      if (url.endsWith('/myself')) return ME;
      if (url.endsWith('/search/jql')) return page({ issues: [wire('4', [])] });
      const [first = ''] = typeof body === 'object' && body !== null && 'issueIdsOrKeys' in body ? [body.issueIdsOrKeys].flat() : [];
      asked.push(first);
      // Breaks off an endless loop.
      return asked.length > 20 ? { status: 500 } : { status: 200, json: { issues: numbers(Number(String(first).slice(4)) - 1) } };
    });
    const calls = callsTo(jira.url);
    return { result: await freshCall(calls, createOwnAccount(calls), 'SEC'), asked };
  }

  test('are read by number, a hundred at a time, until there is none', async () => {
    const { result, asked } = await fresh((after) => (after < 200 ? [wire(String(after + 1), []), wire(String(after + 50), [])] : []));
    expect(result.ok && result.found.map(({ issue }) => issue.key)).toEqual(['SEC-5', 'SEC-54', 'SEC-105', 'SEC-154']);
    expect(asked).toEqual(['SEC-5', 'SEC-105', 'SEC-205']);
  });

  test('are a failure where other numbers give the same issues: that is no answer of Jira', async () => {
    const { result, asked } = await fresh(() => [wire('5', [])]);
    expect(result).toMatchObject({ ok: false, failure: { code: 'jira-bad-answer', retry: { when: 'backoff' } } });
    expect(asked).toEqual(['SEC-5', 'SEC-105']);
  });

  test('may be the same issue under an old number and a new one', async () => {
    const { result } = await fresh((after) => (after > 200 ? [] : [wire('9', []), wire(String(after + 20), [])]));
    expect(result.ok && result.found.map(({ issue }) => issue.id)).toEqual(['9', '24', '124']);
  });
});
