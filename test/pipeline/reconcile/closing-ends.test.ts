import { expect, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import type { Workflow, WorkflowTransition } from '../../../src/sandbox/jira/workflow.ts';
import { numberedEvent } from '../../support/findings/findings-by-number.ts';
import { finish } from '../../support/service/finish.ts';
import { changeRules } from '../../support/service/save-rules.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';

const RULE = {
  id: 'everything',
  match: { source: ['aws.access-analyzer'] },
  action: 'issue',
  issue: { project: 'SEC', issueType: 'Task' },
};
const seen = (n: number, minute: number, status: 'ACTIVE' | 'ARCHIVED' | 'RESOLVED' = 'ACTIVE'): Finding =>
  findingOf(numberedEvent(n, minute, status));

/** New, and these done statuses; all reached by global transitions without a screen, unless a transition says more. */
function workflowOf(done: readonly string[], more: Partial<WorkflowTransition> = {}): Workflow {
  return {
    name: 'made by hand',
    statuses: [
      { id: '1', name: 'New', category: 'new' },
      ...done.map((name, at) => ({ id: String(at + 2), name, category: 'done' as const })),
    ],
    transitions: [
      { id: '1', name: 'Reopen', from: 'any', to: 'New', screen: null, resolution: null },
      ...done.map((name, at): WorkflowTransition => ({
        id: String(at + 2),
        name,
        from: 'any',
        to: name,
        screen: null,
        resolution: 'kept',
        ...more,
      })),
    ],
  };
}

const siteWith = (workflow: Workflow): Promise<Site> => openSite({ projects: [{ key: 'SEC', workflow }] });

async function emit(site: Site, parts: ServiceParts, finding: Finding): Promise<string> {
  const { group } = await parts.accept(finding);
  await finish(site, parts, group);
  return group;
}

async function tryOnce(parts: ServiceParts, finding: Finding): Promise<string> {
  const { group } = await parts.accept(finding);
  await parts.reconcile(group);
  return group;
}

test('without a word that decides, a close is a failure that lists the choices, moves nothing, and heals when the rule decides', async () => {
  const site = await siteWith(workflowOf(['Zeta', 'Omega']));
  const parts = await site.start({ rules: rulesOf([RULE]) });
  await emit(site, parts, seen(1, 1));
  const group = await tryOnce(parts, seen(1, 2, 'RESOLVED'));
  expect((await parts.record(seen(1, 1).key))?.mapping).toMatchObject({
    state: 'failed',
    error: { code: 'jira-close-undecided', message: expect.stringMatching(/close\.resolved\.status.*"Zeta", "Omega"/) },
  });
  expect(site.jira.issues()).toMatchObject([{ status: 'New', comments: [] }]);
  await changeRules(parts, [{ ...RULE, close: { status: 'Omega' } }]);
  await parts.reconcile(group);
  expect(site.jira.issues()).toMatchObject([{ status: 'Omega', comments: [{}] }]);
  expect((await parts.record(seen(1, 1).key))?.mapping).toMatchObject({ state: 'closed', error: null });
});

test('each outcome ends where the rule says', async () => {
  const site = await siteWith(workflowOf(['Zeta', 'Omega', 'Kappa']));
  const close = { resolved: { status: 'Zeta' }, archived: { transition: '3' }, status: 'Kappa' };
  const parts = await site.start({ rules: rulesOf([{ ...RULE, close, whenUnrouted: 'close' }]) });
  for (const n of [1, 2, 3]) await emit(site, parts, seen(n, 1));
  await emit(site, parts, seen(1, 2, 'RESOLVED'));
  await emit(site, parts, seen(2, 2, 'ARCHIVED'));
  await changeRules(parts, [
    { id: 'nothing', match: { detail: { id: ['finding-3'] } }, action: 'ignore' },
    { ...RULE, close, whenUnrouted: 'close' },
  ]);
  const third = await parts.record(seen(3, 1).key);
  await finish(site, parts, third?.group ?? '');
  expect(site.jira.issues().map(({ status }) => status)).toEqual(['Zeta', 'Omega', 'Kappa']);
});

test('a resolution that a post-function sets on a fix is flagged, and the issue stays closed', async () => {
  const site = await siteWith(workflowOf(['Done'], { screen: { resolution: 'optional' }, resolution: "Won't Do" }));
  const parts = await site.start({ rules: rulesOf([RULE]) });
  for (const n of [1, 2]) await emit(site, parts, seen(n, 1));
  for (const n of [1, 2]) await emit(site, parts, seen(n, 2, 'RESOLVED'));
  for (const n of [1, 2]) {
    const record = await parts.record(seen(n, 1).key);
    expect(record?.mapping).toMatchObject({ state: 'closed', error: null });
    expect(record?.history.filter(({ what }) => what === 'noted')).toMatchObject([{ because: "resolution-not-fixed: Won't Do" }]);
  }
  expect(parts.serviceEvents.filter(({ what }) => what === 'issue-ended-otherwise')).toMatchObject([
    { issueKey: 'SEC-1', resolution: "Won't Do" },
    { issueKey: 'SEC-2', resolution: "Won't Do" },
  ]);
  expect(site.jira.issues()).toMatchObject([1, 2].map(() => ({ status: 'Done', resolution: "Won't Do", comments: [{}] })));
});

test('a resolution that the rule names, or that is fine for an archived finding, is not flagged', async () => {
  const site = await siteWith(workflowOf(['Done'], { screen: { resolution: 'optional' }, resolution: 'kept' }));
  const parts = await site.start({ rules: rulesOf([{ ...RULE, close: { resolution: 'Duplicate' } }]) });
  for (const n of [1, 2]) await emit(site, parts, seen(n, 1));
  await emit(site, parts, seen(1, 2, 'RESOLVED'));
  await emit(site, parts, seen(2, 2, 'ARCHIVED'));
  expect(site.jira.issues()).toMatchObject([{ resolution: 'Duplicate' }, { resolution: 'Duplicate' }]);
  expect(parts.serviceEvents.filter(({ what }) => what === 'issue-ended-otherwise')).toEqual([]);
});

test('a reopening takes its fields from reopen.fields, and its advice names them', async () => {
  const workflow = workflowOf(['Done']);
  const [reopen, ...others] = workflow.transitions;
  if (reopen === undefined) throw new Error('there is no transition');
  const screen = { resolution: 'absent', requires: ['customfield_10200'] } as const;
  const site = await openSite({
    projects: [
      {
        key: 'SEC',
        workflow: { ...workflow, transitions: [{ ...reopen, from: ['Done'], screen }, ...others] },
        customFields: [{ id: 'customfield_10200', name: 'Reopen reason', kind: 'select', options: ['Regression', 'Not fixed'] }],
      },
    ],
  });
  const close = { fields: { customfield_10200: { value: 'Not fixed' } } };
  const parts = await site.start({ rules: rulesOf([{ ...RULE, close }]) });
  await emit(site, parts, seen(1, 1));
  await emit(site, parts, seen(1, 2, 'RESOLVED'));
  site.clock.forward(60_000);
  const group = await tryOnce(parts, seen(1, 3));
  expect((await parts.record(seen(1, 1).key))?.mapping).toMatchObject({
    state: 'failed',
    error: {
      code: 'jira-field-required',
      message: expect.stringMatching(/reopen\.fields\.customfield_10200 \(one of Regression, Not fixed\)/),
    },
  });
  await changeRules(parts, [{ ...RULE, close, reopen: { fields: { customfield_10200: { value: 'Regression' } } } }]);
  await finish(site, parts, group);
  expect(site.jira.issues()).toMatchObject([{ status: 'New', otherFields: { customfield_10200: { value: 'Regression' } } }]);
});

test('a transition for the assignee alone is not seen, and the failure names conditions besides the permission', async () => {
  const site = await siteWith(workflowOf(['Done'], { condition: 'assignee' }));
  const alone = { ...workflowOf(['Done'], { condition: 'assignee' }) };
  const bare = await siteWith({ ...alone, transitions: alone.transitions.filter(({ to }) => to === 'Done') });
  for (const [one, words] of [
    [site, /Jira offers "Reopen" to "New"; a condition of the workflow may hide one/],
    [bare, /permission "Transition issues".*conditions of the workflow/],
  ] as const) {
    const parts = await one.start({ rules: rulesOf([RULE]) });
    await emit(one, parts, seen(1, 1));
    await tryOnce(parts, seen(1, 2, 'RESOLVED'));
    expect((await parts.record(seen(1, 1).key))?.mapping).toMatchObject({
      error: { code: 'jira-no-transition', message: expect.stringMatching(words) },
    });
  }
});
