import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import type { DoctorCheck } from '../../../src/pipeline/ports/doctor-check.ts';
import type { Faults } from '../../../src/sandbox/jira/faults.ts';
import { directFetch } from '../../support/servers/direct-network.ts';
import { createJiraTracker } from '../../../src/jira/jira-tracker.ts';
import { parseRules } from '../../../src/rules/parse-rules.ts';
import type { RuleSet } from '../../../src/rules/routing-rule.ts';
import { startJiraSimulator, type JiraSimulator } from '../../../src/sandbox/jira-simulator.ts';
import type { Workflow } from '../../../src/sandbox/jira/workflow.ts';
import { scriptJira, type Reply, type SeenRequest } from '../../support/jira/scripted-jira.ts';
import { testClock } from '../../support/service/service-parts.ts';
import { trackerOf } from '../../support/jira/tracker.ts';

function rulesFor(...projects: readonly string[]): RuleSet {
  const match = { source: ['aws.access-analyzer'] };
  return {
    version: 1,
    rules: projects.map((project, n) => ({ id: `r-${n}`, match, action: 'issue', issue: { project, issueType: 'Task' } })),
  };
}

const byName = (checks: readonly DoctorCheck[]): Record<string, DoctorCheck> => Object.fromEntries(checks.map((one) => [one.check, one]));

test('a sound site: no advice, and nothing is written', async () => {
  const jira = await startJiraSimulator({ projects: [{ key: 'SEC', securityLevels: ['Staff'] }] });
  onTestFinished(() => jira.close());
  const checks = await trackerOf(jira).diagnose(rulesFor('SEC', 'SEC'));
  expect(checks.map(({ check, ok, advice }) => [check, ok, advice])).toEqual(
    [
      'jira-credentials',
      'jira-address',
      'jira-clock',
      'jira-search',
      'jira-link-types',
      'jira-rate',
      'jira-permissions:SEC',
      'jira-closing:SEC',
    ].map((check) => [check, true, null]),
  );
  expect(jira.history().filter(({ method, operation }) => method !== 'GET' && operation !== 'POST /search/jql')).toEqual([]);
});

test('a permission is missing only where a rule needs it, and the rule is named', async () => {
  const jira = await startJiraSimulator({
    projects: [
      { key: 'SEC', lacking: ['TRANSITION_ISSUES', 'LINK_ISSUES', 'SCHEDULE_ISSUES'] },
      { key: 'DATA', lacking: ['SET_ISSUE_SECURITY', 'ASSIGN_ISSUES', 'SCHEDULE_ISSUES'] },
      { key: 'OPS', lacking: ['SET_ISSUE_SECURITY', 'ASSIGN_ISSUES', 'SCHEDULE_ISSUES'] },
    ],
  });
  onTestFinished(() => jira.close());
  const rules = rulesFor('SEC', 'SEC', 'DATA', 'OPS', 'NOPE');
  const [first, second, data, ops, nope] = rules.rules;
  if (ops?.action !== 'issue' || !first || !second || !data || !nope) throw new Error('There are five rules');
  const wants = { ...ops.issue, dueInDays: 3, securityLevel: 'Staff', assignee: 'kim@example.com' };
  const checks = byName(
    await trackerOf(jira).diagnose({ ...rules, rules: [first, second, data, ops, { ...ops, id: 'wants', issue: wants }, nope] }),
  );
  expect(checks['jira-permissions:SEC']).toMatchObject({
    ok: false,
    message: 'The account lacks in SEC: TRANSITION_ISSUES (needed by the rules r-0, r-1), LINK_ISSUES (needed by the rules r-0, r-1)',
    advice: expect.stringContaining('permission scheme'),
  });
  expect(checks['jira-permissions:DATA']).toMatchObject({ ok: true, advice: null });
  expect(checks['jira-permissions:OPS']).toMatchObject({
    ok: false,
    message:
      'The account lacks in OPS: ASSIGN_ISSUES (needed by the rule wants), SCHEDULE_ISSUES (needed by the rule wants), ' +
      'SET_ISSUE_SECURITY (needed by the rule wants)',
    advice: expect.stringContaining('permission scheme'),
  });
  expect(checks['jira-permissions:NOPE']).toMatchObject({ ok: false, advice: expect.stringContaining('Is the key right') });
});

test('the demo is sound: nothing is missing that its rules need', async () => {
  const jira = await startJiraSimulator();
  onTestFinished(() => jira.close());
  const rules = parseRules(parse(readFileSync(join(import.meta.dirname, '../../../config/demo-rules.yaml'), 'utf8')));
  if (!rules.ok) throw new Error('The rules of the demo are not valid');
  const checks = await trackerOf(jira).diagnose(rules.rules.ruleSet);
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(checks.filter(({ check }) => check.startsWith('jira-permissions:'))).not.toEqual([]);
});

