import { describe, expect, test } from 'vitest';
import { closingComment } from '../../../src/issues/text/comments.ts';
import { markerOf } from '../../../src/issues/marker.ts';
import { writtenOf } from '../../../src/issues/written.ts';
import type { RuleSet } from '../../../src/rules/routing-rule.ts';
import { issueDraft } from '../../support/findings/issue-route.ts';
import { scriptJira, type ScriptedJira } from '../../support/jira/scripted-jira.ts';
import { trackerOf } from '../../support/jira/tracker.ts';
import { transitionTarget } from '../../support/jira/transition-target.ts';

/** One odd entry of an answer never hides the rest of it. */
const REF = { id: '1', key: 'SEC-1' };
const MARKER = markerOf('default', 'f-x', ['finding'], 1);
const OPEN = { name: 'To Do', statusCategory: { key: 'new' } };
const DONE = { name: 'Done', statusCategory: { key: 'done' } };

/** Answers reads by the beginnings of their paths after `/rest/api/3`, and every write as done. */
function siteOf(answers: Readonly<Record<string, unknown>>): Promise<ScriptedJira> {
  return scriptJira(({ method, url }) => {
    const path = url.replace('/rest/api/3', '');
    if (path === '/myself') return { status: 200, json: { accountId: 'us' } };
    const named = Object.keys(answers).find((beginning) => path.startsWith(beginning));
    if (named !== undefined && (method === 'GET' || named === '/search/jql')) return { status: 200, json: answers[named] };
    return method === 'GET' ? undefined : { status: 204 };
  });
}

describe('an update', () => {
  const entry = (who: string, more: object): object => ({ author: { accountId: who }, created: '2026-03-01T10:00:00.000+0000', ...more });
  const summary = [{ field: 'summary', fieldId: 'summary' }];
  const update = {
    draft: issueDraft({ summary: 'another', labels: ['team'], components: [] }),
    fields: ['summary', 'labels'],
    marker: MARKER,
    written: writtenOf(issueDraft()),
  } as const;

  /** Updates an issue that our account has made. */
  async function updated(changelog: unknown, fields: object = {}): Promise<unknown> {
    const given = { status: OPEN, project: { key: 'SEC' }, creator: { accountId: 'us' }, summary: 'old', labels: [], ...fields };
    const jira = await siteOf({ '/issue/1': { ...REF, fields: given, changelog } });
    const { calls: _, ...outcome } = await trackerOf(jira.url).update(REF, update);
    return outcome;
  }

  const none = { total: 0, histories: [] };
  const all = { outcome: 'updated', sent: ['summary', 'labels'], theirs: [] };
  const labelsOnly = { outcome: 'updated', sent: ['labels'], theirs: ['summary'] };

  test.each<readonly [string, unknown, object, object]>([
    [
      'of a status without a category: neither open nor done',
      none,
      { status: { name: 'Odd' } },
      { ...all, status: { name: 'Odd', category: 'undefined' } },
    ],
    [
      'of a status whose category is null',
      none,
      { status: { name: 'Odd', statusCategory: null } },
      { ...all, status: { name: 'Odd', category: 'undefined' } },
    ],
    ['of a status whose category has no key', none, { status: { name: 'Odd', statusCategory: { id: 3 } } }, all],
    ['with labels and components that are null', none, { labels: null, components: null, duedate: 5 }, all],
    ['with a history without a total', { histories: [entry('dana', { items: summary })] }, {}, labelsOnly],
    ['with an entry without items', { total: 2, histories: [entry('dana', {}), entry('dana', { items: null })] }, {}, all],
    [
      'with an entry without items before a change',
      { total: 2, histories: [entry('us', {}), entry('dana', { items: summary })] },
      {},
      labelsOnly,
    ],
    [
      'with items whose field has no id',
      { total: 1, histories: [entry('dana', { items: [{ field: 'summary', fieldId: null }] })] },
      {},
      labelsOnly,
    ],
    ['with odd items', { total: 1, histories: [entry('dana', { items: [null, 'x', {}, ...summary] })] }, {}, labelsOnly],
    ['with an author that is null', { total: 1, histories: [{ ...entry('', { items: summary }), author: null }] }, {}, labelsOnly],
    ['with a change of ours without a time', { total: 1, histories: [{ ...entry('us', { items: summary }), created: null }] }, {}, all],
  ])('%s', async (_, changelog, fields, outcome) => {
    expect(await updated(changelog, fields)).toMatchObject(outcome);
  });

  test('without any history is a failure', async () => {
    expect(await updated(undefined)).toMatchObject({ outcome: 'failed', failure: { code: 'jira-bad-answer' } });
  });
});

