import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lifecycleOf, type Lifecycle } from '../../src/findings/lifecycle.ts';
import { newGroup, type GroupRecord } from '../../src/issues/group-record.ts';
import type { OwnIssue, PendingWork } from '../../src/issues/own-issue.ts';
import { closingComment } from '../../src/issues/text/comments.ts';
import type { Neighbour } from '../../src/issues/neighbours.ts';
import { planStep, type Member, type MemberDecision, type Situation } from '../../src/issues/plan-step.ts';
import { membershipDigest, NEVER_OURS, UPDATED_FIELDS, writtenOf, type UpdatedField } from '../../src/issues/written.ts';
import { NO_FACTS } from '../../src/issues/facts/facts.ts';
import { draftIssue } from '../../src/issues/draft-issue.ts';
import type { IssueRoute } from '../../src/issues/issue-route.ts';
import { externalEvent } from '../support/findings/finding-events.ts';
import { issueRoute } from '../support/findings/issue-route.ts';
import { findingOf } from '../support/findings/parsed.ts';

type Sent = 'issue' | 'rule-ignores' | 'no-rule-matches';
/** A member in two words: its lifecycle, and its decision by the rules. */
type Word = `${Lifecycle} ${Sent}`;

const DETAILS: Readonly<Record<Lifecycle, Readonly<Record<string, unknown>>>> = {
  active: { status: 'ACTIVE' },
  archived: { status: 'ARCHIVED' },
  resolved: { status: 'RESOLVED' },
  ended: { status: 'ARCHIVED', RecordState: 'ARCHIVED' },
  unmonitored: { status: 'ACTIVE', isDeleted: true },
};

function decisionOf(sent: Sent, index: number): MemberDecision {
  if (sent === 'issue')
    return { action: 'issue', because: 'rule-matched', ruleId: `rule-${index}`, route: issueRoute({ ruleId: `rule-${index}` }) };
  return { action: 'ignore', because: sent, ruleId: sent === 'rule-ignores' ? 'ignoring' : null };
}

const LIFECYCLES: readonly Lifecycle[] = ['active', 'archived', 'resolved', 'ended', 'unmonitored'];
const SENT: readonly Sent[] = ['issue', 'rule-ignores', 'no-rule-matches'];
const WORDS = LIFECYCLES.flatMap((lifecycle) => SENT.map((sent): Word => `${lifecycle} ${sent}`));

function membersOf(words: readonly Word[]): Member[] {
  return words.map((word, index) => {
    const lifecycle = LIFECYCLES.find((one) => word.startsWith(one)) ?? 'active';
    const sent = SENT.find((one) => word.endsWith(one)) ?? 'issue';
    return {
      finding: findingOf(externalEvent({ detail: { id: `finding-${index}`, ...DETAILS[lifecycle] } })),
      decision: decisionOf(sent, index),
      details: 'not-needed',
    };
  });
}

const USUAL: Situation = { unknown: 0, gone: 0, whenUnrouted: 'leave', whenDeleted: 'leave', neighbours: [], now: 0 };

function recordWith(issue: 'none' | 'open' | 'closed'): GroupRecord {
  const lastApplied = issue === 'none' ? null : issue;
  const group = newGroup('f-group', ['finding-0'], 1);
  return lastApplied === null ? group : { ...group, issue: { ...ISSUE, lastApplied } };
}

/** No field of it may be updated. */
const ISSUE: OwnIssue = {
  id: '1',
  key: 'SEC-1',
  projectKey: 'SEC',
  issueType: 'Task',
  ruleId: null,
  lastApplied: 'open',
  status: null,
  written: NEVER_OURS,
  membership: membershipDigest(['finding-0']),
};

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
  ['open', ['ended issue'], 0, 'close', 'ended'],
  ['open', ['resolved issue', 'ended issue'], 0, 'close', 'ended'],
  ['open', ['archived issue', 'ended issue'], 0, 'close', 'ended'],
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

