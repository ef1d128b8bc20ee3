import { describe, expect, onTestFinished, test } from 'vitest';
import type { EvaluateFinding } from '../../../src/pipeline/admin-actions/evaluate-finding.ts';
import type { FindingRecord } from '../../../src/pipeline/records/finding-record.ts';
import { startAdmin, type AdminFixture } from '../../support/admin/admin-server.ts';
import { ask } from '../../support/admin/ask-admin.ts';
import { eventOfManyObjects, MANY_ALTERNATIVES } from '../../support/findings/costly-events.ts';
import { findingRecord } from '../../support/findings/finding-records.ts';
import { numberedEvent, range } from '../../support/findings/findings-by-number.ts';
import { openAdminSite } from '../../support/admin/admin-site.ts';
import { rulesOf } from '../../support/findings/parsed.ts';
import { until } from '../../support/until.ts';

const REST = {
  id: 'everything-else',
  match: { source: ['aws.access-analyzer'] },
  action: 'issue',
  issue: { project: 'SEC', issueType: 'Task' },
};
const PUBLIC = { id: 'public', match: { detail: { isPublic: [true] } }, action: 'issue', issue: { project: 'PLAT', issueType: 'Bug' } };
const IGNORING = { id: 'one-account', match: { detail: { accountId: ['555566667777'] } }, action: 'ignore' };

const FROM = Date.parse('2026-03-01T10:06:00Z');

/** A finding that is not public, so that `everything-else` decides, with an open issue of its own. */
function withIssue(n: number, accountId = '444455556666'): FindingRecord {
  return findingRecord(
    { detail: { id: `finding-${n}`, isPublic: false, accountId } },
    {
      group: `f-${n}`,
      firstSeenAt: FROM + n,
      mapping: {
        state: 'open',
        because: 'already-open',
        projectKey: 'SEC',
        issue: { id: String(10_000 + n), key: `SEC-${n}`, status: null },
        error: null,
      },
    },
  );
}

/** Jira would get nothing. */
const evaluate: EvaluateFinding = async ({ finding }) => ({
  finding,
  decision: { action: 'ignore', because: 'no-rule-matches', ruleId: null },
  trace: [],
  group: { id: finding.key, by: 'finding', fixed: false },
  outcome: { step: 'nothing', because: 'no-rule-matches', until: null, issueKey: null, request: null, notes: [], failure: null },
  preflight: null,
  facts: {},
  owner: null,
  ends: null,
});

async function open(records: readonly FindingRecord[]): Promise<AdminFixture> {
  const admin = await startAdmin(records, { evaluate });
  onTestFinished(() => admin.close());
  await admin.rules.current();
  return admin;
}

async function backtest(admin: AdminFixture, body: unknown) {
  const started = await ask(admin, '/api/v1/rules/backtest', { method: 'POST', role: 'operator', body });
  expect(started.statusCode).toBe(202);
  const url = String(started.headers['location']);
  expect(url).toBe(`/api/v1/operations/${started.json().id}`);
  await until(async () => (await ask(admin, url)).json().state !== 'running', 'the backtest has ended');
  return (await ask(admin, url, { role: 'viewer' })).json();
}

const put = (admin: AdminFixture, body: unknown, ifMatch: number, token?: string) =>
  ask(admin, `/api/v1/rules${token === undefined ? '' : `?backtestToken=${token}`}`, { method: 'PUT', body, ifMatch });

