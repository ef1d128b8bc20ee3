import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Finding } from '../../src/findings/finding.ts';
import type { Json } from '../../src/findings/json.ts';
import { mergeFinding, statedAsOf } from '../../src/findings/merge-finding.ts';
import { shrinkFinding } from '../../src/findings/shrink-finding.ts';
import { externalEvent, unusedEvent, type EventOverrides } from '../support/findings/finding-events.ts';
import { findingOf } from '../support/findings/parsed.ts';

type Detail = Readonly<Record<string, unknown>>;

const seen = (detail: Detail = {}, envelope: EventOverrides = {}): Finding => findingOf(externalEvent({ ...envelope, detail }));

/** Above 0: a is the newer one. */
function compare(a: Finding, b: Finding): number {
  const { because } = mergeFinding(b, a);
  return because === 'same' ? 0 : because === 'newer' ? 1 : -1;
}

const at = (minute: number): string => `2026-03-01T10:${String(minute).padStart(2, '0')}:00Z`;

/** An API listing has no content at all. */
const BARE = { principal: undefined, action: undefined, condition: undefined, isPublic: undefined, isDeleted: undefined } as const;

test('the first observation is new, and the same once more is the same', () => {
  const first = seen();
  expect(mergeFinding(null, first)).toEqual({ finding: first, because: 'new' });
  expect(mergeFinding(first, seen())).toEqual({ finding: first, because: 'same' });
});

test('another envelope id does not make it another observation', () => {
  expect(mergeFinding(seen(), seen({}, { id: 'delivered-twice' })).because).toBe('same');
});

test('a later updatedAt wins, whatever the envelope says', () => {
  const resolved = seen({ status: 'RESOLVED', updatedAt: at(3) }, { time: at(4) });
  const active = seen({ updatedAt: at(2) }, { time: at(9) });
  expect(mergeFinding(active, resolved)).toMatchObject({ because: 'newer', finding: { status: 'RESOLVED' } });
  expect(mergeFinding(resolved, active)).toMatchObject({ because: 'older', finding: { status: 'RESOLVED' } });
});

test('digits below the millisecond count', () => {
  const [earlier, later] = [seen({ updatedAt: '2026-03-01T10:00:00.000000001Z' }), seen({ updatedAt: '2026-03-01T10:00:00.000000002Z' })];
  expect(compare(later, earlier)).toBeGreaterThan(0);
});

test('what is not newer than a finding without its content changes nothing and brings no content back', () => {
  const shrunk = shrinkFinding(seen({ status: 'RESOLVED', updatedAt: at(10) }));
  expect(mergeFinding(shrunk, seen({ status: 'RESOLVED', updatedAt: at(10) }))).toEqual({ finding: shrunk, because: 'same' });
  expect(mergeFinding(shrunk, seen({ updatedAt: at(9) }))).toEqual({ finding: shrunk, because: 'older' });
});

test('what is newer than a finding without its content is the finding again', () => {
  const shrunk = shrinkFinding(seen({ status: 'RESOLVED', updatedAt: at(10) }));
  const again = seen({ updatedAt: at(11) });
  expect(mergeFinding(shrunk, again)).toMatchObject({ because: 'newer', finding: { status: 'ACTIVE', actions: again.actions } });
  expect(mergeFinding(shrunk, again).finding.shrunk).toBeUndefined();
});

test('each field knows the observation that stated it last', () => {
  const [full, listed, last] = [seen({ updatedAt: at(1) }), seen({ ...BARE, updatedAt: at(2) }), seen({ ...BARE, updatedAt: at(3) })];
  const merged = [full, listed, last].reduce((known, next) => mergeFinding(known, next).finding);
  expect(statedAsOf(full, 'principal')).toBe(full.updatedAt);
  expect(statedAsOf(listed, 'principal')).toBeNull();
  expect([statedAsOf(merged, 'principal'), statedAsOf(merged, 'resource')]).toEqual([full.updatedAt, last.updatedAt]);
});

test('analyzedAt and version never make an observation newer', () => {
  const resolved = seen({ status: 'RESOLVED', updatedAt: at(2) });
  expect(mergeFinding(resolved, seen({ analyzedAt: at(8), version: '9.9' }))).toMatchObject({
    because: 'older',
    finding: { status: 'RESOLVED' },
  });
});

