import type { Severity } from '../../findings/severity.ts';
import { doc } from '../../issues/text/adf.ts';
import { fillRoute } from '../../issues/text/fill-route.ts';
import type { FoundOwner } from '../../issues/facts/find-owner.ts';
import type { IssueDraft } from '../../issues/issue-draft.ts';
import { routeSubject, type RouteSubject } from '../../issues/route-finding.ts';
import { ownerOf, type Owner } from '../../rules/account-map.ts';
import { canonicalJson } from '../../findings/json.ts';
import { NO_ACCOUNTS, type KnownAccounts } from '../../rules/known-accounts.ts';
import { itemPath, propertyPath } from '../../rules/json-path.ts';
import type { IssueRule, RuleSet } from '../../rules/routing-rule.ts';
import { EXAMPLE_VALUES } from '../../rules/template-paths.ts';

/** A place in a rule set; `ruleId` null: beside the rules, in the account map or among the values of owners. */
export interface Source {
  readonly ruleId: string | null;
  readonly path: string;
}

/** One combination in which a rule files issues: the project, components, team and assignees that the rule, the account map or an owner say. */
export interface FilingTarget {
  readonly ruleId: string;
  /** `rules[2]` */
  readonly rulePath: string;
  /** `rules[2].issue` */
  readonly issuePath: string;
  readonly issue: IssueRule['issue'];
  readonly close: IssueRule['close'];
  readonly reopen: IssueRule['reopen'];
  readonly projectKey: string;
  readonly project: Source;
  readonly components: Source;
  readonly team: Source;
  readonly assignees: readonly { readonly who: string; readonly source: Source }[];
  /** A draft for each severity that the rule tells apart; made on demand, since there may be many. */
  drafts(): readonly { readonly severity: Severity | null; readonly draft: IssueDraft }[];
}

/** More targets than a person reads about. */
const MAX_TARGETS = 20_000;

/** All targets of the rules, each once for a rule. Pure. @returns also how many were left out */
export function filingTargetsOf(
  ruleSet: RuleSet,
  only: ReadonlySet<string> | null,
): { readonly targets: readonly FilingTarget[]; readonly left: number } {
  const [mapped, named] = [ownersOf(ruleSet), namedOwnersOf(ruleSet)];
  const targets: FilingTarget[] = [];
  let left = 0;
  for (const [index, rule] of ruleSet.rules.entries()) {
    if (rule.action !== 'issue' || only?.has(rule.id) === false) continue;
    const path = itemPath('rules', index);
    const { useAccountMap, useOwner } = rule.issue;
    const owners = [...(useAccountMap === true || useOwner === true ? mapped : []), ...(useOwner === true ? named : [])];
    for (const owner of [null, ...owners]) {
      if (targets.length < MAX_TARGETS) targets.push(targetOf(ruleSet, rule, path, owner));
      else left += 1;
    }
  }
  return { targets, left };
}

/** One account for each distinct owner in the maps, or a value of a tag, with the path of each of its parts. */
interface MappedOwner {
  readonly accountId: string;
  /** Puts the account into its unit, where only AWS Organizations says which accounts are in it. */
  readonly known: KnownAccounts;
  readonly settings: Owner;
  readonly paths: Readonly<Record<keyof Owner, string | null>>;
}

/** The ids of units and roots in AWS Organizations begin so; a unit of any other name has no accounts but those of the map. */
const AWS_UNIT = /^(?:ou|r)-/;

/** The accounts of the map, and for each unit of AWS an account that is in that unit alone. */
function ownersOf(ruleSet: RuleSet): readonly MappedOwner[] {
  const { accounts = {}, organizationalUnits = {} } = ruleSet;
  const owners = new Map<string, MappedOwner>();
  const add = (accountId: string, unit: string | undefined, known: KnownAccounts): void => {
    const [own, ofUnit] = [accounts[accountId], unit === undefined ? undefined : organizationalUnits[unit]];
    const pathOf = (part: keyof Owner): string | null => {
      if (own?.[part] !== undefined) return propertyPath(propertyPath('accounts', accountId), part);
      return ofUnit?.[part] === undefined ? null : propertyPath(propertyPath('organizationalUnits', unit ?? ''), part);
    };
    const settings = ownerOf(accountId, ruleSet, known);
    const { project, components, assignee, team } = settings;
    const key = JSON.stringify([project, components, assignee, team]);
    const paths = { project: pathOf('project'), components: pathOf('components'), assignee: pathOf('assignee'), team: pathOf('team') };
    const isSilent = Object.values(paths).every((path) => path === null);
    if (!isSilent && !owners.has(key)) owners.set(key, { accountId, known, settings, paths });
  };
  for (const [accountId, { organizationalUnit }] of Object.entries(accounts)) add(accountId, organizationalUnit, NO_ACCOUNTS);
  const ofAws = Object.keys(organizationalUnits).filter((unit) => AWS_UNIT.test(unit));
  for (const unit of ofAws) add('', unit, new Map([['', { name: null, state: null, units: [unit] }]]));
  return [...owners.values()];
}