describe('a backtest', () => {
  test('names the findings that a rule takes too many steps to compare with, and the rule', async () => {
    const admin = await open([findingRecord(eventOfManyObjects(), { group: 'f-1', firstSeenAt: FROM }), withIssue(2)]);
    const costly = { id: 'costly', match: MANY_ALTERNATIVES, action: 'ignore' };
    const { result } = await backtest(admin, { version: 1, rules: [costly, PUBLIC, REST] });
    expect(result).toMatchObject({
      findings: 2,
      effects: { fails: { findings: 1, examples: [{ after: { ruleId: 'costly', projectKey: null } }] } },
    });
  });

  test('counts what a draft would change, with examples, and changes nothing', async () => {
    const admin = await open([
      // Open, and sent nowhere by the draft; open, and sent elsewhere; open, filed differently; open and unchanged.
      ...range(12).map((n) => withIssue(n, '555566667777')),
      ...range(3).map((n) => withIssue(20 + n, '111122223333')),
      withIssue(30, '222233334444'),
      ...range(4).map((n) => withIssue(40 + n)),
      // Two findings of one issue.
      { ...withIssue(50, '111122223333'), mapping: withIssue(20).mapping },
    ]);
    const draft = {
      version: 1,
      rules: [
        IGNORING,
        { ...REST, id: 'moved', match: { detail: { accountId: ['111122223333'] } }, issue: { project: 'OPS', issueType: 'Task' } },
        {
          ...REST,
          id: 'labelled',
          match: { detail: { accountId: ['222233334444'] } },
          issue: { project: 'SEC', issueType: 'Task', labels: ['x'] },
        },
        REST,
        PUBLIC,
      ],
    };
    const { result, ...operation } = await backtest(admin, draft);
    expect(operation).toMatchObject({ kind: 'backtest', state: 'done', done: 21, total: 21, startedBy: 'otto', error: null });
    expect(result).toMatchObject({
      base: 1,
      backtestToken: operation.id,
      findings: 21,
      openIssuesTouched: 16,
      effects: {
        ignores: { findings: 12, issues: 12 },
        moves: {
          findings: 4,
          issues: 3,
          examples: expect.arrayContaining([
            {
              findingId: 'finding-20',
              analyzerArn: expect.any(String),
              accountId: '111122223333',
              resource: 'arn:aws:s3:::billing-export',
              issueKey: 'SEC-20',
              before: { ruleId: 'everything-else', projectKey: 'SEC' },
              after: { ruleId: 'moved', projectKey: 'OPS' },
            },
          ]),
        },
        changes: { findings: 1, issues: 1 },
        opens: { findings: 0, issues: 0, examples: [] },
        closes: { findings: 0 },
        nothing: { findings: 4, issues: 4, examples: [] },
      },
      idleRules: [{ code: 'unreachable', path: 'rules[4]' }],
    });
    expect(result.effects.ignores.examples).toHaveLength(10);
    expect((await ask(admin, '/api/v1/rules')).json()).toMatchObject({ revision: 1 });
    expect((await ask(admin, '/api/v1/rules/history')).json().items).toHaveLength(1);
    expect((await ask(admin, '/api/v1/audit')).json().items).toMatchObject([
      { actor: 'otto', action: 'rules.backtested', target: 'rules' },
    ]);
  });

  test('shows the request that would open an issue, also while only observing', async () => {
    const {
      ask: askSite,
      take,
      site,
    } = await openAdminSite({
      parts: { mode: 'observe', rules: rulesOf([{ id: 'none', match: { source: ['aws.access-analyzer'] }, action: 'ignore' }]) },
    });
    for (const n of range(5)) await take(numberedEvent(n, 10));
    const examplesOf = async (): Promise<readonly { readonly findingId: string; readonly request?: unknown }[]> => {
      const started = await askSite('POST', '/api/v1/rules/backtest', { version: 1, rules: [REST] });
      const url = String(started.headers['location']);
      await until(async () => (await askSite('GET', url)).body['state'] !== 'running', 'the backtest has ended');
      return Object((await askSite('GET', url)).body['result']).effects.opens.examples;
    };
    const examples = await examplesOf();
    expect(examples).toHaveLength(5);
    for (const { findingId, request } of examples) {
      const evaluated = await askSite('POST', '/api/v1/rules/evaluate', { findingId, rules: [REST] });
      expect(Object(request).body.fields.summary).toEqual(expect.any(String));
      expect(request).toEqual(Object(evaluated.body['outcome']).request);
    }
    expect(site.created()).toBe(0);
  });

  test('tells what would be opened, once for findings that would share an issue', async () => {
    const pending = (n: number): FindingRecord => ({
      ...findingRecord({ detail: { id: `finding-${n}`, isPublic: false } }, { firstSeenAt: FROM + n }),
      decision: { action: 'ignore', because: 'no-rule-matches', ruleId: null },
    });
    const resolved = findingRecord({ detail: { id: 'gone', isPublic: false, status: 'RESOLVED' } });
    const admin = await open([pending(1), pending(2), resolved]);
    await put(admin, { version: 1, rules: [] }, 1);
    const { result } = await backtest(admin, { version: 1, rules: [{ ...REST, groupBy: 'access' }] });
    expect(result).toMatchObject({ base: 2, effects: { opens: { findings: 2, issues: 1 }, changes: { findings: 1 } } });
  });

  test.each([
    ['a whole set', { version: 1, rules: [REST] }],
    ['a set under its name', { rules: { version: 1, rules: [REST] } }],
    ['a list of rules', { rules: [REST] }],
    [
      'YAML',
      'version: 1\nrules:\n  - { id: everything-else, match: { source: [aws.access-analyzer] }, action: issue, issue: { project: SEC, issueType: Task } }',
    ],
  ])('takes %s', async (_what, body) => {
    const admin = await open([]);
    const { id } = await backtest(admin, body);
    expect((await put(admin, { version: 1, rules: [REST] }, 1, id)).json()).toMatchObject({ revision: 2 });
  });

  test('refuses an invalid draft, and is not for viewers', async () => {
    const admin = await open([]);
    const wrong = await ask(admin, '/api/v1/rules/backtest', { method: 'POST', body: { rules: [{ ...REST, action: 'x' }] } });
    expect(wrong.json()).toMatchObject({ code: 'rules-invalid', errors: [{ path: 'rules[0].action' }] });
    expect((await ask(admin, '/api/v1/rules/backtest', { method: 'POST', role: 'viewer', body: {} })).json()).toMatchObject({
      code: 'forbidden',
    });
  });

  test('is started once for each key', async () => {
    const admin = await open([]);
    const start = (key: string, rules: readonly unknown[] = [REST]) =>
      ask(admin, '/api/v1/rules/backtest', { method: 'POST', body: { rules }, headers: { 'idempotency-key': key } });
    const answers = await Promise.all(range(5).map(() => start('one')));
    expect(new Set(answers.map((answer) => answer.json().id)).size).toBe(1);
    expect(new Set(answers.map(({ statusCode, headers }) => `${statusCode} ${headers['location']}`)).size).toBe(1);
    expect((await start('two')).json().id).not.toBe(answers[0]?.json().id);
    expect((await start('one', [PUBLIC])).json()).toMatchObject({ code: 'idempotency-key-reused' });
    // The same key of another caller is a different one.
    const other = await ask(admin, '/api/v1/rules/backtest', {
      method: 'POST',
      role: 'operator',
      body: { rules: [REST] },
      headers: { 'idempotency-key': 'one' },
    });
    expect(other.json().id).not.toBe(answers[0]?.json().id);
  });
});

