import { writeFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { startJiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { startSqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { environmentFor, startService, testFolder } from '../support/service/service-process.ts';
import { until } from '../support/until.ts';

const rulesTo = (project: string): string =>
  JSON.stringify({
    version: 1,
    rules: [{ id: 'rest', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue: { project, issueType: 'Task' } }],
  });

test('RULES_MODE=file: a start and a change of the file make revisions, a broken file is reported, and the API is read-only', async () => {
  const [sqs, jira] = await Promise.all([startSqsEmulator(), startJiraSimulator()]);
  onTestFinished(async () => void (await Promise.all([sqs.close(), jira.close()])));
  const env: Record<string, string> = { ...environmentFor(sqs, jira), DATA_DIR: testFolder(), RULES_MODE: 'file' };
  const file = env['RULES_FILE'] ?? '';
  const seeded = await startService(env);
  expect(await seeded.end('SIGTERM')).toBe(0);

  writeFileSync(file, rulesTo('PLAT'));
  const service = await startService(env);
  const saysOfRules = async () => Object(Object((await service.json('/readyz'))['parts'])['rules']);
  expect(await saysOfRules()).toEqual({ ok: true, message: 'revision 2' });

  writeFileSync(file, 'rules: [');
  await until(async () => String((await saysOfRules()).message).includes("can't be used"), 'the broken file is reported', 20_000);
  expect(await saysOfRules()).toMatchObject({ ok: true, message: expect.stringContaining('revision 2') });

  writeFileSync(file, rulesTo('SEC'));
  await until(async () => (await saysOfRules()).message === 'revision 3', 'the fixed file is in force', 20_000);
  const refused = await fetch(`${service.url}/api/v1/rules`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', 'if-match': '"3"' },
    body: rulesTo('PLAT'),
  });
  expect([refused.status, Object(await refused.json()).code]).toEqual([409, 'rules-read-only']);
  expect(await service.end('SIGTERM')).toBe(0);
  expect(service.output().match(/cannot be used/g)).toHaveLength(1);
});
