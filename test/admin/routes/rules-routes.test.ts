import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { AUDIT } from '../../../src/pipeline/records/admin-collections.ts';
import { RULE_REVISIONS, RULE_SETS } from '../../../src/pipeline/records/rule-collections.ts';
import type { AdminDeps } from '../../../src/admin/server.ts';
import type { Preflight, PreflightProblem } from '../../../src/pipeline/ports/preflight.ts';
import { startAdmin, type AdminFixture } from '../../support/admin/admin-server.ts';
import { ask } from '../../support/admin/ask-admin.ts';

const ANY = { source: ['aws.access-analyzer'] };
const PUBLIC = { id: 'public', match: { detail: { isPublic: [true] } }, action: 'issue', issue: { project: 'PLAT', issueType: 'Bug' } };
const REST = { id: 'everything-else', match: ANY, action: 'issue', issue: { project: 'SEC', issueType: 'Task' } };
const SANDBOX = { id: 'sandbox', match: { detail: { accountId: ['555566667777'] } }, action: 'ignore' };
/** The first rules of the store. */
const FIRST = { version: 1, rules: [PUBLIC, REST] };
const SECOND = { version: 1, rules: [SANDBOX, REST, PUBLIC] };

async function open(overrides: Partial<AdminDeps & { preflight: Preflight }> = {}): Promise<AdminFixture> {
  const admin = await startAdmin([], overrides);
  onTestFinished(() => admin.close());
  await admin.rules.current();
  return admin;
}

const put = (admin: AdminFixture, body: unknown, ifMatch?: number | string, query = '') =>
  ask(admin, `/api/v1/rules${query}`, { method: 'PUT', body, ...(ifMatch === undefined ? {} : { ifMatch }) });

/** How many documents of each kind a save leaves. */
async function kept({ store }: AdminFixture): Promise<readonly number[]> {
  const counts = await Promise.all([store.counts(RULE_REVISIONS, ['']), store.counts(RULE_SETS, ['']), store.counts(AUDIT, [''])]);
  return counts.map(([count = 0]) => count);
}

describe('the rule set', () => {
  test('is answered with its revision, which is also the ETag', async () => {
    const answer = await ask(await open(), '/api/v1/rules', { role: 'viewer' });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({ etag: '"1"', 'content-type': expect.stringMatching(/^application\/json/), vary: 'accept' });
    expect(answer.json()).toEqual({ version: 1, revision: 1, rules: [PUBLIC, REST] });
  });

  test('is saved as the next revision, with entries in history and audit', async () => {
    const admin = await open();
    const answer = await put(admin, { ...SECOND, revision: 1 }, 1, '?comment=sandbox%20first');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['etag']).toBe('"2"');
    const changes = {
      added: { count: 1, ids: ['sandbox'] },
      removed: { count: 0, ids: [] },
      changed: { count: 0, ids: [] },
      moved: { count: 1, ids: ['everything-else'] },
      besides: [],
    };
    expect(answer.json()).toMatchObject({
      revision: 2,
      savedBy: 'anna',
      comment: 'sandbox first',
      base: 1,
      changes,
      operation: { id: expect.any(String) },
    });
    expect((await ask(admin, '/api/v1/rules')).json()).toEqual({ revision: 2, ...SECOND });

    const history = (await ask(admin, '/api/v1/rules/history', { role: 'viewer' })).json();
    expect(history).toMatchObject({
      items: [
        { revision: 2, savedBy: 'anna', comment: 'sandbox first', base: 1, changes },
        { revision: 1, savedBy: 'rules-file', comment: null, base: null },
      ],
      nextCursor: null,
    });
    const [entry] = (await ask(admin, '/api/v1/audit?action=rules.saved&actor=anna&path=/api/v1/rules')).json().items;
    expect(entry).toMatchObject({
      actor: 'anna',
      target: 'rules',
      before: { revision: 1 },
      after: { revision: 2, comment: 'sandbox first', changes },
    });
    expect(entry.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(await kept(admin)).toEqual([2, 2, 1]);
  });

  test('that is the same is no new revision', async () => {
    const admin = await open();
    const answer = await put(admin, { rules: [{ ...PUBLIC, action: 'issue' }, REST], version: 1 }, 1);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ revision: 1, operation: null });
    expect(await kept(admin)).toEqual([1, 1, 0]);
  });

  test('is read and saved as YAML', async () => {
    const admin = await open();
    const out = await ask(admin, '/api/v1/rules', { headers: { accept: 'application/yaml' } });
    expect(out.headers['content-type']).toMatch(/^application\/yaml/);
    expect(parse(out.body)).toEqual(FIRST);
    expect((await put(admin, out.body, 1)).json()).toMatchObject({ revision: 1, operation: null });
    const saved = await put(admin, out.body.replace('PLAT', 'DATA'), 1);
    expect(saved.json()).toMatchObject({ revision: 2, changes: { changed: { ids: ['public'] } } });
  });
});

