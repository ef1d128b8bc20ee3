import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { TOKENS } from '../support/admin/admin-server.ts';
import { openCliSite } from '../support/cli/cli-site.ts';
import { numberedEvent } from '../support/findings/findings-by-number.ts';
import { rulesOf } from '../support/findings/parsed.ts';
import { testFolder } from '../support/service/service-process.ts';

const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'src/cli/main.ts');

/** Writes the address of every module that is loaded to the error stream. */
const LOADED = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  import { writeSync } from 'node:fs';
  registerHooks({ load(url, context, next) { writeSync(2, 'loaded ' + url + '\\n'); return next(url, context); } });
`)}`;

interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the program itself. */
function program(args: readonly string[], env: Readonly<Record<string, string>> = {}, nodeOptions: readonly string[] = []): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [...nodeOptions, MAIN, ...args],
      { env: { PATH: process.env['PATH'], ...env } },
      (_, out, err) => resolve({ exitCode: child.exitCode ?? -1, out, err }),
    );
    child.stdin?.end();
  });
}

/** The packages and the files of ours that a run loaded. */
function loadedBy({ err }: Ran): { readonly packages: readonly string[]; readonly files: readonly string[] } {
  const urls = [...err.matchAll(/^loaded (file:\S+)$/gm)].map(([, url = '']) => url);
  const packages = urls.flatMap((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*\/node_modules\/)/.exec(url)?.[1] ?? []);
  const ours = pathToFileURL(`${ROOT}/src/`).href;
  return {
    packages: [...new Set(packages)].toSorted(),
    files: urls.flatMap((url) => (url.startsWith(ours) ? [url.slice(ours.length)] : [])),
  };
}

test('help loads nothing but the parser; a command loads neither AWS nor Jira nor the service', async () => {
  const { url } = await openCliSite();
  const help = await program(['--help'], {}, ['--import', LOADED]);
  expect(help.exitCode).toBe(0);
  expect(loadedBy(help).packages).toEqual(['commander']);
  expect(loadedBy(help).files.filter((file) => !/^cli\/[^/]+$/.test(file))).toEqual([]);

  const status = await program(['status', '-o', 'yaml'], { F2J_URL: url, F2J_TOKEN: TOKENS.viewer }, ['--import', LOADED]);
  expect(status).toMatchObject({ exitCode: 0, out: expect.stringMatching(/^version: 1\.2\.3\n/) });
  expect(loadedBy(status).packages).toEqual(['commander', 'typebox', 'yaml']);

  const preview = await program(
    ['preview', 'test/fixtures/issue-examples/public-bucket.json'].map((word) => (word.endsWith('.json') ? join(ROOT, word) : word)),
    {},
    ['--import', LOADED],
  );
  expect(preview.exitCode).toBe(0);
  expect(loadedBy(preview).packages).toEqual(['commander', 'marklassian', 'marked', 'typebox', 'yaml'].toSorted());
});

test('the program changes a rule and retries a failure in two commands, without a question and without colours', async () => {
  const any = { id: 'all', match: { source: ['aws.access-analyzer'] }, action: 'issue', groupBy: 'access' };
  const { admin, url } = await openCliSite({ parts: { rules: rulesOf([{ ...any, issue: { project: 'NOPE', issueType: 'Task' } }]) } });
  const group = await admin.take(numberedEvent(1, 1));
  const env = { F2J_URL: url, F2J_TOKEN: TOKENS.admin };
  const file = join(testFolder(), 'rules.yaml');
  writeFileSync(file, JSON.stringify({ version: 1, limits: 'off', rules: [{ ...any, issue: { project: 'SEC', issueType: 'Task' } }] }));
  const applied = await program(['rules', 'apply', file, '--yes'], env);
  expect(applied).toMatchObject({ exitCode: 0, out: expect.stringContaining('Saved as revision 2') });
  const retried = await program(['retry', '--yes'], env);
  expect(retried).toMatchObject({ exitCode: 0, out: expect.stringMatching(/^1 group will be tried again now/) });
  expect(JSON.stringify([applied, retried])).not.toContain('\\u001b');
  await admin.parts.reconcile(group);
  expect((await admin.ask('GET', '/api/v1/mappings?state=open')).body['items']).toHaveLength(1);
});

test('without a terminal it asks nothing; Ctrl-C and a reader that goes away end it', async () => {
  const { admin, url } = await openCliSite();
  await admin.take(numberedEvent(1, 1));
  const env = { PATH: process.env['PATH'], F2J_URL: url, F2J_TOKEN: TOKENS.operator };
  expect(await program(['pause', '--for', '2h'], { F2J_URL: url, F2J_TOKEN: TOKENS.operator })).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('say --yes'),
  });

  const watching = spawn(process.execPath, [MAIN, 'findings', '--watch', '60'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const complaints = text(watching.stderr);
  await once(watching.stdout, 'data');
  watching.kill('SIGINT');
  expect(await once(watching, 'exit')).toEqual([130, null]);
  expect(await complaints).toBe('f2j: Interrupted\n');

  const reading = spawn(process.execPath, [MAIN, 'findings', '--watch', '1'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const silence = text(reading.stderr);
  await once(reading.stdout, 'data');
  reading.stdout.destroy();
  expect(await once(reading, 'exit')).toEqual([0, null]);
  expect(await silence).toBe('');
});
