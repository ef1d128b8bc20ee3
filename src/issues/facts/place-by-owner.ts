import type { Finding } from '../../findings/finding.ts';
import type { KnownAccounts } from '../../rules/known-accounts.ts';
import type { IssueRule, RuleSet } from '../../rules/routing-rule.ts';
import type { Facts } from './facts.ts';
import { findOwner, type FoundOwner } from './find-owner.ts';
import type { IssueRoute } from '../issue-route.ts';
import { routeFinding } from '../route-finding.ts';

/** The owner of a finding's resource by all that is known; null: no source names one, or nothing asks for owners. Pure. */
export function ownerOfFinding(
  { accountId }: Finding,
  { changed, owner }: Facts,
  ruleSet: RuleSet,
  known: KnownAccounts,
): FoundOwner | null {
  // Without them the account map is only a map: texts of services that do without owners stay as they are.
  if (ruleSet.owner === undefined && owner === undefined) return null;
  const changedBy = changed?.person === true ? changed.principal : null;
  return findOwner({ accountId, clues: owner ?? null, changedBy }, ruleSet, known);
}

/**
 * The route of a finding whose owner is known. Pure. An issue that is there is not moved: where the owner would have it in another project, only
 * its text tells the owner, and everything else is as the rule says.
 * @param route the route without the owner
 * @param issueProject the project of the group's issue; null: there is none yet
 */
export function placeByOwner(
  finding: Finding,
  route: IssueRoute,
  { rule, ruleSet, known, owner }: { rule: IssueRule; ruleSet: RuleSet; known: KnownAccounts; owner: FoundOwner },
  issueProject: string | null,
): IssueRoute {
  const owned = routeFinding(finding, rule, ruleSet, known, route.revision, owner);
  if (issueProject === null || owned.projectKey === issueProject) return owned;
  const { settings: _, ...shown } = owner;
  const isOfOwner = rule.issue.useOwner === true && ownedProjects(ruleSet).has(issueProject);
  return { ...route, owner: shown, projectKey: isOfOwner ? issueProject : route.projectKey };
}

/** Projects that issues may be in because of an owner. */
function ownedProjects({ owner, accounts = {}, organizationalUnits = {} }: RuleSet): ReadonlySet<string> {
  const all = [owner?.values ?? {}, accounts, organizationalUnits].flatMap((entries) => Object.values(entries));
  return new Set(all.flatMap(({ project }) => project ?? []));
}