describe('a transition', () => {
  const target = transitionTarget(closingComment('resolved'), { readFirst: true });
  const resolution = { required: true, name: null, schema: null, hasDefaultValue: null, allowedValues: null };

  async function closed(transitions: readonly unknown[], status: object = OPEN): Promise<{ outcome: unknown; body: unknown }> {
    const jira = await siteOf({ '/issue/1': { ...REF, fields: { status, resolution: null, issuetype: null }, transitions } });
    const outcome = await trackerOf(jira.url).close(REF, target);
    return { outcome, body: jira.requests.find(({ method, url }) => method === 'POST' && url.endsWith('/transitions'))?.body };
  }

  test('goes on where a target has no category, which never counts as done', async () => {
    const odd = { id: '21', name: 'Odd', to: { name: 'Odd' } };
    const nulls = { id: '31', name: null, to: DONE, hasScreen: null, isAvailable: null, isLooped: null, isGlobal: null, fields: null };
    const { outcome, body } = await closed([odd, nulls]);
    expect(outcome).toMatchObject({ outcome: 'transitioned', status: { name: 'Done', category: 'done' } });
    expect(body).toMatchObject({ transition: { id: '31' } });
  });

  test('is made from a status without a category', async () => {
    expect((await closed([{ id: '31', to: DONE }], { name: 'Odd' })).outcome).toMatchObject({ outcome: 'transitioned' });
  });

  test('fills a required field whose choices are null', async () => {
    const { outcome, body } = await closed([{ id: '31', to: DONE, hasScreen: true, fields: { resolution } }]);
    expect(outcome).toMatchObject({ outcome: 'transitioned' });
    expect(body).toMatchObject({ fields: { resolution: { name: 'Done' } } });
  });
});

describe('a create screen', () => {
  const TYPES = '/issue/createmeta/SEC/issuetypes';

  async function fieldsOf(
    fields: readonly unknown[],
    draft: Parameters<typeof issueDraft>[0] = {},
    types: readonly unknown[] = [],
  ): Promise<unknown> {
    const jira = await siteOf({
      [`${TYPES}/`]: { fields, total: fields.length },
      [TYPES]: { issueTypes: [...types, { id: '10100', name: 'Task' }], total: types.length + 1 },
    });
    const prepared = await trackerOf(jira.url).prepare(issueDraft(draft), { kind: 'create', fresh: false });
    return prepared.ok ? prepared.ready.fields : prepared.failure.message;
  }

  const SUMMARY = { fieldId: 'summary', required: true, schema: { type: 'string', system: 'summary' } };

  test('is read where types and fields are odd', async () => {
    const odd = [null, {}, { fieldId: null }, { fieldId: 'odd', name: null, required: null, schema: null, allowedValues: null }];
    const types = [null, { id: 7, name: 'Numbered' }, { id: '8' }];
    expect(await fieldsOf([...odd, SUMMARY], {}, types)).toMatchObject({ issuetype: { id: '10100' }, summary: expect.any(String) });
  });

  test('takes a value for a field whose choices or items are null', async () => {
    const select = {
      fieldId: 'customfield_1',
      name: 'Cause',
      required: true,
      schema: { type: 'option', items: null },
      allowedValues: null,
    };
    expect(await fieldsOf([SUMMARY, select], { fields: { Cause: 'Policy' } })).toMatchObject({ customfield_1: { value: 'Policy' } });
  });

  test('has the other choices where one is odd', async () => {
    const values = [null, { id: 1 }, { id: '2', value: 'Policy', children: null, disabled: null }];
    const select = { fieldId: 'customfield_1', name: 'Cause', required: true, schema: { type: 'option' }, allowedValues: values };
    expect(await fieldsOf([SUMMARY, select], { fields: { Cause: 'policy' } })).toMatchObject({ customfield_1: { id: '2' } });
  });
});

