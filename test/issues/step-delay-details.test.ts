import { expect, test } from 'vitest';
import { newGroup } from '../../src/issues/group-record.ts';
import type { MemberDetails } from '../../src/issues/member-details.ts';
import { planStep, type Member } from '../../src/issues/plan-step.ts';
import type { Step } from '../../src/issues/step.ts';
import { unusedEvent } from '../support/findings/finding-events.ts';
import { issueRoute } from '../support/findings/issue-route.ts';
import { findingOf } from '../support/findings/parsed.ts';
import { awaitDetails } from '../../src/issues/step-delay.ts';

const member = (details: MemberDetails, id: string): Member => ({
  finding: findingOf(unusedEvent({ detail: { findingId: id } })),
  decision: { action: 'issue', because: 'rule-matched', ruleId: 'all', route: issueRoute({ ruleId: 'all' }) },
  details,
});

const GROUP = newGroup('f-group', [], 1_000);
const ISSUE = { id: '1', key: 'SEC-1', projectKey: 'SEC', issueType: 'Task', ruleId: null, lastApplied: 'open', status: null } as const;

function planned(...details: readonly MemberDetails[]): Step {
  return planStep(
    GROUP,
    details.map((one, index) => member(one, `finding-${index}`)),
    { unknown: 0, gone: 0, whenUnrouted: 'leave', whenDeleted: 'leave', neighbours: [], now: 0 },
  );
}

test.each<readonly [MemberDetails, number | null]>([
  ['not-needed', null],
  ['there', null],
  ['awaited', 1_060],
  [{ missing: 'no right' }, null],
])('an issue whose details are %j waits until %s', (details, until) => {
  expect(awaitDetails(GROUP, planned(details), 60)?.time ?? null).toBe(until);
});

test('only the details of the lead are awaited, and only before the create', () => {
  expect(awaitDetails(GROUP, planned('there', 'awaited'), 60)).toBeNull();
  expect(awaitDetails(GROUP, { step: 'reopen', because: 'active-again', issue: ISSUE }, 60)).toBeNull();
  expect(planned('awaited', 'there')).toMatchObject({ step: 'create', details: 'awaited', lead: { findingId: 'finding-0' } });
});
