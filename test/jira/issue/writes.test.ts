import { describe, expect, test } from 'vitest';
import { doc, paragraph, text } from '../../../src/issues/text/adf.ts';
import type { Failure } from '../../../src/issues/failure.ts';
import { markerOf, tombstoneOf } from '../../../src/issues/marker.ts';
import type { UpdatedField } from '../../../src/issues/written.ts';
import { isDone } from '../../../src/jira/http/is-done.ts';
import type { JiraTracker } from '../../../src/jira/jira-tracker.ts';
import { issueDraft } from '../../support/findings/issue-route.ts';
import { scriptJira, type Reply, type ScriptedJira } from '../../support/jira/scripted-jira.ts';
import { trackerOf } from '../../support/jira/tracker.ts';

const REF = { id: '1', key: 'SEC-1' };
const MARKER = markerOf('default', 'f-group', ['analyzer|finding'], 1);
const EDIT = 'PUT /rest/api/3/issue/1';
const PROPERTY = 'PUT /rest/api/3/issue/1/properties/findings-to-jira';
const COMMENT = 'POST /rest/api/3/issue/1/comment';
const LINK = 'POST /rest/api/3/issueLink';

const EDITED: Reply = { status: 204, headers: { 'content-type': 'text/html' } };
const PAGE = '<!doctype html><title>Log in</title>';

/** The answers to reads: our account, an open issue of ours, and no comment. */
function read(url: string): Reply {
  if (url.endsWith('/myself')) return { status: 200, json: { accountId: 'me' } };
  if (url.includes('/comment')) return { status: 200, json: { comments: [] } };
  const fields = { status: { name: 'To Do', statusCategory: { key: 'new' } }, project: { key: 'SEC' }, creator: { accountId: 'me' } };
  return { status: 200, json: { ...REF, fields, changelog: { total: 0, histories: [] } } };
}

/** Answers the writes in order, and all further ones with the last answer. */
async function siteOf(...replies: readonly Reply[]): Promise<{ jira: ScriptedJira; tracker: JiraTracker; writes(): string[] }> {
  let writes = 0;
  const jira = await scriptJira(({ method, url }) => {
    if (method === 'GET') return read(url);
    writes += 1;
    return replies[Math.min(writes, replies.length) - 1];
  });
  return { jira, tracker: trackerOf(jira.url), writes: () => jira.lines().filter((line) => !line.startsWith('GET')) };
}

async function updated(tracker: JiraTracker, fields: readonly UpdatedField[]): Promise<Failure | null> {
  const outcome = await tracker.update(REF, { draft: issueDraft(), fields, marker: MARKER, written: {} });
  return outcome.outcome === 'failed' ? outcome.failure : null;
}

async function linked(tracker: JiraTracker): Promise<Failure | null> {
  const outcome = await tracker.link(REF, { id: '2', key: 'SEC-2' });
  return outcome.outcome === 'linked' ? null : outcome.failure;
}

const WORDS = doc(paragraph(text('What was said.')));

type Write = (tracker: JiraTracker) => Promise<Failure | null>;

/** Every write but a create and a transition: its first request, and the answer by which Jira confirms it. */
const WRITES: readonly (readonly [what: string, line: string, done: Reply, write: Write])[] = [
  ['an update of fields', EDIT, EDITED, (tracker) => updated(tracker, ['summary'])],
  ['an update of the property alone', PROPERTY, { status: 200 }, (tracker) => updated(tracker, [])],
  ['labels', EDIT, EDITED, (tracker) => tracker.addLabels(REF, ['one'])],
  ['a marker', PROPERTY, { status: 201 }, (tracker) => tracker.addMarker(REF, MARKER)],
  ['a removed marker', PROPERTY, { status: 200 }, (tracker) => tracker.removeMarker(REF, tombstoneOf('default', 'f-group'), MARKER.label)],
  ['a comment', COMMENT, { status: 201, json: { id: '9' } }, (tracker) => tracker.comment(REF, WORDS)],
  ['a comment that may be there already', COMMENT, { status: 201, json: { id: '9' } }, (tracker) => tracker.sayOnce(REF, WORDS, 60_000)],
  ['a link', LINK, { status: 201 }, linked],
];

