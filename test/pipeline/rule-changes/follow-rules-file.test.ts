import { expect, onTestFinished, test } from 'vitest';
import { AUDIT } from '../../../src/pipeline/records/admin-collections.ts';
import { RULE_REVISIONS } from '../../../src/pipeline/records/rule-collections.ts';
import { createFollowRules } from '../../../src/pipeline/rule-changes/follow-rules-file.ts';
import { createYielder } from '../../../src/pipeline/rulebook/yielder.ts';
import { rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';
import { until } from '../../support/until.ts';
import type { SourceRead } from '../../../src/pipeline/ports/rules-source.ts';

const REST = { id: 'rest', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue: { project: 'SEC', issueType: 'Task' } };
const other = (project: string) => ({ ...REST, issue: { ...REST.issue, project } });

function follow(site: Site, parts: ServiceParts) {
  const reads: SourceRead[] = [];
  const follower = createFollowRules({
    source: { read: async () => reads.shift() ?? null, inFile: (problems) => problems.map(({ path, message }) => `${path}: ${message}`) },
    rules: parts.rules,
    saveRules: parts.saveRules,
    yielder: createYielder(site.clock),
    emit: (event) => void parts.serviceEvents.push(event),
    everyMs: 1,
  });
  onTestFinished(() => follower.stop());
  return { follower, say: (read: SourceRead) => void reads.push(read) };
}

const revision = async (parts: ServiceParts): Promise<number> => (await parts.rules.current()).revision;
const told = (parts: ServiceParts): readonly string[] =>
  parts.serviceEvents.map(({ what }) => what).filter((what) => what.startsWith('rules-file'));
const file = (...rules: readonly object[]): SourceRead => ({ ok: true, input: { version: 1, rules } });

test('at start the store takes the file, once, with an audit entry; an unchanged file makes no revision', async () => {
  const site = await openSite();
  const parts = await site.start({ rules: rulesOf([REST]) });
  await follow(site, parts).follower.start(rulesOf([other('PLAT')]));
  await follow(site, parts).follower.start(rulesOf([other('PLAT')]));
  expect(await revision(parts)).toBe(2);
  const { items } = await site.store.page(AUDIT, { terms: [], limit: 10 });
  expect(items.map(({ doc }) => [doc.actor, doc.action])).toEqual([['rules-file', 'rules.saved']]);
});

test('replicas that read the same change at once make one revision', async () => {
  const site = await openSite();
  const replicas = await Promise.all([1, 2, 3].map(() => site.start({ rules: rulesOf([REST]) })));
  await Promise.all(replicas.map((parts) => follow(site, parts).follower.start(rulesOf([other('PLAT')]))));
  const { items } = await site.store.page(RULE_REVISIONS, { terms: [], limit: 10 });
  expect(items.map(({ doc }) => [doc.revision, doc.savedBy])).toEqual([
    [2, 'rules-file'],
    [1, 'rules-file'],
  ]);
});

test.each<[string, SourceRead, string]>([
  ['that cannot be read', { ok: false, problems: ['rules.yaml: no'] }, 'rules.yaml: no'],
  ['that holds no rules', { ok: true, input: { version: 1 } }, 'rules: '],
  [
    'whose tests fail',
    { ok: true, input: { version: 1, rules: [REST], tests: [{ finding: {}, expect: { action: 'ignore' } }] } },
    'tests[0]: expected action ignore',
  ],
])('a file %s changes nothing, is reported once, and again when it is fixed', async (_, broken, words) => {
  const site = await openSite();
  const parts = await site.start({ rules: rulesOf([REST]) });
  const { follower, say } = follow(site, parts);
  await follower.start(rulesOf([REST]));
  say(broken);
  await until(() => follower.problem() !== null, 'it is refused');
  expect(follower.problem()).toContain(words);
  expect([await revision(parts), told(parts)]).toEqual([1, ['rules-file-refused']]);
  say(file(other('PLAT')));
  await until(() => follower.problem() === null, 'it is fixed');
  expect([await revision(parts), told(parts)]).toEqual([2, ['rules-file-refused', 'rules-file-fixed']]);
});
