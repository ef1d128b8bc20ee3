import { expect, onTestFinished, test } from 'vitest';
import { createApp, type AppOverrides } from '../../src/app.ts';
import { readEnvironment } from '../../src/config/environment.ts';
import type { AccessAnalyzerSimulator } from '../../src/sandbox/access-analyzer/access-analyzer-simulator.ts';
import { startJiraSimulator, type JiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import type { SimulatedFinding } from '../../src/sandbox/access-analyzer/simulated-finding.ts';
import { startSqsEmulator, type SqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { openAnalyzer, policyStep, unusedServices, useEnvironment } from '../support/servers/access-analyzer.ts';
import { ANALYZER_ARN, externalEvent, unusedEvent } from '../support/findings/finding-events.ts';
import { rulesOf } from '../support/findings/parsed.ts';
import { environmentFor, testFolder } from '../support/service/service-process.ts';
import { until } from '../support/until.ts';

const RULES = rulesOf([
  { id: 'everything', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue: { project: 'SEC', issueType: 'Task' } },
]);
const POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}';
const KNOWN = {
  findingDetails: unusedServices(2, 0),
  recommendation: { steps: [policyStep(POLICY)], inProgressFor: 1, failure: null },
};

interface Sides {
  readonly sqs: SqsEmulator;
  readonly jira: JiraSimulator;
  readonly analyzer: AccessAnalyzerSimulator;
}

/** The whole service in this process, with everything around it simulated. @param before what AWS has before the service starts */
async function startApp(
  overrides: AppOverrides,
  changes: Readonly<Record<string, string>> = {},
  before: (analyzer: AccessAnalyzerSimulator) => void = () => undefined,
): Promise<Sides & { readonly json: (path: string) => Promise<unknown> }> {
  const [sqs, jira, analyzer] = [await startSqsEmulator(), await startJiraSimulator(), await openAnalyzer()];
  const environment = {
    ...environmentFor(sqs, jira),
    AWS_ENDPOINT_URL_ACCESSANALYZER: analyzer.url,
    DATA_DIR: testFolder(),
    HTTP_PORT: '0',
    LOG_LEVEL: 'silent',
    ...changes,
  };
  before(analyzer);
  useEnvironment(Object.fromEntries(Object.entries(environment).filter(([name]) => name.startsWith('AWS_'))));
  const read = readEnvironment(environment, () => '');
  if (!read.ok) throw new Error(read.problems.join('\n'));
  const app = await createApp(read.settings, RULES, 'test', {
    cooldowns: { transitionMs: 0, updateMs: 0 },
    detailsPerSecond: 500,
    ...overrides,
  });
  onTestFinished(async () => {
    await app.stop();
    await Promise.all([sqs.close(), jira.close()]);
  });
  await app.start();
  return { sqs, jira, analyzer, json: async (path) => JSON.parse(await (await fetch(`${app.address}${path}`)).text()) };
}

const event = (n: number, findingType: string) =>
  unusedEvent({ detail: { findingId: `finding-${n}`, findingType, resource: `arn:aws:iam::444455556666:role/Role${n}` } });

async function happens(
  { sqs, analyzer }: Sides,
  n: number,
  findingType = 'UnusedPermission',
  known: Partial<SimulatedFinding> = KNOWN,
): Promise<void> {
  analyzer.follow(event(n, findingType), known);
  await sqs.send(JSON.stringify(event(n, findingType)));
}

const textOf = (jira: JiraSimulator, n: number): string =>
  JSON.stringify(jira.issues().find(({ summary }) => summary.includes(`Role${n} `))?.description ?? null);
const updates = (jira: JiraSimulator): number =>
  jira.history().filter(({ operation, done }) => operation === 'PUT /issue/*' && done).length;

test('the issue of unused permissions lists them, and has the policy that AWS recommends', async () => {
  const all = await startApp({});
  await happens(all, 1);
  await until(() => all.jira.issues().length === 1, 'the issue is opened');
  const text = textOf(all.jira, 1);
  for (const word of ['service0', 'Action1', 'service1', '2012-10-17']) expect(text).toContain(word);
  expect(updates(all.jira)).toBe(0);
});

test('when AWS denies access, the issue is opened at once and names the missing permission', async () => {
  const all = await startApp({ detailsWaitMs: 600_000 });
  all.analyzer.faults.denied = 'all';
  await happens(all, 1);
  await until(() => all.jira.issues().length === 1, 'the issue is opened');
  expect(textOf(all.jira, 1)).toContain('access-analyzer:GetFinding');
  expect(await all.json('/api/v1/status')).toMatchObject({ details: { wanted: 0, missing: 1 } });
  expect(await all.json('/readyz')).toMatchObject({ ok: true });
});

test('while AWS throttles, a hundred issues are opened within the bound, and each is updated once when its details come', async () => {
  const all = await startApp({ detailsWaitMs: 500 });
  all.analyzer.faults.requestsPerSecond = 0;
  const known = { findingDetails: [{ unusedIamRoleDetails: { lastAccessed: '2025-07-08T00:00:00Z' } }] };
  for (let n = 0; n < 100; n += 1) await happens(all, n, 'UnusedIAMRole', known);
  await until(() => all.jira.issues().length === 100, 'all are opened', 60_000);
  expect(textOf(all.jira, 7)).not.toContain('2025-07-08');
  expect([updates(all.jira), await all.json('/api/v1/status')]).toMatchObject([0, { details: { wanted: 100 } }]);
  all.analyzer.faults.requestsPerSecond = null;
  await until(() => updates(all.jira) >= 100, 'all are updated', 90_000);
  await until(async () => Object(await all.json('/api/v1/status')).details.wanted === 0, 'no details are left to fetch');
  for (let n = 0; n < 100; n += 1) expect(textOf(all.jira, n)).toContain('2025-07-08');
  expect([updates(all.jira), all.jira.issues().length]).toEqual([100, 100]);
}, 200_000);

test('findings that are older than the EventBridge rule, and those whose events were lost, get their issues', async () => {
  const all = await startApp({}, { ANALYZER_ARNS: '', ANALYZER_REGIONS: 'us-west-2' }, (analyzer) => {
    analyzer.follow(externalEvent());
    analyzer.follow({ ...event(1, 'UnusedPermission'), resources: [`${ANALYZER_ARN}Unused`] }, KNOWN);
  });
  await until(() => all.jira.issues().length === 2, 'the issues are opened');
  expect(textOf(all.jira, 1)).toContain('service0');
  await until(async () => JSON.stringify(await all.json('/api/v1/status')).includes('"lastFindingsSweep":{'), 'the sweep has ended');
  expect(await all.json('/api/v1/status')).toMatchObject({ lastFindingsSweep: { added: 2, complete: 2, of: 2 }, analyzers: [] });
});
