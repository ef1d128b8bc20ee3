import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { isJsonObject } from '../../findings/json.ts';
import { parseRulesInChunks, type CompiledRules } from '../../rules/parse-rules.ts';
import type { Problem } from '../../rules/problem.ts';
import type { RuleSet } from '../../rules/routing-rule.ts';
import type { Yielder } from '../../pipeline/rulebook/yielder.ts';
import { RequestRefused } from '../problem.ts';
import { compileValidator } from '../validator.ts';

/** Writes rules as YAML. */
export interface RulesText {
  render(ruleSet: RuleSet): Promise<string>;
}

/** Enough for ten thousand rules, bytes. */
const RULES_BODY_LIMIT = 5 * 1024 * 1024;

/** Time limit for an answer that reads every known finding, ms. */
export const LONG_ANSWER_MS = 120_000;

/** The most problems that one answer lists. */
const MAX_PROBLEMS = 500;

/** For answers that are sent as they are, since their schema is only for the description. */
export const JSON_TYPE = 'application/json; charset=utf-8';

export const YAML_TYPE = 'application/yaml';

/** The body's schema is for the description only: `readRules` checks rules and reports every problem with its place. */
const describeBodyOnly: FastifySchemaCompiler<TSchema> = (route) =>
  route.httpPart === 'body' ? (value: unknown) => ({ value }) : compileValidator(route);

/** Options of a route that takes rules. */
export const TAKES_RULES = { bodyLimit: RULES_BODY_LIMIT, handlerTimeout: LONG_ANSWER_MS, validatorCompiler: describeBodyOnly };

/**
 * Checks and compiles the rules of a request. A `revision` beside them, as in the answer of GET, is ignored.
 * @param prefix removed from the beginning of problem paths: the place of the part that was sent
 * @throws RequestRefused with every problem
 */
export async function readRules(yielder: Yielder, raw: unknown, prefix = ''): Promise<CompiledRules> {
  const parsed = await yielder.run(parseRulesInChunks(withoutRevision(raw), 'new'));
  if (parsed.ok) return parsed.rules;
  return refuseRules(
    parsed.problems.map(({ path, message }) => ({ path: path.startsWith(prefix) ? path.slice(prefix.length) : path, message })),
  );
}

/** A draft: a whole set, or the list of its rules alone. */
export function readDraft(yielder: Yielder, raw: unknown): Promise<CompiledRules> {
  return readRules(yielder, Array.isArray(raw) ? { version: 1, rules: raw } : raw);
}

function withoutRevision(raw: unknown): unknown {
  if (!isJsonObject(raw)) return raw;
  const { revision: _, ...ruleSet } = raw;
  return ruleSet;
}

export function refuseRules(problems: readonly Problem[]): never {
  const more = problems.length > MAX_PROBLEMS ? `; these are ${MAX_PROBLEMS} of ${problems.length}` : '';
  throw new RequestRefused('rules-invalid', `Nothing was saved. See errors for each place${more}`, {
    errors: problems.slice(0, MAX_PROBLEMS),
  });
}
