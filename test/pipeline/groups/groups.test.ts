import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRulesFile } from '../../../src/config/rules-file.ts';
import type { Finding } from '../../../src/findings/finding.ts';
import { parseRules, type CompiledRules } from '../../../src/rules/parse-rules.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { finish } from '../../support/service/finish.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import { openSite } from '../../support/service/site.ts';

const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1', 'eu-central-1'];

/** One IAM role, seen by the analyzers of several Regions. */
function role(region: string, analyzer: string, detail: object = {}): Finding {
  const arn = `arn:aws:access-analyzer:${region}:111122223333:analyzer/${analyzer}`;
  const what = {
    id: `${region}-${analyzer}`,
    resource: 'arn:aws:iam::444455556666:role/Deploy',
    resourceType: 'AWS::IAM::Role',
    region,
    isPublic: false,
    action: ['sts:AssumeRole'],
  };
  return findingOf(externalEvent({ region, resources: [arn], detail: { ...what, principal: { AWS: '999988887777' }, ...detail } }));
}

const rule = (groupBy: 'finding' | 'access' | 'resource') =>
  rulesOf([
    { id: 'all', match: { source: ['aws.access-analyzer'] }, action: 'issue', groupBy, issue: { project: 'SEC', issueType: 'Task' } },
  ]);

function shippedRules(): CompiledRules {
  const path = join(import.meta.dirname, '../../../config/routing-rules.yaml');
  const read = readRulesFile(path, readFileSync(path, 'utf8'));
  const parsed = parseRules(read.ok ? read.input : null);
  if (!parsed.ok) throw new Error(JSON.stringify([read, parsed.problems]));
  return parsed.rules;
}

describe('groups', () => {
  test.each([
    ['a rule that groups by access', () => rule('access')],
    ['the rules that come with the service', () => shippedRules()],
  ])('one role in four Regions and two analyzers: one issue, closed after the last is resolved, by %s', async (_, rules) => {
    const site = await openSite();
    const parts = await site.start({ rules: rules() });
    const findings = REGIONS.flatMap((region) => [
      role(region, 'account'),
      // The same access in other words.
      role(region, 'organization', {
        principal: { AWS: 'arn:aws:iam::999988887777:root' },
        resourceControlPolicyRestrictionType: 'APPLICABLE',
      }),
    ]);
    for (const finding of findings) await finish(site, parts, (await parts.accept(finding)).group);
    expect(site.created()).toBe(1);
    const keys = await Promise.all(findings.map(async ({ key }) => (await parts.record(key))?.mapping.issue?.key));
    expect(new Set(keys)).toEqual(new Set(['SEC-1']));
    expect(new Set(findings.map(({ findingId }) => findingId)).size).toBe(8);
    for (const [index, finding] of findings.entries()) {
      expect(site.jira.issues().map(({ status }) => status)).toEqual(['To Do']);
      const resolved = findingOf({
        ...finding.event,
        resources: [...finding.event.resources],
        detail: { ...finding.event.detail, status: 'RESOLVED', updatedAt: `2026-03-02T10:00:0${index}Z` },
      });
      await finish(site, parts, (await parts.accept(resolved)).group);
    }
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['Done']);
  });

  test('a group with an issue keeps its findings when the rules group differently; new ones follow the current rules', async () => {
    const site = await openSite();
    const before = await site.start({ rules: rule('finding') });
    const { group } = await before.accept(role('us-east-1', 'account'));
    await finish(site, before, group);
    const parts = await site.start({ rules: rule('access'), store: site.store });
    // The store has the previous rules; the file only seeds an empty one.
    const again = await parts.accept(role('us-east-1', 'account', { updatedAt: '2026-03-05T10:00:00Z' }));
    expect(again.group).toBe(group);
  });

  test('a finding that never had an issue moves to the group of its present content', async () => {
    const site = await openSite();
    const parts = await site.start({ rules: rule('access') });
    const first = await parts.accept(role('us-east-1', 'account'));
    const changed = await parts.accept(
      role('us-east-1', 'account', { updatedAt: '2026-03-05T10:00:00Z', action: ['sts:AssumeRole', 'sts:TagSession'] }),
    );
    expect(changed.group).not.toBe(first.group);
    await finish(site, parts, first.group);
    await finish(site, parts, changed.group);
    expect((await parts.group(first.group))?.members).toEqual([]);
    expect(site.created()).toBe(1);
  });

  test('more members than one commit holds: every finding shows the issue in the end', async () => {
    const site = await openSite();
    const parts = await site.start({ rules: rule('resource') });
    const findings = Array.from({ length: 90 }, (_, n) => role('us-east-1', `analyzer-${n}`));
    let group = '';
    for (const finding of findings) ({ group } = await parts.accept(finding));
    await finish(site, parts, group);
    const shown = await Promise.all(findings.map(async ({ key }) => (await parts.record(key))?.mapping.state));
    expect(new Set(shown)).toEqual(new Set(['open']));
    expect(site.created()).toBe(1);
  });

  test('twenty parallel observations and passes of one group: one issue', async () => {
    const site = await openSite();
    const parts = await site.start({ rules: rule('access') });
    await Promise.all(
      REGIONS.flatMap((region) => Array.from({ length: 5 }, (_, n) => role(region, `analyzer-${n}`))).map(async (finding) =>
        parts.reconcile((await parts.accept(finding)).group),
      ),
    );
    await finish(site, parts, (await parts.accept(role('us-east-1', 'analyzer-1'))).group);
    expect(site.created()).toBe(1);
  });

  test('several replicas at once: one issue each', async () => {
    const site = await openSite();
    await site.start(); // makes the store a trusted one
    const replicas = await Promise.all(['a', 'b', 'c'].map((owner) => site.start({ owner, soleOwner: false, rules: rule('finding') })));
    const [first] = replicas;
    const groups = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => (await first?.accept(role('us-east-1', `analyzer-${n}`)))?.group ?? ''),
    );
    await Promise.all(groups.flatMap((group) => replicas.map((parts) => parts.reconcile(group))));
    await Promise.all(groups.flatMap((group) => replicas.map((parts) => finish(site, parts, group))));
    expect(site.created()).toBe(20);
  });
});
