import fc from 'fast-check';
import { expect, test } from 'vitest';
import { goneObservation } from '../../../src/findings/gone-observation.ts';
import { mergeFinding } from '../../../src/findings/merge-finding.ts';
import { shrinkFinding } from '../../../src/findings/shrink-finding.ts';
import type { JsonObject } from '../../../src/findings/json.ts';
import { packIds, shortId, unpackIds } from '../../../src/pipeline/listing/listed-ids.ts';
import { listedObservation } from '../../../src/pipeline/listing/listed-observation.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { findingOf } from '../../support/findings/parsed.ts';

const ASKED = '2026-03-05T00:00:00.000Z';
const NOW = Date.parse(ASKED);

/** The row of a list: fewer fields than the event. */
function row(detail: Readonly<Record<string, unknown>>): JsonObject {
  const told = ['id', 'status', 'resource', 'resourceType', 'accountId', 'updatedAt'];
  const { event } = findingOf(externalEvent({ detail }));
  return { ...event, detail: Object.fromEntries(Object.entries(event.detail).filter(([field]) => told.includes(field))) };
}

const KNOWN = findingOf(externalEvent({ detail: { updatedAt: '2026-03-01T10:00:00.123456Z' } }));

test.each([
  ['the same moment, in milliseconds', { updatedAt: '2026-03-01T10:00:00.123Z' }, 'known'],
  ['a later change', { updatedAt: '2026-03-02T10:00:00Z' }, 'changed'],
  ['another status of the same moment', { updatedAt: '2026-03-01T10:00:00.123Z', status: 'RESOLVED' }, 'changed'],
  ['an earlier state with the same status', { updatedAt: '2026-02-01T10:00:00Z' }, 'known'],
  ['a time far in the future', { updatedAt: '2026-04-01T10:00:00Z' }, 'unreadable'],
])('a row with %s', (_name, detail, is) => {
  expect(listedObservation(KNOWN, row(detail), ASKED, NOW)).toMatchObject({ is });
});

test('an earlier state in a list may be late for an hour; after that, AWS contradicts the event', () => {
  const earlier = row({ updatedAt: '2026-02-01T10:00:00Z', status: 'RESOLVED' });
  const listed = (askedAt: string) => listedObservation(KNOWN, earlier, askedAt, Date.parse(askedAt));
  expect(listed('2026-03-01T11:00:00.122Z')).toEqual({ is: 'known' });
  const news = listed('2026-03-01T11:00:00.123Z');
  expect(news).toMatchObject({ is: 'changed', observation: { status: 'RESOLVED', updatedAt: KNOWN.updatedAt } });
  const observation = news.is === 'changed' ? news.observation : KNOWN;
  expect(mergeFinding(KNOWN, observation)).toMatchObject({ because: 'newer', finding: { status: 'RESOLVED' } });
});

test('a row about an unknown finding is new; a finding that shrank stays small; one that was deleted is there again', () => {
  expect(listedObservation(null, row({}), ASKED, NOW)).toMatchObject({ is: 'new' });
  const resolved = findingOf(externalEvent({ detail: { status: 'RESOLVED' } }));
  expect(listedObservation(shrinkFinding(resolved), externalEvent({ detail: { status: 'RESOLVED' } }), ASKED, NOW)).toEqual({
    is: 'known',
  });
  const gone = goneObservation(KNOWN, '2026-03-04T00:00:00.000Z', NOW);
  expect(gone).toMatchObject({ deleted: true, status: 'ACTIVE' });
  expect(listedObservation(gone, row({ updatedAt: '2026-03-01T10:00:00.123Z' }), ASKED, NOW)).toMatchObject({
    is: 'changed',
    observation: { deleted: false },
  });
});

test('whatever a row says, the merge keeps the content that it lacks, and its own status and time win', () => {
  const status = fc.constantFrom('ACTIVE', 'ARCHIVED', 'RESOLVED');
  const day = fc.integer({ min: 1, max: 4 });
  fc.assert(
    fc.property(status, day, (told, on) => {
      const news = listedObservation(KNOWN, row({ status: told, updatedAt: `2026-03-0${on}T10:00:00.123Z` }), ASKED, NOW);
      expect(news.is).toBe(told === 'ACTIVE' && on === 1 ? 'known' : 'changed');
      if (news.is !== 'changed') return;
      const { finding, because } = mergeFinding(KNOWN, news.observation);
      expect(because).toBe('newer');
      expect(finding).toMatchObject({ status: told, isPublic: true, principals: KNOWN.principals, actions: KNOWN.actions });
      // Once accepted, the same row is no news.
      expect(listedObservation(finding, row({ status: told, updatedAt: `2026-03-0${on}T10:00:00.123Z` }), ASKED, NOW)).toEqual({
        is: 'known',
      });
    }),
  );
});

test('ids survive being packed', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string()), (ids) => {
      const short = ids.map(shortId);
      expect([...unpackIds(packIds(short))].toSorted()).toEqual([...new Set(short)].toSorted());
    }),
  );
});