describe('a save that touches more than 50 open issues', () => {
  const draft = { version: 1, rules: [IGNORING, REST] };
  const records = (count: number) => range(count).map((n) => withIssue(n, '555566667777'));

  test('is refused with their number, unless a backtest of it was made', async () => {
    const admin = await open(records(51));
    const refused = await put(admin, draft, 1);
    expect([refused.statusCode, refused.json()]).toMatchObject([409, { code: 'backtest-required', openIssues: 51 }]);
    expect((await ask(admin, '/api/v1/rules')).json()).toMatchObject({ revision: 1 });
    const { id, result } = await backtest(admin, draft);
    expect(result).toMatchObject({ openIssuesTouched: 51 });
    const saved = await put(admin, draft, 1, id);
    expect(saved.json()).toMatchObject({ revision: 2, warnings: [{ code: 'unused', path: 'rules[1]' }] });
  });

  test('is not let through by force, or by the backtest of another draft or revision', async () => {
    const admin = await open(records(60));
    expect((await ask(admin, '/api/v1/rules?force=true', { method: 'PUT', body: draft, ifMatch: 1 })).json()).toMatchObject({
      code: 'backtest-required',
    });
    const other = await backtest(admin, { version: 1, rules: [IGNORING, PUBLIC, REST] });
    const same = await backtest(admin, draft);
    for (const token of [other.id, 'nothing', '00000000-0000-4000-8000-000000000000']) {
      expect((await put(admin, draft, 1, token)).json()).toMatchObject({ code: 'backtest-required', openIssues: 60 });
    }
    await put(admin, { version: 1, rules: [PUBLIC, REST], tests: [] }, 1);
    expect((await put(admin, draft, 2, same.id)).json()).toMatchObject({ code: 'backtest-required' });
  });

  test('of fewer needs none', async () => {
    const admin = await open([...records(50), ...range(30).map((n) => withIssue(100 + n))]);
    expect((await put(admin, draft, 1)).json()).toMatchObject({ revision: 2 });
  });
});