test('many projects: the first 20 are checked, and the rest is counted', async () => {
  const projects = Array.from({ length: 25 }, (_, n) => `P${n + 10}`);
  const jira = await startJiraSimulator({ projects: projects.map((key) => ({ key })) });
  onTestFinished(() => jira.close());
  const checks = await trackerOf(jira).diagnose(rulesFor(...projects));
  expect(checks.filter(({ check }) => check.startsWith('jira-permissions:'))).toHaveLength(20);
  expect(checks).toContainEqual(expect.objectContaining({ check: 'jira-permissions', message: '5 more projects were not checked' }));
});

/** Answers as a sound site does, except for the answers that a test sets. */
function sound(at: (request: SeenRequest) => Reply | undefined): (request: SeenRequest) => Reply {
  return (request) => {
    const { url } = request;
    const scripted = at(request);
    if (scripted !== undefined) return scripted;
    if (url.includes('/myself')) return { status: 200, json: { accountId: 'a' } };
    if (url.includes('/serverInfo')) return { status: 200, json: { deploymentType: 'Cloud', serverTime: new Date().toISOString() } };
    if (url.includes('/issueLinkType')) return { status: 200, json: { issueLinkTypes: [{ name: 'Duplicate' }, { name: 'Relates' }] } };
    return { status: 200, json: { issues: [], isLast: true } };
  };
}

const of = (part: string, reply: Reply) => sound(({ url }) => (url.includes(part) ? reply : undefined));
const info = (more: object): Reply => ({ status: 200, json: { deploymentType: 'Cloud', serverTime: new Date().toISOString(), ...more } });

test.each<[string, (request: SeenRequest) => Reply, string, string, string]>([
  [
    'another name of the site',
    of('/serverInfo', info({ baseUrl: 'https://other.atlassian.net' })),
    'jira-address',
    'calls itself https://other.atlassian.net',
    'Set JIRA_BASE_URL to https://other.atlassian.net',
  ],
  ['a name that is none', of('/serverInfo', info({ baseUrl: 'x' })), 'jira-address', 'calls itself x', 'Set JIRA_BASE_URL'],
  ['a Data Center', of('/serverInfo', info({ deploymentType: 'Server' })), 'jira-address', 'Jira Server', 'Jira Cloud only'],
  [
    'no such page',
    of('/serverInfo', { status: 404, json: { errorMessages: [], errors: {} } }),
    'jira-address',
    'does not know it',
    'JIRA_BASE_URL',
  ],
  [
    'a clock that is behind',
    of('/serverInfo', info({ serverTime: '2099-01-01T00:00:00.000+0000' })),
    'jira-clock',
    "s behind Jira's",
    'time server',
  ],
  [
    'a clock that is ahead',
    of('/serverInfo', info({ serverTime: '2020-01-01T00:00:00.000+0000' })),
    'jira-clock',
    "s ahead of Jira's",
    'time server',
  ],
  [
    'a search that fails',
    of('/search/jql', { status: 400, json: { errorMessages: ['no'], errors: {} } }),
    'jira-search',
    'refused',
    'Uncertain creates',
  ],
  [
    'link types that are missing',
    of('/issueLinkType', { status: 200, json: { issueLinkTypes: [{ name: 'Blocks' }] } }),
    'jira-link-types',
    'no link type Duplicate and Relates',
    'comments in place of links',
  ],
  [
    'links that are turned off',
    of('/issueLinkType', { status: 404, json: { errorMessages: [], errors: {} } }),
    'jira-link-types',
    'does not know it',
    'Turn issue linking on',
  ],
])('%s', async (_, script, check, message, advice) => {
  const jira = await scriptJira(script);
  const checks = await trackerOf(jira.url).diagnose(rulesFor());
  expect(checks.filter(({ ok }) => !ok)).toEqual([
    { check, ok: false, message: expect.stringContaining(message), advice: expect.stringContaining(advice) },
  ]);
});

test('a site without a server time is fine', async () => {
  const jira = await scriptJira(of('/serverInfo', { status: 200, json: {} }));
  expect((await trackerOf(jira.url).diagnose(rulesFor())).every(({ ok }) => ok)).toBe(true);
});

test.each<[string, Reply, string, string]>([
  ['a token that is no longer good', { status: 401 }, 'credentials', 'Renew the token'],
  ['a login page', { status: 200, text: '<html>' }, 'login page', 'JIRA_BASE_URL'],
  ['a broken connection', (response) => void response.socket?.destroy(), 'not reached', 'JIRA_BASE_URL'],
])('%s: that is the only check', async (_, reply, message, advice) => {
  const jira = await scriptJira(() => reply);
  expect(await trackerOf(jira.url).diagnose(rulesFor('SEC'))).toEqual([
    { check: 'jira-credentials', ok: false, message: expect.stringContaining(message), advice: expect.stringContaining(advice) },
  ]);
  expect(jira.requests).toHaveLength(1);
});

