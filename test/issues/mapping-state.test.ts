import { expect, test } from 'vitest';
import { newGroup, NO_LOOKUPS, type GroupRecord } from '../../src/issues/group-record.ts';
import { mappingState, type MappingState } from '../../src/issues/mapping-state.ts';
import type { Member } from '../../src/issues/plan-step.ts';
import { externalEvent } from '../support/findings/finding-events.ts';
import { issueRoute } from '../support/findings/issue-route.ts';
import { findingOf } from '../support/findings/parsed.ts';

const ROUTE = issueRoute({ ruleId: 'all' });
const routed = (status = 'ACTIVE'): Member => ({
  finding: findingOf(externalEvent({ detail: { status } })),
  decision: { action: 'issue', because: 'rule-matched', ruleId: 'all', route: ROUTE },
  details: 'not-needed',
});
const ignored: Member = {
  finding: findingOf(externalEvent()),
  decision: { action: 'ignore', because: 'no-rule-matches', ruleId: null },
  details: 'not-needed',
};

const intent = (phase: 'reserved' | 'sending' | 'uncertain'): Pick<GroupRecord, 'intent'> => ({
  intent: { phase, attempt: 1, owner: 'one', sentAt: 1, newestNumber: null, route: ROUTE, lookups: NO_LOOKUPS },
});
const issue = (lastApplied: 'open' | 'closed'): Pick<GroupRecord, 'issue'> => ({
  issue: { id: '1', key: 'SEC-1', projectKey: 'SEC', issueType: 'Task', ruleId: 'all', lastApplied, status: null },
});
const failure: Pick<GroupRecord, 'failure'> = {
  failure: { code: 'jira-forbidden', message: 'm', words: null, retry: { when: 'seldom' }, at: 1 },
};

test.each<readonly [MappingState, string, Partial<GroupRecord>, Member]>([
  ['pending', 'nothing was done yet', {}, routed()],
  ['pending', 'a reservation', intent('reserved'), routed()],
  ['observed', 'decided, and nothing is written', { last: { step: 'nothing', because: 'observe-only' } }, routed()],
  ['ignored', 'no rule matches it', {}, ignored],
  ['closed', 'resolved before it was opened', {}, routed('RESOLVED')],
  ['sending', 'a POST may be in flight', intent('sending'), routed()],
  ['uncertain', 'a POST may have created an issue', intent('uncertain'), routed()],
  ['uncertain', 'that outranks a failure', { ...intent('uncertain'), ...failure }, routed()],
  ['failed', 'the last try failed', failure, routed()],
  ['failed', 'closing failed', { ...issue('open'), ...failure }, routed()],
  ['held', 'a pause holds it back', { last: { step: 'nothing', because: 'paused' } }, routed()],
  ['held', 'a pause holds back its close', { ...issue('open'), last: { step: 'nothing', because: 'paused' } }, routed('RESOLVED')],
  ['held', 'that outranks a failure', { ...failure, last: { step: 'nothing', because: 'paused' } }, routed()],
  ['sending', 'the pause is over', { ...intent('sending'), last: { step: 'nothing', because: 'paused' } }, routed()],
  [
    'failed',
    'the pause is over, and it failed',
    { ...failure, requeueAt: { time: 1, because: 'backoff' }, last: { step: 'nothing', because: 'paused' } },
    routed(),
  ],
  ['open', 'linked while a POST may have created another issue', { ...intent('uncertain'), ...issue('open') }, routed()],
  ['open', 'linked while a POST may be in flight', { ...intent('sending'), ...issue('open') }, routed()],
  [
    'held',
    'linked, and a pause holds back its close',
    { ...intent('sending'), ...issue('open'), last: { step: 'nothing', because: 'paused' } },
    routed(),
  ],
  ['unlinked', 'taken away while a POST may have created another issue', { ...intent('uncertain'), unlinked: true }, routed()],
  ['unlinked', 'an admin took its issue away', { unlinked: true }, routed()],
  ['unlinked', 'whatever the finding says', { unlinked: true }, routed('RESOLVED')],
  ['open', 'the issue is open', issue('open'), routed()],
  ['closed', 'the issue is closed', issue('closed'), routed('RESOLVED')],
  ['open', 'an ignored member of an open issue shows the issue', issue('open'), ignored],
])('%s: %s', (state, _, parts, member) => {
  expect(mappingState({ ...newGroup('f-x', ['k'], 1), ...parts }, member)).toBe(state);
});
