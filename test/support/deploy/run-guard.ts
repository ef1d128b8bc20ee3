import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { JsonObject } from '../../../src/findings/json.ts';
import { ROOT } from '../docs/read-docs.ts';

const FOLDERS: Readonly<Record<string, string>> = { linux: 'ubuntu', darwin: 'macos' };
const MACHINES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/** The program in the npm package, which has it for Linux and macOS. */
const GUARD = join(
  dirname(createRequire(import.meta.url).resolve('@cdklabs/cdk-validator-cfnguard/package.json')),
  'bin',
  FOLDERS[process.platform] ?? process.platform,
  MACHINES[process.arch] ?? process.arch,
  'cfn-guard',
);

/**
 * Runs cfn-guard with our rules.
 * @param stacks resolved templates, by a name for the report
 * @returns of each stack its rules that failed, passed, and had nothing to look at
 * @throws when cfn-guard can't run or can't read the rules
 */
export function runGuard(stacks: Readonly<Record<string, JsonObject>>): Readonly<Record<string, GuardReport>> {
  const folder = mkdtempSync(join(tmpdir(), 'f2j-guard-'));
  try {
    const names = Object.keys(stacks);
    for (const [at, Resources] of Object.values(stacks).entries()) {
      writeFileSync(join(folder, `${String(at).padStart(3, '0')}.json`), JSON.stringify({ Resources }));
    }
    const rules = join(ROOT, 'deploy/cloudformation/templates.guard');
    const args = ['validate', '--rules', rules, '--data', folder, '--structured', '--output-format', 'json', '--show-summary', 'none'];
    const run = spawnSync(GUARD, args, { encoding: 'utf8' });
    if (run.status !== 0 && run.status !== 19)
      throw new Error(`cfn-guard ended with ${run.status}: ${run.stderr}${run.error?.message ?? ''}`);
    const reports: readonly RawReport[] = JSON.parse(run.stdout);
    return Object.fromEntries(
      reports.map(({ name, not_compliant: failed, compliant, not_applicable: idle }) => {
        const stack = names[Number(/(\d+)\.json$/.exec(name)?.[1])] ?? name;
        return [stack, { failed: failed.flatMap((one) => (one.Rule === undefined ? [] : [one.Rule.name])), passed: compliant, idle }];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface GuardReport {
  readonly failed: readonly string[];
  readonly passed: readonly string[];
  readonly idle: readonly string[];
}

interface RawReport {
  readonly name: string;
  readonly not_compliant: readonly { readonly Rule?: { readonly name: string } }[];
  readonly compliant: readonly string[];
  readonly not_applicable: readonly string[];
}
