import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCliSite, type CliSite } from '../../support/cli/cli-site.ts';
import { numberedEvent } from '../../support/findings/findings-by-number.ts';
import { rulesOf } from '../../support/findings/parsed.ts';
import { testFolder } from '../../support/service/service-process.ts';

const ISSUE = {
  id: 'all',
  match: { source: ['aws.access-analyzer'] },
  action: 'issue',
  groupBy: 'access',
  issue: { project: 'SEC', issueType: 'Task' },
};
const SANDBOX = { id: 'sandbox', match: { detail: { accountId: ['999999999999'] } }, action: 'ignore' };
const TESTS = [{ name: 'sandbox is left out', finding: { accountId: '999999999999' }, expect: { action: 'ignore', ruleId: 'sandbox' } }];
const RESTING = { version: 1, limits: 'off' };

function fileOf(content: object | string): string {
  const file = join(testFolder(), 'rules.yaml');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

/** A site with open issues. */
async function open(issues = 1): Promise<CliSite> {
  const site = await openCliSite({ parts: { rules: rulesOf([ISSUE]) } });
  for (let n = 1; n <= issues; n += 1) await site.admin.take(numberedEvent(n, 1));
  return site;
}

describe('f2j rules', () => {
  test('two commands test, backtest and save a changed rule; more than fifty open issues need nothing else', async () => {
    const { run } = await open(51);
    const moved = { ...ISSUE, issue: { project: 'PLAT', issueType: 'Task' } };
    const file = fileOf({
      ...RESTING,
      rules: [SANDBOX, moved],
      tests: [...TESTS, { finding: {}, expect: { action: 'issue', ruleId: 'all' } }],
    });
    expect(await run('admin', ['rules', 'test', file])).toMatchObject({ exitCode: 0, out: '2 rules, 2 tests, 0 failed\n' });
    const applied = await run('admin', ['rules', 'apply', file, '--comment', 'Moved', '--yes']);
    expect(applied.exitCode).toBe(0);
    expect(applied.out).toMatch(/^Rules\n {2}added: sandbox\n {2}changed: all\n/);
    expect(applied.out).toMatch(
      /\n {2}51 findings \(51 issues\) would be filed in another project; existing issues stay\n {4}SEC-\d+ arn:\S+: all in SEC -> all in PLAT\n/,
    );
    expect(applied.out).toMatch(/\n {2}51 open issues are touched\n/);
    expect(applied.out).toMatch(/\nSaved as revision 2\nReconciling: 51 findings looked through/);
    expect((await run('viewer', 'rules history -o csv')).out).toMatch(/^revision,.*\r\n2,.*,anna,"1 added, 1 changed, tests",Moved\r\n1,/);
  });

  test('what `get` writes is what `apply` takes; it is refused once the rules have changed', async () => {
    const { run } = await open();
    const got = (await run('viewer', 'rules get')).out;
    expect(got).toMatch(/^# Rules of the service, revision "1"\nversion: 1\n/);
    const file = fileOf(got);
    expect((await run('admin', ['rules', 'apply', file])).out).toBe('The rules are the same; nothing is to be saved\n');
    const other = fileOf({ ...RESTING, rules: [SANDBOX, ISSUE] });
    expect(await run('admin', ['rules', 'apply', other, '--yes', '--no-wait'])).toMatchObject({
      exitCode: 0,
      err: expect.stringContaining('f2j operation '),
    });
    const stale = await run('admin', ['rules', 'apply', file, '--yes']);
    expect(stale).toMatchObject({ exitCode: 1, err: expect.stringMatching(/\(revision-stale\)\n.*\nWhat to do: Get the rules again/) });
    // Without the line that says what it was made of, it replaces whatever is there.
    const plain = fileOf(readFileSync(file, 'utf8').replace(/^#.*\n/, ''));
    expect(await run('admin', ['rules', 'apply', plain, '--yes'])).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('removed: sandbox'),
    });
    expect(await run('admin', 'rules rollback 2 --yes')).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('Saved as revision 4'),
    });
    expect(JSON.parse((await run('viewer', 'rules get -o json')).out)).toMatchObject({ revision: 4, rules: [SANDBOX, ISSUE] });
    expect(JSON.parse((await run('viewer', 'rules get --revision 1 -o json')).out)).toMatchObject({ rules: [ISSUE] });
  });

  test('differences are shown rule by rule, with an exit code on request', async () => {
    const { run } = await open();
    const changed = { ...ISSUE, issue: { project: 'PLAT', issueType: 'Task' } };
    const file = fileOf({ ...RESTING, rules: [SANDBOX, changed] });
    const { out, exitCode } = await run('viewer', ['rules', 'diff', file, '--exit-code']);
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^\+ rule sandbox\n {2}\+ id: sandbox\n/);
    expect(out).toMatch(/\n~ rule all\n(?: {4}.*\n)+ {2}- {3}project: SEC\n {2}\+ {3}project: PLAT\n/);
    expect((await run('viewer', ['rules', 'diff', file])).exitCode).toBe(0);
    await run('admin', ['rules', 'apply', file, '--yes']);
    expect((await run('viewer', ['rules', 'diff', file, '--exit-code'])).out).toBe('No rule differs\n');
    const turned = fileOf({ ...RESTING, limits: { live: { perHour: 5 } }, rules: [changed, SANDBOX] });
    expect((await run('viewer', ['rules', 'diff', turned])).out).toMatch(
      /^~ the order of the rules: all comes before sandbox\n~ the parts besides rules\n {4}version: 1\n {2}- limits: off\n/,
    );
    expect((await run('viewer', ['rules', 'diff', fileOf({ ...RESTING, rules: [ISSUE] }), '--revision', '1'])).out).toBe(
      'No rule differs\n',
    );
  });

  test.each<[string, object | string, string, string]>([
    ['a mistake', { version: 1, rules: [{ id: 'one' }] }, 'rules-invalid', '  rules[0].match: missing'],
    ['no YAML', 'rules: [', 'rules-invalid', '  line 1'],
    ['a test that fails', { ...RESTING, rules: [ISSUE], tests: TESTS }, 'rule-tests-failed', '  tests[0]: sandbox is left out'],
    [
      'a project that Jira does not show',
      { ...RESTING, rules: [{ ...ISSUE, issue: { project: 'NOPE', issueType: 'Task' } }] },
      'preflight-failed',
      '  rules[0].issue.project: ',
    ],
  ])('%s is refused with its place, and nothing is saved', async (_, content, code, place) => {
    const { run } = await open(0);
    const { exitCode, out, err } = await run('admin', ['rules', 'apply', fileOf(content), '--yes']);
    expect([exitCode, out]).toEqual([1, '']);
    expect(err).toContain(`(${code})`);
    expect(err).toContain(`\n${place}`);
    expect(err).toContain('\nWhat to do: ');
    expect((await run('viewer', 'rules history -o csv')).out.split('\r\n')).toHaveLength(3);
  });

  test('what would be refused can be forced, with its warnings in the plan', async () => {
    const { run } = await open(0);
    const file = fileOf({ ...RESTING, rules: [ISSUE], tests: TESTS });
    const { exitCode, out } = await run('admin', ['rules', 'apply', file, '--force', '--yes']);
    expect([exitCode, out]).toEqual([0, expect.stringMatching(/Warning: tests\[0\]: .* \(test-failed\)\n/)]);
  });
});
