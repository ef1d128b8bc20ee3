import { describe, expect, test } from 'vitest';
import { NO_FACTS } from '../../src/issues/facts/facts.ts';
import { newGroup, type GroupRecord } from '../../src/issues/group-record.ts';
import type { OwnIssue } from '../../src/issues/own-issue.ts';
import { stillUnproven, unprovenFailure, waitsForProof, withoutUnproven, type UnprovenIssue } from '../../src/issues/unproven.ts';
import { externalEvent } from '../support/findings/finding-events.ts';
import { issueRoute } from '../support/findings/issue-route.ts';
import { findingOf } from '../support/findings/parsed.ts';

const OWN: OwnIssue = { id: '1', key: 'SEC-1', projectKey: 'SEC', issueType: 'Task', ruleId: null, lastApplied: 'open', status: null };
const group = (more: Partial<GroupRecord> = {}): GroupRecord => ({ ...newGroup('f-x', ['a|1'], 0), ...more });
const issue = (id: string, says: UnprovenIssue['says']): UnprovenIssue => ({ id, key: `SEC-${id}`, says });
const ALL = [issue('2', 'linked'), issue('3', 'unlinked'), issue('4', 'contradicted')];

describe('what an admin has still to decide', () => {
  test.each<readonly [string, GroupRecord, readonly string[]]>([
    ['a group without an issue', group(), ['2', '3', '4']],
    ['a group with another issue', group({ issue: OWN }), ['2', '3']],
    ['a group with the linked one', group({ issue: { ...OWN, id: '2' } }), ['3']],
    ['a group with the unlinked one', group({ issue: { ...OWN, id: '3' } }), ['2', '3']],
    ['a group from which two were taken away', group({ takenAway: ['2', '4'] }), ['3']],
    ['an unlinked group', group({ unlinked: true }), []],
  ])('%s', (_, record, ids) => {
    expect(stillUnproven(record, ALL).map(({ id }) => id)).toEqual(ids);
  });
});

describe('what waits', () => {
  const nothing = { step: 'nothing', because: 'already-open' } as const;
  const close = { step: 'close', because: 'resolved', issue: OWN, successor: null } as const;
  const reopen = { step: 'reopen', because: 'active-again', issue: OWN } as const;
  const remove = { step: 'remove-marker', because: 'unlinked', issue: OWN } as const;

  test.each([
    ['another issue', issue('2', 'linked'), [true, true, false, false]],
    ['perhaps its own issue', issue('1', 'unlinked'), [true, true, true, false]],
  ] as const)('%s is unproven', (_, one, waits) => {
    expect([nothing, reopen, close, remove].map((step) => waitsForProof(step, group({ issue: OWN }), [one]))).toEqual(waits);
  });
});

describe('what waits in a group', () => {
  const close = { step: 'close', because: 'resolved', successor: null, issue: OWN } as const;
  const forget = { step: 'forget', because: 'issue-deleted', issue: OWN } as const;

  test('a create, which would be a second issue', () => {
    const create = {
      step: 'create',
      because: 'not-opened-yet',
      lead: findingOf(externalEvent()),
      route: issueRoute(),
      details: 'not-needed',
      known: NO_FACTS,
      follows: null,
    } as const;
    expect(waitsForProof(create, group(), [issue('2', 'contradicted')])).toBe(true);
  });

  test('its own issue among several', () => {
    expect(waitsForProof(close, group({ issue: OWN }), [issue('2', 'linked'), issue('1', 'unlinked')])).toBe(true);
  });

  test('nothing about an issue that it does not have', () => {
    expect(waitsForProof(forget, group(), [issue('2', 'linked')])).toBe(false);
  });
});

test('the failure names each issue with what it says, and needs a person', () => {
  const { code, message, retry } = unprovenFailure(ALL);
  expect([code, retry.when]).toEqual(['jira-property-unproven', 'seldom']);
  expect(message).toContain(
    'SEC-2 says that an admin linked it; SEC-3 says that an admin unlinked it; SEC-4 was created by our account, but its property and labels',
  );
});

test('decided: none of them is the group’s, except the one that it has', () => {
  expect(withoutUnproven(group({ issue: { ...OWN, id: '3' }, takenAway: ['2'] }), ALL).takenAway).toEqual(['2', '4']);
  expect(withoutUnproven(group(), ALL).takenAway).toEqual(['2', '3', '4']);
  expect(withoutUnproven(group(), [])).toEqual(group());
});