describe('a dry run', () => {
  const plan = (admin: AdminFixture, body: unknown, ifMatch?: number, query = '') =>
    ask(admin, `/api/v1/rules?dryRun=true${query}`, { method: 'PUT', body, ...(ifMatch === undefined ? {} : { ifMatch }) });

  test('says what would change, and saves nothing', async () => {
    const admin = await open();
    const answer = await plan(admin, SECOND, 1);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['etag']).toBe('"1"');
    expect(answer.json()).toMatchObject({
      dryRun: true,
      revision: 1,
      changes: { added: { count: 1, ids: ['sandbox'] } },
      warnings: expect.any(Array),
      effects: { opens: { findings: 0, issues: 0 }, nothing: { findings: 0 } },
      openIssuesTouched: 0,
    });
    expect(await kept(admin)).toEqual([1, 1, 0]);
    expect((await put(admin, SECOND, 1)).json()).toMatchObject({ revision: 2, changes: answer.json().changes });
  });

  test('of the same rules, and of YAML', async () => {
    const admin = await open();
    const text = (await ask(admin, '/api/v1/rules', { headers: { accept: 'application/yaml' } })).body;
    expect((await plan(admin, text, 1)).json()).toMatchObject({
      dryRun: true,
      revision: 1,
      changes: { added: { count: 0 } },
      warnings: [],
    });
    expect(await kept(admin)).toEqual([1, 1, 0]);
  });

  test('makes the checks of a save: If-Match, the rules, their tests', async () => {
    const admin = await open();
    expect((await plan(admin, SECOND)).json()).toMatchObject({ code: 'precondition-required' });
    expect((await plan(admin, SECOND, 2)).json()).toMatchObject({ code: 'revision-stale', revision: 1 });
    expect((await plan(admin, { version: 1, rules: [{ id: 'x' }] }, 1)).json()).toMatchObject({ code: 'rules-invalid' });
    expect((await plan(admin, SECOND, 1, '&dryRun=maybe')).statusCode).toBe(400);
    expect((await ask(admin, '/api/v1/rules?dryRun=true', { method: 'PUT', body: SECOND, ifMatch: 1, role: 'operator' })).statusCode).toBe(
      403,
    );
    expect(await kept(admin)).toEqual([1, 1, 0]);
  });
});

