import { expect, test } from 'vitest';
import { lifecycleOf, type Lifecycle } from '../../src/findings/lifecycle.ts';
import { externalEvent } from '../support/findings/finding-events.ts';
import { findingOf } from '../support/findings/parsed.ts';

test.each<readonly [string, boolean, Lifecycle]>([
  ['ACTIVE', false, 'active'],
  ['ARCHIVED', false, 'archived'],
  ['RESOLVED', false, 'resolved'],
  // Its analyzer is gone: the access may or may not exist.
  ['ACTIVE', true, 'unmonitored'],
  ['ARCHIVED', true, 'unmonitored'],
  // Deleted 90 days after it was resolved: still resolved.
  ['RESOLVED', true, 'resolved'],
])('%s, deleted %s: %s', (status, isDeleted, lifecycle) => {
  expect(lifecycleOf(findingOf(externalEvent({ detail: { status, isDeleted } })))).toBe(lifecycle);
});

test.each<readonly [string, Lifecycle]>([
  ['ARCHIVED', 'ended'],
  ['ACTIVE', 'archived'],
])('of a record that Security Hub calls %s, an archived finding is %s', (RecordState, lifecycle) => {
  expect(lifecycleOf(findingOf(externalEvent({ detail: { status: 'ARCHIVED', RecordState } })))).toBe(lifecycle);
});
