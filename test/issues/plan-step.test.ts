import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { standingOf, type Standing } from '../../src/findings/lifecycle.ts';
import { newGroup, type GroupRecord, type OwnIssue } from '../../src/issues/group-record.ts';
import { planStep, type Member, type MemberDecision, type Situation } from '../../src/issues/plan-step.ts';
import { externalEvent } from '../support/finding-events.ts';
import { issueRoute } from '../support/issue-route.ts';
import { findingOf } from '../support/service-parts.ts';

type Sent = 'issue' | 'rule-ignores' | 'no-rule-matches';
/** A member in two words: where it stands, and what the rules do with it. */
type Word = `${Standing} ${Sent}`;

const DETAILS: Readonly<Record<Standing, Readonly<Record<string, unknown>>>> = {
  active: { status: 'ACTIVE' },
  archived: { status: 'ARCHIVED' },
  resolved: { status: 'RESOLVED' },
  unmonitored: { status: 'ACTIVE', isDeleted: true },
};

function decisionOf(sent: Sent, index: number): MemberDecision {
  if (sent === 'issue')
    return { action: 'issue', because: 'rule-matched', ruleId: `rule-${index}`, route: issueRoute({ ruleId: `rule-${index}` }) };
  return { action: 'ignore', because: sent, ruleId: sent === 'rule-ignores' ? 'ignoring' : null };
}

const STANDINGS: readonly Standing[] = ['active', 'archived', 'resolved', 'unmonitored'];
const SENT: readonly Sent[] = ['issue', 'rule-ignores', 'no-rule-matches'];
const WORDS = STANDINGS.flatMap((standing) => SENT.map((sent): Word => `${standing} ${sent}`));

function membersOf(words: readonly Word[]): Member[] {
  return words.map((word, index) => {
    const standing = STANDINGS.find((one) => word.startsWith(one)) ?? 'active';
    const sent = SENT.find((one) => word.endsWith(one)) ?? 'issue';
    return {
      finding: findingOf(externalEvent({ detail: { id: `finding-${index}`, ...DETAILS[standing] } })),
      decision: decisionOf(sent, index),
      details: 'not-needed',
    };
  });
}

const USUAL: Situation = { unknown: 0, whenUnrouted: 'leave' };

function recordWith(issue: 'none' | 'open' | 'closed'): GroupRecord {
  const stand = issue === 'none' ? null : issue;
  const group = newGroup('f-group', ['finding-0'], 1);
  return stand === null
    ? group
    : { ...group, issue: { id: '1', key: 'SEC-1', projectKey: 'SEC', issueType: 'Task', ruleId: null, stand, status: null } };
}

test.each<readonly [issue: 'none' | 'open' | 'closed', words: readonly Word[], unknown: number, step: string, because: string]>([
  ['none', ['active issue'], 0, 'create', 'not-opened-yet'],
  ['none', ['archived issue', 'active issue'], 0, 'create', 'not-opened-yet'],
  ['none', ['active rule-ignores', 'active issue'], 3, 'create', 'not-opened-yet'],
  ['none', ['active rule-ignores'], 0, 'nothing', 'rule-ignores'],
  ['none', ['active no-rule-matches'], 0, 'nothing', 'no-rule-matches'],
  ['none', ['active no-rule-matches', 'active rule-ignores'], 0, 'nothing', 'rule-ignores'],
  ['none', ['archived issue'], 0, 'nothing', 'never-opened'],
  ['none', ['resolved issue'], 0, 'nothing', 'never-opened'],
  ['none', ['unmonitored issue'], 0, 'nothing', 'never-opened'],
  ['none', ['resolved issue'], 1, 'nothing', 'never-opened'],
  ['none', [], 0, 'nothing', 'no-members'],
  ['none', [], 2, 'nothing', 'members-unknown'],
  ['open', ['active issue'], 0, 'nothing', 'already-open'],
  ['open', ['resolved issue', 'active issue'], 1, 'nothing', 'already-open'],
  ['open', ['resolved issue'], 0, 'close', 'resolved'],
  ['open', ['archived issue'], 0, 'close', 'archived'],
  ['open', ['unmonitored issue'], 0, 'close', 'unmonitored'],
  ['open', ['resolved issue', 'resolved no-rule-matches'], 0, 'close', 'resolved'],
  ['open', ['resolved issue', 'archived issue'], 0, 'close', 'archived'],
  ['open', ['resolved issue', 'archived issue', 'unmonitored issue'], 0, 'close', 'unmonitored'],
  ['open', ['active rule-ignores'], 0, 'nothing', 'unrouted'],
  ['open', ['resolved issue', 'active no-rule-matches'], 1, 'nothing', 'unrouted'],
  ['open', ['resolved issue'], 1, 'nothing', 'members-unknown'],
  ['open', [], 0, 'nothing', 'members-unknown'],
  ['open', [], 1, 'nothing', 'members-unknown'],
  ['closed', ['active issue'], 0, 'reopen', 'active-again'],
  ['closed', ['resolved issue', 'active issue'], 1, 'reopen', 'active-again'],
  ['closed', ['active rule-ignores'], 0, 'nothing', 'unrouted'],
  ['closed', ['resolved issue'], 0, 'nothing', 'already-closed'],
  ['closed', ['archived issue', 'unmonitored issue'], 0, 'nothing', 'already-closed'],
  ['closed', ['resolved issue'], 1, 'nothing', 'members-unknown'],
  ['closed', [], 0, 'nothing', 'members-unknown'],
])('issue %s, members %j and %i unknown: %s, %s', (issue, words, unknown, step, because) => {
  expect(planStep(recordWith(issue), membersOf(words), { ...USUAL, unknown })).toMatchObject({ step, because });
});

