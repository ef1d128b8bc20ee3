import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/findings/finding.ts';
import { breakOf, breaks, carriesOn, predecessorOf, succeeds, successorOf, type Neighbour } from '../../src/issues/neighbours.ts';
import { ANALYZER_ARN, externalEvent, internalEvent, unusedEvent, type EventOverrides } from '../support/findings/finding-events.ts';
import { findingOf } from '../support/findings/parsed.ts';

const day = (n: number): string => new Date(Date.UTC(2026, 2, n)).toISOString();
const finding = (id: string, detail: Readonly<Record<string, unknown>> = {}, event: EventOverrides = {}): Finding =>
  findingOf(externalEvent({ ...event, detail: { id, ...detail } }));

/** Began on the first, ended on the tenth. */
const ended = (detail: Readonly<Record<string, unknown>> = {}, event: EventOverrides = {}): Finding =>
  finding('old', { status: 'RESOLVED', createdAt: day(1), updatedAt: day(10), ...detail }, event);
const born = (on: number, detail: Readonly<Record<string, unknown>> = {}, event: EventOverrides = {}): Finding =>
  finding('new', { createdAt: day(on), updatedAt: day(on), ...detail }, event);
const failing = (on: number, detail: Readonly<Record<string, unknown>> = {}, event: EventOverrides = {}): Finding =>
  born(on, { id: 'error', error: 'ACCESS_DENIED', isPublic: null, ...detail }, event);

const unused = (on: number, detail: Readonly<Record<string, unknown>> = {}): Finding =>
  findingOf(unusedEvent({ detail: { createdAt: day(on), updatedAt: day(on), ...detail } }));

const analyzer = (region: string, account = '111122223333', partition = 'aws'): EventOverrides => ({
  analyzerArn: `arn:${partition}:access-analyzer:${region}:${account}:analyzer/Other`,
});
const neighbour = (one: Finding, key: string | null, isOpening = false): Neighbour => ({
  finding: one,
  issue: key === null ? null : { id: key.slice(4), key },
  isOpening,
});

describe('a finding replaces another one', () => {
  test.each<readonly [string, Finding, Finding, boolean]>([
    ['born as the other one ended', born(10), ended(), true],
    ['reported a day before', born(9), ended(), true],
    ['two days before: both existed', born(8), ended(), false],
    ['a week after', born(17), ended(), true],
    ['later', born(18), ended(), false],
    ['older than it', born(1), ended({ createdAt: day(9) }), false],
    ['as old as it', born(9), ended({ createdAt: day(9) }), false],
    ['of another type', unused(10, { findingType: 'UnusedIAMRole' }), unused(1, { status: 'RESOLVED', updatedAt: day(10) }), false],
    ['of the same type', unused(10), unused(1, { status: 'RESOLVED', updatedAt: day(10) }), true],
    ['on another resource', born(10, { resource: 'arn:aws:s3:::another' }), ended(), false],
    ['seen by an analyzer of the same account in another Region', born(10, {}, analyzer('eu-west-1')), ended(), true],
    ['of another account', born(10, {}, analyzer('us-west-2', '999988887777')), ended(), false],
    ['in another partition', born(10, {}, analyzer('us-west-2', '111122223333', 'aws-cn')), ended(), false],
    ['not open any more', born(10, { status: 'RESOLVED' }), ended(), false],
    ['whose predecessor was archived', born(10), ended({ status: 'ARCHIVED' }), false],
    ['whose predecessor is open', born(10), ended({ status: 'ACTIVE' }), false],
    ['an error', failing(10), ended(), false],
    ['after an error', born(10), ended({ error: 'ACCESS_DENIED' }), false],
  ])('%s: %s', (_, successor, predecessor, expected) => {
    expect(succeeds(successor, predecessor)).toBe(expected);
  });

  test('the one that ended last, and of the same analyzer before others', () => {
    const neighbours = [
      neighbour(ended({ id: 'a', updatedAt: day(9) }), 'SEC-1'),
      neighbour(ended({ id: 'b', updatedAt: day(10) }), 'SEC-2'),
      neighbour(ended({ id: 'c', updatedAt: day(11) }, analyzer('eu-west-1')), 'SEC-3'),
      neighbour(ended({ id: 'd', updatedAt: day(11) }), null),
    ];
    expect(predecessorOf(born(11), neighbours)).toEqual({ id: '2', key: 'SEC-2' });
    expect(predecessorOf(born(11), neighbours.toReversed())).toEqual({ id: '2', key: 'SEC-2' });
    expect(predecessorOf(born(11), neighbours.slice(2))).toEqual({ id: '3', key: 'SEC-3' });
    expect(predecessorOf(born(11), [neighbour(born(10), 'SEC-4')])).toBeNull();
    expect(predecessorOf(born(11), [])).toBeNull();
  });

  test('from the other side: the one that began first', () => {
    const neighbours = [
      neighbour(born(12, { id: 'x' }), 'SEC-7'),
      neighbour(born(11, { id: 'y' }), 'SEC-8'),
      neighbour(born(10, { id: 'z' }), null),
    ];
    expect(successorOf([ended()], neighbours)).toEqual({ id: '8', key: 'SEC-8' });
    expect(successorOf([ended({ status: 'ACTIVE' }), ended()], neighbours)).toEqual({ id: '8', key: 'SEC-8' });
    expect(successorOf([ended({ status: 'ACTIVE' })], neighbours)).toBeNull();
    expect(successorOf([], neighbours)).toBeNull();
  });

  test('never in both directions, and never itself', () => {
    const any = fc.record({
      status: fc.constantFrom('ACTIVE', 'RESOLVED'),
      born: fc.integer({ min: 1, max: 20 }),
      at: fc.integer({ min: 1, max: 20 }),
    });
    const made = (id: string, times: { status: string; born: number; at: number }): Finding =>
      finding(id, { status: times.status, createdAt: day(times.born), updatedAt: day(times.at) });
    fc.assert(
      fc.property(any, any, (a, b) => {
        const [x, y] = [made('x', a), made('y', b)];
        expect(succeeds(x, y) && succeeds(y, x)).toBe(false);
        expect(succeeds(x, x)).toBe(false);
      }),
    );
  });
});

