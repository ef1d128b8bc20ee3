import { cpSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { startAccessAnalyzerSimulator } from '../../src/sandbox/access-analyzer/access-analyzer-simulator.ts';
import { startJiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { startSqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { hasCurl, openShell, stepsOf } from '../support/docs/follow-guide.ts';
import { externalEvent } from '../support/findings/finding-events.ts';
import { range } from '../support/findings/findings-by-number.ts';
import { environmentFor, startService, testFolder, type ServiceProcess } from '../support/service/service-process.ts';

const ANALYZER = 'arn:aws:access-analyzer:eu-central-1:111122223333:analyzer/organization';
const TOKEN = 'a-token-of-thirty-two-characters';
const STEPS = stepsOf('docs/deploy.md');

/** Blocks that need what is not here say so in their first line. */
const NEEDS = /^# Needs (?:AWS|Docker|Jira)/;
const OUTSIDE = /^(?:aws|docker|kubectl|sudo|for region) /m;

test('docs/deploy.md: each block that is not run says what it needs, and no other does', () => {
  const wrong = STEPS.filter(({ commands }) => NEEDS.test(commands) !== (OUTSIDE.test(commands) || commands.includes('npm ci')));
  expect([STEPS.length > 25, wrong]).toEqual([true, []]);
});

const title = 'docs/deploy.md: from the first look to a move, every command works, one after the other, and shows what the document says';

test(title, { timeout: 240_000 }, async ({ skip }) => {
  skip(!hasCurl, 'no curl');
  const [sqs, jira, aws] = await Promise.all([startSqsEmulator(), startJiraSimulator(), startAccessAnalyzerSimulator()]);
  onTestFinished(async () => void (await Promise.all([sqs.close(), jira.close(), aws.close()])));
  for (const n of range(3)) {
    const detail = { id: `known-${n}`, resource: `arn:aws:s3:::known-${n}`, region: 'eu-central-1' };
    aws.follow(externalEvent({ analyzerArn: ANALYZER, detail }));
  }
  const { ANALYZER_ARNS: _none, ...environment } = environmentFor(sqs, jira);
  let own: Record<string, string> = {
    ...environment,
    AWS_ENDPOINT_URL_ACCESSANALYZER: aws.url,
    DATA_DIR: testFolder(),
    ADMIN_TOKENS: `you:admin:${TOKEN}`,
  };
  let service: ServiceProcess | null = null;
  const shell = openShell({ TOKEN }, testFolder());

  async function stop(): Promise<void> {
    expect(await service?.end('SIGTERM')).toBe(0);
  }

  async function start(changes: Readonly<Record<string, string>> = {}): Promise<void> {
    own = { ...own, ...changes };
    service = await startService(own);
    shell.set({ API: `${service.url}/api/v1`, DATA_DIR: own['DATA_DIR'] ?? '' });
  }

  /** What happens here where the commands would make AWS do it, by a part of the commands. */
  const done: string[] = [];
  const instead: Readonly<Record<string, () => Promise<void>>> = {
    'Profile=fargate Mode=observe': () => start({ MODE: 'observe' }),
    '--parameter-overrides Mode=live': async () => {
      expect(jira.issues()).toEqual([]);
      await stop();
      await start({ MODE: 'live' });
    },
    'findings-to-jira:0.2.0': () => stop().then(() => start()),
    'systemctl stop': stop,
    'systemctl start': () => start(),
    '--desired-count 0': stop,
    'Profile=instance Mode=observe': async () => {
      const moved = testFolder();
      cpSync(own['DATA_DIR'] ?? '', moved, { recursive: true });
      await start({ DATA_DIR: moved, MODE: 'observe' });
    },
  };
  for (const step of STEPS) {
    const [part, act] = Object.entries(instead).find(([one]) => step.commands.includes(one)) ?? [];
    if (act !== undefined) {
      done.push(String(part));
      await act();
    } else if (!NEEDS.test(step.commands)) await shell.take(step);
  }
  expect(done).toEqual(Object.keys(instead));
  expect(jira.issues()).toHaveLength(3);
  await stop();
});