test.each<readonly [issue: 'none' | 'open' | 'closed', words: readonly Word[], unknown: number, step: string, because: string]>([
  ['open', [], 0, 'close', 'unmonitored'],
  ['open', [], 1, 'nothing', 'members-unknown'],
  ['open', ['resolved issue'], 0, 'close', 'unmonitored'],
  ['open', ['resolved issue'], 1, 'nothing', 'members-unknown'],
  ['open', ['resolved issue', 'active issue'], 0, 'nothing', 'already-open'],
  ['open', ['active no-rule-matches'], 0, 'nothing', 'unrouted'],
  ['closed', [], 0, 'nothing', 'already-closed'],
  ['closed', ['active issue'], 0, 'reopen', 'active-again'],
  ['none', [], 0, 'nothing', 'no-members'],
])('two more that AWS no longer has, issue %s, members %j and %i unknown: %s, %s', (issue, words, unknown, step, because) => {
  expect(planStep(recordWith(issue), membersOf(words), { ...USUAL, unknown, gone: 2 })).toMatchObject({ step, because });
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

const FAILURE: GroupRecord['failure'] = { code: 'jira-forbidden', message: 'm', words: null, retry: { when: 'seldom' }, at: 1 };

test.each<readonly [string, Partial<GroupRecord>, string, string]>([
  ['unlinked, whatever its findings say', { unlinked: true }, 'nothing', 'unlinked'],
  ['unlinked, its issue still has our marker', { unlinked: true, leaving: [{ id: '9', key: 'SEC-9' }] }, 'remove-marker', 'unlinked'],
  ['another issue still has our marker, and one is missing', { leaving: [{ id: '9', key: 'SEC-9' }] }, 'remove-marker', 'unlinked'],
  [
    'the removal of the marker was refused, and one is missing',
    { leaving: [{ id: '9', key: 'SEC-9' }], failure: FAILURE },
    'create',
    'not-opened-yet',
  ],
  ['linked, without a marker yet', { issue: linked('open') }, 'add-marker', 'linked'],
  ['opened on a screen without labels', { issue: { ...ISSUE, laterLabels: ['team'] } }, 'label', 'labels-not-on-screen'],
  ['linked, without a marker yet, and to be reopened', { issue: linked('closed') }, 'reopen', 'active-again'],
])('%s', (_, parts, step, because) => {
  expect(planStep({ ...recordWith('none'), ...parts }, membersOf(['active issue']), USUAL)).toMatchObject({ step, because });
});

describe('an issue that was deleted', () => {
  const missing = { since: 1, confirmedAt: 2 };
  const gone = (lastApplied: 'open' | 'closed', more: Partial<OwnIssue> = {}): GroupRecord => ({
    ...recordWith(lastApplied),
    issue: { ...ISSUE, lastApplied, missing, ...more },
  });
  const replaced: Partial<OwnIssue> = { missing: { ...missing, replace: true } };
  const recreate: Partial<Situation> = { whenDeleted: 'recreate' };
  const nothing = { step: 'nothing', because: 'issue-deleted' } as const;
  const forget = { step: 'forget', because: 'issue-deleted' } as const;

  test.each<readonly [string, GroupRecord, readonly Word[], Partial<Situation>, object]>([
    ['of an active finding', gone('open'), ['active issue'], {}, nothing],
    ['of an active finding, by a rule that wants another one', gone('open'), ['active issue'], recreate, forget],
    ['of an active finding, where an admin wants another one', gone('open', replaced), ['active issue'], {}, forget],
    ['of a finding that no rule sends, by a rule that wants another one', gone('open'), ['active rule-ignores'], recreate, nothing],
    ['of findings that are over', gone('open'), ['resolved issue', 'archived issue'], {}, forget],
    ['of findings of which one is active', gone('closed'), ['resolved issue', 'active no-rule-matches'], {}, nothing],
    ['of findings that are over as far as they are known', gone('open'), ['resolved issue'], { unknown: 1 }, nothing],
    ['of no known finding', gone('open'), [], { unknown: 1 }, nothing],
  ])('%s', (_, record, words, situation, step) => {
    const expected = step === forget ? { ...step, issue: record.issue } : step;
    expect(planStep(record, membersOf(words), { ...USUAL, ...situation })).toEqual(expected);
  });

  test('while another issue still has our marker: that goes first', () => {
    const left = { id: '9', key: 'SEC-9' };
    const record = { ...gone('open'), leaving: [left] };
    const removed = { step: 'remove-marker', because: 'unlinked', issue: left };
    expect(planStep(record, membersOf(['resolved issue']), USUAL)).toEqual(removed);
  });

  test('and was given up: findings that are over are not as if they never had one', () => {
    const record: GroupRecord = { ...recordWith('none'), deletedIssue: { id: '1', key: 'SEC-1' } };
    expect(planStep(record, membersOf(['resolved issue']), USUAL)).toEqual(nothing);
    expect(planStep(record, membersOf(['active issue']), USUAL)).toMatchObject({ step: 'create' });
  });

  test('a single sweep that missed it changes nothing', () => {
    const record = gone('open', { missing: { since: 1 } });
    expect(planStep(record, membersOf(['active issue']), USUAL)).toEqual({ step: 'nothing', because: 'already-open' });
  });
});

function linked(lastApplied: 'open' | 'closed'): OwnIssue {
  return { ...ISSUE, lastApplied, linked: true, marker: 'wanted' };
}

test.each(['open', 'closed'] as const)('a transition to %s whose answer was lost may have happened', (to) => {
  const from = to === 'open' ? 'closed' : 'open';
  const record: GroupRecord = { ...recordWith(from), transition: { to, owner: 'me', sentAt: 1, uncertain: true } };
  const stays = from === 'open' ? 'active issue' : 'resolved issue';
  expect(planStep(record, membersOf([stays]), USUAL)).toMatchObject({ step: from === 'open' ? 'reopen' : 'close' });
  expect(planStep({ ...record, transition: null }, membersOf([stays]), USUAL)).toMatchObject({ step: 'nothing' });
});

describe('an update', () => {
  const OPENED_AT = Date.UTC(2026, 2, 1);
  const member = (detail: Readonly<Record<string, unknown>> = {}, route: Partial<IssueRoute> = {}): Member => ({
    finding: findingOf(externalEvent({ detail: { id: 'finding-0', ...detail } })),
    details: 'not-needed',
    decision: { action: 'issue', because: 'rule-matched', ruleId: 'all', route: issueRoute({ ruleId: 'all', dueInDays: 7, ...route }) },
  });

  /** The record of an issue whose content is up to date. */
  function upToDate(members: readonly [Member, ...Member[]], parts: Partial<OwnIssue> = {}): GroupRecord {
    const [{ finding, details, decision }] = members;
    if (decision.action !== 'issue') throw new Error('it has no issue');
    const keys = members.map((one) => one.finding.key);
    const written = writtenOf(draftIssue({ finding, details, known: NO_FACTS, route: decision.route }, members, OPENED_AT, []));
    return {
      ...newGroup('f-group', keys, 1),
      issue: { ...ISSUE, openedAt: OPENED_AT, written, membership: membershipDigest(keys), ...parts },
    };
  }

  function fieldsOf(record: GroupRecord, ...members: readonly Member[]): readonly UpdatedField[] | string {
    const step = planStep(record, members, USUAL);
    return step.step === 'update' ? step.fields : step.because;
  }

  test.each<readonly [string, Member, readonly UpdatedField[] | string]>([
    ['nothing', member(), 'already-open'],
    ['when it was last seen', member({ updatedAt: '2026-04-01T10:00:00Z', analyzedAt: '2026-04-01T10:00:00Z' }), 'already-open'],
    [
      'assignee, parent and further fields',
      member({}, { assignee: 'lead@example.com', parent: 'SEC-9', fields: { team: 'blue' } }),
      'already-open',
    ],
    ['the access', member({ action: ['s3:PutObject'] }), ['summary', 'description', 'priority']],
    ['its priority in the rule', member({}, { priority: 'High' }), ['priority']],
    ['its labels in the rule', member({}, { labels: ['security'] }), ['labels']],
    ['its components in the rule', member({}, { components: ['Storage'] }), ['components']],
    ['its due date in the rule', member({}, { dueInDays: 3 }), ['dueDate']],
    ['the project in the rule', member({ action: ['s3:PutObject'] }, { projectKey: 'PLAT' }), 'already-open'],
    ['the security level in the rule', member({ action: ['s3:PutObject'] }, { securityLevel: 'Secret' }), 'already-open'],
  ])('follows what has changed: %s', (_, now, fields) => {
    expect(fieldsOf(upToDate([member()]), now)).toEqual(fields);
  });

  test('leaves out fields that a person changed, and the due date of an issue of unknown age', () => {
    const written = { ...upToDate([member()]).issue?.written, summary: null };
    expect(fieldsOf(upToDate([member()], { written }), member({ action: ['s3:PutObject'] }))).toEqual(['description', 'priority']);
    const { openedAt: _, ...issue } = upToDate([member()]).issue ?? ISSUE;
    const ofUnknownAge = { ...upToDate([member()]), issue };
    expect(fieldsOf(ofUnknownAge, member({}, { dueInDays: 3 }))).toBe('already-open');
    expect(fieldsOf(ofUnknownAge, member({}, { dueInDays: 3, labels: ['security'] }))).toEqual(['labels']);
  });

  test('mentions the issue that its own one follows', () => {
    expect(fieldsOf(upToDate([member()], { follows: { id: '3', key: 'SEC-3', link: 'linked' } }), member())).toEqual(['description']);
  });

  test('writes all fields of an issue without known digests', () => {
    const record = upToDate([member()], { written: {} });
    expect(fieldsOf(record, member())).toEqual(['summary', 'description', 'priority', 'dueDate', 'components', 'labels']);
  });

  test('follows the members: one more, and one that was resolved', () => {
    const [first, second] = [member(), member({ id: 'finding-1' })];
    const record = upToDate([first]);
    const joined = { ...record, members: [first.finding.key, second.finding.key] };
    expect(fieldsOf(joined, first, second)).toEqual(['description']);
    expect(fieldsOf(upToDate([first, second]), first, second)).toBe('already-open');
    expect(fieldsOf(upToDate([first, second]), first, member({ id: 'finding-1', status: 'RESOLVED' }))).toEqual(['description']);
  });

  test('leaves the membership to a step of its own if there is no content to write, or Jira has refused it', () => {
    const grown = (parts: Partial<OwnIssue>): GroupRecord => ({
      ...upToDate([member()], parts),
      members: [...upToDate([member()]).members, 'another'],
    });
    const changed = member({ action: ['s3:PutObject'] });
    const membership = { step: 'write-membership', because: 'members-changed' };
    expect(planStep(grown({ written: NEVER_OURS }), [changed], USUAL)).toMatchObject(membership);
    expect(planStep(grown({}), [changed], USUAL)).toMatchObject({ step: 'update', because: 'content-changed' });
    expect(fieldsOf(grown({}), changed)).toContain('description');
    const refused = { digest: 'any', until: 1 };
    expect(fieldsOf(grown({ refused }), changed)).toBe('members-changed');
    expect(fieldsOf(upToDate([member()], { refused }), changed)).toContain('description');
  });

  test('is for open issues, and reopening and closing go first', () => {
    const changed = member({ action: ['s3:PutObject'] });
    expect(fieldsOf(upToDate([member()], { lastApplied: 'closed' }), changed)).toBe('active-again');
    expect(fieldsOf(upToDate([member()], { lastApplied: 'closed', closedBecause: 'by-person' }), changed)).toBe('closed-by-person');
    expect(fieldsOf(upToDate([member()]), member({ action: ['s3:PutObject'], status: 'RESOLVED' }))).toBe('resolved');
    expect(fieldsOf(upToDate([member()], { marker: 'wanted' }), changed)).toBe('linked');
  });
});

const PENDING_WORK: PendingWork = { to: 'closed', comment: closingComment('resolved'), fields: {}, ifOurs: false };
describe('which findings the property names', () => {
  const GROWN = ['finding-0', 'finding-1'];
  const grown = (issue: 'open' | 'closed', parts: Partial<OwnIssue> = {}, members: readonly string[] = GROWN): GroupRecord => {
    const record = recordWith(issue);
    return { ...record, members, issue: { ...ISSUE, lastApplied: issue, membership: membershipDigest(['finding-0']), ...parts } };
  };
  const refused = { digest: membershipDigest(GROWN), until: 100 };

  test.each<readonly [string, GroupRecord, Word, string]>([
    ['open', grown('open'), 'active issue', 'members-changed'],
    ['open, and the rules send it elsewhere', grown('open', { projectKey: 'PLAT' }), 'active issue', 'members-changed'],
    ['open, and the rules send it nowhere', grown('open'), 'active no-rule-matches', 'members-changed'],
    ['closed by a person', grown('closed', { closedBecause: 'by-person' }), 'active issue', 'members-changed'],
    ['closed by us', grown('closed', { closedBecause: 'resolved' }), 'resolved issue', 'members-changed'],
    ['to be opened first', grown('closed', { closedBecause: 'resolved' }), 'active issue', 'active-again'],
    ['to be closed first', grown('open'), 'resolved issue', 'resolved'],
    ['whose marker is still to be added, which names them as well', grown('open', { marker: 'wanted' }), 'active issue', 'linked'],
    ['whose membership is unknown', grown('open', { membership: 'unknown' }), 'active issue', 'members-changed'],
    ['that names them', grown('open', { membership: membershipDigest(GROWN) }), 'active issue', 'already-open'],
    ['that all findings have left', grown('open', {}, []), 'active issue', 'already-open'],
    ['where Jira refused it a moment ago', grown('open', { refusedMembership: refused }), 'active issue', 'already-open'],
    [
      'where Jira refused another membership',
      grown('open', { refusedMembership: { digest: 'x', until: 100 } }),
      'active issue',
      'members-changed',
    ],
    ['where Jira refused it long ago', grown('open', { refusedMembership: { ...refused, until: 50 } }), 'active issue', 'members-changed'],
  ])('of an issue %s', (_, record, word, because) => {
    expect(planStep(record, membersOf([word]), { ...USUAL, now: 50 }).because).toBe(because);
  });
});

describe('neighbours on the same resource', () => {
  const date = (day: number): string => new Date(Date.UTC(2026, 2, day)).toISOString();
  const one = (id: string, detail: Readonly<Record<string, unknown>>): Member => ({
    finding: findingOf(externalEvent({ detail: { id, ...detail } })),
    details: 'not-needed',
    decision: { action: 'issue', because: 'rule-matched', ruleId: 'all', route: issueRoute({ ruleId: 'all' }) },
  });
  const ended = one('old', { status: 'RESOLVED', createdAt: date(1), updatedAt: date(10) });
  const born = one('new', { createdAt: date(10), updatedAt: date(10) });
  const error = one('error', { createdAt: date(10), updatedAt: date(10), error: 'ACCESS_DENIED' });
  const analyzerArn = 'arn:aws:access-analyzer:us-west-2:222233334444:analyzer/New';
  const elsewhere: Member = { ...born, finding: findingOf(externalEvent({ analyzerArn, detail: { id: 'other' } })) };
  const SEC7 = { id: '7', key: 'SEC-7', url: 'https://example.atlassian.net/browse/SEC-7' };
  const beside = ({ finding }: Member, issue: Neighbour['issue'] = SEC7, isOpening = false): Situation => ({
    ...USUAL,
    neighbours: [{ finding, issue, isOpening }],
  });
  const closed = (parts: Partial<OwnIssue> = {}): GroupRecord => ({
    ...recordWith('closed'),
    issue: { ...ISSUE, lastApplied: 'closed', closedBecause: 'resolved', ...parts },
  });
  const open = (parts: Partial<OwnIssue> = {}): GroupRecord => ({ ...recordWith('open'), issue: { ...ISSUE, ...parts } });

  test.each<readonly [string, GroupRecord, Member, Situation, object]>([
    ['opened after another one ended', recordWith('none'), born, beside(ended), { step: 'create', follows: SEC7 }],
    ['opened, and nothing ended', recordWith('none'), born, USUAL, { step: 'create', follows: null }],
    ['closed while another one follows', recordWith('open'), ended, beside(born), { step: 'close', because: 'resolved', successor: SEC7 }],
    [
      'no longer monitored while another analyzer carries on',
      recordWith('open'),
      one('gone', { isDeleted: true }),
      beside(elsewhere),
      { step: 'close', because: 'unmonitored', successor: SEC7 },
    ],
    [
      'closed while the analysis is broken',
      recordWith('open'),
      ended,
      beside(error),
      { step: 'close', because: 'unanalysed', successor: SEC7 },
    ],
    ['the same, and the error has no issue', recordWith('open'), ended, beside(error, null), { because: 'unanalysed', successor: null }],
    ['closed, then the analysis breaks', closed(), ended, beside(error), { step: 'correct', because: 'unanalysed', error: SEC7 }],
    ['the same, the error has no issue', closed(), ended, beside(error, null), { step: 'correct', error: null }],
    [
      'the same, the comment of the close pending',
      closed({ pendingWork: PENDING_WORK }),
      ended,
      beside(error),
      { step: 'finish', pendingWork: PENDING_WORK },
    ],
    [
      'the same, only a field pending',
      closed({ pendingWork: { ...PENDING_WORK, comment: null } }),
      ended,
      beside(error),
      { step: 'correct' },
    ],
    ['the same, the error’s issue is coming', closed(), ended, beside(error, null, true), { because: 'error-issue-awaited' }],
    ['corrected already', closed({ closedBecause: 'unanalysed' }), ended, beside(error), { because: 'already-closed' }],
    ['closed for another reason', closed({ closedBecause: 'archived' }), ended, beside(error), { because: 'already-closed' }],
    ['open when another one ends', open(), born, beside(ended), { step: 'link', because: 'follows-another', to: SEC7 }],
    ['still to be linked', open({ follows: { ...SEC7, link: 'wanted' } }), born, USUAL, { step: 'link', to: SEC7 }],
    ['still to be linked, and closed', closed({ follows: { ...SEC7, link: 'wanted' } }), ended, USUAL, { step: 'link', to: SEC7 }],
    [
      'still to be linked, and a field pending',
      closed({ follows: { ...SEC7, link: 'wanted' }, pendingWork: { ...PENDING_WORK, comment: null } }),
      ended,
      USUAL,
      { step: 'link' },
    ],
    [
      'a field pending',
      closed({ pendingWork: { ...PENDING_WORK, comment: null } }),
      ended,
      USUAL,
      { step: 'finish', because: 'transition-unfinished' },
    ],
    ['the comment of the close pending, and reopened', open({ pendingWork: PENDING_WORK }), born, USUAL, { because: 'already-open' }],
    ['linked', open({ follows: { ...SEC7, link: 'linked' } }), born, beside(ended), { because: 'already-open' }],
    [
      'linked with an earlier one',
      open({ follows: { id: '3', key: 'SEC-3', link: 'linked' } }),
      born,
      beside(ended),
      { because: 'already-open' },
    ],
    ['Jira refused the link', open({ follows: { ...SEC7, link: 'refused' } }), born, beside(ended), { because: 'already-open' }],
  ])('%s', (_, record, member, situation, step) => {
    expect(planStep(record, [member], situation)).toMatchObject(step);
  });

  test('a finding with a successor is no broken analysis', () => {
    const situation = { ...USUAL, neighbours: [...beside(error).neighbours, ...beside(born, { id: '8', key: 'SEC-8' }).neighbours] };
    expect(planStep(recordWith('open'), [ended], situation)).toMatchObject({ because: 'resolved', successor: { key: 'SEC-8' } });
  });

  test('a group of an archived and a resolved finding names no successor', () => {
    const archived = one('other', { status: 'ARCHIVED' });
    expect(planStep(recordWith('open'), [ended, archived], beside(error))).toMatchObject({ because: 'archived', successor: null });
  });
});

test('the oldest active member that a rule sends to Jira leads', () => {
  const members = membersOf(['resolved issue', 'active rule-ignores', 'active issue', 'active issue']);
  const step = planStep(recordWith('none'), members, USUAL);
  expect(step).toEqual({
    step: 'create',
    because: 'not-opened-yet',
    lead: members[2]?.finding,
    details: 'not-needed',
    known: NO_FACTS,
    follows: null,
    route: issueRoute({ ruleId: 'rule-2' }),
  });
});

test('in every situation, the step is deterministic and never contradicts AWS', () => {
  const situation = fc.record({
    issue: fc.constantFrom<('none' | 'open' | 'closed')[]>('none', 'open', 'closed'),
    words: fc.array(fc.constantFrom(...WORDS), { maxLength: 5 }),
    unknown: fc.nat(2),
    gone: fc.nat(2),
  });
  fc.assert(
    fc.property(situation, ({ issue, words, unknown, gone }) => {
      const [record, members] = [recordWith(issue), membersOf(words)];
      const before = JSON.stringify([record, members]);
      const step = planStep(record, members, { ...USUAL, unknown, gone });
      expect(planStep(record, members, { ...USUAL, unknown, gone })).toEqual(step);
      expect(JSON.stringify([record, members])).toBe(before);
      const active = members.filter(({ finding }) => lifecycleOf(finding) === 'active');
      const wanted = active.some(({ decision }) => decision.action === 'issue');
      expect(step.step === 'create').toBe(issue === 'none' && wanted);
      expect(step.step === 'reopen').toBe(issue === 'closed' && wanted);
      expect(step.step === 'close').toBe(issue === 'open' && active.length === 0 && unknown === 0 && members.length + gone > 0);
      const isFix = gone === 0 && members.every(({ finding }) => finding.status === 'RESOLVED');
      expect([step.because === 'resolved', isFix]).not.toEqual([true, false]);
    }),
    { numRuns: 500 },
  );
});

interface Past {
  readonly issue: 'none' | 'open' | 'closed';
  readonly theirs: readonly UpdatedField[];
  readonly closedBecause: OwnIssue['closedBecause'];
  readonly flags: { readonly unlinked: boolean; readonly leaving: boolean; readonly marked: boolean; readonly follows: boolean };
  readonly pendingWork: PendingWork['to'] | undefined;
  readonly projectKey: string;
}

function recordOf({ issue, theirs, closedBecause, flags, projectKey, pendingWork }: Past): GroupRecord {
  const own: OwnIssue = {
    ...ISSUE,
    projectKey,
    lastApplied: issue === 'closed' ? 'closed' : 'open',
    written: Object.fromEntries(theirs.map((field) => [field, null])),
    ...(closedBecause === undefined || issue !== 'closed' ? {} : { closedBecause }),
    ...(flags.marked ? {} : { marker: 'wanted' }),
    ...(pendingWork === undefined
      ? {}
      : { pendingWork: { to: pendingWork, comment: null, fields: { resolution: { name: 'Done' } }, ifOurs: false } }),
    ...(flags.follows ? { follows: { id: '2', key: 'SEC-2', link: 'wanted' } } : {}),
  };
  return {
    ...newGroup('f-group', ['finding-0'], 1),
    issue: issue === 'none' ? null : own,
    ...(flags.unlinked ? { unlinked: true } : {}),
    ...(flags.leaving ? { leaving: [{ id: '9', key: 'SEC-9' }] } : {}),
  };
}

test('whatever admins, people, rules and neighbours did, the step is deterministic and does no harm', () => {
  const fields = fc.subarray([...UPDATED_FIELDS]);
  const neighbour = fc.record({
    status: fc.constantFrom('ACTIVE', 'RESOLVED'),
    error: fc.constantFrom(null, 'ACCESS_DENIED'),
    hasIssue: fc.boolean(),
  });
  const situation = fc.record({
    issue: fc.constantFrom<('none' | 'open' | 'closed')[]>('none', 'open', 'closed'),
    words: fc.array(fc.constantFrom(...WORDS), { maxLength: 4 }),
    theirs: fields,
    closedBecause: fc.constantFrom<OwnIssue['closedBecause'][]>(undefined, 'resolved', 'unrouted', 'by-person', 'unanalysed'),
    flags: fc.record({ unlinked: fc.boolean(), leaving: fc.boolean(), marked: fc.boolean(), follows: fc.boolean() }),
    gone: fc.constantFrom<OwnIssue['missing'][]>(
      undefined,
      { since: 1 },
      { since: 1, confirmedAt: 2 },
      { since: 1, confirmedAt: 2, replace: true },
    ),
    whenDeleted: fc.constantFrom('leave' as const, 'recreate' as const),
    pendingWork: fc.constantFrom<Past['pendingWork'][]>(undefined, 'open', 'closed'),
    whenUnrouted: fc.constantFrom('leave' as const, 'close' as const),
    projectKey: fc.constantFrom('SEC', 'PLAT'),
    neighbours: fc.array(neighbour, { maxLength: 3 }),
  });
  fc.assert(
    fc.property(
      situation,
      ({ issue, words, theirs, closedBecause, flags, pendingWork, whenUnrouted, whenDeleted, gone, projectKey, neighbours }) => {
        const members = membersOf(words);
        const had = recordOf({ issue, theirs, closedBecause, flags, projectKey, pendingWork });
        const record = had.issue === null || gone === undefined ? had : { ...had, issue: { ...had.issue, missing: gone } };
        const isGone = record.issue?.missing?.confirmedAt !== undefined;
        const beside = neighbours.map(({ hasIssue, ...detail }, index): Neighbour => ({
          finding: findingOf(externalEvent({ detail: { id: `beside-${index}`, ...detail } })),
          issue: hasIssue ? { id: '7', key: 'SEC-7' } : null,
          isOpening: false,
        }));
        const inputs = { unknown: 0, gone: 0, whenUnrouted, whenDeleted, neighbours: beside, now: 0 };
        const before = JSON.stringify([record, members, inputs]);
        const step = planStep(record, members, inputs);
        expect(planStep(record, members, inputs)).toEqual(step);
        expect(JSON.stringify([record, members, inputs])).toBe(before);
        const active = members.filter(({ finding }) => lifecycleOf(finding) === 'active');
        const wanted = active.some(({ decision }) => decision.action === 'issue');
        const fields = step.step === 'update' ? step.fields : [];
        const past = { linked: !flags.unlinked, wanted, needless: !wanted && (active.length === 0 || whenUnrouted === 'close') };
        const needs: Readonly<Record<typeof step.step, readonly boolean[]>> = {
          create: [past.linked, past.wanted, issue === 'none'],
          close: [past.linked, past.needless, issue !== 'none'],
          reopen: [past.linked, past.wanted, issue === 'closed', closedBecause !== 'by-person'],
          update: [past.linked, past.wanted, issue === 'open', projectKey === 'SEC', !fields.some((field) => theirs.includes(field))],
          correct: [issue === 'closed', closedBecause === 'resolved', active.length === 0],
          link: [issue !== 'none'],
          'add-marker': [issue !== 'none', !flags.marked],
          'remove-marker': [flags.leaving],
          finish: [issue !== 'none', pendingWork === issue],
          forget: [isGone, active.length === 0 || (wanted && (whenDeleted === 'recreate' || gone?.replace === true))],
          label: [false],
          'write-membership': [false],
          nothing: [],
        };
        expect([step.step, needs[step.step].includes(false)]).toEqual([step.step, false]);
        // Nothing is sent to an issue that is gone.
        expect([isGone, ['forget', 'remove-marker', 'nothing'].includes(step.step)]).not.toEqual([true, false]);
        const isFix = members.every(({ finding }) => finding.status === 'RESOLVED');
        expect([step.because === 'resolved', isFix]).not.toEqual([true, false]);
      },
    ),
    { numRuns: 500 },
  );
});
