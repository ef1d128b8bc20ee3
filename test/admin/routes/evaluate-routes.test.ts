import { describe, expect, onTestFinished, test } from 'vitest';
import { FINDINGS } from '../../../src/pipeline/records/finding-collections.ts';
import { startAdmin, type AdminFixture } from '../../support/admin/admin-server.ts';
import { ask } from '../../support/admin/ask-admin.ts';
import { externalEvent, unusedEvent } from '../../support/findings/finding-events.ts';
import { finish } from '../../support/service/finish.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts, ServicePartsOptions } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';

const issue = { project: 'SEC', issueType: 'Task' };
const RULES = [
  { id: 'sandbox', match: { detail: { accountId: ['555566667777'], isPublic: [false] } }, action: 'ignore' },
  {
    id: 'public',
    match: { detail: { isPublic: [true] } },
    action: 'issue',
    issue: { project: 'PLAT', issueType: 'Bug', labels: ['open'] },
  },
  { id: 'rest', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue },
];
const PUBLIC = externalEvent();
const SANDBOX = externalEvent({ detail: { id: 'sandbox-one', accountId: '555566667777', isPublic: false } });

interface Bench {
  readonly site: Site;
  readonly parts: ServiceParts;
  readonly admin: AdminFixture;
  evaluate(body: object, role?: 'viewer' | 'operator'): Promise<{ readonly status: number; readonly json: ReturnType<typeof JSON.parse> }>;
}

async function open(options: Partial<ServicePartsOptions> = {}, jira: Parameters<typeof openSite>[0] = {}): Promise<Bench> {
  const site = await openSite(jira);
  const parts = await site.start({ rules: rulesOf(RULES), ...options });
  const { rules, operations, saveRules, evaluate } = parts;
  const admin = await startAdmin([], { store: site.store, rules, operations, saveRules, evaluate });
  onTestFinished(() => admin.close());
  return {
    site,
    parts,
    admin,
    async evaluate(body, role = 'operator') {
      const answer = await ask(admin, '/api/v1/rules/evaluate', { method: 'POST', role, body });
      return { status: answer.statusCode, json: answer.json() };
    },
  };
}

/** Requests to the simulated Jira that could change something. */
function writes({ jira }: Site): readonly string[] {
  return jira
    .history()
    .map(({ operation }) => operation)
    .filter((operation) => /^(POST|PUT|DELETE) \/issue(\/\*.*)?$/.test(operation));
}

