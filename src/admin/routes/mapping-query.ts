import { Type } from 'typebox';
import { FINDING_STATUSES, PUBLIC_VALUES } from '../../pipeline/records/finding-terms.ts';
import { SEVERITIES } from '../../findings/severity.ts';
import { STATES } from './mapping.ts';
import { Exact, MAX_FILTER_LENGTH } from '../page-query.ts';

/** One of the values, or a list of some of them, in any order. */
const OneOrMore = (values: readonly string[], what: string) =>
  Type.Optional(
    Type.Enum([...values, ...values.flatMap((one) => values.filter((other) => other !== one).map((other) => `${one},${other}`))], {
      description: `${what}; several, separated by a comma: any of them`,
    }),
  );

/** Filters of mappings, each with the name of its field. A mapping must match all of them. */
export const FILTERS = {
  state: Type.Optional(Type.Enum(STATES)),
  findingStatus: OneOrMore(FINDING_STATUSES, 'Such as ACTIVE, or ACTIVE,ARCHIVED'),
  accountId: Exact('The account of the resource'),
  ruleId: Exact('The rule that decided'),
  projectKey: Exact('The project of the issue, or of the planned one'),
  severity: Type.Optional(Type.Enum(SEVERITIES)),
  issueKey: Exact('Such as SEC-1'),
  resource: Exact('ARN'),
  resourceType: Exact('Such as AWS::S3::Bucket'),
  region: Exact('Such as eu-central-1'),
  group: Exact('The `group` of a mapping'),
  isPublic: OneOrMore(PUBLIC_VALUES, '`unknown`: the finding does not say; true,unknown: not known to be private'),
  overdue: Type.Optional(Type.Enum(['true', 'false'], { description: 'Whether the issue is open and its due date is over' })),
  owner: Exact('The name of the owner'),
  q: Exact('The beginning of any part of a finding id, an issue key, an account id, or the ARN or name of a resource, in whatever case'),
};

const LISTS: ReadonlySet<string> = new Set(['findingStatus', 'isPublic']);

/** A filter is the term of the same name; the store knows lists in alphabetical order. */
export function filterTerms(filter: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(filter).map(([name, value]) => `${name}:${LISTS.has(name) ? value.split(',').toSorted().join(',') : value}`);
}

/** The path and the query of one mapping. */
export const OneParams = Type.Object({ findingId: Type.String({ minLength: 1, maxLength: MAX_FILTER_LENGTH }) });
export const OneQuery = Type.Object(
  { analyzerArn: Exact('Selects the analyzer where several use the finding id') },
  { additionalProperties: false },
);
