import { expect, test } from 'vitest';
import { NO_LOOKUPS, type CreateIntent } from '../../src/issues/group-record.ts';
import { knownOfCreate } from '../../src/issues/known-of-create.ts';
import { issueRoute } from '../support/findings/issue-route.ts';

const intent: CreateIntent = {
  phase: 'uncertain',
  attempt: 1,
  owner: 'somebody',
  sentAt: 20,
  newestNumber: null,
  route: issueRoute({ ruleId: 'all' }),
  lookups: NO_LOOKUPS,
};

test('an issue is as old as its draft, or as its POST if only that is known', () => {
  expect(knownOfCreate(intent)).toEqual({ ruleId: 'all', openedAt: 20 });
  expect(knownOfCreate({ ...intent, draftedAt: 10 })).toEqual({ ruleId: 'all', openedAt: 10 });
});

test('the followed issue is still to be linked, and the labels are still to be added', () => {
  const owed = { follows: { id: '7', key: 'SEC-7' }, laterLabels: ['security'] };
  expect(knownOfCreate({ ...intent, ...owed })).toMatchObject({
    follows: { id: '7', key: 'SEC-7', link: 'wanted' },
    laterLabels: ['security'],
  });
});