describe('an event is evaluated', () => {
  test('with its decision, the trace rule by rule, its group, and the request that a pass then sends', async () => {
    const { site, parts, evaluate } = await open();
    const { status, json } = await evaluate({ event: PUBLIC });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      findingId: '22222222-dcba-4444-dcba-000000000001',
      findingStatus: 'ACTIVE',
      decision: { action: 'issue', because: 'rule-matched', ruleId: 'public' },
      trace: [
        {
          ruleId: 'sandbox',
          matched: false,
          mismatches: [
            { path: 'detail.accountId', wanted: '"555566667777"', found: '"444455556666"' },
            { path: 'detail.isPublic', wanted: 'false', found: 'true' },
          ],
        },
        { ruleId: 'public', matched: true, mismatches: [] },
      ],
      group: { by: 'finding', fixed: false },
      outcome: { step: 'create', because: 'not-opened-yet', until: null, issueKey: null, failure: null, notes: [] },
      preflight: [],
      others: [],
    });
    const { request } = json.outcome;
    expect(request).toMatchObject({ method: 'POST', path: '/rest/api/3/issue' });
    expect(request.body.fields.labels).toContain('open');
    expect(request.body.properties[0].value).toMatchObject({ installation: 'default', group: json.group.id, attempt: 1 });
    expect(writes(site)).toEqual([]);
    expect(await site.store.counts(FINDINGS, [''])).toEqual([0]);

    const { group } = await parts.accept(findingOf(PUBLIC));
    expect(group).toBe(json.group.id);
    await finish(site, parts, group);
    const [made] = site.jira.issues();
    expect(made).toMatchObject({ key: 'PLAT-1', summary: request.body.fields.summary, labels: request.body.fields.labels });
    expect(made?.description).toEqual(request.body.fields.description);
  });

  test.each([
    [
      'a finding that a rule ignores',
      SANDBOX,
      { decision: { action: 'ignore', because: 'rule-ignores', ruleId: 'sandbox' }, outcome: { step: 'nothing', because: 'rule-ignores' } },
    ],
    [
      'a resolved finding',
      externalEvent({ detail: { status: 'RESOLVED' } }),
      { decision: { action: 'issue' }, outcome: { step: 'nothing', because: 'never-opened', request: null } },
    ],
    ['unused access', unusedEvent(), { decision: { ruleId: 'rest' }, group: { by: 'finding' } }],
  ])('%s', async (_what, event, expected) => {
    const { evaluate } = await open();
    expect((await evaluate({ event })).json).toMatchObject(expected);
  });

  test('in every envelope that may come from the queue', async () => {
    const { evaluate } = await open();
    const sns = { Type: 'Notification', MessageId: 'm', TopicArn: 'arn:aws:sns:us-west-2:111122223333:t', Message: JSON.stringify(PUBLIC) };
    for (const event of [sns, JSON.stringify(sns), JSON.stringify(PUBLIC)]) {
      expect((await evaluate({ event })).json).toMatchObject({ decision: { ruleId: 'public' } });
    }
  });

  test.each<[string, unknown, string | undefined]>([
    ['no event', { a: 1 }, ''],
    ['no JSON', 'hello', ''],
    ['an event of others', { ...PUBLIC, source: 'aws.s3' }, 'source'],
    ['a finding that lacks its resource', externalEvent({ detail: { resource: undefined } }), 'detail.resource'],
    ['an access preview', { ...PUBLIC, 'detail-type': 'Access Preview State Change' }, undefined],
  ])('or refused: %s', async (_what, event, path) => {
    const { evaluate } = await open();
    const { status, json } = await evaluate({ event });
    expect([status, json.code, json.errors?.[0]?.path]).toEqual([422, 'event-unreadable', path]);
  });
});

describe('a known finding', () => {
  test('has its issue, and a draft may send it elsewhere', async () => {
    const { site, parts, evaluate } = await open();
    const { group } = await parts.accept(findingOf(PUBLIC));
    await finish(site, parts, group);
    const findingId = findingOf(PUBLIC).findingId;
    const sent = writes(site);
    expect((await evaluate({ findingId })).json).toMatchObject({
      decision: { ruleId: 'public' },
      group: { id: group },
      outcome: { step: 'nothing', because: 'already-open', issueKey: 'PLAT-1', request: null },
    });
    const ignoring = [{ id: 'none', match: { source: ['aws.access-analyzer'] }, action: 'ignore' }];
    expect((await evaluate({ findingId, rules: ignoring })).json).toMatchObject({
      decision: { action: 'ignore', ruleId: 'none' },
      outcome: { step: 'nothing', because: 'unrouted', issueKey: 'PLAT-1' },
    });
    const closing = { version: 1, rules: [ignoring[0], { ...RULES[1], whenUnrouted: 'close' }] };
    expect((await evaluate({ findingId, rules: closing })).json).toMatchObject({ outcome: { step: 'close', because: 'unrouted' } });
    expect(
      (
        await evaluate({
          event: { ...PUBLIC, detail: { ...Object(PUBLIC['detail']), status: 'RESOLVED', updatedAt: '2026-03-02T10:00:00Z' } },
        })
      ).json,
    ).toMatchObject({
      findingStatus: 'RESOLVED',
      outcome: { step: 'close', because: 'resolved', issueKey: 'PLAT-1' },
    });
    expect(writes(site)).toEqual(sent);
  });

  test('whose id no analyzer or several analyzers use is refused as by the mappings', async () => {
    const { parts, evaluate } = await open();
    const others = ['one', 'two'].map((name) => `arn:aws:access-analyzer:us-west-2:111122223333:analyzer/${name}`);
    for (const analyzerArn of others) await parts.accept(findingOf(externalEvent({ analyzerArn, detail: { id: 'shared' } })));
    expect((await evaluate({ findingId: 'nothing' })).json).toMatchObject({ code: 'mapping-not-found' });
    expect((await evaluate({ findingId: 'shared' })).json).toMatchObject({ code: 'ambiguous-finding' });
    expect((await evaluate({ findingId: 'shared', analyzerArn: others[1] })).json).toMatchObject({ analyzerArn: others[1] });
  });

  test('that joins others shares their issue', async () => {
    const { site, parts, evaluate } = await open({ rules: rulesOf([{ ...RULES[2], groupBy: 'resource' }]) });
    const { group } = await parts.accept(findingOf(PUBLIC));
    await finish(site, parts, group);
    const joining = externalEvent({ detail: { id: 'another' } });
    expect((await evaluate({ event: joining })).json).toMatchObject({
      group: { id: group, by: 'resource', fixed: false },
      outcome: { step: 'update', because: 'content-changed', issueKey: 'SEC-1' },
    });
    // A draft does not take it out of the group that has the issue.
    const alone = [{ ...RULES[2], groupBy: 'finding' }];
    expect((await evaluate({ findingId: findingOf(PUBLIC).findingId, rules: alone })).json).toMatchObject({
      group: { id: group, by: 'finding', fixed: true },
    });
  });
});