describe('a write', () => {
  test.each([
    ['no If-Match', undefined, 428, 'precondition-required'],
    ['an older revision', 0, 412, 'revision-stale'],
    ['a newer one', 2, 412, 'revision-stale'],
    ['any', '*', 412, 'revision-stale'],
    ['some text', '"abc"', 412, 'revision-stale'],
  ] as const)('with %s is refused', async (_what, ifMatch, status, code) => {
    const admin = await open();
    const answer = await put(admin, SECOND, ifMatch);
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ code, ...(code === 'revision-stale' ? { revision: 1, changes: null } : {}) });
    expect(await kept(admin)).toEqual([1, 1, 0]);
  });

  test('that is stale gets the changes since then', async () => {
    const admin = await open();
    await put(admin, SECOND, 1);
    const stale = await put(admin, { version: 1, rules: [REST] }, 1);
    expect(stale.statusCode).toBe(412);
    expect(stale.json()).toMatchObject({
      code: 'revision-stale',
      revision: 2,
      changes: { added: { count: 1, ids: ['sandbox'] }, moved: { ids: ['everything-else'] } },
    });
  });

  test('of several at once: one wins, the others get its changes', async () => {
    const admin = await open();
    const drafts = Array.from({ length: 6 }, (_, n) => ({ version: 1, rules: [{ ...SANDBOX, id: `by-${n}` }, ...FIRST.rules] }));
    const answers = await Promise.all(drafts.map((draft) => put(admin, draft, 1)));
    const winner = answers.findIndex(({ statusCode }) => statusCode === 200);
    expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, 412, 412, 412, 412, 412]);
    for (const answer of answers.filter((_, n) => n !== winner))
      expect(answer.json()).toMatchObject({ code: 'revision-stale', revision: 2, changes: { added: { ids: [`by-${winner}`] } } });
    expect((await ask(admin, '/api/v1/rules')).json()).toMatchObject({ revision: 2, ...drafts[winner] });
    expect(await kept(admin)).toEqual([2, 2, 1]);
  });

  test.each([
    ['no rules', {}, ['version', 'rules']],
    ['a list', [], ['']],
    ['nothing', null, ['']],
    [
      'an invalid rule',
      { version: 1, rules: [REST, { id: 'x', match: { a: 'b' }, action: 'issue' }] },
      ['rules[1].match.a', 'rules[1].issue'],
    ],
    ['an id twice', { version: 1, rules: [REST, REST] }, ['rules[1].id']],
    ['an id of a route', { version: 1, rules: [{ ...SANDBOX, id: 'history' }] }, ['rules[0].id']],
    ['an unknown operator', { version: 1, rules: [{ ...SANDBOX, match: { a: [{ regex: 'x' }] } }] }, ['rules[0].match.a[0]']],
    ['an unknown property', { version: 1, rules: [], force: true }, ['force']],
    ['an unclear test', { version: 1, rules: [], tests: [{ expect: { action: 'ignore' } }] }, ['tests[0]']],
  ])('of %s is refused with the path of each problem, and nothing is saved', async (_what, body, paths) => {
    const admin = await open();
    const answer = await put(admin, body, 1);
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'rules-invalid' });
    expect(answer.json().errors.map(({ path }: { path: string }) => path)).toEqual(expect.arrayContaining([...paths]));
    expect(await kept(admin)).toEqual([1, 1, 0]);
  });

  test.each([
    ['invalid YAML', 'version: 1\nrules: [', 422, 'rules-invalid', /^line \d+, column \d+$/],
    ['an alias', 'a: &x 1\nb: *x', 422, 'rules-invalid', /^line 2, column 4$/],
  ])('of %s is refused with its place', async (_what, text, status, code, path) => {
    const answer = await put(await open(), text, 1);
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ code, errors: [{ path: expect.stringMatching(path) }] });
  });

  test('of invalid JSON, or of too much, is refused', async () => {
    const admin = await open();
    const headers = { 'content-type': 'application/json' };
    expect((await ask(admin, '/api/v1/rules', { method: 'PUT', body: '{"version"', ifMatch: 1, headers })).json()).toMatchObject({
      code: 'invalid-request',
      status: 400,
    });
    for (const body of [{ version: 1, rules: [], x: 'x'.repeat(5 * 1024 * 1024) }, 'x'.repeat(5 * 1024 * 1024 + 1)]) {
      expect((await put(admin, body, 1)).json()).toMatchObject({ code: 'body-too-large', status: 413 });
    }
    expect(await kept(admin)).toEqual([1, 1, 0]);
  });

  test('of ten thousand rules is saved, and problems of ten thousand wrong ones are reported', async () => {
    const admin = await open();
    const many = Array.from({ length: 10_000 }, (_, n) => ({ ...REST, id: `r-${n}`, match: { detail: { accountId: [String(n)] } } }));
    expect((await put(admin, { version: 1, rules: many }, 1)).json()).toMatchObject({ revision: 2, changes: { added: { count: 10_000 } } });
    const wrong = (await put(admin, { version: 1, rules: many.map((rule) => ({ ...rule, action: 'x' })) }, 2)).json();
    expect(wrong).toMatchObject({ code: 'rules-invalid', detail: expect.stringContaining('500 of 10000') });
    expect((await put(admin, { version: 1, rules: [...many, SANDBOX] }, 2)).json()).toMatchObject({
      code: 'rules-invalid',
      errors: [{ path: 'rules' }],
    });
  });

  test.each(['viewer', 'operator'] as const)('is not for a %s', async (role) => {
    const admin = await open();
    for (const [method, url] of [
      ['PUT', '/api/v1/rules'],
      ['POST', '/api/v1/rules'],
      ['PUT', '/api/v1/rules/public'],
      ['DELETE', '/api/v1/rules/public'],
      ['POST', '/api/v1/rules/rollback'],
    ] as const) {
      expect((await ask(admin, url, { method, role, body: {}, ifMatch: 1 })).json()).toMatchObject({ code: 'forbidden' });
    }
  });

  test('is refused where the rules come from a file', async () => {
    const admin = await open({ rulesMode: 'file' });
    for (const [method, url, body] of [
      ['PUT', '/api/v1/rules', SECOND],
      ['POST', '/api/v1/rules', { before: null, rule: SANDBOX }],
      ['DELETE', '/api/v1/rules/public', undefined],
      ['POST', '/api/v1/rules/rollback', { revision: 1 }],
    ] as const) {
      expect((await ask(admin, url, { method, body, ifMatch: 1 })).json()).toMatchObject({ code: 'rules-read-only', status: 409 });
    }
    expect((await ask(admin, '/api/v1/rules')).statusCode).toBe(200);
  });
});