describe('a search', () => {
  const found = (id: string, fields: object = {}): object => ({
    id,
    key: `SEC-${id}`,
    fields: {
      status: OPEN,
      project: { key: 'SEC' },
      issuetype: { name: 'Task' },
      creator: { accountId: 'us' },
      labels: [MARKER.label],
      ...fields,
    },
    properties: { 'findings-to-jira': MARKER.property },
  });

  async function lookup(...issues: readonly unknown[]): Promise<Awaited<ReturnType<ReturnType<typeof trackerOf>['lookup']>>> {
    const jira = await siteOf({ '/search/jql': { issues, isLast: true } });
    return trackerOf(jira.url).lookup({ label: MARKER.label, controls: [], near: null, madeWithinMs: 60_000 });
  }

  test('finds an issue whose fields are null, with a status that is neither open nor done', async () => {
    const nulls = { status: null, project: null, issuetype: null, creator: null, labels: null };
    expect(await lookup(found('1', nulls))).toMatchObject({
      valid: true,
      found: [{ issue: REF, projectKey: 'SEC', issueType: '', createdByUs: false, labels: [], status: { category: 'undefined' } }],
    });
    expect(await lookup(found('1', { status: { name: 'Odd' } }))).toMatchObject({
      valid: true,
      found: [{ createdByUs: true, status: { name: 'Odd', category: 'undefined' } }],
    });
  });

  test('with an issue that can not be read shows the others, and proves nothing', async () => {
    for (const odd of [null, { id: 2 }, { id: '2', key: 'SEC-2' }, found('2', { labels: 'x' })])
      expect(await lookup(odd, found('1'))).toMatchObject({ valid: false, because: 'warnings', found: [{ issue: REF }] });
  });
});

describe('the doctor and the preflight', () => {
  const match = { source: ['aws.access-analyzer'] };
  const rules: RuleSet = { version: 1, rules: [{ id: 'r', match, action: 'issue', issue: { project: 'SEC', issueType: 'Task' } }] };

  test('know the link types beside one without a name', async () => {
    const jira = await siteOf({
      '/serverInfo': { baseUrl: null, serverTime: 5 },
      '/issueLinkType': { issueLinkTypes: [null, {}, { name: null }, { name: 'Duplicate' }, { name: 'Relates' }] },
      '/search/jql': { issues: [], isLast: true },
      '/mypermissions': { permissions: { BROWSE_PROJECTS: { havePermission: true }, ODD: null } },
    });
    const checks = await trackerOf(jira.url).diagnose(rules);
    expect(checks.find(({ check }) => check === 'jira-link-types')).toMatchObject({ ok: true });
    expect(checks.find(({ check }) => check === 'jira-permissions:SEC')?.message).not.toContain('BROWSE_PROJECTS');
  });

  test('know the statuses beside odd ones', async () => {
    const have = { havePermission: true };
    const permissions = Object.fromEntries(
      ['BROWSE_PROJECTS', 'CREATE_ISSUES', 'EDIT_ISSUES', 'TRANSITION_ISSUES', 'ADD_COMMENTS', 'LINK_ISSUES'].map((name) => [name, have]),
    );
    const fields = ['summary', 'description', 'labels'].map((fieldId) => ({ fieldId, required: false, schema: { type: 'string' } }));
    const jira = await siteOf({
      '/issue/createmeta/SEC/issuetypes/': { fields, total: 3 },
      '/issue/createmeta/SEC/issuetypes': { issueTypes: [{ id: '1', name: 'Task' }], total: 1 },
      '/project/SEC/statuses': [
        null,
        { name: 'Bug' },
        { name: 'Task', statuses: [null, {}, { name: 'Odd' }, OPEN, { ...DONE, id: null }] },
      ],
      '/project/SEC/permissionscheme': { permissions: [null, { permission: 'BROWSE_PROJECTS', holder: null }] },
      '/project/SEC': { key: 'SEC', archived: null },
      '/mypermissions': { permissions },
    });
    expect(await trackerOf(jira.url).preflight.check(rules, null)).toEqual([]);
  });
});

test('a comment of ours is found beside odd ones', async () => {
  const words = closingComment('resolved');
  const comments = [null, {}, { author: 'x', created: 5 }, { author: { accountId: 'us' }, created: new Date().toISOString(), body: words }];
  const jira = await siteOf({ '/issue/1/comment': { comments } });
  expect(await trackerOf(jira.url).sayOnce(REF, words, 60_000)).toBeNull();
  expect(jira.lines().filter((line) => line.startsWith('POST'))).toEqual([]);
});

test.each([{ id: '1' }, { key: 'SEC-1' }, { id: 1, key: 'SEC-1' }, { id: '1', key: null }])(
  'a create whose answer is %j is uncertain: id and key stay required',
  async (json) => {
    const jira = await scriptJira(() => ({ status: 201, json }));
    const ready = { projectKey: 'SEC', issueType: 'Task', fields: {}, labels: [], takesLabels: true, notes: [] };
    expect(await trackerOf(jira.url).create(ready, MARKER, Infinity)).toMatchObject({ outcome: 'uncertain' });
  },
);
