import { describe, expect, test } from 'vitest';
import { eventOfManyObjects, MANY_ALTERNATIVES } from '../../support/findings/costly-events.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { finish } from '../../support/service/finish.ts';
import { changeRules } from '../../support/service/save-rules.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import { openSite, type Site } from '../../support/service/site.ts';

const issue = { project: 'SEC', issueType: 'Task' };
const COSTLY = { id: 'costly', match: MANY_ALTERNATIVES, action: 'ignore' };
const REST = { id: 'rest', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue, whenUnrouted: 'close' };
const finding = findingOf(eventOfManyObjects());

async function start(site: Site, rules: readonly unknown[] = [COSTLY, REST]) {
  return site.start({ rules: rulesOf(rules), preflight: { check: async () => [], ends: async () => [] } });
}

describe('a finding that a rule takes too many steps to compare with', () => {
  test('is accepted, and its group fails with the name of the rule', async () => {
    const site = await openSite();
    const parts = await start(site);
    const { group } = await parts.accept(finding);
    await parts.trust.advance();
    await parts.reconcile(group);
    const failed = await parts.group(group);
    expect(failed).toMatchObject({
      failure: {
        code: 'rule-too-costly',
        message: expect.stringMatching(/^The rule costly takes more than \d+ steps/),
        retry: { when: 'seldom' },
      },
      requeueAt: { because: 'backoff' },
    });
    expect(await parts.record(finding.key)).toMatchObject({
      decision: { action: 'undecided', because: 'rule-too-costly', ruleId: 'costly' },
      mapping: { state: 'failed', issue: null, error: { code: 'rule-too-costly' } },
    });
    expect(parts.serviceEvents).toContainEqual(expect.objectContaining({ what: 'rules-undecided', group, code: 'rule-too-costly' }));
    expect(site.created()).toBe(0);
  });

  test('gets its issue as soon as the rules can decide; other findings are not affected', async () => {
    const site = await openSite();
    const parts = await start(site);
    const other = await parts.accept(findingOf(externalEvent({ detail: { id: 'other', resource: 'arn:aws:s3:::other' } })));
    const { group } = await parts.accept(finding);
    await finish(site, parts, other.group);
    expect(site.created()).toBe(1);
    await parts.reconcile(group);
    expect(await changeRules(parts, [REST])).toEqual({ changed: 1 });
    await finish(site, parts, group);
    expect(site.created()).toBe(2);
    expect(await parts.group(group)).toMatchObject({ failure: null });
  });

  test('keeps an open issue as it is, and closes it when AWS says that it is resolved', async () => {
    const site = await openSite();
    const parts = await start(site, [REST]);
    const { group } = await parts.accept(finding);
    await finish(site, parts, group);
    await changeRules(parts, [COSTLY, REST]);
    await parts.reconcile(group);
    expect(site.jira.issues()).toMatchObject([{ status: 'To Do' }]);
    expect(await parts.group(group)).toMatchObject({ failure: { code: 'rule-too-costly' } });
    await parts.accept(findingOf(eventOfManyObjects({ status: 'RESOLVED', updatedAt: '2026-03-02T10:00:00Z' })));
    await finish(site, parts, group);
    expect(site.jira.issues()).toMatchObject([{ status: 'Done' }]);
  });

  test('is evaluated with the same failure', async () => {
    const site = await openSite();
    const parts = await start(site);
    await parts.trust.advance();
    expect(await parts.evaluate({ finding, rules: await parts.rules.current(), preflight: false })).toMatchObject({
      decision: { action: 'undecided', ruleId: 'costly' },
      trace: [{ ruleId: 'costly', matched: false, mismatches: [] }],
      outcome: { step: 'nothing', because: 'rule-too-costly', request: null, failure: { code: 'rule-too-costly' } },
    });
  });
});
