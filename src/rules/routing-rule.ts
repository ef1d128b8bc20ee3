import { Type, type Static } from 'typebox';
import type { JsonObject } from '../findings/json.ts';
import { AccountMap, OrganizationalUnitMap } from './account-map.ts';
import { IssueFields } from './issue-fields.ts';
import { Limits, RuleLimits } from './limits.ts';
import { OwnerRules } from './owner-rules.ts';
import { CloseAims, ReopenAim } from './transition-aim.ts';
import { MAX_TESTS, RuleTest } from './rule-test.ts';

/*
 * Every description below completes the sentence "expected ..." when a value is refused, and appears in the API's documentation.
 */

const RuleId = Type.String({
  pattern: '^(?!(?:history|rollback|evaluate|backtest)$)[a-z0-9][a-z0-9-]{0,62}$',
  description:
    '1 to 63 lower-case letters, digits and hyphens, not beginning with a hyphen and none of history, rollback, evaluate, backtest',
});
const Description = Type.Optional(Type.String({ maxLength: 2000, description: 'a text of at most 2000 characters' }));
const Match = Type.Unsafe<JsonObject>({ type: 'object', description: 'an EventBridge event pattern' });
const ActionDescription = '"issue" or "ignore"';

/** A rule that sends findings to Jira. `groupBy` says which of them share an issue; without it each has its own. */
export const IssueRule = Type.Object(
  {
    id: RuleId,
    description: Description,
    match: Match,
    action: Type.Literal('issue', { description: ActionDescription }),
    groupBy: Type.Optional(
      Type.Union([Type.Literal('finding'), Type.Literal('access'), Type.Literal('resource')], {
        description: '"finding", "access" or "resource"',
      }),
    ),
    issue: IssueFields,
    close: Type.Optional(CloseAims),
    reopen: Type.Optional(ReopenAim),
    whenUnrouted: Type.Optional(
      Type.Union([Type.Literal('leave'), Type.Literal('close')], {
        description: '"leave" or "close": what becomes of an open issue of this rule when the rules no longer send its findings to Jira',
      }),
    ),
    whenDeleted: Type.Optional(
      Type.Union([Type.Literal('leave'), Type.Literal('recreate')], {
        description: '"leave" or "recreate": whether the issue of an active finding is opened anew after a person has deleted it',
      }),
    ),
    mode: Type.Optional(
      Type.Literal('observe', { description: '"observe": decide and record what would be opened, and write nothing to Jira' }),
    ),
    limits: Type.Optional(RuleLimits),
  },
  { additionalProperties: false, description: 'a rule: an object with id, match and action' },
);
export type IssueRule = Static<typeof IssueRule>;

/** A rule whose findings are only recorded. */
export const IgnoreRule = Type.Object(
  { id: RuleId, description: Description, match: Match, action: Type.Literal('ignore', { description: ActionDescription }) },
  { additionalProperties: false, description: 'a rule: an object with id, match and action' },
);
export type IgnoreRule = Static<typeof IgnoreRule>;

export const RoutingRule = Type.Union([IssueRule, IgnoreRule]);
export type RoutingRule = Static<typeof RoutingRule>;

export const MAX_RULES = 10_000;

/** A rule set, in a rules file and in the API: the first rule whose pattern matches decides. */
export const RuleSet = Type.Object(
  {
    version: Type.Literal(1, { description: '1, the only version of this format' }),
    rules: Type.Array(RoutingRule, { maxItems: MAX_RULES, description: `a list of at most ${MAX_RULES} rules` }),
    accounts: Type.Optional(AccountMap),
    organizationalUnits: Type.Optional(OrganizationalUnitMap),
    owner: Type.Optional(OwnerRules),
    limits: Type.Optional(Limits),
    rescan: Type.Optional(
      Type.Literal('off', {
        description: '"off": AWS is not asked to scan a resource again when a person closes the issue of an active finding',
      }),
    ),
    tests: Type.Optional(Type.Array(RuleTest, { maxItems: MAX_TESTS, description: `a list of at most ${MAX_TESTS} tests` })),
  },
  { additionalProperties: false, description: 'an object with version and rules' },
);
export type RuleSet = Static<typeof RuleSet>;