describe.each(WRITES)('%s', (_, line, done, write) => {
  test('is done when Jira says so', async () => {
    const { tracker, writes } = await siteOf(done, EDITED);
    expect(await write(tracker)).toBeNull();
    expect(writes()[0]).toBe(line);
  });

  test.each([200, 201, 302, 403, 404, 409])('is not done by a page with status %i, and is sent again', async (status) => {
    const { tracker, writes } = await siteOf({ status, text: PAGE });
    expect(await write(tracker)).toMatchObject({ code: 'jira-bad-answer', retry: { when: 'backoff' } });
    expect(writes()).toEqual([line]);
  });
});

test.each<readonly [write: Parameters<typeof isDone>[1], statuses: readonly number[]]>([
  ['edit', [204]],
  ['property', [200, 201]],
  ['comment', [201]],
  ['link', [201]],
])('of all statuses with JSON, those that confirm a write: %s %j', (write, statuses) => {
  const all = Array.from({ length: 500 }, (_, index) => index + 100);
  const isPresent = (status: number): boolean => isDone({ kind: 'http', status, headers: {}, json: {} }, write);
  expect(all.filter(isPresent)).toEqual(statuses);
});

test.each([200, 201])('status %i confirms a property, whatever the label of an empty answer, and with JSON in it', async (status) => {
  for (const done of [{ status }, { status, json: {} }, { status, text: '{}' }, { status, headers: { 'content-type': 'text/html' } }]) {
    const { tracker } = await siteOf(done);
    expect(await updated(tracker, [])).toBeNull();
  }
});

test('a marker whose labels got a login page is not added', async () => {
  const { tracker, writes } = await siteOf({ status: 201 }, { status: 200, text: PAGE });
  expect(await tracker.addMarker(REF, MARKER)).toMatchObject({ code: 'jira-bad-answer' });
  expect(writes()).toEqual([PROPERTY, EDIT]);
});

test.each<readonly [string, Reply, Failure['code'] | undefined]>([
  ['by a login page', { status: 200, text: PAGE }, 'jira-bad-answer'],
  ['by a page that refuses', { status: 403, text: PAGE }, 'jira-bad-answer'],
  ['while Jira is rate limiting', { status: 429, json: {} }, 'jira-rate-limited'],
  ['where Jira refuses it, which is no failure', { status: 403, json: { errorMessages: ['no'], errors: {} } }, undefined],
])('the label of a marker is not removed %s', async (_, reply, code) => {
  const { tracker } = await siteOf({ status: 200 }, reply);
  expect((await tracker.removeMarker(REF, tombstoneOf('default', 'f-group'), MARKER.label))?.code).toBe(code);
});

test('an issue that Jira itself says is gone has no marker, and gets no comment', async () => {
  const gone: Reply = { status: 404, json: { errorMessages: ['Issue does not exist'], errors: {} } };
  const { tracker } = await siteOf(gone);
  expect(await tracker.removeMarker(REF, tombstoneOf('default', 'f-group'), MARKER.label)).toBeNull();
  const jira = await scriptJira(({ url }) => (url.endsWith('/myself') ? read(url) : gone));
  expect(await trackerOf(jira.url).sayOnce(REF, WORDS, 60_000)).toBeNull();
});

test('a page with 404 where comments are read does not say that the issue is gone', async () => {
  const jira = await scriptJira(({ url }) => (url.endsWith('/myself') ? read(url) : { status: 404, text: PAGE }));
  expect(await trackerOf(jira.url).sayOnce(REF, WORDS, 60_000)).toMatchObject({ code: 'jira-bad-answer' });
});

test('a link is refused by Jira itself, and never by a page', async () => {
  const outcomes = [{ json: { errorMessages: ['Issue linking is disabled'], errors: {} } }, { text: PAGE }].map(async (body) => {
    const { tracker } = await siteOf({ status: 404, ...body });
    return (await tracker.link(REF, { id: '2', key: 'SEC-2' })).outcome;
  });
  expect(await Promise.all(outcomes)).toEqual(['refused', 'failed']);
});

test('a label that stays because the token is refused is not left behind as if Jira had kept it', async () => {
  const { tracker } = await siteOf({ status: 200 }, { status: 401, json: { code: 401, message: 'Unauthorized' } });
  expect(await tracker.removeMarker(REF, tombstoneOf('default', 'f-group'), MARKER.label)).toMatchObject({ code: 'jira-auth' });
});