describe('one rule', () => {
  test('whose id is half a character is refused like any other wrong id', async () => {
    const admin = await open();
    const rule = { ...SANDBOX, id: '\ud800' };
    const answer = await ask(admin, '/api/v1/rules', { method: 'POST', body: { before: null, rule }, ifMatch: '"1"' });
    expect(answer.json()).toMatchObject({ status: 422, code: 'rules-invalid' });
  });

  test('is answered with the revision of the set', async () => {
    const admin = await open();
    const answer = await ask(admin, '/api/v1/rules/public', { role: 'viewer' });
    expect(answer.headers['etag']).toBe('"1"');
    expect(answer.json()).toEqual(PUBLIC);
    expect((await ask(admin, '/api/v1/rules/nothing')).json()).toMatchObject({ code: 'rule-not-found', status: 404 });
  });

  test('is added above another, or at the end', async () => {
    const admin = await open();
    const added = await ask(admin, '/api/v1/rules', { method: 'POST', body: { before: 'everything-else', rule: SANDBOX }, ifMatch: 1 });
    expect(added.statusCode).toBe(201);
    expect(added.headers).toMatchObject({ location: '/api/v1/rules/sandbox', etag: '"2"' });
    const last = { ...SANDBOX, id: 'last', match: { account: ['1'] } };
    await ask(admin, '/api/v1/rules', { method: 'POST', body: { before: null, rule: last }, ifMatch: 2 });
    expect((await ask(admin, '/api/v1/rules')).json().rules).toEqual([PUBLIC, SANDBOX, REST, last]);
    expect((await ask(admin, '/api/v1/audit?action=rule.added')).json().items.map(({ target }: { target: string }) => target)).toEqual([
      'last',
      'sandbox',
    ]);
  });

  test.each([
    ['its id is taken', { before: null, rule: { ...SANDBOX, id: 'public' } }, 'rule-exists', undefined],
    ['the other one is not there', { before: 'nothing', rule: SANDBOX }, 'rule-not-found', undefined],
    ['it is wrong', { before: 'public', rule: { ...SANDBOX, action: 'x' } }, 'rules-invalid', 'action'],
    ['it is no rule', { before: null, rule: 1 }, 'rules-invalid', 'rule'],
    ['its place is missing', { rule: SANDBOX }, 'rules-invalid', 'before'],
    ['there is more', { before: null, rule: SANDBOX, after: 'x' }, 'rules-invalid', 'after'],
    ['there is nothing', [], 'rules-invalid', ''],
  ])('is not added when %s', async (_what, body, code, path) => {
    const admin = await open();
    const answer = (await ask(admin, '/api/v1/rules', { method: 'POST', body, ifMatch: 1 })).json();
    expect(answer).toMatchObject({ code, ...(path === undefined ? {} : { errors: [{ path }] }) });
    expect(await kept(admin)).toEqual([1, 1, 0]);
  });

  test('is changed in its place', async () => {
    const admin = await open();
    const changed = { ...PUBLIC, issue: { project: 'DATA', issueType: 'Bug' } };
    const answer = await ask(admin, '/api/v1/rules/public', { method: 'PUT', body: changed, ifMatch: 1 });
    expect(answer.json()).toMatchObject({ revision: 2, changes: { changed: { ids: ['public'] } } });
    expect((await ask(admin, '/api/v1/rules')).json().rules).toEqual([changed, REST]);
    const wrong = { ...PUBLIC, issue: { project: 'data', issueType: 'Bug' } };
    const refused = await ask(admin, '/api/v1/rules/public', { method: 'PUT', body: wrong, ifMatch: 2 });
    expect(refused.json()).toMatchObject({ code: 'rules-invalid', errors: [{ path: 'issue.project' }] });
    const renamed = await ask(admin, '/api/v1/rules/public', { method: 'PUT', body: SANDBOX, ifMatch: 2 });
    expect(renamed.json()).toMatchObject({ code: 'rules-invalid', errors: [{ path: 'id' }] });
    expect((await ask(admin, '/api/v1/rules/no', { method: 'PUT', body: SANDBOX, ifMatch: 2 })).json()).toMatchObject({
      code: 'rule-not-found',
    });
  });

  test('is removed', async () => {
    const admin = await open();
    const answer = await ask(admin, '/api/v1/rules/public', { method: 'DELETE', ifMatch: 1 });
    expect(answer.json()).toMatchObject({ revision: 2, changes: { removed: { ids: ['public'] } } });
    expect((await ask(admin, '/api/v1/rules')).json().rules).toEqual([REST]);
    expect((await ask(admin, '/api/v1/rules/public', { method: 'DELETE', ifMatch: 2 })).json()).toMatchObject({ code: 'rule-not-found' });
    expect((await ask(admin, '/api/v1/rules/public', { method: 'DELETE' })).json()).toMatchObject({ code: 'precondition-required' });
  });
});

