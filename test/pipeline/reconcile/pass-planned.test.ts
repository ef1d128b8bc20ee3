import { expect, test } from 'vitest';
import type { Failure } from '../../../src/issues/failure.ts';
import type { OwnIssue } from '../../../src/issues/own-issue.ts';
import type { PlannedPass } from '../../../src/pipeline/reconcile/plan-pass.ts';
import { wordsOfPass } from '../../../src/pipeline/reconcile/words-of-pass.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { finish } from '../../support/service/finish.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import { openSite } from '../../support/service/site.ts';

const ISSUE: OwnIssue = { id: '1', key: 'SEC-1', projectKey: 'SEC', issueType: 'Task', ruleId: null, lastApplied: 'open', status: null };
const DAY_MS = 86_400_000;
const FAILURE: Failure = { code: 'rule-too-costly', message: 'The rule takes too long', words: null, retry: { when: 'seldom' } };

test.each<readonly [PlannedPass, string, string]>([
  [{ pass: 'nothing', because: 'already-open' }, 'nothing', 'already-open'],
  [{ pass: 'held', because: 'paused' }, 'held', 'paused'],
  [{ pass: 'requeue', requeueAt: { time: 1, because: 'cooldown' } }, 'wait', 'cooldown'],
  [{ pass: 'failed', failure: FAILURE }, 'failed', 'rule-too-costly'],
  [{ pass: 'unproven', failure: FAILURE }, 'unproven', 'rule-too-costly'],
  [{ pass: 'take-over', from: 'a', to: 'b' }, 'take-over', 'passed-on'],
  [{ pass: 'take', step: { step: 'forget', because: 'issue-deleted', issue: ISSUE } }, 'forget', 'issue-deleted'],
])('a planned pass says what it does, and why: %j', (planned, step, because) => {
  expect(wordsOfPass(planned)).toEqual({ step, because });
});

test('the time to an issue counts from the last news of its finding, however long the finding has been known', async () => {
  const site = await openSite();
  const parts = await site.start();
  const seen = (status: 'ARCHIVED' | 'ACTIVE', updatedAt: string) =>
    findingOf(externalEvent({ time: updatedAt, detail: { status, updatedAt } }));
  const { group } = await parts.accept(seen('ARCHIVED', '2026-03-01T10:00:00Z'));
  await finish(site, parts, group);
  site.clock.forward(DAY_MS);
  await parts.accept(seen('ACTIVE', '2026-03-01T11:00:00Z'));
  site.clock.forward(90_000);
  await finish(site, parts, group);
  const created = parts.serviceEvents.flatMap((event) => (event.what === 'issue-created' ? [event.afterMs ?? -1] : []));
  expect(created.map((ms) => Math.floor(ms / 60_000))).toEqual([1]);
});
