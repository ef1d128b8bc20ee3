import { Type } from 'typebox';
import { RULE_REVISIONS } from '../../pipeline/records/rule-collections.ts';
import { readRevision, readRuleSet } from '../../pipeline/rulebook/rule-revisions.ts';
import { ruleDifferences } from '../../rules/rule-changes.ts';
import type { AdminApp } from '../admin-app.ts';
import { IdempotencyHeaders } from '../idempotency.ts';
import { IfMatch } from '../if-match.ts';
import { Exact, PageQuery, pageQuery } from '../page-query.ts';
import { RequestRefused } from '../problem.ts';
import { RevisionItem, SavedAnswer, toRevisionItem } from './rules-answer.ts';
import { JSON_TYPE, LONG_ANSWER_MS, readRules } from './rules-body.ts';
import type { RuleRoutesDeps } from './rule-routes.ts';
import { RuleRef, RuleSetRef } from './rules-schema.ts';
import { answerSave, SAVE_PROBLEMS, SaveQuery } from './save-answer.ts';

/** Rules that are shown with their old and new form; a rule may be large. */
const MAX_DIFFERENCES = 100;

const HistoryQuery = Type.Object({ savedBy: Exact('Name of the token'), ...PageQuery }, { additionalProperties: false });
const HistoryList = Type.Object(
  { items: Type.Array(RevisionItem), nextCursor: Type.Union([Type.String(), Type.Null()]) },
  { description: 'A page of the history. `nextCursor` null: the end' },
);

const RuleOrNull = Type.Union([RuleRef, Type.Null()]);
const OneRevision = Type.Object(
  {
    ...RevisionItem.properties,
    differences: Type.Array(
      Type.Object({
        id: Type.String(),
        change: Type.Enum(['added', 'removed', 'changed', 'moved']),
        before: RuleOrNull,
        after: RuleOrNull,
      }),
      { description: `Rule by rule, compared with the revision that it is based on; at most ${MAX_DIFFERENCES}` },
    ),
    rules: RuleSetRef,
  },
  { description: 'A revision with its rules and its changes' },
);

const Revision = Type.Integer({ minimum: 1, maximum: 999_999_999_999_999 });
const RevisionParams = Type.Object({ revision: Type.String({ pattern: '^[1-9][0-9]{0,14}$' }) });
const Rollback = Type.Object({ revision: Revision }, { additionalProperties: false });

/** The history of the rules, and rollback. */
export function addRulesHistoryRoutes(app: AdminApp, deps: RuleRoutesDeps): void {
  const { store, yielder } = deps;
  const tags = ['rules'];

  const list = {
    tags,
    summary: 'Saved revisions with author and changes, the newest first',
    operationId: 'listRulesHistory',
    querystring: HistoryQuery,
    response: { 200: HistoryList },
  };
  app.get('/api/v1/rules/history', { schema: list, config: { access: 'viewer', problems: ['invalid-cursor'] } }, async ({ query }) => {
    const { limit, cursor, ...filter } = query;
    const terms = Object.entries(filter).map(([name, value]) => `${name}:${value}`);
    const page = await store.page(RULE_REVISIONS, pageQuery({ limit, cursor }, terms));
    return { items: page.items.map(({ doc }) => toRevisionItem(doc)), nextCursor: page.nextCursor };
  });

  const one = {
    tags,
    summary: 'A revision with its rules and its changes',
    operationId: 'getRulesRevision',
    params: RevisionParams,
    response: { 200: OneRevision },
  };
  const oneConfig = { access: 'viewer', problems: ['revision-not-found'] } as const;
  app.get('/api/v1/rules/history/:revision', { schema: one, config: oneConfig }, async ({ params }, reply) => {
    const { revision, ruleSet } = await kept(Number(params.revision));
    const before = revision.base === null ? null : await readRuleSet(store, revision.base);
    const differences = ruleDifferences(before, ruleSet).slice(0, MAX_DIFFERENCES);
    return reply
      .type(JSON_TYPE)
      .serializer(JSON.stringify)
      .send({ ...toRevisionItem(revision), differences, rules: ruleSet });
  });

  const back = {
    tags,
    summary: 'Save the rules of an earlier revision again',
    operationId: 'rollbackRules',
    headers: Type.Object({ ...IfMatch.properties, ...IdempotencyHeaders.properties }),
    querystring: SaveQuery,
    body: Rollback,
    response: { 200: SavedAnswer },
  };
  const backConfig = { access: 'admin', problems: [...SAVE_PROBLEMS, 'revision-not-found', 'idempotency-key-reused'] } as const;
  app.post('/api/v1/rules/rollback', { schema: back, config: backConfig, handlerTimeout: LONG_ANSWER_MS }, (request, reply) => {
    const { revision } = request.body;
    return answerSave(deps, request, reply, { query: request.query, status: 200, location: null }, async () => ({
      rules: await readRules(yielder, (await kept(revision)).ruleSet),
      action: 'rules.rolled-back',
      target: `revision ${revision}`,
    }));
  });

  /** @throws RequestRefused when the store has no such revision */
  async function kept(number: number) {
    const [revision, ruleSet] = [await readRevision(store, number), await readRuleSet(store, number)];
    if (revision === null || ruleSet === null) throw new RequestRefused('revision-not-found', `There is no revision ${number}`);
    return { revision, ruleSet };
  }
}
