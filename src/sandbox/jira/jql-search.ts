import type { Jql, JqlCondition, JqlMoment, JqlOrder } from '../jira-syntax/jql-parser.ts';
import type { JiraState } from './jira-state.ts';
import type { SimulatedIssue } from './simulated-issue.ts';

/** The caller, and the time of the search (epoch ms). */
export interface Asking {
  readonly accountId: string;
  readonly nowMs: number;
}

/** The issues that match, in order. Without an order: newest first. */
export function searchIssues(issues: readonly SimulatedIssue[], { where, order }: Jql, asking: Asking): SimulatedIssue[] {
  const found = issues.filter((issue) => matches(issue, where, asking));
  const by: readonly JqlOrder[] = [...order, { by: 'key', descending: order[0]?.descending ?? true }];
  return found.toSorted((a, b) => by.reduce((so, one) => so || compare(a, b, one), 0) || Number(a.id) - Number(b.id));
}

/** Jira's error for a query that names a missing project or issue; null when all exist. */
export function unknownValue(where: JqlCondition, state: JiraState): string | null {
  if ('moment' in where || where.is === 'none-of' || where.is === 'empty') return null;
  if (where.is !== 'one-of') return where.of.map((one) => unknownValue(one, state)).find((message) => message !== null) ?? null;
  for (const value of where.values) {
    if (value === null) continue;
    if (where.field === 'project' && (state.project(value) === null || state.hiddenProjects.has(value)))
      return `The value '${value}' does not exist for the field 'project'.`;
    if ((where.field === 'key' || where.field === 'id') && state.issue(value) === null)
      return `An issue with key '${value}' does not exist for field '${where.field}'.`;
  }
  return null;
}

function matches(issue: SimulatedIssue, where: JqlCondition, asking: Asking): boolean {
  switch (where.is) {
    case 'and':
      return where.of.every((one) => matches(issue, one, asking));
    case 'or':
      return where.of.some((one) => matches(issue, one, asking));
    case 'one-of':
      return where.values.some((value) => valuesOf(issue, where.field).includes(value ?? asking.accountId));
    case 'none-of':
      return issue.labels.length > 0 && !issue.labels.some((label) => where.values.includes(label));
    case 'empty':
      return issue.labels.length === 0;
    case 'created':
    case 'updated':
      return compareTimes(Date.parse(issue[where.is]), where.operator, msOf(where.moment, asking.nowMs));
    default:
      return where satisfies never;
  }
}

function valuesOf(issue: SimulatedIssue, field: 'labels' | 'project' | 'creator' | 'key' | 'id'): readonly string[] {
  switch (field) {
    case 'labels':
      return issue.labels;
    case 'project':
      return [issue.projectKey];
    case 'creator':
      return [issue.creator];
    case 'key':
    case 'id':
      return [issue.id, issue.key, ...issue.formerKeys];
    default:
      return field satisfies never;
  }
}

function compareTimes(created: number, operator: '>=' | '>' | '<=' | '<', moment: number): boolean {
  if (operator === '>=') return created >= moment;
  if (operator === '>') return created > moment;
  return operator === '<=' ? created <= moment : created < moment;
}

function msOf(moment: JqlMoment, nowMs: number): number {
  return 'atMs' in moment ? moment.atMs : nowMs - moment.agoMs;
}

function compare(a: SimulatedIssue, b: SimulatedIssue, { by, descending }: JqlOrder): number {
  const order = by === 'created' ? Date.parse(a.created) - Date.parse(b.created) : compareKeys(a, b);
  return descending ? -order : order;
}

function compareKeys(a: SimulatedIssue, b: SimulatedIssue): number {
  if (a.projectKey !== b.projectKey) return a.projectKey < b.projectKey ? -1 : 1;
  return Number(a.key.slice(a.key.lastIndexOf('-') + 1)) - Number(b.key.slice(b.key.lastIndexOf('-') + 1));
}
