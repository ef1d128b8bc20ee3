import { expect, test } from 'vitest';
import type { IssueDraft } from '../../src/issues/issue-draft.ts';
import { MAX_SHORT_FORMS, memberShortForm } from '../../src/issues/marker.ts';
import {
  changedFields,
  digestOf,
  membershipDigest,
  NEVER_OURS,
  parseWritten,
  UPDATED_FIELDS,
  writtenAfter,
  writtenOf,
} from '../../src/issues/written.ts';
import { issueDraft } from '../support/findings/issue-route.ts';

const draft = issueDraft({ labels: ['a', 'b'], priority: 'High', dueDate: '2026-03-08' });

test('a value that would be written again has not changed', () => {
  expect(changedFields(draft, writtenOf(draft))).toEqual([]);
  expect(changedFields(issueDraft({ ...draft, labels: ['b', 'a'] }), writtenOf(draft))).toEqual([]);
});

test.each<readonly [keyof ReturnType<typeof writtenOf>, Partial<IssueDraft>]>([
  ['summary', { summary: 'another' }],
  ['description', { description: { type: 'doc', version: 1, content: [] } }],
  ['priority', { priority: 'Low' }],
  ['dueDate', { dueDate: '2026-03-09' }],
  ['components', { components: ['api'] }],
  ['labels', { labels: ['a'] }],
  ['securityLevel', { securityLevel: 'Staff' }],
])('another value changes the digest of %s, and no other', (field, changes) => {
  const [was, is] = [writtenOf(draft), writtenOf(issueDraft({ ...draft, ...changes }))];
  expect(is).toEqual({ ...was, [field]: is[field] });
  expect(is[field]).not.toBe(was[field]);
  expect(is[field]).toHaveLength(12);
});

test('labels and components that a draft lacks are as none', () => {
  for (const field of ['labels', 'components'] as const) expect(digestOf({}, field)).toBe(digestOf({ [field]: [] }, field));
});

test('a named priority is the same for every severity, and without a name the severity decides', () => {
  const named = issueDraft({ priority: 'High', severity: 'low' });
  expect(changedFields(issueDraft({ ...named, severity: 'high' }), writtenOf(named))).toEqual([]);
  const refusedMembership = issueDraft({ priority: null, severity: 'low' });
  expect(changedFields(issueDraft({ ...refusedMembership, severity: 'high' }), writtenOf(refusedMembership))).toEqual(['priority']);
});

test('a field that a person changed never counts as changed, and a field without a digest always does', () => {
  const other = issueDraft({ ...draft, summary: 'another', description: { type: 'doc', version: 1, content: [] }, dueDate: null });
  expect(changedFields(other, writtenOf(draft))).toEqual(['summary', 'description', 'dueDate']);
  expect(changedFields(other, { ...writtenOf(draft), summary: null })).toEqual(['description', 'dueDate']);
  expect(changedFields(other, NEVER_OURS)).toEqual([]);
  expect(changedFields(other, {})).toEqual(UPDATED_FIELDS);
});

test('after an update, sent fields have new digests, fields that people changed are theirs, and the rest stays', () => {
  const other = issueDraft({ ...draft, summary: 'another', labels: ['c'], dueDate: null });
  const after = writtenAfter(writtenOf(draft), other, ['summary'], ['labels']);
  expect(after).toEqual({ ...writtenOf(draft), summary: writtenOf(other).summary, labels: null });
  expect(changedFields(other, after)).toEqual(['dueDate']);
});

test('the digests of a property are read, and nonsense is not', () => {
  expect(parseWritten({ ...writtenOf(draft), labels: null })).toEqual({ ...writtenOf(draft), labels: null });
  expect(parseWritten({ summary: 1, other: 'x', description: 'abc' })).toEqual({ description: 'abc' });
});

test('the digest of a membership is the same for full keys and short forms', () => {
  const keys = ['analyzer|one', 'analyzer|two'];
  expect(membershipDigest(keys.map(memberShortForm))).toBe(membershipDigest(keys));
  expect(membershipDigest(keys.toReversed())).not.toBe(membershipDigest(keys));
  const many = Array.from({ length: MAX_SHORT_FORMS + 1 }, (_, n) => `analyzer|${n}`);
  expect(membershipDigest(many)).toBe(membershipDigest(many.slice(0, -1)));
});
