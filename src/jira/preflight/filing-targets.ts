import type { Severity } from '../../findings/severity.ts';
import { doc } from '../../issues/text/adf.ts';
import { fillRoute } from '../../issues/text/fill-route.ts';
import type { IssueDraft } from '../../issues/issue-draft.ts';
import { routeSubject } from '../../issues/route-finding.ts';
import type { Owner } from '../../rules/account-map.ts';
import { itemPath, propertyPath } from '../../rules/json-path.ts';
import type { IssueRule, RuleSet } from '../../rules/routing-rule.ts';
import { EXAMPLE_VALUES } from '../../rules/template-paths.ts';

/** A place in a rule set; `ruleId` null: in the account map. */
export interface Source {
  readonly ruleId: string | null;
  readonly path: string;
}

/** One combination in which a rule files issues: the project, components, team and assignees that the rule or the account map say. */
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
  const owners = ownersOf(ruleSet);
  const targets: FilingTarget[] = [];
  let left = 0;
  for (const [index, rule] of ruleSet.rules.entries()) {
    if (rule.action !== 'issue' || only?.has(rule.id) === false) continue;
    const path = itemPath('rules', index);
    const mapped = rule.issue.useAccountMap === true ? owners : [];
    for (const owner of [null, ...mapped]) {
      if (targets.length < MAX_TARGETS) targets.push(targetOf(ruleSet, rule, path, owner));
      else left += 1;
    }
  }
  return { targets, left };
}

/** One account for each distinct owner in the map, with the path of each of its parts. */
interface MappedOwner {
  readonly accountId: string;
  readonly paths: Readonly<Record<keyof Owner, string | null>>;
}

function ownersOf({ accounts = {}, organizationalUnits = {} }: RuleSet): readonly MappedOwner[] {
  const owners = new Map<string, MappedOwner>();
  for (const [accountId, account] of Object.entries(accounts)) {
    const unit = account.organizationalUnit;
    const ofUnit = unit !== undefined && Object.hasOwn(organizationalUnits, unit) ? organizationalUnits[unit] : undefined;
    const pathOf = (part: keyof Owner): string | null => {
      if (account[part] !== undefined) return propertyPath(propertyPath('accounts', accountId), part);
      return ofUnit?.[part] === undefined ? null : propertyPath(propertyPath('organizationalUnits', unit ?? ''), part);
    };
    const merged = { ...ofUnit, ...account };
    const key = JSON.stringify([merged.project, merged.components, merged.assignee, merged.team]);
    const paths = { project: pathOf('project'), components: pathOf('components'), assignee: pathOf('assignee'), team: pathOf('team') };
    const isSilent = Object.values(paths).every((path) => path === null);
    if (!isSilent && !owners.has(key)) owners.set(key, { accountId, paths });
  }
  return [...owners.values()];
}

function targetOf(ruleSet: RuleSet, rule: IssueRule, rulePath: string, owner: MappedOwner | null): FilingTarget {
  const { id: ruleId, issue, close, reopen } = rule;
  const issuePath = propertyPath(rulePath, 'issue');
  // No account has this id, so that the rule's own values count.
  const accountId = owner?.accountId ?? '';
  const source = (part: keyof Owner): Source => {
    const mapped = owner?.paths[part] ?? null;
    return mapped === null ? { ruleId, path: propertyPath(issuePath, part) } : { ruleId: null, path: mapped };
  };
  const { projectKey, assignee, fallbackAssignee } = routeSubject({ severity: 'low', accountId }, rule, ruleSet, 0);
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
      severitiesOf(issue).map((severity) => ({ severity, draft: draftOf(ruleSet, rule, { severity: severity ?? 'low', accountId }) })),
  };
}

const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** Null alone: the rule says the same for all. A severity without a value counts, too: it has no due date, and the screen may ask for one. */
function severitiesOf({ priority, dueInDays }: IssueRule['issue']): readonly (Severity | null)[] {
  return typeof priority === 'object' || typeof dueInDays === 'object' ? SEVERITIES : [null];
}

/** Texts are not checked here; templates of other parts are filled with examples. */
function draftOf(ruleSet: RuleSet, rule: IssueRule, subject: { readonly severity: Severity; readonly accountId: string }): IssueDraft {
  const {
    dueInDays,
    ruleId: _rule,
    revision: _revision,
    content,
    summary: _summary,
    sections: _sections,
    ...route
  } = routeSubject(subject, rule, ruleSet, 0);
  return {
    ...route,
    ...fillRoute({ ...route, content }, { ...EXAMPLE_VALUES, severity: subject.severity, ruleId: rule.id }),
    severity: subject.severity,
    summary: 'x',
    description: doc(),
    dueDate: dueInDays === null ? null : '2026-01-01',
  };
}