test.each<readonly [string, Detail, Detail]>([
  ['deleted before RESOLVED', { isDeleted: true }, { status: 'RESOLVED' }],
  ['RESOLVED before ARCHIVED', { status: 'RESOLVED' }, { status: 'ARCHIVED' }],
  ['ARCHIVED before ACTIVE', { status: 'ARCHIVED' }, { status: 'ACTIVE' }],
])('with the same times %s', (_, winner, loser) => {
  const [winning, losing] = [seen(winner), seen(loser)];
  for (const { finding } of [mergeFinding(winning, losing), mergeFinding(losing, winning)]) {
    expect([finding.status, finding.deleted]).toEqual([winning.status, winning.deleted]);
  }
});

test('on the same updatedAt the later envelope is newer', () => {
  const unarchived = seen({}, { time: at(8) });
  const archived = seen({ status: 'ARCHIVED' }, { time: at(7) });
  expect(mergeFinding(archived, unarchived).finding.status).toBe('ACTIVE');
  expect(mergeFinding(unarchived, archived).finding.status).toBe('ACTIVE');
});

test('content that the newer one lacks stays', () => {
  const event = seen({ principal: { AWS: '999988887777' }, isPublic: false, condition: { 'aws:SourceVpc': 'vpc-1' } });
  const listing = seen({ ...BARE, status: 'RESOLVED', updatedAt: at(5) });
  const { finding, because } = mergeFinding(event, listing);
  expect(because).toBe('newer');
  expect(finding).toMatchObject({
    status: 'RESOLVED',
    isPublic: false,
    principals: [{ value: '999988887777' }],
    conditions: [{ key: 'aws:SourceVpc' }],
  });
  expect(finding.event.detail).toMatchObject({ status: 'RESOLVED', isPublic: false, principal: { AWS: '999988887777' } });
  expect(mergeFinding(listing, event)).toEqual({ finding, because: 'fuller' });
});

test('carried content is replaced by a later observation that has it, and not by an earlier one', () => {
  const bare = seen({ ...BARE, updatedAt: at(9) });
  const [early, late] = [seen({ isPublic: false, updatedAt: at(1) }), seen({ isPublic: true, updatedAt: at(5) })];
  const carried = mergeFinding(bare, early).finding;
  expect(carried.isPublic).toBe(false);
  expect(mergeFinding(carried, late)).toMatchObject({ because: 'fuller', finding: { isPublic: true, updatedAt: bare.updatedAt } });
  expect(mergeFinding(mergeFinding(bare, late).finding, early)).toMatchObject({ because: 'older', finding: { isPublic: true } });
});

test('empty content is content: AWS reports that there is none', () => {
  const open = seen({ condition: { 'aws:SourceIp': '192.0.2.1' } });
  expect(mergeFinding(open, seen({ condition: {}, updatedAt: at(5) })).finding.conditions).toEqual([]);
});

test('status and times are those of the newest one even if it has fewer of them', () => {
  const deleted = seen({ isDeleted: true, updatedAt: at(1) });
  const active = seen({ isDeleted: undefined, updatedAt: undefined }, { time: at(6) });
  for (const { finding } of [mergeFinding(deleted, active), mergeFinding(active, deleted)]) {
    expect(finding).toMatchObject({ deleted: false, updatedAt: '2026-03-01T10:06:00.000000000Z' });
  }
});

test('the previous status of an older observation is not carried', () => {
  const first = findingOf(unusedEvent({ detail: { previousStatus: 'ARCHIVED' } }));
  const second = findingOf(unusedEvent({ detail: { previousStatus: '', updatedAt: at(5) } }));
  expect(mergeFinding(first, second).finding.event.detail['previousStatus']).toBe('');
});

const maybe = <T extends Json>(...values: readonly T[]): fc.Arbitrary<T | null | undefined> => fc.constantFrom(undefined, null, ...values);

