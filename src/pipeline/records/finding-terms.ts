import { indexEntries } from '../../findings/name-search.ts';
import type { Severity } from '../../findings/severity.ts';
import type { FindingRecord } from './finding-record.ts';

/** The statuses of a finding, and what it may say of `isPublic`; `unknown`: nothing. A filter takes one of them, or a list of two. */
export const FINDING_STATUSES = ['ACTIVE', 'ARCHIVED', 'RESOLVED'] as const;
export const PUBLIC_VALUES = ['false', 'true', 'unknown'] as const;

/** Its issue is overdue. */
const OVERDUE = 'overdue:true';

/** The same with the severity, for counting. */
export function overdueTerm(severity: Severity): string {
  return `overdueSeverity:${severity}`;
}

/** The terms of a value by itself, and in a list with each of the others. Lists are in alphabetical order. */
function listedTerms(name: string, value: string, values: readonly string[]): string[] {
  return [
    `${name}:${value}`,
    ...values.filter((other) => other !== value).map((other) => `${name}:${[value, other].toSorted().join(',')}`),
  ];
}

/** The names in which `q` searches. */
export function namesOf({ finding, mapping }: FindingRecord): readonly string[] {
  return [finding.findingId, finding.resource, finding.accountId, ...(mapping.issue === null ? [] : [mapping.issue.key])];
}

/** The terms by which a finding is found, and counted. */
export function findingTerms(record: FindingRecord): readonly string[] {
  const { finding, group, severity, decision, mapping } = record;
  return [
    `state:${mapping.state}`,
    ...listedTerms('findingStatus', finding.status, FINDING_STATUSES),
    ...listedTerms('isPublic', String(finding.isPublic ?? 'unknown'), PUBLIC_VALUES),
    `findingId:${finding.findingId}`,
    `analyzerArn:${finding.analyzerArn}`,
    `accountId:${finding.accountId}`,
    `region:${finding.region}`,
    `resource:${finding.resource}`,
    `resourceType:${finding.resourceType}`,
    `severity:${severity}`,
    `group:${group}`,
    ...(decision.ruleId === null ? [] : [`ruleId:${decision.ruleId}`]),
    ...(mapping.projectKey === null ? [] : [`projectKey:${mapping.projectKey}`]),
    ...(mapping.issue === null ? [] : [`issueKey:${mapping.issue.key}`]),
    ...(mapping.due?.passed === true ? [OVERDUE, overdueTerm(severity)] : []),
    ...indexEntries(namesOf(record)).map((entry) => `q:${entry}`),
  ];
}
