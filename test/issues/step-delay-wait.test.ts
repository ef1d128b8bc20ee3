import { expect, test } from 'vitest';
import { NO_DETAILS, type DetailsNeed } from '../../src/findings/details-need.ts';
import { NO_FACTS } from '../../src/issues/facts/facts.ts';
import { newGroup } from '../../src/issues/group-record.ts';
import type { OwnIssue } from '../../src/issues/own-issue.ts';
import { DEFAULT_COOLDOWNS, DETAILS_WAIT_MS, awaitDetails, waitOf } from '../../src/issues/step-delay.ts';
import type { CreateStep, Step } from '../../src/issues/step.ts';
import { externalEvent } from '../support/findings/finding-events.ts';
import { issueRoute } from '../support/findings/issue-route.ts';
import { findingOf } from '../support/findings/parsed.ts';

const SOURCES_MS = 5_000;
const ACCESS_MS = 3_600_000;
const ACCESS = 'a-group';
const ISSUE: OwnIssue = { id: '1', key: 'SEC-1', projectKey: 'SEC', issueType: 'Task', ruleId: null, lastApplied: 'open', status: null };
const OWN = 'f-group';
const AWAITED = { facts: {}, awaited: true };
const KNOWN_ACCESS = findingOf(externalEvent());
const UNKNOWN_ACCESS = { ...KNOWN_ACCESS, principals: [], actions: [], isPublic: null };
const SOURCES: DetailsNeed = { ...NO_DETAILS, sources: true };
const LIST: DetailsNeed = { ...NO_DETAILS, list: true };
const POLICY: DetailsNeed = { ...NO_DETAILS, policy: true };

function create(more: Partial<CreateStep> = {}): CreateStep {
  const because = 'not-opened-yet';
  const usual = { lead: KNOWN_ACCESS, route: issueRoute(), details: 'awaited', known: NO_FACTS, follows: null } as const;
  return { step: 'create', because, ...usual, ...more };
}

test.each<readonly [string, string, Step, readonly DetailsNeed[], number]>([
  ['a close', OWN, { step: 'close', because: 'resolved', successor: null, issue: ISSUE }, [SOURCES], DETAILS_WAIT_MS],
  ['a create that lacks the sources alone', OWN, create(), [SOURCES], SOURCES_MS],
  ['a create that lacks the list', OWN, create(), [SOURCES, LIST], DETAILS_WAIT_MS],
  ['a create that lacks the policy', OWN, create(), [POLICY, SOURCES], DETAILS_WAIT_MS],
  ['a create that lacks facts', OWN, create({ known: AWAITED }), [SOURCES], DETAILS_WAIT_MS],
  ['a create by an access that is not known', ACCESS, create({ lead: UNKNOWN_ACCESS }), [LIST], ACCESS_MS],
  ['a create by an access that is known', ACCESS, create(), [LIST], DETAILS_WAIT_MS],
  [
    'a create by an access that nothing is asked about',
    ACCESS,
    create({ lead: UNKNOWN_ACCESS, details: 'there' }),
    [LIST],
    DETAILS_WAIT_MS,
  ],
  ['a create of its own whose access is not known', OWN, create({ lead: UNKNOWN_ACCESS }), [LIST], DETAILS_WAIT_MS],
])('%s waits at most', (_, group, step, needs, waitMs) => {
  expect(waitOf(newGroup(group, [], 1), step, needs, DETAILS_WAIT_MS)).toBe(waitMs);
});

test('no wait is longer than the one for details, except for the access itself', () => {
  expect(waitOf(newGroup(OWN, [], 1), create(), [SOURCES], 100)).toBe(100);
  expect(waitOf(newGroup(ACCESS, [], 1), create({ lead: UNKNOWN_ACCESS }), [LIST], 2 * ACCESS_MS)).toBe(2 * ACCESS_MS);
});

test('a create waits for details and facts, from when its group was first seen', () => {
  const until = { time: 1_060, because: 'details-awaited' };
  const group = newGroup(OWN, [], 1_000);
  expect(awaitDetails(group, create(), 60)).toEqual(until);
  expect(awaitDetails(group, create({ details: 'there', known: AWAITED }), 60)).toEqual(until);
  expect(awaitDetails(group, create({ details: 'there' }), 60)).toBeNull();
});

test('the usual cooldowns', () => {
  expect(DEFAULT_COOLDOWNS).toEqual({ transitionMs: 15_000, updateMs: 30_000 });
});
