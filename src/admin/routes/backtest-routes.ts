import { Type } from 'typebox';
import { isJsonObject, type JsonObject } from '../../findings/json.ts';
import type { EvaluateFinding } from '../../pipeline/admin-actions/evaluate-finding.ts';
import { backtestInput, createBacktest, type BacktestDeps } from '../../pipeline/rule-changes/backtest.ts';
import type { Operations } from '../../pipeline/operations/operations.ts';
import { readyRules, type RuleBook } from '../../pipeline/rulebook/rule-book.ts';
import type { Store } from '../../pipeline/ports/store.ts';
import type { Yielder } from '../../pipeline/rulebook/yielder.ts';
import type { AdminApp } from '../admin-app.ts';
import { IdempotencyHeaders } from '../idempotency.ts';
import { Started, startOperation } from './operation.ts';
import { readRules, TAKES_RULES } from './rules-body.ts';
import { RuleSetRef } from './rules-schema.ts';

/** A request that fails to be prepared is not shown; after so many failures Jira is not asked again. */
const MAX_FAILURES = 2;

export interface BacktestRoutesDeps {
  readonly evaluate: EvaluateFinding;
  readonly store: Store;
  readonly rules: RuleBook;
  readonly operations: Operations;
  readonly yielder: Yielder;
}

/** The effects of a draft, before it is saved. */
export function addBacktestRoutes(app: AdminApp, deps: BacktestRoutesDeps): void {
  const { rules, yielder } = deps;
  const schema = {
    tags: ['rules'],
    summary: 'Report what a draft rule set would change for every known finding',
    operationId: 'backtestRules',
    consumes: ['application/json', 'application/yaml'],
    headers: IdempotencyHeaders,
    body: Type.Union([RuleSetRef, Type.Object({ rules: RuleSetRef })], { description: 'A whole rule set, as for PUT' }),
    response: { 202: Started },
  };
  const config = { access: 'operator', problems: ['rules-invalid', 'idempotency-key-reused'] } as const;
  app.post('/api/v1/rules/backtest', { ...TAKES_RULES, schema, config }, async (request, reply) => {
    const draft = await readRules(yielder, draftIn(request.body));
    const current = await rules.current();
    const input = backtestInput(current.revision, draft.ruleSet);
    await startOperation(deps, request, reply, {
      kind: 'backtest',
      input,
      run: createBacktest(
        { ...deps, requestOf: requestsBy(deps.evaluate) },
        current,
        readyRules(draft, current.revision, yielder, current.accounts),
      ),
      action: 'rules.backtested',
      target: 'rules',
      after: input,
    });
  });
}

/** The request that evaluating a finding shows. Where Jira does not answer, a backtest does not wait for it example by example. */
function requestsBy(evaluate: EvaluateFinding): BacktestDeps['requestOf'] {
  let failures = 0;
  return async (finding, rules) => {
    if (failures >= MAX_FAILURES) return null;
    const { request, failure } = (await evaluate({ finding, rules, preflight: false })).outcome;
    if (failure !== null) failures += 1;
    // The result of an operation is stored as JSON.
    const shown: JsonObject | null = JSON.parse(JSON.stringify(request));
    return shown;
  };
}

/** A whole set, or one under `rules`; a list of rules alone is a set with nothing else. */
function draftIn(body: unknown): unknown {
  if (!isJsonObject(body)) return body;
  const { rules, ...besides } = body;
  return isJsonObject(rules) && Object.keys(besides).length === 0 ? rules : { version: 1, ...body };
}
