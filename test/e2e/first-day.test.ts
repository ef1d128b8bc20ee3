import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startAccessAnalyzerSimulator } from '../../src/sandbox/access-analyzer/access-analyzer-simulator.ts';
import { startJiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { startSqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { hasCurl, openShell, stepsOf, type GuideStep } from '../support/docs/follow-guide.ts';
import { ROOT } from '../support/docs/read-docs.ts';
import { externalEvent } from '../support/findings/finding-events.ts';
import { range } from '../support/findings/findings-by-number.ts';
import { environmentFor, startService, testFolder, type ServiceProcess } from '../support/service/service-process.ts';

const STEPS = stepsOf('docs/first-day.md');

const ANALYZER = 'arn:aws:access-analyzer:eu-central-1:111122223333:analyzer/organization';
const TOKEN = 'a-token-of-thirty-two-characters';

/** The n-th old finding: 20 are critical, 40 high, 240 medium, and every tenth of those is in the account for experiments. */
function old(n: number) {
  const access =
    n < 240
      ? { isPublic: false, principal: { AWS: '999988887777' }, accountId: n % 10 === 0 ? '555566667777' : '444455556666' }
      : { isPublic: true, action: [n < 280 ? 's3:GetObject' : 's3:PutBucketPolicy'] };
  return externalEvent({
    analyzerArn: ANALYZER,
    detail: { id: `old-${n}`, resource: `arn:aws:s3:::old-${n}`, region: 'eu-central-1', ...access },
  });
}

const payroll = externalEvent({ analyzerArn: ANALYZER, detail: { id: 'payroll', resource: 'arn:aws:s3:::payroll-export' } });

const title = 'docs/first-day.md: every command works, one after the other, and shows what the document says';

test(title, { timeout: 240_000 }, async ({ skip }) => {
  skip(!hasCurl, 'no curl');
  const [sqs, jira, aws] = await Promise.all([
    // The last long poll of a service that was ended may have taken the message: it comes back soon.
    startSqsEmulator({ visibilitySeconds: 10 }),
    startJiraSimulator(),
    startAccessAnalyzerSimulator(),
  ]);
  onTestFinished(async () => void (await Promise.all([sqs.close(), jira.close(), aws.close()])));
  for (const n of range(300)) aws.follow(old(n));
  const { ANALYZER_ARNS: _none, ...environment } = environmentFor(sqs, jira);
  const own = {
    ...environment,
    RULES_FILE: join(ROOT, 'config/routing-rules.yaml'),
    AWS_ENDPOINT_URL_ACCESSANALYZER: aws.url,
    DATA_DIR: testFolder(),
    ADMIN_TOKENS: `anna:admin:${TOKEN}`,
  };
  let service: ServiceProcess | null = null;
  const shell = openShell({ TOKEN }, testFolder());

  async function start(mode: string): Promise<void> {
    await service?.end('SIGTERM');
    service = await startService({ ...own, MODE: mode });
    shell.set({ API: `${service.url}/api/v1` });
  }

  async function take(step: GuideStep): Promise<void> {
    const [, mode] = /^export MODE=(\w+)\nnpm start$/m.exec(step.commands) ?? [];
    await (mode === undefined ? shell.take(step) : start(mode));
  }

  const [live = -1, event = -1] = ['export MODE=live', 'payroll-export'].map((text) =>
    STEPS.findIndex(({ commands }) => commands.includes(text)),
  );
  expect([STEPS.length > 10, live > 0, event > live]).toEqual([true, true, true]);
  for (const step of STEPS.slice(0, live)) await take(step);
  expect(jira.issues()).toEqual([]);
  for (const step of STEPS.slice(live, event)) await take(step);
  expect(jira.issues()).toHaveLength(60);
  await sqs.send(JSON.stringify(payroll));
  for (const step of STEPS.slice(event)) await take(step);
  expect(jira.issues()).toHaveLength(61);
});
