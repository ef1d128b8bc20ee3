import type { Finding } from '../findings/finding.ts';
import { severityOf, type Severity } from '../findings/severity.ts';
import { ownerOf } from '../rules/account-map.ts';
import type { IssueRule, RuleSet } from '../rules/routing-rule.ts';
import type { IssueRoute } from './issue-route.ts';

/** What a rule says about the issue of one finding: by its severity, and by whose its account is. Pure. */
export function routeFinding(finding: Finding, { id, issue }: IssueRule, ruleSet: RuleSet, revision: number): IssueRoute {
  const severity = severityOf(finding);
  return {
    ruleId: id,
    revision,
    ...placeOf(finding, issue, ruleSet),
    issueType: issue.issueType,
    priority: bySeverity(issue.priority, severity),
    labels: issue.labels ?? [],
    dueInDays: bySeverity(issue.dueInDays, severity),
    securityLevel: issue.securityLevel ?? null,
    parent: issue.parent ?? null,
    fields: issue.fields ?? {},
    content: issue.content ?? 'full',
    summary: issue.summary ?? null,
    sections: issue.sections ?? [],
  };
}

/** The account map goes before the rule, where the rule says so. */
function placeOf(
  { accountId }: Finding,
  { useAccountMap, project, components = [], ...issue }: IssueRule['issue'],
  { accounts = {}, organizationalUnits = {} }: RuleSet,
): Pick<IssueRoute, 'projectKey' | 'components' | 'assignee' | 'fallbackAssignee'> {
  const assignee = issue.assignee ?? null;
  if (useAccountMap !== true) return { projectKey: project, components, assignee, fallbackAssignee: null };
  const owner = ownerOf(accountId, accounts, organizationalUnits);
  return {
    projectKey: owner.project ?? project,
    components: owner.components ?? components,
    assignee: owner.assignee ?? assignee,
    fallbackAssignee: owner.assignee === undefined ? null : assignee,
  };
}

function bySeverity<T extends string | number>(
  said: T | { readonly [S in Severity]?: T | undefined } | undefined,
  severity: Severity,
): T | null {
  if (said === undefined) return null;
  return typeof said === 'object' ? (said[severity] ?? null) : said;
}
