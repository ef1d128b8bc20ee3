import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { f2j } from '../support/cli/f2j.ts';

const { out: script } = await f2j(['completion', 'bash']);

/** What bash offers after these words; the last one is being typed. */
function offered(lines: readonly string[]): readonly string[] {
  const asked = lines.map(
    (line) =>
      `COMP_WORDS=(f2j ${line.endsWith(' ') ? `${line}''` : line}); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); _f2j; echo "\${COMPREPLY[*]}"`,
  );
  return execFileSync('bash', ['--norc', '-euo', 'pipefail', '-c', `${script}\n${asked.join('\n')}`], { encoding: 'utf8' })
    .trimEnd()
    .split('\n');
}

describe('the completion of bash', () => {
  test('offers commands, options and values', () => {
    const lines = ['st', 'rules ', 'rules ro', 'findings --sev', 'findings --severity ', 'findings --q text -o ', 'completion '];
    expect(offered(lines)).toEqual([
      'status',
      'get test diff apply history rollback --help',
      'rollback',
      '--severity',
      'critical high medium low',
      'table json yaml csv',
      'bash zsh --help',
    ]);
  });
});

test('that of zsh names its commands with what they do, and quotes what zsh would read', async () => {
  const { out } = await f2j(['completion', 'zsh']);
  expect(out).toMatch(/^#compdef f2j\n/);
  expect(out).toContain("'status:whether all is well, and what to do first'");
  expect(out).toContain("'pause:write nothing to Jira\\: for everything, a rule or a project'");
  expect((await f2j(['completion', 'fish'])).exitCode).toBe(2);
});