describe('the history', () => {
  test('shows what a revision changed, rule by rule, and its rules', async () => {
    const admin = await open();
    const changed = { ...PUBLIC, issue: { project: 'DATA', issueType: 'Bug' } };
    await put(admin, { version: 1, rules: [SANDBOX, changed], accounts: { '111122223333': { project: 'OPS' } } }, 1);
    expect((await ask(admin, '/api/v1/rules/history/2')).json()).toMatchObject({
      revision: 2,
      changes: { besides: ['accounts'] },
      differences: [
        { id: 'sandbox', change: 'added', before: null, after: SANDBOX },
        { id: 'public', change: 'changed', before: PUBLIC, after: changed },
        { id: 'everything-else', change: 'removed', before: REST, after: null },
      ],
      rules: { version: 1, rules: [SANDBOX, changed] },
    });
    expect((await ask(admin, '/api/v1/rules/history/3')).json()).toMatchObject({ code: 'revision-not-found', status: 404 });
    expect((await ask(admin, '/api/v1/rules/history/x')).json()).toMatchObject({ code: 'invalid-request', status: 400 });
  });

  test('comes in pages', async () => {
    const admin = await open();
    for (let n = 1; n <= 4; n += 1) await put(admin, { version: 1, rules: [{ ...SANDBOX, id: `r-${n}` }] }, n);
    const revisions: number[] = [];
    let cursor = '';
    do {
      const page = (await ask(admin, `/api/v1/rules/history?limit=2${cursor}`)).json();
      revisions.push(...page.items.map(({ revision }: { revision: number }) => revision));
      cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
    } while (cursor !== '');
    expect(revisions).toEqual([5, 4, 3, 2, 1]);
    expect((await ask(admin, '/api/v1/rules/history?savedBy=rules-file')).json().items).toHaveLength(1);
  });

  test('is rolled back, once for each key', async () => {
    const admin = await open();
    await put(admin, SECOND, 1);
    const back = (key: string, ifMatch: number, revision = 1) =>
      ask(admin, '/api/v1/rules/rollback', { method: 'POST', body: { revision }, ifMatch, headers: { 'idempotency-key': key } });
    const first = await back('one', 2);
    expect(first.json()).toMatchObject({ revision: 3, base: 2, changes: { removed: { ids: ['sandbox'] } } });
    expect((await ask(admin, '/api/v1/rules')).json()).toEqual({ revision: 3, ...FIRST });
    const again = await back('one', 2);
    expect([again.statusCode, again.json()]).toEqual([200, first.json()]);
    expect((await back('one', 2, 2)).json()).toMatchObject({ code: 'idempotency-key-reused', status: 422 });
    expect((await back('two', 2)).json()).toMatchObject({ code: 'revision-stale' });
    expect((await back('three', 3, 9)).json()).toMatchObject({ code: 'revision-not-found' });
    expect(await kept(admin)).toEqual([3, 3, 2]);
  });

  test('is rolled back once by many requests with one key', async () => {
    const admin = await open();
    await put(admin, SECOND, 1);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        ask(admin, '/api/v1/rules/rollback', { method: 'POST', body: { revision: 1 }, ifMatch: 2, headers: { 'idempotency-key': 'k' } }),
      ),
    );
    // A request that read its key before the winner's save, and the rules after it, finds the rules changed.
    for (const { statusCode } of answers) expect([200, 412]).toContain(statusCode);
    expect(answers.filter(({ statusCode }) => statusCode === 200).length).toBeGreaterThan(0);
    expect(await kept(admin)).toEqual([3, 3, 2]);
  });
});

