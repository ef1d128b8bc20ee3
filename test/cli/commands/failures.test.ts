import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCliSite } from '../../support/cli/cli-site.ts';
import { numberedEvent } from '../../support/findings/findings-by-number.ts';
import { rulesOf } from '../../support/findings/parsed.ts';
import { testFolder } from '../../support/service/service-process.ts';

const ISSUE = { id: 'all', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue: { project: 'SEC', issueType: 'Task' } };
const NOWHERE = { ...ISSUE, issue: { project: 'NOPE', issueType: 'Task' } };

describe('f2j failures and retry', () => {
  test('show what is stuck with what to do; two commands put it right', async () => {
    const { admin, run } = await openCliSite({ parts: { rules: rulesOf([NOWHERE]) } });
    const groups = [await admin.take(numberedEvent(1, 1)), await admin.take(numberedEvent(2, 1))];
    const shown = await run('viewer', 'failures', { columns: 80 });
    expect(shown).toMatchObject({ exitCode: 0, err: '' });
    expect(shown.out).toMatch(/^ID +CODE/);
    for (const group of groups) expect(shown.out).toContain(`${group}  project-not-visible`);
    expect(shown.out).toMatch(/\nproject-not-visible: 2 groups\n {2}\S.*\n {2}Jira said: .*valid project.*\n {2}What to do: \S/);

    const file = join(testFolder(), 'rules.yaml');
    writeFileSync(file, JSON.stringify({ version: 1, rules: [ISSUE], limits: 'off' }));
    expect(await run('admin', ['rules', 'apply', file, '--yes'])).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('Saved as revision 2'),
    });
    const retried = await run('operator', 'retry --yes');
    expect(retried).toEqual({ exitCode: 0, out: expect.stringMatching(/^2 groups will be tried again now/), err: '' });

    for (const group of groups) await admin.parts.reconcile(group);
    expect((await run('viewer', 'failures')).out).toBe('Nothing is stuck\n');
    expect((await run('operator', 'retry')).out).toBe('Nothing is stuck\n');
    expect(JSON.parse((await run('viewer', 'findings --state open -o json')).out)).toHaveLength(2);
  });

  test('one group is tried by its id, and filters choose', async () => {
    const { admin, run } = await openCliSite({ parts: { rules: rulesOf([NOWHERE]) } });
    const group = await admin.take(numberedEvent(1, 1));
    expect((await run('operator', `retry ${group}`)).out).toMatch(/^arn:aws:s3:::bucket-1 will be tried again now/);
    expect((await run('viewer', 'failures --project-key OTHER')).out).toBe('Nothing is stuck\n');
    expect((await run('operator', 'retry --code jira-forbidden')).out).toBe('Nothing is stuck\n');
    expect((await run('operator', 'retry f-unknown')).err).toMatch(/\(failure-not-found\)\n.*\nWhat to do: Take the id from f2j failures/);
  });

  test('nothing is tried without a yes', async () => {
    const { admin, run } = await openCliSite({ parts: { rules: rulesOf([NOWHERE]) } });
    await admin.take(numberedEvent(1, 1));
    const question = 'Try 1 failed group again now?';
    expect(await run('operator', 'retry', { answers: ['n'] })).toEqual({
      exitCode: 1,
      out: '',
      err: `${question} [y/N] \nf2j: Nothing was changed\n`,
    });
    expect(await run('operator', 'retry')).toEqual({
      exitCode: 2,
      out: '',
      err: `f2j: ${question}\nNo terminal can be asked; say --yes. Nothing was changed\n`,
    });
    expect(await run('operator', 'retry', { answers: ['y'] })).toMatchObject({ exitCode: 0 });
  });
});
