import { expect, test } from 'vitest';
import { newGroup, outlastsNews, type GroupRecord, type TransitionIntent, type RequeueAt } from '../../src/issues/group-record.ts';
import { issueDraft } from '../support/findings/issue-route.ts';
import type { Step } from '../../src/issues/step.ts';
import { cooldownBefore } from '../../src/issues/step-delay.ts';

const ISSUE = { id: '1', key: 'SEC-1', projectKey: 'SEC', issueType: 'Task', ruleId: null, lastApplied: 'open', status: null } as const;
const CLOSE: Step = { step: 'close', because: 'resolved', issue: ISSUE, successor: null };
const REOPEN: Step = { step: 'reopen', because: 'active-again', issue: ISSUE };
const COOLDOWNS = { transitionMs: 15_000, updateMs: 30_000 };
const UPDATE: Step = { step: 'update', because: 'content-changed', issue: ISSUE, draft: issueDraft(), fields: ['summary'] };

function record(
  lastApplied: 'open' | 'closed',
  transitionedAt: number | null,
  move: Pick<TransitionIntent, 'to' | 'sentAt'> | null = null,
): GroupRecord {
  return {
    ...newGroup('f-group', ['one'], 1),
    issue: { ...ISSUE, lastApplied, ...(transitionedAt === null ? {} : { transitionedAt }) },
    transition: move === null ? null : { ...move, owner: 'me', uncertain: true },
  };
}

function writtenAt(at: number): GroupRecord {
  const { issue, ...group } = record('open', null);
  return { ...group, issue: issue === null ? null : { ...issue, writtenAt: at } };
}

test.each<readonly [string, GroupRecord, Step, number | null]>([
  ['just created: closing need not wait', record('open', null), CLOSE, null],
  ['closed: reopening waits', record('closed', 1_000), REOPEN, 16_000],
  ['reopened: closing waits', record('open', 1_000), CLOSE, 16_000],
  ['read back as closed: the time is unknown', record('closed', null), REOPEN, null],
  ['a close that may have happened: reopening waits', record('open', 1_000, { to: 'closed', sentAt: 5_000 }), REOPEN, 20_000],
  ['a close that may have happened: another close need not wait', record('open', null, { to: 'closed', sentAt: 5_000 }), CLOSE, null],
  [
    'a close that is retried waits no longer than the first attempt',
    record('open', 1_000, { to: 'closed', sentAt: 16_500 }),
    CLOSE,
    16_000,
  ],
  ['written a while ago: an update waits', writtenAt(5_000), UPDATE, 35_000],
  ['read back: the time of the last write is unknown', record('open', null), UPDATE, null],
  ['written a while ago: closing need not wait', writtenAt(5_000), CLOSE, null],
  ['nothing to do', record('closed', 1_000), { step: 'nothing', because: 'already-closed' }, null],
])('%s', (_, group, step, until) => {
  const because = step.step === 'update' ? 'gathering' : 'cooldown';
  expect(cooldownBefore(group, step, COOLDOWNS)).toEqual(until === null ? null : { time: until, because });
});

test.each<readonly [RequeueAt['because'], boolean]>([
  ['backoff', false],
  ['rate-limited', false],
  ['lookup', false],
  ['store-suspect', false],
  ['details-awaited', false],
  ['analyzer-in-doubt', false],
  ['gathering', false],
  ['sending-elsewhere', true],
  ['cooldown', true],
])('a wait because of %s outlasts news: %s', (because, outlasts) => {
  expect(outlastsNews({ time: 1, because })).toBe(outlasts);
  expect(outlastsNews(null)).toBe(false);
});
