import { expect, test } from 'vitest';
import { memberShortForm } from '../../src/issues/marker.ts';
import {
  changedFields,
  membershipDigest,
  NEVER_OURS,
  parseWritten,
  UPDATED_FIELDS,
  writtenAfter,
  writtenOf,
} from '../../src/issues/written.ts';
import { issueDraft } from '../support/findings/issue-route.ts';

const draft = issueDraft({ labels: ['a', 'b'], priority: 'High', dueDate: '2026-03-08' });

test('what was written and would be written again has not changed', () => {
  expect(changedFields(draft, writtenOf(draft))).toEqual([]);
  expect(changedFields(issueDraft({ ...draft, labels: ['b', 'a'] }), writtenOf(draft))).toEqual([]);
});

test('a named priority is one whatever the severity, and without a name the severity decides', () => {
  const named = issueDraft({ priority: 'High', severity: 'low' });
  expect(changedFields(issueDraft({ ...named, severity: 'high' }), writtenOf(named))).toEqual([]);
  const refusedMembership = issueDraft({ priority: null, severity: 'low' });
  expect(changedFields(issueDraft({ ...refusedMembership, severity: 'high' }), writtenOf(refusedMembership))).toEqual(['priority']);
});

test('what is a person’s is never changed, and what is not known always', () => {
  const other = issueDraft({ ...draft, summary: 'another', description: { type: 'doc', version: 1, content: [] }, dueDate: null });
  expect(changedFields(other, writtenOf(draft))).toEqual(['summary', 'description', 'dueDate']);
  expect(changedFields(other, { ...writtenOf(draft), summary: null })).toEqual(['description', 'dueDate']);
  expect(changedFields(other, NEVER_OURS)).toEqual([]);
  expect(changedFields(other, {})).toEqual(UPDATED_FIELDS);
});

test('after an update, what was sent is known, what people have is theirs, and the rest stays', () => {
  const other = issueDraft({ ...draft, summary: 'another', labels: ['c'], dueDate: null });
  const after = writtenAfter(writtenOf(draft), other, ['summary'], ['labels']);
  expect(after).toEqual({ ...writtenOf(draft), summary: writtenOf(other).summary, labels: null });
  expect(changedFields(other, after)).toEqual(['dueDate']);
});

test('what a property says of it is read, and nonsense is not', () => {
  expect(parseWritten({ ...writtenOf(draft), labels: null })).toEqual({ ...writtenOf(draft), labels: null });
  expect(parseWritten({ summary: 1, other: 'x', description: 'abc' })).toEqual({ description: 'abc' });
});

test('the names of findings are the same, written out or short', () => {
  const keys = ['analyzer|one', 'analyzer|two'];
  expect(membershipDigest(keys.map(memberShortForm))).toBe(membershipDigest(keys));
  expect(membershipDigest(keys.toReversed())).not.toBe(membershipDigest(keys));
});