describe('tests beside the rules', () => {
  const tests = [
    {
      name: 'a public bucket',
      finding: { isPublic: true, accountId: '1' },
      expect: { action: 'issue', ruleId: 'public', project: 'PLAT' },
    },
    { event: { source: 'aws.access-analyzer', detail: { accountId: '555566667777' } }, expect: { action: 'ignore', ruleId: 'sandbox' } },
  ];

  test('that fail prevent the save, unless forced', async () => {
    const admin = await open();
    const refused = await put(admin, { ...FIRST, tests }, 1);
    expect(refused.statusCode).toBe(422);
    expect(refused.json()).toMatchObject({
      code: 'rule-tests-failed',
      errors: [{ path: 'tests[1]', code: 'test-failed', message: 'expected action ignore, but everything-else decides: issue' }],
    });
    expect(await kept(admin)).toEqual([1, 1, 0]);
    const forced = await put(admin, { ...FIRST, tests }, 1, '?force=true');
    expect(forced.json()).toMatchObject({
      revision: 2,
      changes: { besides: ['tests'] },
      warnings: expect.arrayContaining([{ code: 'test-failed', path: 'tests[1]', message: expect.any(String) }]),
    });
  });

  test('that pass are saved with them', async () => {
    const admin = await open();
    const saved = await put(admin, { ...SECOND, rules: [SANDBOX, PUBLIC, REST], tests }, 1);
    expect(saved.statusCode).toBe(200);
    expect((await ask(admin, '/api/v1/rules')).json()).toMatchObject({ tests });
  });
});

