import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';

const MAIN = fileURLToPath(new URL('../../src/sandbox/main.ts', import.meta.url));

const OTHER_PORTS = { SANDBOX_STS_PORT: '0', SANDBOX_CLOUDTRAIL_PORT: '0' };

function start(environment: Record<string, string>) {
  const child = spawn(process.execPath, [MAIN], { env: { PATH: process.env['PATH'] ?? '', ...environment } });
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output.text += String(data)));
  return { child, output, ended: once(child, 'exit') };
}

test('the process prints its addresses, sends findings, shows the board, and ends on SIGTERM', async () => {
  const { child, output, ended } = start({
    SANDBOX_JIRA_PORT: '0',
    SANDBOX_SQS_PORT: '0',
    SANDBOX_ACCESS_ANALYZER_PORT: '0',
    ...OTHER_PORTS,
  });
  await vi.waitFor(() => expect(output.text).toContain('ACTIVE AWS::S3::Bucket'), { timeout: 30_000 });
  const board = /Jira board: (\S+)/.exec(output.text)?.[1] ?? '';
  expect((await fetch(board)).status).toBe(200);
  expect(output.text).toMatch(/queue: http:\/\/127\.0\.0\.1:\d+\/\d+\/access-analyzer-findings\n/);
  expect(output.text).toMatch(/Access Analyzer: http:\/\/127\.0\.0\.1:\d+\n/);
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

test('an invalid port ends the process with a line that names the variable', async () => {
  const { output, ended } = start({ SANDBOX_JIRA_PORT: 'eighty' });
  expect(await ended).toEqual([1, null]);
  expect(output.text).toBe('SANDBOX_JIRA_PORT: expected a port number\n');
});
