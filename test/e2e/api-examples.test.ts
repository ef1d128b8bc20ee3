import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../support/until.ts';

/** Findings that the demo's accounts have before it starts. */
const OLD = 30;
const DEMO = fileURLToPath(new URL('../../src/sandbox/demo.ts', import.meta.url));
const run = promisify(execFile);

const document = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
const blocks = [...document.matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block ?? '');

const hasCurl = await run('curl', ['--version']).then(
  () => true,
  () => false,
);

/** The demo as a user starts it. */
async function startDemo(): Promise<{ readonly api: string; readonly output: () => string }> {
  const demo = spawn(process.execPath, [DEMO], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(async () => {
    const ended = once(demo, 'exit');
    demo.kill('SIGTERM');
    await ended;
  });
  let output = '';
  demo.stdout.on('data', (chunk) => (output += String(chunk)));
  await until(() => output.includes('  opened  '), 'the demo has opened an issue', 60_000);
  return { api: /admin API\s+(http:\S+\/api\/v1)\/mappings/.exec(output)?.[1] ?? '', output: () => output };
}

test(
  'docs/api.md: every block works on the demo, one after the other, and so does the command that the demo prints for its old findings',
  { timeout: 120_000 },
  async ({ skip }) => {
    skip(!hasCurl, 'no curl');
    expect(blocks.length).toBeGreaterThan(10);
    const { api: API, output } = await startDemo();
    const script = ['set -eu', ...blocks].join('\n');
    const { stdout } = await run('bash', ['-c', script], { env: { ...process.env, API, no_proxy: '127.0.0.1' } });
    for (const expected of ['"trace"', '"history"', '"revision"', '"Jira is being migrated"', 'version: 1', '"rules-file"'])
      expect(stdout).toContain(expected);

    // Those of old, and new ones that the sweep saw before their event came.
    const found = (): number => Number(/found (\d+) findings that no event had brought/.exec(output())?.[1] ?? 0);
    await until(() => found() >= OLD, 'the sweep has ended', 60_000);
    const opened = (): number => output().match(/ {2}opened {2}/g)?.length ?? 0;
    const [command = ''] = /curl -X POST .*release.*/.exec(output()) ?? [];
    const before = opened();
    await run('bash', ['-c', command], { env: { ...process.env, no_proxy: '127.0.0.1' } });
    await until(() => output().includes('none any longer'), 'all old findings are released', 60_000);
    await until(() => opened() >= before + 15, 'they have their issues', 60_000);
  },
);
