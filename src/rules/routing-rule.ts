import { Type, type Static } from 'typebox';
import type { JsonObject } from '../findings/json.ts';

/*
 * Every description below completes the sentence "expected ..." when a value is refused, and stands in the API's documentation.
 */

const RuleId = Type.String({
  pattern: '^(?!(?:history|rollback|evaluate|backtest)$)[a-z0-9][a-z0-9-]{0,62}$',
  description:
    '1 to 63 lower-case letters, digits and hyphens, not beginning with a hyphen and none of history, rollback, evaluate, backtest',
});
const Description = Type.Optional(Type.String({ maxLength: 2000, description: 'a text of at most 2000 characters' }));
const Match = Type.Unsafe<JsonObject>({ type: 'object', description: 'an EventBridge event pattern' });
const ActionDescription = '"issue" or "ignore"';

const Name = (example: string) =>
  Type.String({ pattern: '\\S', maxLength: 255, description: `a name such as ${example}, of at most 255 characters` });

/** What the Jira issue is made with. */
export const IssueFields = Type.Object(
  {
    project: Type.String({
      pattern: '^[A-Z][A-Z0-9_]{1,49}$',
      description: 'a Jira project key such as SEC: 2 to 50 capital letters, digits and _, beginning with a letter',
    }),
    issueType: Name('Task'),
    priority: Type.Optional(Name('High')),
    labels: Type.Optional(
      Type.Array(Type.String({ pattern: '^\\S+$', maxLength: 255, description: 'a label of 1 to 255 characters without spaces' }), {
        maxItems: 100,
        description: 'a list of at most 100 labels',
      }),
    ),
    dueInDays: Type.Optional(Type.Integer({ minimum: 0, maximum: 3650, description: 'a whole number of days from 0 to 3650' })),
  },
  { additionalProperties: false, description: 'an object with at least project and issueType' },
);
export type IssueFields = Static<typeof IssueFields>;

/**
 * What the issue is closed with, where the workflow asks for it. The fields are sent with a transition that has them on its screen;
 * resolution and comment have ways of their own.
 */
export const CloseFields = Type.Object(
  {
    resolution: Type.Optional(Name('Done')),
    fields: Type.Optional(
      Type.Unsafe<JsonObject>({
        type: 'object',
        propertyNames: { pattern: '^(?!(?:resolution|comment)$)[a-z][A-Za-z0-9_]{0,99}$' },
        maxProperties: 50,
        description:
          'an object of at most 50 Jira field ids such as customfield_10042, but neither resolution nor comment, and their values as the REST API takes them',
      }),
    ),
  },
  { additionalProperties: false, description: 'an object with resolution, fields or both' },
);
export type CloseFields = Static<typeof CloseFields>;

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
    close: Type.Optional(CloseFields),
  },
  { additionalProperties: false, description: 'a rule: an object with id, match and action' },
);
export type IssueRule = Static<typeof IssueRule>;

/** A rule whose findings are recorded and nothing more. */
export const IgnoreRule = Type.Object(
  { id: RuleId, description: Description, match: Match, action: Type.Literal('ignore', { description: ActionDescription }) },
  { additionalProperties: false, description: 'a rule: an object with id, match and action' },
);
export type IgnoreRule = Static<typeof IgnoreRule>;

export const RoutingRule = Type.Union([IssueRule, IgnoreRule]);
export type RoutingRule = Static<typeof RoutingRule>;

export const MAX_RULES = 10_000;

/** A rules file, and what the API takes and gives: the first rule whose pattern matches decides. */
export const RuleSet = Type.Object(
  {
    version: Type.Literal(1, { description: '1, the only version of this format' }),
    rules: Type.Array(RoutingRule, { maxItems: MAX_RULES, description: `a list of at most ${MAX_RULES} rules` }),
  },
  { additionalProperties: false, description: 'an object with version and rules' },
);
export type RuleSet = Static<typeof RuleSet>;
