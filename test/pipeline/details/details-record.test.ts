import { describe, expect, test } from 'vitest';
import { NO_DETAILS } from '../../../src/findings/details-need.ts';
import type { DetailsRecord } from '../../../src/pipeline/records/details-collections.ts';
import { afterReading, afterRefusal, recordWanted } from '../../../src/pipeline/details/details-record.ts';
import { REFUSAL_CODES, type Refusal, type RefusalCode } from '../../../src/pipeline/ports/details-source.ts';
import { unusedEvent } from '../../support/findings/finding-events.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import { memberDetails } from '../../../src/pipeline/groups/details-need.ts';

const BOTH = { ...NO_DETAILS, list: true, policy: true };
const SOURCES = { ...NO_DETAILS, sources: true };
const NOW = 1_000_000;
const HOUR = 3_600_000;
const finding = (detail: Readonly<Record<string, unknown>> = {}) => findingOf(unusedEvent({ detail }));
const bare = finding();
const listed = finding({ findingDetails: [] });
const whole = finding({ findingDetails: [], recommendedSteps: [] });

const wanted: DetailsRecord = {
  version: bare.updatedAt,
  state: 'wanted',
  missing: null,
  attempts: 0,
  reads: 0,
  dueAt: NOW,
  firstWantedAt: NOW,
};
const missing: DetailsRecord = { ...wanted, state: 'missing', missing: { code: 'denied', message: 'no right' }, dueAt: NOW + HOUR };
const refusal = (code: RefusalCode, afterMs: number | null = null): Refusal => ({
  code,
  message: `because of ${code}`,
  afterMs,
  concerns: 'finding',
});

test.each([
  ['nothing was asked yet', bare, null, 'awaited'],
  ['it is being fetched', bare, wanted, 'awaited'],
  ['the list is there, the policy is being fetched', listed, wanted, 'awaited'],
  ['all is there', whole, null, 'there'],
  ['all is there and being renewed', whole, wanted, 'there'],
  ['nothing can be fetched', bare, missing, { missing: 'no right' }],
  ['the policy alone can not be fetched', listed, missing, 'there'],
] as const)('the details that planning sees when %s', (_when, of, record, told) => {
  expect(memberDetails(of, BOTH, record)).toEqual(told);
  expect(memberDetails(of, NO_DETAILS, record)).toBe('not-needed');
});

test.each([
  ['AWS is not asked', bare, null, 'there'],
  ['they are being fetched', bare, wanted, 'awaited'],
  ['they are there', listed, null, 'there'],
  ['they are there and being renewed', listed, wanted, 'there'],
  ['they can not be fetched', bare, missing, 'there'],
] as const)('planning waits for the sources of an access while %s', (_when, of, record, told) => {
  expect(memberDetails(of, SOURCES, record)).toBe(told);
});

describe('details are wanted', () => {
  test('for their sources alone only where AWS can be asked', () => {
    const known = { refusal: refusal('not-configured'), until: NOW + 5 };
    expect(recordWanted(bare, SOURCES, null, known, NOW)).toBeNull();
    expect(recordWanted(bare, SOURCES, null, null, NOW)).toEqual(wanted);
    expect(recordWanted(bare, { ...BOTH, sources: true }, null, known, NOW)).toMatchObject({ state: 'missing' });
    expect(recordWanted(bare, SOURCES, null, { ...known, refusal: refusal('denied') }, NOW)).toMatchObject({ state: 'missing' });
  });

  test('when they are lacking, once', () => {
    expect(recordWanted(bare, BOTH, null, null, NOW)).toEqual(wanted);
    expect(recordWanted(bare, BOTH, wanted, null, NOW)).toBeNull();
    expect(recordWanted(whole, BOTH, null, null, NOW)).toBeNull();
    expect(recordWanted(bare, NO_DETAILS, null, null, NOW)).toBeNull();
  });

  test('not anew after they could not be fetched, unless the finding has changed', () => {
    expect(recordWanted(bare, BOTH, missing, null, NOW)).toBeNull();
    const later = finding({ updatedAt: '2026-03-09T10:00:00.000Z' });
    expect(recordWanted(later, BOTH, missing, null, NOW + 1)).toEqual({ ...wanted, version: later.updatedAt, dueAt: NOW + 1 });
  });

  test('but missing at once where AWS has just refused them for other findings', () => {
    const known = { refusal: refusal('denied'), until: NOW + 5 };
    expect(recordWanted(bare, BOTH, null, known, NOW)).toEqual({
      ...wanted,
      state: 'missing',
      missing: { code: 'denied', message: 'because of denied' },
      dueAt: NOW + 5,
    });
  });
});