/** Few values, so that observations often agree in their times and differ in the rest. */
const observation: fc.Arbitrary<Finding> = fc
  .record({
    time: fc.constantFrom(at(1), at(2)),
    detail: fc.record({
      status: fc.constantFrom('ACTIVE', 'ARCHIVED', 'RESOLVED'),
      updatedAt: maybe(at(0), at(1), at(2)),
      isDeleted: maybe(true, false),
      createdAt: maybe(at(0)),
      analyzedAt: maybe(at(3), at(4)),
      isPublic: maybe(true, false),
      error: maybe('', 'ACCESS_DENIED'),
      accountId: maybe('111111111111', '222222222222'),
      region: maybe('eu-central-1'),
      principal: fc.constantFrom<unknown>(undefined, { AWS: '*' }, ['1', '2'], {}),
      action: fc.constantFrom<unknown>(undefined, ['a', 'b'], ['b'], []),
      condition: fc.constantFrom<unknown>(undefined, JSON.parse('{"__proto__":"x","k":"v"}'), {}),
      previousStatus: maybe('', 'ACTIVE'),
      sources: maybe('a', 'b'),
      findingDetails: fc.constantFrom<unknown>(
        undefined,
        [],
        [{ externalAccessDetails: { isPublic: true, principal: { AWS: '3' } } }],
        [{ internalAccessDetails: { action: ['c'], resourceControlPolicyRestriction: 'APPLICABLE' } }],
      ),
      resourceOwnerAccount: maybe('333333333333'),
    }),
  })
  .map(({ time, detail }) => seen(detail, { time }));

const NOT_CONTENT = new Set(['status', 'isDeleted', 'updatedAt', 'previousStatus']);

const isPresent = (value: Json | undefined): boolean => value !== undefined && value !== null && value !== '';

function mergeAll(history: readonly Finding[]): Finding {
  const [first, ...rest] = history;
  if (first === undefined) throw new Error('a history has at least one observation');
  return rest.reduce((known, next) => mergeFinding(known, next).finding, first);
}

/** A history, and the same one with repetitions and in another order. */
const histories = fc.array(observation, { minLength: 1, maxLength: 5 }).chain((all) => {
  const places = fc.nat(all.length - 1);
  const repeated = fc.array(places, { maxLength: 4 }).map((again) => [...all.keys(), ...again]);
  const order = repeated.chain((indexes) => fc.shuffledSubarray(indexes, { minLength: indexes.length }));
  return order.map((indexes) => ({ all, delivered: indexes.flatMap((index) => all[index] ?? []) }));
});

test('every order and every repetition of a history ends in the same finding, which lacks no observed field', () => {
  fc.assert(
    fc.property(histories, ({ all, delivered }) => {
      const merged = mergeAll(all);
      expect(mergeAll(delivered)).toEqual(merged);
      // A known observation changes nothing when it comes again.
      for (const again of delivered)
        expect(mergeFinding(merged, again)).toMatchObject({ because: expect.stringMatching(/^(same|older)$/), finding: merged });
      // No field is lost, and each has the value of the newest observation that had it.
      const newestFirst = all.toSorted((a, b) => compare(b, a));
      const [newest] = newestFirst;
      expect([merged.status, merged.deleted, merged.updatedAt, merged.observedAt]).toEqual([
        newest?.status,
        newest?.deleted,
        newest?.updatedAt,
        newest?.observedAt,
      ]);
      const fields = new Set(
        all.flatMap(({ event }) => Object.keys(event.detail).filter((field) => !NOT_CONTENT.has(field) && isPresent(event.detail[field]))),
      );
      for (const field of fields)
        expect(merged.event.detail[field]).toEqual(newestFirst.find(({ event }) => isPresent(event.detail[field]))?.event.detail[field]);
    }),
    { numRuns: 1_000 },
  );
});

test('the order of observations is total: different ones are never equal, and it has no cycles', () => {
  fc.assert(
    fc.property(observation, observation, observation, (a, b, c) => {
      expect(compare(a, b) + compare(b, a)).toBe(0);
      expect(compare(a, b) > 0 && compare(b, c) > 0 && compare(a, c) < 0).toBe(false);
      expect(mergeFinding(a, b).finding).toEqual(mergeFinding(b, a).finding);
    }),
    { numRuns: 300 },
  );
});
