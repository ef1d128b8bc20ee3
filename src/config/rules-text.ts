import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { stringify } from 'yaml';
import type { Problem } from '../rules/problem.ts';
import type { RuleSet } from '../rules/routing-rule.ts';
import { readYaml, type ReadYaml } from './read-yaml.ts';

/** The unchecked content of a text; or its problems, with a place such as `line 3, column 5`. */
export type ReadRulesText = { readonly ok: true; readonly input: unknown } | { readonly ok: false; readonly problems: readonly Problem[] };

/** A text with more characters is read in its own thread: a megabyte takes most of a second. */
const LONG = 50_000;

/** Time limit for reading a text, ms. */
const READ_MS = 20_000;

/** Reads YAML or JSON without blocking other work. Never throws. */
export async function readRulesText(text: string): Promise<ReadRulesText> {
  const read = text.length <= LONG ? readYaml(text) : await readInThread(text);
  if (read.ok) return read;
  const problems = read.faults.map(({ at, message }) => ({ path: at === null ? '' : `line ${at.line}, column ${at.column}`, message }));
  return { ok: false, problems };
}

async function readInThread(text: string): Promise<ReadYaml> {
  const thread = new Worker(new URL('./read-yaml-thread.ts', import.meta.url), { workerData: text });
  try {
    const [read]: ReadYaml[] = await once(thread, 'message', { signal: AbortSignal.timeout(READ_MS) });
    return read ?? unread('cannot be read');
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'AbortError';
    return unread(isLate ? `takes more than ${READ_MS / 1_000} s to read` : 'cannot be read');
  } finally {
    await thread.terminate();
  }
}

function unread(message: string): ReadYaml {
  return { ok: false, faults: [{ at: null, message }] };
}

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
