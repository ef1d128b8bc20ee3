import { Type } from 'typebox';
import type { Yielder } from '../../pipeline/rulebook/yielder.ts';
import type { AdminApp } from '../admin-app.ts';
import { IfMatch, tagRevision } from '../if-match.ts';
import { PlannedAnswer, RulesAnswer, SavedAnswer, toRulesAnswer } from './rules-answer.ts';
import { JSON_TYPE, LONG_ANSWER_MS, readRules, TAKES_RULES, YAML_TYPE, type RulesText } from './rules-body.ts';
import { RuleSetRef } from './rules-schema.ts';
import { answerSave, SAVE_PROBLEMS, SaveAllQuery, type SaveDeps } from './save-answer.ts';

export interface RulesRoutesDeps extends SaveDeps {
  readonly rulesText: RulesText;
  readonly yielder: Yielder;
}

/** The rule set as a whole. */
export function addRulesRoutes(app: AdminApp, deps: RulesRoutesDeps): void {
  const { rules, rulesText, yielder } = deps;
  const tags = ['rules'];

  const get = {
    tags,
    summary: 'The whole rule set, as JSON or, with Accept: application/yaml, as a rules file',
    operationId: 'getRules',
    response: {
      200: {
        description: 'The current rules; `ETag` is their revision',
        content: { 'application/json': { schema: RulesAnswer }, [YAML_TYPE]: { schema: Type.String() } },
      },
    },
  };
  app.get('/api/v1/rules', { schema: get, config: { access: 'viewer' }, handlerTimeout: LONG_ANSWER_MS }, async ({ headers }, reply) => {
    const current = await rules.current();
    tagRevision(reply, current.revision).header('vary', 'accept');
    if (/\byaml\b/.test(headers.accept ?? '')) return reply.type(YAML_TYPE).send(await rulesText.render(current.compiled.ruleSet));
    return reply.type(JSON_TYPE).serializer(JSON.stringify).send(toRulesAnswer(current));
  });

  const put = {
    tags,
    summary: 'Replace the rule set',
    operationId: 'putRules',
    consumes: ['application/json', YAML_TYPE],
    headers: IfMatch,
    querystring: SaveAllQuery,
    body: RuleSetRef,
    response: {
      200: Type.Union([SavedAnswer, PlannedAnswer], { description: 'The revision that is now in force; with `dryRun`, what would change' }),
    },
  };
  app.put('/api/v1/rules', { ...TAKES_RULES, schema: put, config: { access: 'admin', problems: SAVE_PROBLEMS } }, (request, reply) =>
    answerSave(deps, request, reply, { query: request.query, status: 200, location: null }, async () => ({
      rules: await readRules(yielder, request.body),
      action: 'rules.saved',
      target: 'rules',
    })),
  );
}
