import { expect, test } from 'vitest';
import { firstToDo } from '../../../src/cli/commands/first-to-do.ts';
import type { Status } from '../../../src/cli/commands/service-status.ts';

const WELL: Status = {
  version: '1.2.3',
  startedAt: '2026-03-01T00:00:00Z',
  mode: 'live',
  mappings: { open: 3 },
  issues: { open: 3, closed: 0, deleted: 0 },
  limits: [],
  failures: 0,
  deadLetters: 0,
  pauses: [],
  queueDepth: 2,
  lagMs: 900,
  lastSweep: null,
  lastFindingsSweep: null,
  analyzers: [],
  coverage: { warnings: [] },
  queues: [{ url: 'http://queue', waiting: 5, inFlight: 0 }],
  governor: { callsPerSecond: { share: 10, of: 10 }, retryAfterWindows: [] },
  jira: { token: 'accepted', message: 'Jira accepts the token' },
  store: { kind: 'embedded', durability: 'every write is on the disk', trusted: true },
};

/** From the gravest on; each is also there in all rows above it. */
const TROUBLES: readonly (readonly [trouble: Partial<Status>, problem: RegExp])[] = [
  [{ store: { ...WELL.store, trusted: false } }, /^The store may have lost its memory/],
  [{ jira: { token: 'refused', message: 'Jira refuses the token' } }, /^Nothing reaches Jira: Jira refuses the token$/],
  [{ pauses: ['all'] }, /^Everything is paused$/],
  [{ queues: [{ url: 'http://queue', waiting: null, inFlight: null }] }, /^A queue does not answer$/],
  [{ failures: 1 }, /^1 group of findings is stuck$/],
  [{ lagMs: 300_000 }, /^Work is late by 5 min$/],
  [{ deadLetters: 2 }, /^2 messages could not be read$/],
  [{ analyzers: [{ analyzerArn: 'arn' }] }, /^1 analyzer could not be listed completely$/],
  [{ pauses: ['rule:a', 'project:SEC'] }, /^Paused: rule:a, project:SEC$/],
  [{ coverage: { warnings: [{ code: 'no-events', message: 'No event came', advice: 'Look at the rule' }] } }, /^No event came$/],
];

test('all is well where nothing is wrong', () => expect(firstToDo(WELL)).toBeNull());

test.each(TROUBLES)('%o', (trouble, problem) => {
  expect(firstToDo({ ...WELL, ...trouble })).toEqual({ problem: expect.stringMatching(problem), first: expect.stringMatching(/\S/) });
});

test('of several troubles the gravest is named', () => {
  for (let from = 0; from < TROUBLES.length; from += 1) {
    const all = TROUBLES.slice(from).toReversed();
    expect(firstToDo(Object.assign({}, WELL, ...all.map(([trouble]) => trouble)))?.problem).toMatch(TROUBLES[from]?.[1] ?? /^$/);
  }
});
