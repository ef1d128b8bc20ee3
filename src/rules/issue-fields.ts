import { Type, type Static, type TSchema } from 'typebox';
import type { JsonObject } from '../findings/json.ts';
import { Components, Name, ProjectKey, RuleAssignee } from './rule-words.ts';

/** One value for all, or one for each severity; a severity that is left out has none. */
const BySeverity = <T extends TSchema>(value: T, description: string) =>
  Type.Union(
    [
      value,
      Type.Object(
        { critical: Type.Optional(value), high: Type.Optional(value), medium: Type.Optional(value), low: Type.Optional(value) },
        { additionalProperties: false },
      ),
    ],
    { description },
  );

const Days = Type.Integer({ minimum: 0, maximum: 3650, description: 'a whole number of days from 0 to 3650' });

/** Maximum sections that a rule may add, and maximum characters of each. */
export const MAX_SECTIONS = 10;
export const MAX_SECTION = 5_000;

/** A part of the description that a team adds. */
const Section = Type.Object(
  {
    title: Type.String({ pattern: '\\S', maxLength: 200, description: 'a title of at most 200 characters' }),
    text: Type.String({
      maxLength: MAX_SECTION,
      description: `Markdown of at most ${MAX_SECTION} characters, with {{path | filter}} for values`,
    }),
  },
  { additionalProperties: false, description: 'a section: an object with title and text' },
);
export type Section = Static<typeof Section>;

/** Fields of Jira, by id, that have a property of their own in a rule, so that each is set in one place. */
export const OWN_FIELDS = [
  'project',
  'issuetype',
  'summary',
  'description',
  'labels',
  'priority',
  'duedate',
  'components',
  'security',
  'parent',
  'assignee',
] as const;

/** The values that a Jira issue is created with. */
export const IssueFields = Type.Object(
  {
    project: ProjectKey,
    issueType: Name('Task'),
    priority: Type.Optional(
      BySeverity(Name('High'), 'a name such as High, of at most 255 characters, or an object with critical, high, medium and low'),
    ),
    labels: Type.Optional(
      Type.Array(
        Type.String({
          pattern: '^(?:\\S+|[\\s\\S]*\\{\\{[\\s\\S]*)$',
          maxLength: 255,
          description: 'a label of 1 to 255 characters without spaces, or a text with {{path | filter}} for values',
        }),
        { maxItems: 100, description: 'a list of at most 100 labels' },
      ),
    ),
    dueInDays: Type.Optional(BySeverity(Days, 'a whole number of days from 0 to 3650, or an object with critical, high, medium and low')),
    components: Type.Optional(Components),
    securityLevel: Type.Optional(Name('Security team')),
    parent: Type.Optional(
      Type.String({ pattern: '^[A-Z][A-Z0-9_]{1,49}-\\d{1,10}$', description: 'the key of the issue above it, such as SEC-12' }),
    ),
    assignee: Type.Optional(RuleAssignee),
    fields: Type.Optional(
      Type.Unsafe<JsonObject>({
        type: 'object',
        propertyNames: { pattern: `^(?!(?:${OWN_FIELDS.join('|')})$)\\S(?:.{0,98}\\S)?$` },
        maxProperties: 50,
        description:
          'an object of at most 50 further fields of the issue, by id such as customfield_10042 or by name, and their values, with {{path | filter}} in their texts; none that has a property of its own here',
      }),
    ),
    useAccountMap: Type.Optional(
      Type.Boolean({
        description: 'true or false: whether accounts and organizationalUnits go before project, components, assignee and the Team field',
      }),
    ),
    useOwner: Type.Optional(
      Type.Boolean({
        description:
          'true or false: whether the owner whom tags, maps, the change or the security contact name goes before project, components, assignee and the Team field',
      }),
    ),
    content: Type.Optional(
      Type.Union([Type.Literal('full'), Type.Literal('minimal')], {
        description: '"full", or "minimal": no principal and no policy details, for projects that many can read',
      }),
    ),
    consoleLink: Type.Optional(
      Type.String({
        pattern: '^https://[A-Za-z0-9.-]+(?::\\d{1,5})?[/?#](?=.*\\{link\\})(?:[^\\s{}<>"\\\\]|\\{link\\}|\\{account\\})*$',
        maxLength: 500,
        description:
          'an https address of at most 500 characters with {link}, and {account} where it is wanted, such as https://acme.awsapps.com/start/#/console?account_id={account}&destination={link}',
      }),
    ),
    summary: Type.Optional(
      Type.String({ pattern: '\\S', maxLength: 500, description: 'a text of at most 500 characters, with {{path | filter}} for values' }),
    ),
    sections: Type.Optional(
      Type.Array(Section, { maxItems: MAX_SECTIONS, description: `a list of at most ${MAX_SECTIONS} sections, each with title and text` }),
    ),
  },
  { additionalProperties: false, description: 'an object with at least project and issueType' },
);
export type IssueFields = Static<typeof IssueFields>;