/** What the values of tags mean, each distinct meaning once. */
function namedOwnersOf({ owner }: RuleSet): readonly MappedOwner[] {
  const owners = Object.entries(owner?.values ?? {}).map(([value, named]): MappedOwner => {
    const { name: _, ...settings } = named;
    const pathOf = (part: keyof Owner): string | null =>
      settings[part] === undefined ? null : propertyPath(propertyPath('owner.values', value), part);
    const paths = { project: pathOf('project'), components: pathOf('components'), assignee: pathOf('assignee'), team: pathOf('team') };
    return { accountId: '', known: NO_ACCOUNTS, settings, paths };
  });
  const distinct = new Map(owners.toReversed().map((owner) => [canonicalJson(owner.settings), owner]));
  return owners.filter((owner) => Object.keys(owner.settings).length > 0 && distinct.get(canonicalJson(owner.settings)) === owner);
}

function targetOf(ruleSet: RuleSet, rule: IssueRule, rulePath: string, owner: MappedOwner | null): FilingTarget {
  const { id: ruleId, issue, close, reopen } = rule;
  const issuePath = propertyPath(rulePath, 'issue');
  // No account has this id, so that the rule's own values count.
  const { accountId, known } = owner ?? { accountId: '', known: NO_ACCOUNTS };
  const found = owner === null ? null : foundAs(owner.settings);
  const source = (part: keyof Owner): Source => {
    const mapped = owner?.paths[part] ?? null;
    return mapped === null ? { ruleId, path: propertyPath(issuePath, part) } : { ruleId: null, path: mapped };
  };
  const { projectKey, assignee, fallbackAssignee } = routeSubject({ severity: 'low', accountId, owner: found }, rule, ruleSet, known, 0);
  return {
    ruleId,
    rulePath,
    issuePath,
    issue,
    close,
    reopen,
    projectKey,
    project: source('project'),
    components: source('components'),
    team: source('team'),
    assignees: [
      ...(assignee === null ? [] : [{ who: assignee, source: source('assignee') }]),
      ...(fallbackAssignee === null ? [] : [{ who: fallbackAssignee, source: { ruleId, path: propertyPath(issuePath, 'assignee') } }]),
    ],
    drafts: () =>
      severitiesOf(issue).map((severity) => ({
        severity,
        draft: draftOf(ruleSet, rule, { severity: severity ?? 'low', accountId, owner: found }, known),
      })),
  };
}

/** An owner with these settings; its name and where it was found decide nothing. */
function foundAs(settings: Owner): FoundOwner {
  return { name: '', source: 'resource-tag', from: '', settings };
}

const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** Null alone: the rule says the same for all. A severity without a value counts, too: it has no due date, and the screen may ask for one. */
function severitiesOf({ priority, dueInDays }: IssueRule['issue']): readonly (Severity | null)[] {
  return typeof priority === 'object' || typeof dueInDays === 'object' ? SEVERITIES : [null];
}

/** Texts are not checked here; templates of other parts are filled with examples. */
function draftOf(ruleSet: RuleSet, rule: IssueRule, subject: RouteSubject, known: KnownAccounts): IssueDraft {
  const {
    dueInDays,
    ruleId: _rule,
    revision: _revision,
    content,
    summary: _summary,
    sections: _sections,
    account: _account,
    ...route
  } = routeSubject(subject, rule, ruleSet, known, 0);
  return {
    ...route,
    ...fillRoute({ ...route, content }, { ...EXAMPLE_VALUES, severity: subject.severity, ruleId: rule.id }),
    severity: subject.severity,
    summary: 'x',
    description: doc(),
    dueDate: dueInDays === null ? null : '2026-01-01',
  };
}
