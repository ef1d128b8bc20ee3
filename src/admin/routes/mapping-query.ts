import { Type } from 'typebox';
import { FINDING_STATUSES, SEVERITIES, STATES } from './mapping.ts';
import { Exact, MAX_FILTER_LENGTH } from '../page-query.ts';

/** Filters of mappings, each with the name of its field. A mapping must match all of them. */
export const FILTERS = {
  state: Type.Optional(Type.Enum(STATES)),
  findingStatus: Type.Optional(Type.Enum(FINDING_STATUSES)),
  accountId: Exact('The account of the resource'),
  ruleId: Exact('The rule that decided'),
  projectKey: Exact('The project of the issue, or of the planned one'),
  severity: Type.Optional(Type.Enum(SEVERITIES)),
  issueKey: Exact('Such as SEC-1'),
  resource: Exact('ARN'),
  resourceType: Exact('Such as AWS::S3::Bucket'),
  region: Exact('Such as eu-central-1'),
  group: Exact('The `group` of a mapping'),
  q: Exact('A whole finding id, issue key, resource ARN or resource name'),
};

/** A filter is the store's term of the same name. */
export function filterTerms(filter: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(filter).map(([name, value]) => `${name}:${value}`);
}

/** The path and the query of one mapping. */
export const OneParams = Type.Object({ findingId: Type.String({ minLength: 1, maxLength: MAX_FILTER_LENGTH }) });
export const OneQuery = Type.Object(
  { analyzerArn: Exact('Selects the analyzer where several use the finding id') },
  { additionalProperties: false },
);
