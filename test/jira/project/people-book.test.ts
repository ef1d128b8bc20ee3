import { expect, test } from 'vitest';
import { createPeopleBook, type PersonFound } from '../../../src/jira/project/people-book.ts';
import { callsTo, scriptJira, type Reply } from '../../support/jira/scripted-jira.ts';
import { testClock } from '../../support/service/service-parts.ts';

const person = (accountId: string, more: object = {}): object => ({
  accountId,
  accountType: 'atlassian',
  displayName: accountId,
  active: true,
  ...more,
});
const people = (...all: readonly object[]): Reply => ({ status: 200, json: all });
const LEAD = 'lead@example.com';
const acquire = (): Promise<boolean> => Promise.resolve(true);

test.each<[string, string, readonly object[], PersonFound]>([
  [
    'the one who shows the address',
    LEAD,
    [person('b', { emailAddress: 'other@example.com' }), person('a', { emailAddress: 'Lead@Example.com' })],
    { found: 'active', accountId: 'a' },
  ],
  ['the only one, who hides it', LEAD, [person('a')], { found: 'active', accountId: 'a' }],
  [
    'the only one who hides it, among others who show theirs',
    LEAD,
    [person('a'), person('b', { emailAddress: 'lead2@example.com' })],
    { found: 'active', accountId: 'a' },
  ],
  ["two who hide theirs can't be told apart", LEAD, [person('a'), person('b')], { found: 'unknown' }],
  ['two who show the same', LEAD, [person('a', { emailAddress: LEAD }), person('b', { emailAddress: LEAD })], { found: 'unknown' }],
  ['only a person with another address', LEAD, [person('a', { emailAddress: 'lead.old@example.com' })], { found: 'unknown' }],
  ['no match', LEAD, [], { found: 'unknown' }],
  ['a person who has left', LEAD, [person('a', { emailAddress: LEAD, active: false })], { found: 'inactive' }],
  ['an account id', 'id:712020:a', [person('712020:a')], { found: 'active', accountId: '712020:a' }],
  ['an account id that has left', 'id:712020:a', [person('712020:a', { active: false })], { found: 'inactive' }],
  ['an account id, and Jira gives another', 'id:712020:a', [person('712020:b')], { found: 'unknown' }],
])('%s', async (_, who, found, expected) => {
  const jira = await scriptJira(() => people(...found));
  const book = createPeopleBook(callsTo(jira.url));
  expect(await book.find(who, 'SEC', acquire)).toEqual(expected);
  // Found or not, Jira is asked once.
  expect(await book.find(who.startsWith('id:') ? who : who.toUpperCase(), 'SEC', acquire)).toEqual(expected);
  expect(jira.requests).toHaveLength(1);
});

test('searches by address or id, never both, in the project or the whole site', async () => {
  const jira = await scriptJira(() => people());
  const book = createPeopleBook(callsTo(jira.url));
  await book.find(LEAD, 'SEC', acquire);
  await book.find('id:a', 'SEC', acquire);
  await book.find(LEAD, null, acquire);
  expect(jira.requests.map(({ url }) => url)).toEqual([
    '/rest/api/3/user/assignable/search?query=lead%40example.com&project=SEC&maxResults=20',
    '/rest/api/3/user/assignable/search?accountId=a&project=SEC&maxResults=20',
    '/rest/api/3/user/search?query=lead%40example.com&maxResults=20',
  ]);
});

test('a match, or none, is kept for days', async () => {
  const jira = await scriptJira(() => people());
  const clock = testClock();
  const book = createPeopleBook({ ...callsTo(jira.url), clock });
  await book.find(LEAD, 'SEC', acquire);
  clock.forward(2 * 86_400_000);
  await book.find(LEAD, 'SEC', acquire);
  expect(jira.requests).toHaveLength(1);
  await book.find(LEAD, 'SEC', acquire, 60_000);
  expect(jira.requests).toHaveLength(2);
  clock.forward(4 * 86_400_000);
  await book.find(LEAD, 'SEC', acquire);
  expect(jira.requests).toHaveLength(3);
});

test.each<readonly [string, Reply, string]>([
  ['a rate limit', { status: 429, headers: { 'retry-after': '7' } }, 'jira-rate-limited'],
  ['a missing permission', { status: 403, json: { errorMessages: ['no'], errors: {} } }, 'jira-forbidden'],
  ['a page', { status: 200, text: '<html>' }, 'jira-bad-answer'],
  ['a broken connection', (response) => void response.socket?.destroy(), 'jira-unreachable'],
])('%s: not looked up, and asked again soon', async (_, reply, code) => {
  let works = false;
  const jira = await scriptJira(() => (works ? people(person('a')) : reply));
  const clock = testClock();
  const book = createPeopleBook({ ...callsTo(jira.url), clock });
  expect(await book.find(LEAD, 'SEC', acquire)).toMatchObject({ found: 'not-looked-up', failure: { code } });
  await book.find(LEAD, 'SEC', acquire);
  expect(jira.requests).toHaveLength(1);
  works = true;
  clock.forward(60_001);
  expect(await book.find(LEAD, 'SEC', acquire)).toEqual({ found: 'active', accountId: 'a' });
});

test('without a permit Jira is not asked', async () => {
  const jira = await scriptJira(() => people());
  const book = createPeopleBook(callsTo(jira.url));
  expect(await book.find(LEAD, 'SEC', () => Promise.resolve(false))).toEqual({ found: 'not-looked-up', failure: null });
  expect(jira.requests).toEqual([]);
});
