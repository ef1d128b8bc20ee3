import { expect, test } from 'vitest';
import { noticesOf, sentenceOf } from '../../../src/parts/page/assets/attention.js';

const NOW = Date.UTC(2026, 2, 1);

/** The status of a service in which all is well. */
const WELL = {
  mappings: { open: 3, closed: 1, held: 0 },
  issues: { open: 2, closed: 1, deleted: 0 },
  failures: 0,
  deadLetters: 0,
  deadLettersDropped: 0,
  pauses: [],
  limits: [],
  lagMs: 0,
  lastSweep: null,
  analyzers: [],
  coverage: { warnings: [] },
  accounts: { uncovered: { count: 0 } },
  queues: [{ url: 'q', waiting: 0 }],
  governor: { retryAfterWindows: [] },
  jira: { token: 'accepted', message: 'Jira accepts the token' },
  store: { trusted: true },
};

test('all is well', () => {
  expect(noticesOf(WELL, [], NOW)).toEqual([]);
  expect(sentenceOf(WELL, [])).toBe('All is well. 4 findings known, 2 issues open, and nothing waits for you.');
  expect(sentenceOf({ ...WELL, mappings: {} }, [])).toBe('All is well. No finding has arrived yet.');
});

const CAUSES = [
  { code: 'jira-forbidden', advice: 'Grant the right', failures: 2 },
  { code: 'jira-timeout', advice: 'Wait', failures: 1 },
];

test.each<[what: string, change: object, title: RegExp, more: object]>([
  [
    'a token that Jira refuses',
    { jira: { token: 'refused', message: 'Renew it' } },
    /does not accept the token/,
    { tone: 'critical', advice: 'Renew it' },
  ],
  ['a store in doubt', { store: { trusted: false } }, /store is being checked/, { tone: 'high' }],
  [
    'failures, by cause',
    { failures: 3 },
    /^2 issues cannot be written: jira-forbidden$/,
    { act: 'retry', code: 'jira-forbidden', count: 2 },
  ],
  ['a silent queue', { queues: [{ url: 'q', waiting: null }] }, /^An SQS queue does not answer$/, { tone: 'critical' }],
  ['dead letters', { deadLetters: 1 }, /^1 message could not be read$/, { tone: 'high' }],
  [
    'issues that vanished',
    { lastSweep: { vanished: [{ projectKey: 'SEC', missing: 9, of: 10 }] } },
    /^9 of 10 issues of SEC/,
    { tone: 'critical' },
  ],
  [
    'an analyzer',
    { analyzers: [{ analyzerArn: 'arn:x', problem: { code: 'denied', message: 'No' }, alarm: null }] },
    /arn:x could not be listed/,
    { advice: 'No (denied)' },
  ],
  [
    'a limited rate',
    { governor: { retryAfterWindows: [{ scope: 'all', of: null, leftMs: 5_000 }] } },
    /limits the rate/,
    { until: NOW + 5_000 },
  ],
  ['lag', { lagMs: 200_000 }, /Work is late/, {}],
  [
    'a limit that holds',
    { mappings: { held: 4 }, limits: [{ roomAt: '2026-03-01T00:10:00.000Z' }] },
    /^4 findings are held back$/,
    { act: 'release', count: 4, until: NOW + 600_000 },
  ],
  ['a pause', { pauses: ['project:SEC'] }, /^1 pause in force$/, { advice: expect.stringContaining('project:SEC') }],
  [
    'coverage',
    { coverage: { warnings: [{ code: 'c', message: 'No events', advice: 'Add the rule' }] } },
    /^No events$/,
    { advice: 'Add the rule' },
  ],
  ['accounts without an owner', { accounts: { uncovered: { count: 2 } } }, /^2 accounts in no map/, { tone: 'low' }],
])('%s', (_what, change, title, more) => {
  const [first] = noticesOf({ ...WELL, ...change }, CAUSES, NOW);
  expect(first?.title).toMatch(title);
  expect(first).toMatchObject(more);
  expect(sentenceOf({ ...WELL, ...change }, first === undefined ? [] : [first])).toBe(first?.title);
});

test('the most urgent comes first', () => {
  const all = { ...WELL, failures: 3, deadLetters: 1, mappings: { held: 1 }, jira: { token: 'refused', message: '' } };
  expect(noticesOf(all, CAUSES, NOW).map(({ id }) => id)).toEqual([
    'token',
    'failure:jira-forbidden',
    'failure:jira-timeout',
    'dead-letters',
    'held',
  ]);
});