test('the advice for a refused bearer token says where such tokens work', async () => {
  const jira = await scriptJira(() => ({ status: 401 }));
  const tracker = createJiraTracker({
    baseUrl: jira.url,
    credentials: { kind: 'bearer', token: 'x' },
    fetch: directFetch,
    requestsPerSecond: 100,
    maxInFlight: 2,
    timeoutMs: 5_000,
    clock: testClock(),
    lease: null,
    random: () => 0.5,
    onDenied: () => undefined,
    onWaited: () => undefined,
    onCall: () => undefined,
  });
  expect(await tracker.diagnose(rulesFor())).toMatchObject([
    { advice: expect.stringContaining('https://api.atlassian.com/ex/jira/<cloudId>') },
  ]);
});

test.each([
  [
    'a revoked token',
    (jira: JiraSimulator) => void (jira.faults.revokedTokens = [jira.credentials.apiToken]),
    'Jira does not accept the credentials',
  ],
  ['a token without a scope', (jira: JiraSimulator) => void (jira.faults.missingScopes = ['read:jira-user']), 'it needs read:jira-user'],
])('%s: the doctor says so, and what to do, however often it is asked', async (_, spoil, message) => {
  const jira = await startJiraSimulator();
  onTestFinished(() => jira.close());
  spoil(jira);
  const tracker = trackerOf(jira);
  for (let asked = 0; asked < 3; asked += 1) {
    const checks = await tracker.diagnose(rulesFor('SEC'));
    expect(checks).toMatchObject([
      {
        check: 'jira-credentials',
        ok: false,
        message: expect.stringContaining(message),
        advice: expect.stringContaining('Renew the token'),
      },
    ]);
  }
});

test.each<readonly [string, Partial<Faults>, string, boolean, string]>([
  ['works', {}, 'There is an access token', true, ''],
  ['is away', { tokenEndpoint: 'fails' }, 'the token endpoint failed (HTTP 503)', false, 'JIRA_OAUTH_TOKEN_URL'],
  ['refuses the credentials', { tokenEndpoint: 'refuses' }, 'does not accept JIRA_OAUTH_CLIENT_ID', false, 'client id and the secret'],
])('a sign-in by OAuth whose endpoint %s', async (_what, faults, message, ok, advice) => {
  const jira = await startJiraSimulator();
  onTestFinished(() => jira.close());
  Object.assign(jira.faults, faults);
  const { clientId, clientSecret } = jira.credentials;
  const tracker = createJiraTracker({
    baseUrl: jira.url,
    credentials: { kind: 'oauth', clientId, clientSecret, tokenUrl: jira.tokenUrl },
    fetch: directFetch,
    requestsPerSecond: 100,
    maxInFlight: 2,
    timeoutMs: 5_000,
    clock: testClock(),
    lease: null,
    random: () => 0.5,
    onDenied: () => undefined,
    onWaited: () => undefined,
    onCall: () => undefined,
  });
  const [signIn, credentials] = await tracker.diagnose(rulesFor());
  expect(signIn).toMatchObject({ check: 'jira-sign-in', ok, message: expect.stringContaining(message) });
  expect(signIn?.advice ?? '').toContain(advice);
  // Without a token Jira is not asked.
  expect(credentials?.ok).toBe(ok ? true : undefined);
});

test('where issues end when they are closed is said for each rule, with the reason; what is undecided needs a rule', async () => {
  const status = (name: string, category: 'new' | 'done') => ({ id: name, name, category });
  const workflow = (...done: readonly string[]): Workflow => ({
    name: 'made by hand',
    statuses: [status('New', 'new'), ...done.map((name) => status(name, 'done'))],
    transitions: [],
  });
  const jira = await startJiraSimulator({
    projects: [
      { key: 'SEC', workflow: workflow("Won't Do", 'Done') },
      { key: 'ODD', workflow: workflow('Zeta', 'Omega') },
      { key: 'ONE', workflow: workflow('Shipped') },
    ],
  });
  onTestFinished(() => jira.close());
  const { rules, ...rest } = rulesFor('SEC', 'ODD', 'ODD', 'ONE');
  const [sec, odd, second, one] = rules;
  if (second?.action !== 'issue' || !sec || !odd || !one) throw new Error('There are four rules');
  const close = { resolved: { status: 'zeta' }, transition: 'Drop' };
  const checks = byName(await trackerOf(jira).diagnose({ ...rest, rules: [sec, odd, { ...second, close }, one] }));
  expect(checks['jira-closing:SEC']).toEqual({
    check: 'jira-closing:SEC',
    ok: true,
    message:
      'the rule r-0: resolved: "Done", whose word says so; archived: "Won\'t Do", whose word says so; unmonitored: "Done", whose word says so',
    advice: null,
  });
  expect(checks['jira-closing:ODD']).toMatchObject({
    ok: false,
    message:
      'the rule r-1: resolved: not decided among "Zeta", "Omega"; archived: not decided among "Zeta", "Omega"; unmonitored: not decided among "Zeta", "Omega". ' +
      'the rule r-2: resolved: "Zeta", which the rule names; archived: where the transition "Drop" leads, which the rule names; unmonitored: where the transition "Drop" leads, which the rule names',
    advice: expect.stringContaining('close part of the rule'),
  });
  expect(checks['jira-closing:ONE']).toMatchObject({
    ok: true,
    message: expect.stringContaining('resolved: "Shipped", the only done status'),
  });
});
