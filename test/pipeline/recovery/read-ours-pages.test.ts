import { expect, test } from 'vitest';
import { readOurs, type OurIssue, type ReadOurs } from '../../../src/pipeline/recovery/read-ours.ts';
import { scriptJira, type ScriptedJira } from '../../support/jira/scripted-jira.ts';
import { trackerOf } from '../../support/jira/tracker.ts';

const ours = (id: string): object => ({
  id,
  key: `SEC-${id}`,
  fields: {
    creator: { accountId: 'me' },
    project: { key: 'SEC' },
    issuetype: { name: 'Task' },
    status: { name: 'To Do', statusCategory: { key: 'new' } },
  },
  properties: { 'findings-to-jira': { installation: 'default', group: `f-${id}`, findings: [], attempt: 1 } },
});

/** Reads back from a Jira that answers its searches with these pages, the last one for good; stops after 20 searches. */
const readBack = (...pages: readonly object[]): ReturnType<typeof readBackWith> => readBackWith(() => false, pages);

async function readBackWith(
  isSettled: (issue: OurIssue) => boolean,
  pages: readonly object[],
): Promise<{ read: ReadOurs; jira: ScriptedJira; tokens(): unknown[] }> {
  const stop = new AbortController();
  let searches = 0;
  const jira = await scriptJira(({ url }) => {
    if (url.endsWith('/myself')) return { status: 200, json: { accountId: 'me' } };
    searches += 1;
    if (searches > 20) stop.abort();
    return { status: 200, json: pages[Math.min(searches, pages.length) - 1] };
  });
  const read = await readOurs({
    tracker: trackerOf(jira.url),
    installation: 'default',
    withinMs: null,
    isSettled: async (issue) => isSettled(issue),
    projects: [],
    sleep: () => Promise.resolve(),
    signal: stop.signal,
  });
  const tokens = (): unknown[] =>
    jira.requests.flatMap(({ body }) => (typeof body === 'object' && body !== null && 'nextPageToken' in body ? [body.nextPageToken] : []));
  return { read, jira, tokens };
}

const ids = (read: ReadOurs): unknown => (read.ok ? read.found.map(({ issue }) => issue.id) : read.failure);

test('follows the token of each page to the next, and ends with the last', async () => {
  const { read, tokens } = await readBack(
    { issues: [ours('4')], nextPageToken: 'b' },
    { issues: [ours('3')], isLast: false, nextPageToken: 'c' },
    { issues: [ours('2')], isLast: true },
  );
  expect(ids(read)).toEqual(['2', '3', '4']);
  expect(tokens()).toEqual(['b', 'c']);
});

test('counts an issue that is settled, shows it, and keeps nothing else of it', async () => {
  const pages = [
    { issues: [ours('4'), ours('3')], nextPageToken: 'b' },
    { issues: [ours('2')], isLast: true },
  ];
  const { read } = await readBackWith(({ issue }) => issue.id !== '3', pages);
  expect(read).toMatchObject({ settled: 2, found: [{ issue: { id: '3' } }] });
  expect(read.ok && [...read.shown.keys()]).toEqual(['4', '3', '2']);
  expect(read.ok && read.shown.get('4')).toEqual({
    issue: { id: '4', key: 'SEC-4' },
    projectKey: 'SEC',
    issueType: 'Task',
    status: expect.objectContaining({ name: 'To Do', category: 'new' }),
  });
});

test('ends with the page that says that it is the last, although it names a next one', async () => {
  const { read, tokens } = await readBack({ issues: [ours('1')], isLast: true, nextPageToken: 'more' });
  expect(ids(read)).toEqual(['1']);
  expect(tokens()).toEqual([]);
});

test.each<readonly [string, readonly string[], readonly string[]]>([
  ['to the same page', ['a', 'a'], ['a']],
  ['to an earlier one', ['a', 'b', 'c', 'b'], ['a', 'b', 'c']],
])('a page that leads back %s is no answer of Jira, and none of the pages counts', async (_, next, asked) => {
  const { read, tokens } = await readBack(...next.map((nextPageToken) => ({ issues: [ours('1')], nextPageToken })));
  expect(read).toMatchObject({ ok: false, failure: { code: 'jira-bad-answer', retry: { when: 'backoff' } } });
  expect(tokens()).toEqual(asked);
});
