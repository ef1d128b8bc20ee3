import { expect, test } from 'vitest';
import { derivedAt, isDerived } from '../../../src/issues/derived.ts';
import { newGroup } from '../../../src/issues/group-record.ts';
import { findingTerms } from '../../../src/pipeline/records/finding-terms.ts';
import { GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import { findingRecord } from '../../support/findings/finding-records.ts';

const FINDING_TERMS =
  'accountId analyzerArn findingId findingStatus group isPublic issueKey overdue overdueSeverity owner projectKey q region resource resourceType ruleId severity state';
const GROUP_TERMS = 'closedOn control fixed issue member memberId opened openedOn takenAway unknown-members';

test('only what this version saved last counts as derived', () => {
  expect(isDerived({ derived: derivedAt(5), updatedAt: 5 })).toBe(true);
  expect(isDerived({ derived: derivedAt(5), updatedAt: 6 })).toBe(false);
  expect(isDerived({ derived: { ...derivedAt(5), form: derivedAt(5).form + 1 }, updatedAt: 5 })).toBe(false);
  expect(isDerived({ updatedAt: 5 })).toBe(false);
});

test('the terms have the names of form 2: with other names, the form must be raised, so that documents of a release get them, too', () => {
  const names = (terms: readonly string[]): string => [...new Set(terms.map((term) => term.replace(/:.*$/s, '')))].toSorted().join(' ');
  const mapped = { state: 'open', because: 'x', projectKey: 'SEC', issue: { id: '1', key: 'SEC-1', status: null }, error: null } as const;
  const finding = findingRecord(
    {},
    { mapping: { ...mapped, due: { date: '2026-03-02', passed: true } }, owner: { name: 'billing', source: 'resource-tag' } },
  );
  const issue = { id: '1', key: 'SEC-1', projectKey: 'SEC', issueType: 'Task', ruleId: 'all', status: null } as const;
  const group = newGroup('f-1', [finding.finding.key], 0);
  const open = { ...group, issue: { ...issue, lastApplied: 'open', openedAt: 0 }, takenAway: ['2'], unknown: group.members } as const;
  const fixed = { ...group, issue: { ...issue, lastApplied: 'closed', closedBecause: 'resolved', openedAt: 0, closedAt: 1 } } as const;
  expect({
    form: derivedAt(0).form,
    finding: names(findingTerms(finding)),
    group: names([...GROUPS.terms(open), ...GROUPS.terms(fixed)]),
  }).toEqual({ form: 2, finding: FINDING_TERMS, group: GROUP_TERMS });
});