describe('after a refusal', () => {
  test.each<readonly [RefusalCode, DetailsRecord['state'], number | null, number]>([
    ['throttled', 'wanted', 0, 0],
    ['denied', 'missing', HOUR, 0],
    ['not-configured', 'missing', HOUR, 0],
    ['gone', 'missing', null, 0],
    ['unavailable', 'wanted', 5_000, 1],
    ['bad-answer', 'wanted', 5_000, 1],
  ])('%s', (code, state, inMs, attempts) => {
    const next = afterRefusal(wanted, refusal(code), BOTH, NOW, 0.5);
    expect(next).toMatchObject({ state, attempts, dueAt: inMs === null ? null : NOW + inMs });
    expect(next.missing === null).toBe(state === 'wanted');
  });

  test('has a row for every code', () => {
    for (const code of REFUSAL_CODES) expect(afterRefusal(wanted, refusal(code), BOTH, NOW, 0)).toBeDefined();
  });

  test('the tries come later and later, and from the fifth on the details count as missing', () => {
    const states: [string, number][] = [];
    let record = wanted;
    for (let n = 0; n < 8; n += 1) {
      record = afterRefusal(record, refusal('unavailable'), BOTH, NOW, 0.5);
      states.push([record.state, (record.dueAt ?? 0) - NOW]);
    }
    expect(states.map(([state]) => state)).toEqual([
      ...Array.from({ length: 4 }, () => 'wanted'),
      ...Array.from({ length: 4 }, () => 'missing'),
    ]);
    expect(states.map(([, ms]) => ms)).toEqual([5_000, 15_000, 60_000, 300_000, 900_000, HOUR, 4 * HOUR, 4 * HOUR]);
  });

  test('the sources of an access are given up for now at the first failure, and tried on', () => {
    expect(afterRefusal(wanted, refusal('unavailable', 50_000), SOURCES, NOW, 0.5)).toMatchObject({
      state: 'missing',
      missing: { code: 'unavailable' },
      dueAt: NOW + 50_000,
    });
    expect(afterRefusal(wanted, refusal('throttled'), SOURCES, NOW, 0.5).state).toBe('wanted');
  });

  test('AWS is not asked for as long as it wants', () => {
    expect(afterRefusal(wanted, refusal('unavailable', 50_000), BOTH, NOW, 0.5).dueAt).toBe(NOW + 50_000);
  });

  test('the first message for a reason stays, so that no issue is updated for other words', () => {
    const again = afterRefusal(missing, { ...refusal('denied'), message: 'in other words' }, BOTH, NOW, 0);
    expect(again.missing?.message).toBe('no right');
    expect(afterRefusal(missing, refusal('gone'), BOTH, NOW, 0).missing?.message).toBe('because of gone');
  });
});

test('a recommendation is read later and later, and given up after an hour or so', () => {
  const waits: number[] = [];
  let record = wanted;
  while (record.state === 'wanted') {
    record = afterReading(record, NOW);
    waits.push((record.dueAt ?? 0) - NOW);
  }
  expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  const total = waits.slice(0, -1).reduce((sum, ms) => sum + ms, 0);
  expect(total).toBeGreaterThan(HOUR / 2);
  expect(total).toBeLessThan(HOUR);
  expect(record).toMatchObject({ reads: 0, missing: { code: 'unavailable' }, dueAt: NOW + HOUR });
});
