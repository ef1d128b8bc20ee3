import { expect, test } from 'vitest';
import type { ChangedFact } from '../../../src/issues/facts/facts.ts';
import { placeByFacts } from '../../../src/issues/facts/place-by-facts.ts';
import { changedWords } from '../../../src/issues/text/changed-words.ts';
import { issueRoute } from '../../support/findings/issue-route.ts';

const PERSON: ChangedFact = {
  principal: 'dev@example.com',
  role: 'AWSReservedSSO_Deploy_0123456789abcdef',
  session: 'dev@example.com',
  person: true,
  action: 'PutBucketPolicy',
  at: '2026-03-03T14:02:59.000Z',
  by: 'console',
};
const ROLE: ChangedFact = { ...PERSON, role: 'Deploy', principal: 'Deploy', session: 'boss@example.com', person: false, by: 'sdk' };

test.each([
  ['a person', PERSON, {}, 'dev@example.com'],
  ['a role, whatever its session is named', ROLE, {}, null],
  ['nobody known', undefined, {}, null],
  ['a person, where the text may not say so', PERSON, { content: 'minimal' as const }, null],
])('changedBy with %s', (_what, changed, more, assignee) => {
  const facts = changed === undefined ? {} : { changed };
  expect(placeByFacts(issueRoute({ assignee: 'changedBy', ...more }), facts).assignee).toBe(assignee);
  const mapped = issueRoute({ assignee: 'lead@example.com', fallbackAssignee: 'changedBy', ...more });
  expect(placeByFacts(mapped, facts)).toMatchObject({ assignee: 'lead@example.com', fallbackAssignee: assignee });
});

test('facts leave every other route as it is', () => {
  const route = issueRoute({ assignee: 'lead@example.com' });
  expect(placeByFacts(route, { changed: PERSON })).toBe(route);
});

test.each([
  [PERSON, 'Changed by dev@example.com (role Deploy) with PutBucketPolicy on 3 March 2026, 14:02 UTC, in the console'],
  [ROLE, 'Changed by role Deploy (session boss@example.com) with PutBucketPolicy on 3 March 2026, 14:02 UTC'],
  [
    { ...ROLE, principal: 'dana', role: null, session: null, by: 'cloudformation' as const },
    'Changed by dana with PutBucketPolicy on 3 March 2026, 14:02 UTC, by CloudFormation',
  ],
  [{ ...ROLE, session: null }, 'Changed by role Deploy with PutBucketPolicy on 3 March 2026, 14:02 UTC'],
])('%j in words', (changed, words) => {
  expect(changedWords(changed)).toBe(words);
});