describe('the answer of Jira', () => {
  test('is part of it: a field that the rule does not set', async () => {
    const { evaluate } = await open({}, { projects: [{ key: 'PLAT', required: ['duedate'] }, { key: 'SEC' }] });
    const { json } = await evaluate({ event: PUBLIC });
    expect(json.preflight).toMatchObject([
      { ruleId: 'public', severity: 'error', code: 'field-required', message: expect.stringContaining('duedate') },
    ]);
    expect(json.outcome).toMatchObject({ step: 'create', request: null, failure: { code: 'jira-field-required' } });
  });

  test('says where the issue will end, for each outcome, and why', async () => {
    const { evaluate } = await open({}, { projects: [{ key: 'PLAT' }, { key: 'SEC' }] });
    const { json } = await evaluate({ event: PUBLIC });
    expect(json.ends).toEqual(
      ['resolved', 'archived', 'unmonitored'].map((outcome) => ({
        ruleId: 'public',
        projectKey: 'PLAT',
        issueType: expect.any(String),
        outcome,
        status: 'Done',
        because: 'word',
        message: `${outcome}: "Done", whose word says so`,
      })),
    );
  });

  test('is not asked for where it is not wanted', async () => {
    const { evaluate } = await open();
    expect((await evaluate({ event: PUBLIC, preflight: false })).json).toMatchObject({ preflight: null, ends: null });
    expect((await evaluate({ event: PUBLIC }, 'viewer')).json).toMatchObject({ preflight: null, outcome: { step: 'create' } });
  });

  test('with MODE=observe nothing is sent, and the answer shows the request that live mode would send', async () => {
    const [observing, live] = [await open({ mode: 'observe' }), await open()];
    const { outcome } = (await observing.evaluate({ event: PUBLIC })).json;
    expect(outcome).toMatchObject({ step: 'nothing', because: 'observe-only', failure: null });
    expect(outcome.request).toEqual((await live.evaluate({ event: PUBLIC })).json.outcome.request);
    expect(outcome.request.body.fields.project).toBeDefined();
  });
});

describe('a request is refused', () => {
  test('when a viewer brings a draft, or wants Jira to be asked', async () => {
    const { evaluate } = await open();
    for (const more of [{ rules: RULES }, { preflight: true }]) {
      expect((await evaluate({ event: PUBLIC, ...more }, 'viewer')).json).toMatchObject({ code: 'forbidden' });
    }
  });

  test.each([
    ['neither event nor finding', {}, 'invalid-request'],
    ['both', { event: PUBLIC, findingId: 'x' }, 'invalid-request'],
    ['something else', { event: PUBLIC, send: true }, 'invalid-request'],
    ['an invalid draft', { event: PUBLIC, rules: [{ id: 'x' }] }, 'rules-invalid'],
  ])('with %s', async (_what, body, code) => {
    const { evaluate } = await open();
    expect((await evaluate(body)).json).toMatchObject({ code });
  });
});