test('rules that can never decide, and those that no finding needs, give a warning', async () => {
  const admin = await open();
  const { warnings } = (await put(admin, { version: 1, rules: [REST, { ...PUBLIC, match: { ...ANY, ...PUBLIC.match } }] }, 1)).json();
  expect(warnings).toEqual([
    { code: 'unreachable', path: 'rules[1]', message: 'public never decides: everything-else above it matches whatever it matches' },
    { code: 'unused', path: 'rules[0]', message: 'everything-else decides none of the findings that are known' },
  ]);
});

test('a rule that would open an issue for the same role in every Region gives a warning, once', async () => {
  const admin = await open();
  const role = { ...PUBLIC, id: 'roles', match: { detail: { resourceType: ['AWS::IAM::Role'] } } };
  const warningsOf = async (rule: object, revision: number) =>
    (await put(admin, { version: 1, rules: [rule, PUBLIC, REST] }, revision))
      .json()
      .warnings.filter(({ code }: { code: string }) => code === 'repeated-roles');
  expect(await warningsOf(role, 1)).toEqual([
    {
      code: 'repeated-roles',
      path: 'rules[0]',
      message: expect.stringMatching(/^roles opens an issue for each finding, .* set groupBy to "access"/),
    },
  ]);
  expect(await warningsOf({ ...role, description: 'the same again' }, 2)).toEqual([]);
  expect(await warningsOf({ ...role, groupBy: 'access' }, 3)).toEqual([]);
  expect(await warningsOf({ ...role, groupBy: 'finding' }, 4)).toEqual([expect.objectContaining({ path: 'rules[0]' })]);
});

describe('a value that Jira would refuse', () => {
  const error: PreflightProblem = {
    ruleId: 'sandbox',
    path: 'rules[0].issue.fields',
    severity: 'error',
    code: 'field-required',
    message: 'expected a value for Team (customfield_10042)',
  };

  /** A Jira that answers only the preflight. */
  function preflight(problems: readonly PreflightProblem[]): Preflight & { readonly asked: (readonly string[] | null)[] } {
    const asked: (readonly string[] | null)[] = [];
    return {
      asked,
      async check(_rules, only) {
        asked.push(only === null ? null : [...only]);
        return problems;
      },
      ends: async () => [],
    };
  }

  test('prevents the save, unless forced', async () => {
    const admin = await open({ preflight: preflight([error]) });
    const refused = await put(admin, SECOND, 1);
    const shown = { code: 'field-required', path: error.path, message: error.message };
    expect([refused.statusCode, refused.json()]).toMatchObject([422, { code: 'preflight-failed', errors: [shown] }]);
    expect(await kept(admin)).toEqual([1, 1, 0]);
    expect((await put(admin, SECOND, 1, '?force=true')).json()).toMatchObject({ revision: 2, warnings: expect.arrayContaining([shown]) });
  });

  test('gives a warning when the site cannot be asked', async () => {
    const warning = {
      ...error,
      ruleId: null,
      path: '',
      severity: 'warning',
      code: 'not-checked',
      message: 'Jira does not answer',
    } as const;
    const admin = await open({ preflight: preflight([warning]) });
    expect((await put(admin, SECOND, 1)).json()).toMatchObject({
      revision: 2,
      warnings: expect.arrayContaining([{ code: 'not-checked', path: '', message: 'Jira does not answer' }]),
    });
  });

  test('is looked for in changed rules, and in all rules when the account map has changed', async () => {
    const jira = preflight([]);
    const admin = await open({ preflight: jira });
    await put(admin, SECOND, 1);
    await put(admin, { version: 1, rules: [REST, PUBLIC] }, 2);
    await put(admin, { version: 1, rules: [REST, PUBLIC], accounts: { '111122223333': { project: 'OPS' } } }, 3);
    expect(jira.asked).toEqual([['sandbox'], null]);
  });
});
