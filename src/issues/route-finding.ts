import type { Finding } from '../findings/finding.ts';
import { severityOf, type Severity } from '../findings/severity.ts';
import { ownerOf, type Owner } from '../rules/account-map.ts';
import { accountFacts } from '../rules/account-facts.ts';
import type { KnownAccounts } from '../rules/known-accounts.ts';
import type { IssueRule, RuleSet } from '../rules/routing-rule.ts';
import type { FoundOwner } from './facts/find-owner.ts';
import type { IssueRoute } from './issue-route.ts';

/**
 * The route of one finding under a rule, by its severity and its owner. Pure.
 * @param known what AWS Organizations says
 * @param owner whose the resource is; null: not known, or not yet
 */
export function routeFinding(
  finding: Finding,
  rule: IssueRule,
  ruleSet: RuleSet,
  known: KnownAccounts,
  revision: number,
  owner: FoundOwner | null = null,
): IssueRoute {
  return routeSubject({ severity: severityOf(finding), accountId: finding.accountId, owner }, rule, ruleSet, known, revision);
}

/** The parts of a finding that decide its route, once a rule has matched. */
export interface RouteSubject {
  readonly severity: Severity;
  readonly accountId: string;
  /** Null: not known. */
  readonly owner: FoundOwner | null;
}

/** The route of any finding of that severity, account and owner. */
export function routeSubject(
  subject: RouteSubject,
  { id, issue }: IssueRule,
  ruleSet: RuleSet,
  known: KnownAccounts,
  revision: number,
): IssueRoute {
  const { severity } = subject;
  return {
    ruleId: id,
    revision,
    ...placeOf(subject, issue, ruleSet, known),
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
    account: accountFacts(subject.accountId, ruleSet, known),
    ...(subject.owner === null ? {} : { owner: shownOf(subject.owner) }),
  };
}

function shownOf({ name, source, from }: FoundOwner): NonNullable<IssueRoute['owner']> {
  return { name, source, from };
}

/** The owner overrides the account map, and that the rule, each if the rule says so. */
function placeOf(
  { accountId, owner: found }: RouteSubject,
  { useAccountMap, useOwner, project, components = [], ...issue }: IssueRule['issue'],
  ruleSet: RuleSet,
  known: KnownAccounts,
): Pick<IssueRoute, 'projectKey' | 'components' | 'assignee' | 'fallbackAssignee' | 'team'> {
  const assignee = issue.assignee ?? null;
  const owner: Owner = {
    ...(useAccountMap === true ? ownerOf(accountId, ruleSet, known) : {}),
    ...(useOwner === true ? found?.settings : {}),
  };
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