describe('a finding ended because its analysis broke', () => {
  test.each<readonly [string, Finding, Finding, boolean]>([
    ['with the scan that failed', failing(10), ended(), true],
    ['a while after it', failing(1), ended(), true],
    ['a day before it', failing(11), ended(), true],
    ['long before it', failing(12), ended(), false],
    ['on another resource', failing(10, { resource: 'arn:aws:s3:::another' }), ended(), false],
    ['of another kind', findingOf(internalEvent({ detail: { error: 'ACCESS_DENIED', resource: ended().resource } })), ended(), false],
    ['of another account', failing(10, {}, analyzer('us-west-2', '999988887777')), ended(), false],
    ['and the error is over', failing(10, { status: 'RESOLVED' }), ended(), false],
    ['no error at all', born(10), ended(), false],
    ['it is open', failing(10), ended({ status: 'ACTIVE' }), false],
    ['it was archived', failing(10), ended({ status: 'ARCHIVED' }), false],
    ['it is an error itself', failing(10), ended({ error: 'INTERNAL_ERROR' }), false],
  ])('%s: %s', (_, error, finding, expected) => {
    expect(breaks(error, finding)).toBe(expected);
  });

  test('one with an issue is named before one without', () => {
    const [without, opening, withIssue] = [
      neighbour(failing(10, { id: 'e1' }), null),
      neighbour(failing(10, { id: 'e2' }), null, true),
      neighbour(failing(10, { id: 'e3' }), 'SEC-3'),
    ];
    expect(breakOf([ended()], [without, opening, withIssue])).toBe(withIssue);
    expect(breakOf([ended()], [without])).toBe(without);
    expect(breakOf([ended({ status: 'ACTIVE' }), ended()], [without])).toBe(without);
    expect(breakOf([ended()], [neighbour(born(10), 'SEC-4')])).toBeNull();
  });
});

describe('a finding carries on with the access of another one', () => {
  const gone = finding('gone', { isDeleted: true });
  const next = finding('next', {}, analyzer('us-west-2'));

  test.each<readonly [string, Finding, Finding, boolean]>([
    ['that is no longer monitored', next, gone, true],
    ['that is still monitored', next, finding('old'), false],
    ['that was resolved before', next, finding('old', { isDeleted: true, status: 'RESOLVED' }), false],
    ['but is archived', finding('next', { status: 'ARCHIVED' }, analyzer('us-west-2')), gone, false],
    ['but is another access', finding('next', { action: ['s3:PutObject'] }, analyzer('us-west-2')), gone, false],
  ])('%s', (_, one, other, expected) => {
    expect(carriesOn(one, other)).toBe(expected);
  });

  test('and is linked to its issue, from both sides', () => {
    expect(predecessorOf(next, [neighbour(gone, 'SEC-1')])).toEqual({ id: '1', key: 'SEC-1' });
    expect(successorOf([gone], [neighbour(next, 'SEC-2')])).toEqual({ id: '2', key: 'SEC-2' });
  });
});

test('the analyzer of these tests is one of the account', () => {
  expect(ANALYZER_ARN).toContain('111122223333');
});
