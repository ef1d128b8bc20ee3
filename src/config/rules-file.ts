import { readYaml } from './read-yaml.ts';
import type { Problem } from '../rules/problem.ts';

/** The unchecked content of the file, or one line per problem that begins with the file's path. */
export type ReadRulesFile = { readonly ok: true; readonly input: unknown } | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Reads a rules file's text. Whether it holds valid rules is checked elsewhere.
 * @param path shown in problems
 */
export function readRulesFile(path: string, text: string): ReadRulesFile {
  const read = readYaml(text);
  if (read.ok) return read;
  return {
    ok: false,
    problems: read.faults.map(({ at, message }) => `${path}${at === null ? '' : `:${at.line}:${at.column}`}: ${message}`),
  };
}

/** Problems of the file's content as lines, such as `rules.yaml: rules[2].id: expected …`. */
export function inRulesFile(path: string, problems: readonly Problem[]): readonly string[] {
  return problems.map((problem) => [path, problem.path, problem.message].filter((part) => part !== '').join(': '));
}
