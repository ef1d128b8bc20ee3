import { expect, test } from 'vitest';
import { newGroup, NO_LOOKUPS, type GroupRecord } from '../../src/issues/group-record.ts';
import { isPauseScope, pauseScopes } from '../../src/issues/pause.ts';
import type { Member } from '../../src/issues/plan-step.ts';
import { externalEvent } from '../support/findings/finding-events.ts';
import { issueRoute } from '../support/findings/issue-route.ts';
import { findingOf } from '../support/findings/parsed.ts';

const finding = findingOf(externalEvent());
const member = (ruleId: string, projectKey: string): Member => ({
  finding,
  details: 'not-needed',
  decision: { action: 'issue', because: 'rule-matched', ruleId, route: issueRoute({ ruleId, projectKey }) },
});
const ignored: Member = { finding, details: 'not-needed', decision: { action: 'ignore', because: 'rule-ignores', ruleId: 'ignoring' } };
const issue = (key: string): Pick<GroupRecord, 'issue'> => ({
  issue: { id: '1', key, projectKey: 'SEC', issueType: 'Task', ruleId: 'made-it', lastApplied: 'open', status: null },
});
const sending: Pick<GroupRecord, 'intent'> = {
  intent: {
    phase: 'reserved',
    attempt: 1,
    owner: 'me',
    sentAt: 1,
    newestNumber: null,
    route: issueRoute({ projectKey: 'OLD' }),
    lookups: NO_LOOKUPS,
  },
};

test.each<readonly [string, Partial<GroupRecord>, readonly Member[], readonly string[]]>([
  ['routed nowhere', {}, [ignored], ['all']],
  ['to be opened', {}, [member('buckets', 'PLAT')], ['all', 'project:PLAT', 'rule:buckets']],
  ['two rules', {}, [member('a', 'ONE'), member('b', 'TWO')], ['all', 'project:ONE', 'project:TWO', 'rule:a', 'rule:b']],
  ['meant for another project before', sending, [member('a', 'ONE')], ['all', 'project:OLD', 'project:ONE', 'rule:a']],
  ['an issue stays where it is', issue('SEC-1'), [member('a', 'ONE')], ['all', 'project:SEC', 'rule:made-it', 'rule:a']],
  [
    'an issue was linked while its own create was reserved',
    { ...sending, ...issue('SEC-1') },
    [ignored],
    ['all', 'project:SEC', 'rule:made-it'],
  ],
  ['an issue that a person moved', issue('PLAT-7'), [ignored], ['all', 'project:SEC', 'project:PLAT', 'rule:made-it']],
])('%s', (_, parts, members, scopes) => {
  expect(pauseScopes({ ...newGroup('f-x', ['k'], 1), ...parts }, members)).toEqual(scopes);
});

test.each([
  ['all', true],
  ['rule:buckets', true],
  ['project:SEC', true],
  ['', false],
  ['everything', false],
  ['rule:', false],
  ['project: SEC', false],
  ['a rule:buckets', false],
  ['account:111122223333', false],
])('"%s" is a scope: %s', (text, is) => {
  expect(isPauseScope(text)).toBe(is);
});