test.each<readonly [issue: 'open' | 'closed', words: readonly Word[], unknown: number, step: string, because: string]>([
  ['open', ['active rule-ignores'], 0, 'close', 'unrouted'],
  ['open', ['active no-rule-matches', 'resolved issue'], 0, 'close', 'unrouted'],
  ['open', ['active no-rule-matches', 'active issue'], 0, 'nothing', 'already-open'],
  ['open', ['active no-rule-matches'], 1, 'nothing', 'unrouted'],
  ['open', ['resolved no-rule-matches'], 0, 'close', 'resolved'],
  ['closed', ['active rule-ignores'], 0, 'nothing', 'unrouted'],
])('whenUnrouted close: issue %s, members %j and %i unknown: %s, %s', (issue, words, unknown, step, because) => {
  expect(planStep(recordWith(issue), membersOf(words), { ...USUAL, unknown, whenUnrouted: 'close' })).toMatchObject({ step, because });
});

test.each<readonly [closedBecause: OwnIssue['closedBecause'], words: readonly Word[], step: string, because: string]>([
  ['unrouted', ['active issue'], 'reopen', 'routed-again'],
  ['unrouted', ['resolved issue'], 'nothing', 'already-closed'],
  ['resolved', ['active issue'], 'reopen', 'active-again'],
  ['by-person', ['active issue'], 'nothing', 'closed-by-person'],
  ['by-person', ['active rule-ignores'], 'nothing', 'unrouted'],
  // The close reads the issue first, finds it done, and from then on it is closed as if by us.
  ['by-person', ['resolved issue'], 'close', 'resolved'],
])('closed because %s, members %j: %s, %s', (closedBecause, words, step, because) => {
  const { issue, ...record } = recordWith('closed');
  const closed = issue === null || closedBecause === undefined ? issue : { ...issue, closedBecause };
  expect(planStep({ ...record, issue: closed }, membersOf(words), USUAL)).toMatchObject({ step, because });
});

test.each<readonly [string, Partial<GroupRecord>, string, string]>([
  ['unlinked, whatever its findings say', { unlinked: true }, 'nothing', 'unlinked'],
  ['unlinked, its issue still marked', { unlinked: true, leaving: [{ id: '9', key: 'SEC-9' }] }, 'unmark', 'unlinked'],
  ['another issue still bears our mark, and one is missing', { leaving: [{ id: '9', key: 'SEC-9' }] }, 'create', 'not-opened-yet'],
  ['linked, not marked yet', { issue: linked('open') }, 'mark', 'linked'],
  ['linked, not marked yet, and to be opened again', { issue: linked('closed') }, 'reopen', 'active-again'],
])('%s', (_, parts, step, because) => {
  expect(planStep({ ...recordWith('none'), ...parts }, membersOf(['active issue']), USUAL)).toMatchObject({ step, because });
});

function linked(stand: 'open' | 'closed'): OwnIssue {
  return { id: '1', key: 'SEC-1', projectKey: 'SEC', issueType: 'Task', ruleId: null, stand, status: null, linked: true, mark: 'wanted' };
}

test.each(['open', 'closed'] as const)('a move to %s whose answer was lost is taken for one that may have happened', (to) => {
  const from = to === 'open' ? 'closed' : 'open';
  const record: GroupRecord = { ...recordWith(from), move: { to, owner: 'me', sentAt: 1, uncertain: true } };
  const stays = from === 'open' ? 'active issue' : 'resolved issue';
  expect(planStep(record, membersOf([stays]), USUAL)).toMatchObject({ step: from === 'open' ? 'reopen' : 'close' });
  expect(planStep({ ...record, move: null }, membersOf([stays]), USUAL)).toMatchObject({ step: 'nothing' });
});

test('the oldest active member that a rule sends to Jira leads', () => {
  const members = membersOf(['resolved issue', 'active rule-ignores', 'active issue', 'active issue']);
  const step = planStep(recordWith('none'), members, USUAL);
  expect(step).toEqual({
    step: 'create',
    because: 'not-opened-yet',
    lead: members[2]?.finding,
    details: 'not-needed',
    route: issueRoute({ ruleId: 'rule-2' }),
  });
});

test('whatever the situation, the step is the same again and never goes against AWS', () => {
  const situation = fc.record({
    issue: fc.constantFrom<('none' | 'open' | 'closed')[]>('none', 'open', 'closed'),
    words: fc.array(fc.constantFrom(...WORDS), { maxLength: 5 }),
    unknown: fc.nat(2),
  });
  fc.assert(
    fc.property(situation, ({ issue, words, unknown }) => {
      const [record, members] = [recordWith(issue), membersOf(words)];
      const before = JSON.stringify([record, members]);
      const step = planStep(record, members, { ...USUAL, unknown });
      expect(planStep(record, members, { ...USUAL, unknown })).toEqual(step);
      expect(JSON.stringify([record, members])).toBe(before);
      const active = members.filter(({ finding }) => standingOf(finding) === 'active');
      const wanted = active.some(({ decision }) => decision.action === 'issue');
      expect(step.step === 'create').toBe(issue === 'none' && wanted);
      expect(step.step === 'reopen').toBe(issue === 'closed' && wanted);
      expect(step.step === 'close').toBe(issue === 'open' && active.length === 0 && unknown === 0 && members.length > 0);
      expect(step.because === 'resolved' && members.some(({ finding }) => finding.status !== 'RESOLVED')).toBe(false);
    }),
    { numRuns: 500 },
  );
});
