import { Type } from 'typebox';
import { FINDING_STATUSES, SEVERITIES, STATES } from './mapping.ts';
import { Exact, MAX_FILTER_LENGTH } from '../page-query.ts';

/** Filters of mappings, each named as the field it filters; together they narrow. */
export const FILTERS = {
  state: Type.Optional(Type.Enum(STATES)),
  findingStatus: Type.Optional(Type.Enum(FINDING_STATUSES)),
  accountId: Exact('Of the resource'),
  ruleId: Exact('The rule that decided'),
  projectKey: Exact('Of the issue, or where it is going'),
  severity: Type.Optional(Type.Enum(SEVERITIES)),
  issueKey: Exact('Such as SEC-1'),
  resource: Exact('ARN'),
  resourceType: Exact('Such as AWS::S3::Bucket'),
  region: Exact('Such as eu-central-1'),
  group: Exact('As in a mapping'),
  q: Exact('A finding id, issue key, resource ARN or resource name, whole'),
};

/** A filter is the store's term of the same name. */
export function filterTerms(filter: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(filter).map(([name, value]) => `${name}:${value}`);
}

/** What names one mapping. */
export const OneParams = Type.Object({ findingId: Type.String({ minLength: 1, maxLength: MAX_FILTER_LENGTH }) });
export const OneQuery = Type.Object(
  { analyzerArn: Exact('Selects where several analyzers use the finding id') },
  { additionalProperties: false },
);
