import { expect, test } from 'vitest';
import type { FindingKey } from '../../../src/findings/finding.ts';
import type { ChangedFact, KnownFacts } from '../../../src/issues/facts/facts.ts';
import type { Enricher } from '../../../src/pipeline/ports/enricher.ts';
import type { PipelinePorts } from '../../../src/pipeline/ports/part.ts';
import type { CompiledRules } from '../../../src/rules/parse-rules.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import { openSite, type Site } from '../../support/service/site.ts';

const FINDING = findingOf(externalEvent());
const CHANGED: ChangedFact = {
  principal: 'dana',
  role: null,
  session: null,
  person: false,
  action: 'PutBucketPolicy',
  at: '2026-03-03T14:02:00.000Z',
  by: 'cli',
};

/** An enricher that says what the test gives it. */
function enricherOf(
  known: () => Promise<ReadonlyMap<FindingKey, KnownFacts>>,
  want: Enricher['want'] = () => Promise.resolve(false),
): Enricher {
  return { name: 'made-up', want, known, start: () => undefined, stop: () => Promise.resolve() };
}

async function startWith(enricher: Enricher, rules?: CompiledRules) {
  const site = await openSite();
  const given: PipelinePorts[] = [];
  const parts = await site.start({
    ...(rules === undefined ? {} : { rules }),
    startParts: (ports) => {
      given.push(ports);
      return [{ name: 'made-up', enricher, diagnose: () => Promise.resolve([]), routes: [] }];
    },
  });
  const { group } = await parts.accept(FINDING);
  await parts.reconcile(group);
  return { site, parts, group, learn: async (because: string | null) => given[0]?.learn(FINDING.key, because, []) };
}

const textOf = (site: Site): string => JSON.stringify(site.jira.issues()[0]?.description ?? '');

test('a create waits for a fact that is awaited, and no longer than for details; one that comes later is the next update of the text', async () => {
  let known: KnownFacts = { facts: {}, awaited: true };
  const { site, parts, group, learn } = await startWith(enricherOf(() => Promise.resolve(new Map([[FINDING.key, known]]))));
  expect(site.jira.issues()).toHaveLength(0);
  expect((await parts.group(group))?.requeueAt?.because).toBe('details-awaited');
  site.clock.forward(60_000);
  await parts.reconcile(group);
  expect(site.jira.issues()).toHaveLength(1);
  known = { facts: { changed: CHANGED }, awaited: false };
  expect(await learn('made-up-found')).toBe(true);
  await parts.reconcile(group);
  expect(textOf(site)).toContain('Changed by dana with PutBucketPolicy on 3 March 2026, 14:02 UTC, with the AWS CLI');
  expect((await parts.record(FINDING.key))?.history).toContainEqual(
    expect.objectContaining({ what: 'enriched', because: 'made-up-found' }),
  );
  expect(site.jira.issues()).toHaveLength(1);
});

test('a fact that is learned ends the wait for it', async () => {
  let known: KnownFacts = { facts: {}, awaited: true };
  const { site, parts, group, learn } = await startWith(enricherOf(() => Promise.resolve(new Map([[FINDING.key, known]]))));
  known = { facts: { changed: CHANGED }, awaited: false };
  await learn(null);
  await parts.reconcile(group);
  expect(textOf(site)).toContain('Changed by dana');
});

test.each([
  ['tells nothing', enricherOf(() => Promise.reject(new Error('out of order')))],
  [
    'records nothing',
    enricherOf(
      () => Promise.resolve(new Map()),
      () => Promise.reject(new Error('out of order')),
    ),
  ],
])('an enricher that fails is absent: one that %s', async (_what, enricher) => {
  const { site, parts } = await startWith(enricher);
  expect(site.jira.issues()).toHaveLength(1);
  expect(parts.serviceEvents).toContainEqual(expect.objectContaining({ what: 'internal-error', doing: 'enricher made-up' }));
});

test('facts never close, reopen or move an issue', async () => {
  const facts = { owner: { resourceTags: { owner: 'ops' }, accountTags: {}, contact: null } };
  let known: KnownFacts = { facts: {}, awaited: false };
  const rule = {
    id: 'all',
    match: { source: ['aws.access-analyzer'] },
    action: 'issue',
    issue: { project: 'SEC', issueType: 'Task', useOwner: true },
  };
  const owner = { tags: ['owner'], values: { ops: { project: 'OPS', assignee: 'dana@example.com' } } };
  const { site, parts, group, learn } = await startWith(
    enricherOf(() => Promise.resolve(new Map([[FINDING.key, known]]))),
    rulesOf([rule], { limits: 'off', owner }),
  );
  known = { facts, awaited: false };
  const before = site.jira.issues();
  await learn(null);
  await parts.reconcile(group);
  expect(site.jira.issues().map(({ key, projectKey, status }) => [key, projectKey, status])).toEqual(
    before.map(({ key, projectKey, status }) => [key, projectKey, status]),
  );
  expect(textOf(site)).toContain('ops (tag owner=ops of the resource)');
});
