import type { Finding } from '../findings/finding.ts';
import { severityOf, type Severity } from '../findings/severity.ts';
import { ownerOf } from '../rules/account-map.ts';
import type { IssueRule, RuleSet } from '../rules/routing-rule.ts';
import type { IssueRoute } from './issue-route.ts';

/** The route of one finding under a rule, by its severity and the owner of its account. Pure. */
export function routeFinding(finding: Finding, rule: IssueRule, ruleSet: RuleSet, revision: number): IssueRoute {
  return routeSubject({ severity: severityOf(finding), accountId: finding.accountId }, rule, ruleSet, revision);
}

/** The parts of a finding that decide its route, once a rule has matched. */
export interface RouteSubject {
  readonly severity: Severity;
  readonly accountId: string;
}

/** The route of any finding of that severity and account. */
export function routeSubject(subject: RouteSubject, { id, issue }: IssueRule, ruleSet: RuleSet, revision: number): IssueRoute {
  const { severity } = subject;
  return {
    ruleId: id,
    revision,
    ...placeOf(subject, issue, ruleSet),
    issueType: issue.issueType,
    priority: bySeverity(issue.priority, severity),
    labels: issue.labels ?? [],
    dueInDays: bySeverity(issue.dueInDays, severity),
    securityLevel: issue.securityLevel ?? null,
    parent: issue.parent ?? null,
    fields: issue.fields ?? {},
    content: issue.content ?? 'full',
    consoleLink: issue.consoleLink ?? null,
    summary: issue.summary ?? null,
    sections: issue.sections ?? [],
  };
}

/** The account map overrides the rule, if the rule says so. */
function placeOf(
  { accountId }: RouteSubject,
  { useAccountMap, project, components = [], ...issue }: IssueRule['issue'],
  { accounts = {}, organizationalUnits = {} }: RuleSet,
): Pick<IssueRoute, 'projectKey' | 'components' | 'assignee' | 'fallbackAssignee' | 'team'> {
  const assignee = issue.assignee ?? null;
  if (useAccountMap !== true) return { projectKey: project, components, assignee, fallbackAssignee: null, team: null };
  const owner = ownerOf(accountId, accounts, organizationalUnits);
  return {
    projectKey: owner.project ?? project,
    components: owner.components ?? components,
    assignee: owner.assignee ?? assignee,
    fallbackAssignee: owner.assignee === undefined ? null : assignee,
    team: owner.team ?? null,
  };
}

function bySeverity<T extends string | number>(
  setting: T | { readonly [S in Severity]?: T | undefined } | undefined,
  severity: Severity,
): T | null {
  if (setting === undefined) return null;
  return typeof setting === 'object' ? (setting[severity] ?? null) : setting;
}
