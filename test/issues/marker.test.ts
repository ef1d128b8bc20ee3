import * as fc from 'fast-check';
import { createHash } from 'node:crypto';
import { Check } from 'typebox/value';
import { expect, test } from 'vitest';
import { findingKey } from '../../src/findings/finding.ts';
import { groupKey } from '../../src/issues/group-key.ts';
import { markerLabel, markerOf, MarkerProperty, memberShortForm } from '../../src/issues/marker.ts';
import { shortHash } from '../../src/issues/short-hash.ts';
import { ANALYZER_ARN, externalEvent } from '../support/findings/finding-events.ts';
import { findingOf } from '../support/findings/parsed.ts';

/** Jira's limit for the value of an entity property, in characters of JSON. */
const JIRA_PROPERTY = 32_768;

const ANALYZER = 'arn:aws:access-analyzer:eu-central-1:111122223333:analyzer/organization';
const keys = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${ANALYZER}|22222222-dcba-4444-dcba-${String(index).padStart(12, '0')}`);

test('the label is a word that Jira can search for, whatever the installation and the group', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (installation, group) => {
      expect(markerLabel(installation, group)).toMatch(/^f2j-[a-z2-7]{26}$/);
    }),
  );
});

test.each([
  ['default', 'f-aaaaaaaaaaaaaaaaaaaaaaaaaa', 'f2j-jt4a3ocu64cl3vgtd2usodxtwj'],
  ['staging', 'f-aaaaaaaaaaaaaaaaaaaaaaaaaa', 'f2j-4p5gu4b45zsmb4yymcj3dt2hlo'],
  ['default', 'a-bbbbbbbbbbbbbbbbbbbbbbbbbb', 'f2j-cm2plsryorpev6cow7flcrycgj'],
])('the label of %s and %s never changes: issues carry it', (installation, group, label) => {
  expect(markerLabel(installation, group)).toBe(label);
});

test('lists of parts that join to the same text have different hashes', () => {
  expect(new Set([shortHash('a', 'bc'), shortHash('ab', 'c'), shortHash('abc'), shortHash('a', 'b', 'c'), shortHash('a","bc')]).size).toBe(
    5,
  );
});

test('the hash is the first 130 bits of the sha256, in base32', () => {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
  const bits = [...createHash('sha256').update('["x","y"]').digest()].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const expected = Array.from({ length: 26 }, (_, index) => alphabet[Number.parseInt(bits.slice(index * 5, index * 5 + 5), 2)]).join('');
  expect(shortHash('x', 'y')).toBe(expected);
});

test('few findings are named in full', () => {
  expect(markerOf('default', 'a-x', keys(20), 3)).toEqual({
    label: markerLabel('default', 'a-x'),
    property: { installation: 'default', group: 'a-x', findings: keys(20), attempt: 3 },
  });
});

test('the issue of a single finding that was passed on to another one says so', () => {
  const [first = '', other = ''] = ['first', 'other'].map((id) => findingKey(ANALYZER_ARN, id));
  const group = groupKey(findingOf(externalEvent({ detail: { id: 'first' } })), 'finding');
  expect(markerOf('default', group, [first], 1).property).not.toHaveProperty('passedOn');
  expect(markerOf('default', group, [findingKey('unknown', 'first')], 1).property).not.toHaveProperty('passedOn');
  expect(markerOf('default', group, [other], 1).property).toMatchObject({ findings: [other], passedOn: true });
});

test('many findings are named by short forms, and a short form is not shortened again', () => {
  const { findings } = markerOf('default', 'f-x', keys(21), 1).property;
  expect(findings).toEqual(keys(21).map((key) => memberShortForm(key)));
  for (const mark of findings) expect(mark).toMatch(/^#[a-z2-7]{26}$/);
  expect(findings.map((mark) => memberShortForm(mark))).toEqual(findings);
});

test.each([1, 20, 21, 1_000, 10_000])('%i findings fit into the property', (count) => {
  const hostile = Array.from(
    { length: count },
    (_, index) => `${'\u0001"'.repeat(1_000)}${ANALYZER.padEnd(2_048, 'x')}|${String(index).padEnd(4_096, '"')}`,
  );
  for (const members of [keys(count), hostile]) {
    const { property } = markerOf('i'.repeat(40), 'a-'.padEnd(28, 'g'), members, 1_000_000);
    expect(JSON.stringify(property).length).toBeLessThanOrEqual(JIRA_PROPERTY);
    expect(property.findings.length).toBeGreaterThan(0);
    expect(Check(MarkerProperty, property)).toBe(true);
  }
});

test.each<readonly [string, unknown]>([
  ['nothing', undefined],
  ['a text', 'findings-to-jira'],
  ['no group', { installation: 'default', findings: [], attempt: 1 }],
  ['attempt 0, before the first POST', { installation: 'default', group: 'f-x', findings: [], attempt: 0 }],
  ['findings that are no texts', { installation: 'default', group: 'f-x', findings: [1], attempt: 1 }],
])('%s is no property of ours', (_, property) => {
  expect(Check(MarkerProperty, property)).toBe(false);
});
