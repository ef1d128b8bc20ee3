import { stringify } from 'yaml';
import { finish } from '../rules/chunked-work.ts';
import type { Problem } from '../rules/problem.ts';
import type { RuleSet } from '../rules/routing-rule.ts';
import { parseInThread, parseText } from './parse-text.ts';

/** The unchecked content of a text; or its problems, with a place such as `line 3, column 5`. */
export type ReadRulesText = { readonly ok: true; readonly input: unknown } | { readonly ok: false; readonly problems: readonly Problem[] };

/** A text with more characters is read in its own thread: a megabyte takes most of a second. */
const LONG = 50_000;

/** Reads YAML or JSON from a file without blocking other work. Never throws. */
export async function readRulesText(text: string): Promise<ReadRulesText> {
  const read = text.length <= LONG ? await parseText(text, 'yaml', 'here') : await parseInThread(text, 'yaml');
  if (read.ok) return { ok: true, input: finish(read.content) };
  return { ok: false, problems: read.because === 'not-yaml' ? read.problems : [{ path: '', message: TEXT_FAULTS[read.because] }] };
}

const TEXT_FAULTS = {
  'not-json': 'can not be read',
  'forbidden-name': 'can not be read',
  'too-deep': 'nested too deeply',
  'too-many-values': 'has too many values',
  'too-costly': 'takes too long to read',
} as const;

/**
 * Writes a rule set as YAML that can be read again: a rules file.
 * @param yieldIfDue called between rules, so that other work can run
 */
export async function renderRulesText(ruleSet: RuleSet, yieldIfDue: () => Promise<void>): Promise<string> {
  const { version, rules, ...besides } = ruleSet;
  const parts = [`version: ${version}\n`, rules.length === 0 ? 'rules: []\n' : HEAD];
  for (const rule of rules) {
    // Rendered within its list, so that texts of several lines get their final indentation.
    parts.push(stringify({ rules: [rule] }, WIDE).slice(HEAD.length));
    await yieldIfDue();
  }
  if (Object.keys(besides).length > 0) parts.push(stringify(besides, WIDE));
  return parts.join('');
}

const HEAD = 'rules:\n';

/** No line is folded: patterns are long, and people compare them. */
const WIDE = { lineWidth: 0 } as const;
