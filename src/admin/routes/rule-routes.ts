import { Type } from 'typebox';
import { isJsonObject } from '../../findings/json.ts';
import type { CompiledRules } from '../../rules/parse-rules.ts';
import type { Problem } from '../../rules/problem.ts';
import type { RuleSet } from '../../rules/routing-rule.ts';
import type { Yielder } from '../../pipeline/rulebook/yielder.ts';
import type { AdminApp } from '../admin-app.ts';
import { IdempotencyHeaders } from '../idempotency.ts';
import { IfMatch, tagRevision } from '../if-match.ts';
import { RequestRefused } from '../problem.ts';
import type { ProblemCode } from '../problem-codes.ts';
import { SavedAnswer } from './rules-answer.ts';
import { JSON_TYPE, readRules, refuseRules, TAKES_RULES } from './rules-body.ts';
import { answer, RuleRef } from './rules-schema.ts';
import { answerSave, SAVE_PROBLEMS, SaveQuery, type SaveDeps } from './save-answer.ts';

export interface RuleRoutesDeps extends SaveDeps {
  readonly yielder: Yielder;
}

const RuleParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 63 }) });
const NewRule = Type.Object(
  {
    before: Type.Union([Type.String(), Type.Null()], { description: 'The rule above which it is placed; null: at the end' }),
    rule: RuleRef,
  },
  { additionalProperties: false },
);

const PROBLEMS: readonly ProblemCode[] = [...SAVE_PROBLEMS, 'rule-not-found'];

/** One rule of the set. */
export function addRuleRoutes(app: AdminApp, deps: RuleRoutesDeps): void {
  const { rules, yielder } = deps;
  const tags = ['rules'];

  /** The set with changed rules; paths of problems are relative to the rule at `place`. */
  function draftOf({ ruleSet }: CompiledRules, changed: readonly unknown[], place: number): Promise<CompiledRules> {
    return readRules(yielder, { ...ruleSet, rules: changed }, `rules[${place}].`);
  }

  const post = {
    tags,
    summary: 'Add one rule',
    operationId: 'addRule',
    headers: Type.Object({ ...IfMatch.properties, ...IdempotencyHeaders.properties }),
    querystring: SaveQuery,
    body: NewRule,
    response: { 201: SavedAnswer },
  };
  const postProblems = [...PROBLEMS, 'rule-exists', 'idempotency-key-reused'] as const;
  app.post('/api/v1/rules', { ...TAKES_RULES, schema: post, config: { access: 'admin', problems: postProblems } }, (request, reply) => {
    const { before, rule, id } = newRuleOf(request.body);
    // `encodeURIComponent` throws at half a surrogate pair; such an id is refused with the rest of the rule.
    const how = { query: request.query, status: 201, location: `/api/v1/rules/${encodeURIComponent(id.toWellFormed())}` };
    return answerSave(deps, request, reply, how, async ({ compiled }) => {
      const list = compiled.ruleSet.rules;
      if (list.some((one) => one.id === id)) throw new RequestRefused('rule-exists', `The rule ${id} is there already; change it with PUT`);
      const at = before === null ? list.length : placeOf(compiled.ruleSet, before);
      const draft = await draftOf(compiled, [...list.slice(0, at), rule, ...list.slice(at)], at);
      return { rules: draft, action: 'rule.added', target: id };
    });
  });

  const get = {
    tags,
    summary: 'One rule',
    operationId: 'getRule',
    params: RuleParams,
    response: { 200: answer('The rule; `ETag` is the revision of the set', RuleRef) },
  };
  app.get('/api/v1/rules/:id', { schema: get, config: { access: 'viewer', problems: ['rule-not-found'] } }, async ({ params }, reply) => {
    const { compiled, revision } = await rules.current();
    const rule = compiled.ruleSet.rules[placeOf(compiled.ruleSet, params.id)];
    return tagRevision(reply, revision).type(JSON_TYPE).serializer(JSON.stringify).send(rule);
  });

  const put = {
    tags,
    summary: 'Change one rule in its place',
    operationId: 'putRule',
    headers: IfMatch,
    params: RuleParams,
    querystring: SaveQuery,
    body: RuleRef,
    response: { 200: SavedAnswer },
  };
  app.put('/api/v1/rules/:id', { ...TAKES_RULES, schema: put, config: { access: 'admin', problems: PROBLEMS } }, (request, reply) => {
    const { id } = request.params;
    const rule: unknown = request.body;
    return answerSave(deps, request, reply, { query: request.query, status: 200, location: null }, async ({ compiled }) => {
      const at = placeOf(compiled.ruleSet, id);
      if (isJsonObject(rule) && typeof rule['id'] === 'string' && rule['id'] !== id) refuse('id', `expected ${id}, as in the address`);
      const list = compiled.ruleSet.rules;
      const draft = await draftOf(compiled, [...list.slice(0, at), rule, ...list.slice(at + 1)], at);
      return { rules: draft, action: 'rule.changed', target: id };
    });
  });

  const remove = {
    tags,
    summary: 'Remove one rule',
    operationId: 'deleteRule',
    headers: IfMatch,
    params: RuleParams,
    querystring: SaveQuery,
    response: { 200: SavedAnswer },
  };
  const removing = { handlerTimeout: TAKES_RULES.handlerTimeout, schema: remove, config: { access: 'admin', problems: PROBLEMS } } as const;
  app.delete('/api/v1/rules/:id', removing, (request, reply) => {
    const { id } = request.params;
    return answerSave(deps, request, reply, { query: request.query, status: 200, location: null }, async ({ compiled }) => {
      const at = placeOf(compiled.ruleSet, id);
      return { rules: await draftOf(compiled, compiled.ruleSet.rules.toSpliced(at, 1), at), action: 'rule.removed', target: id };
    });
  });
}

/** @throws RequestRefused when there is no rule with this id */
function placeOf({ rules }: RuleSet, id: string): number {
  const place = rules.findIndex((rule) => rule.id === id);
  if (place === -1) throw new RequestRefused('rule-not-found', `There is no rule ${id}`);
  return place;
}

/** The rule itself is checked as a part of the set. @throws RequestRefused */
function newRuleOf(body: unknown): { readonly before: string | null; readonly rule: unknown; readonly id: string } {
  if (!isJsonObject(body)) return refuse('', 'expected an object with before and rule');
  const { before, rule, ...others } = body;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return refuse(unknown, 'unknown here, expected only before and rule');
  if (before !== null && typeof before !== 'string') return refuse('before', 'expected the id of a rule, or null for the end');
  if (!isJsonObject(rule)) return refuse('rule', 'expected a rule: an object with id, match and action');
  return { before, rule, id: typeof rule['id'] === 'string' ? rule['id'] : '' };
}

function refuse(path: string, message: string): never {
  const problem: Problem = { path, message };
  return refuseRules([problem]);
}
