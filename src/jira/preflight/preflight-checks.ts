import type { Severity } from '../../findings/severity.ts';
import type { PreflightCode, PreflightProblem } from '../../pipeline/ports/preflight.ts';
import { propertyPath } from '../../rules/json-path.ts';
import { CHANGED_BY } from '../../rules/rule-words.ts';
import { isTemplate } from '../../rules/template.ts';
import type { CreateMeta } from '../project/create-meta.ts';
import type { CreateScreen } from '../project/create-screen.ts';
import { oneOf } from '../fields/value-forms.ts';
import type { FieldProblem } from '../fields/field-problem.ts';
import { issueFields } from '../fields/issue-fields.ts';
import type { AcquirePermit } from '../rate/kept-reads.ts';
import type { PeopleBook } from '../project/people-book.ts';
import { otherPeople, typeProblem } from '../fields/prepare-call.ts';
import { CLOSE_OUTCOMES } from '../../rules/transition-aim.ts';
import { isThere } from '../transition/end-of.ts';
import type { WorkflowMaps } from '../transition/workflow-map.ts';
import { checkAims } from './check-aims.ts';
import type { FilingTarget, Source } from './filing-targets.ts';
import { neededPermissions } from './needed-permissions.ts';
import { FIX_MS, type ProjectFacts } from '../project/project-facts.ts';

/** The dependencies of a check of one target. */
export interface TargetCheck {
  readonly meta: CreateMeta;
  readonly people: PeopleBook;
  readonly facts: ProjectFacts;
  readonly maps: WorkflowMaps;
  /** How old an earlier read may be, ms. */
  readonly fresh: number;
  readonly acquire: AcquirePermit;
}

/** Every problem that Jira would have with issues of this target. A repeated read is answered from the cache. */
export async function checkTarget(check: TargetCheck, target: FilingTarget): Promise<readonly PreflightProblem[]> {
  const { projectKey, project } = target;
  const visible = await check.facts.visible(projectKey, check.acquire);
  const why = whyNotVisible(visible, projectKey);
  if (why !== null) return [problem(project, 'error', 'project-not-visible', why)];
  if (visible !== 'yes') return [notAsked(target, `the project ${projectKey}`, typeof visible === 'string' ? undefined : visible?.message)];
  return [
    ...(await checkPermissions(check, target)),
    ...(await checkScreen(check, target)),
    ...(await checkPeople(check, target)),
    ...(await checkReaders(check, target)),
  ];
}

/** Why nothing can be filed in a project, in words; null: it can be, or Jira does not say. */
export function whyNotVisible(visible: Awaited<ReturnType<ProjectFacts['visible']>>, projectKey: string): string | null {
  if (visible === 'gone')
    return `there is no project ${projectKey}, or the account may not see it; give it "Browse projects" there, or correct the key`;
  return visible === 'archived' ? `the project ${projectKey} is archived, so that nothing can be created in it` : null;
}

async function checkPermissions(check: TargetCheck, target: FilingTarget): Promise<PreflightProblem[]> {
  const { projectKey, project, ruleId } = target;
  const lacking = await check.facts.lacking(projectKey, check.acquire);
  if (lacking === null) return [notAsked(target, `the account's permissions in ${projectKey}`)];
  return neededPermissions(target).flatMap((needed) => {
    if (!lacking.includes(needed.name)) return [];
    // A project of the account map serves many rules, and one that all of them need is one problem.
    const who = needed.for === null && project.ruleId === null ? 'every rule needs' : `the rule ${ruleId} needs`;
    const why = needed.for === null ? '' : ` for ${needed.for}`;
    const message = `the account lacks the permission ${needed.name} in ${projectKey}, which ${who}${why}`;
    return [problem(project, needed.severity, 'permission-missing', message)];
  });
}

async function checkScreen(check: TargetCheck, target: FilingTarget): Promise<PreflightProblem[]> {
  const { projectKey, issue, issuePath, ruleId } = target;
  const read = await check.meta.read(projectKey, issue.issueType, check.acquire, check.fresh);
  if (read.read === 'put-off') return [notAsked(target, `what ${projectKey} wants to know of an issue`)];
  if (read.read === 'not-readable') return [notAsked(target, `what ${projectKey} wants to know of an issue`, read.failure.message)];
  if (read.read === 'no-such-type' || read.read === 'ambiguous-type')
    return [told(target, null, typeProblem({ projectKey, issueType: issue.issueType }, read))];
  const { screen } = read;
  const warnings = [
    ...(screen.fields.has('labels')
      ? []
      : [
          `the create screen of "${issue.issueType}" in ${projectKey} has no labels: they are set by a second call, and an issue whose create was uncertain is found later`,
        ]),
    ...(screen.fields.has('description')
      ? []
      : [`the create screen of "${issue.issueType}" in ${projectKey} has no description, so that the issue does not say what is open`]),
  ].map((message) => problem({ ruleId, path: propertyPath(issuePath, 'issueType') }, 'warning', 'not-on-screen', message));
  return [
    ...warnings,
    ...(await checkFields(check, target, screen)),
    ...(await checkPaths(check, target, screen)),
    ...(await checkParent(check, target)),
  ];
}

/** The function that makes the fields of an issue reports their problems. */
async function checkFields(check: TargetCheck, target: FilingTarget, screen: CreateScreen): Promise<PreflightProblem[]> {
  const found: PreflightProblem[] = [];
  for (const { severity, draft } of target.drafts()) {
    const others = await otherPeople(check, draft, screen, 'example');
    if ('failure' in others) return [notAsked(target, 'who the people in its fields are', others.failure.message)];
    // Another check says whether the person is known; here it is enough that one is named.
    const assignee = target.assignees.length > 0 ? 'somebody' : null;
    const fields = issueFields(draft, screen, { assignee, others: others.known }, 'example');
    if (!fields.ok) found.push(...fields.problems.map((one) => told(target, severity, one)));
  }
  return found;
}

/** Statuses can be read without an issue, transitions can't: whether the workflow has a path shows when an issue is closed. */
async function checkPaths(check: TargetCheck, target: FilingTarget, screen: CreateScreen): Promise<PreflightProblem[]> {
  const { projectKey, issue, issuePath, ruleId } = target;
  const statuses = await check.facts.statuses(projectKey, screen.issueType.name, check.acquire, FIX_MS);
  const source = { ruleId, path: propertyPath(issuePath, 'issueType') };
  if (statuses === null)
    return [notChecked(ruleId, source.path, `could not ask Jira for the statuses of "${issue.issueType}" in ${projectKey}`)];
  const paths = [
    ['closed', 'no-path-to-close', 'done', 'closed'],
    ['open', 'no-path-to-reopen', 'not done', 'reopened'],
  ] as const;
  const named = statuses.map(({ name }) => ({ label: name }));
  const namesResolution = [target.close, ...CLOSE_OUTCOMES.map((outcome) => target.close?.[outcome])].some(
    (aim) => aim?.resolution !== undefined,
  );
  const workflow = {
    issueType: screen.issueType.name,
    statuses,
    resolutions: namesResolution ? await check.facts.resolutions(check.acquire) : null,
    map: check.maps(projectKey, screen.issueType.name),
  };
  const noPath = paths.flatMap(([to, code, category, verb]) =>
    statuses.some((status) => isThere(to, status))
      ? []
      : [
          problem(
            source,
            'error',
            code,
            `no status of "${issue.issueType}" in ${projectKey} counts as ${category} (it has ${oneOf(named).replace(/^one of /, '')}), so that its issues can't be ${verb}`,
          ),
        ],
  );
  return [...noPath, ...checkAims(target, workflow)];
}

async function checkParent(check: TargetCheck, { issue, issuePath, ruleId }: FilingTarget): Promise<PreflightProblem[]> {
  if (issue.parent === undefined) return [];
  const path = propertyPath(issuePath, 'parent');
  const there = await check.facts.hasIssue(issue.parent, check.acquire);
  if (there === null) return [notChecked(ruleId, path, `could not ask Jira for ${issue.parent}`)];
  return there
    ? []
    : [problem({ ruleId, path }, 'error', 'parent-unknown', `there is no issue ${issue.parent}, or the account may not see it`)];
}

/** A warning: a missing person does not hold up an issue. */
async function checkPeople(check: TargetCheck, target: FilingTarget): Promise<PreflightProblem[]> {
  const found: PreflightProblem[] = [];
  for (const { who, source } of target.assignees.filter(({ who: one }) => !isTemplate(one) && one !== CHANGED_BY)) {
    const person = await check.people.find(who, target.projectKey, check.acquire, check.fresh);
    if (person.found === 'not-looked-up')
      found.push(notChecked(source.ruleId, source.path, `could not ask Jira for ${who}${because(person.failure?.message)}`));
    else if (person.found !== 'active') {
      const words =
        person.found === 'inactive' ? 'is no longer active' : `can't be assigned issues of ${target.projectKey}, or hides the address`;
      found.push(problem(source, 'warning', 'assignee-unknown', `${who} ${words}; issues are created without`));
    }
  }
  return found;
}

/** An issue with everything in it is a map for an attacker. */
async function checkReaders(check: TargetCheck, target: FilingTarget): Promise<PreflightProblem[]> {
  const { issue, projectKey, project } = target;
  if (issue.content === 'minimal' || issue.securityLevel !== undefined) return [];
  const openTo = await check.facts.openTo(projectKey, check.acquire);
  if (openTo !== 'internet' && openTo !== 'site') return [];
  const who = openTo === 'internet' ? 'everybody on the internet' : 'everybody on the site';
  return [
    problem(
      project,
      'warning',
      'project-open-to-all',
      `${who} may read ${projectKey}, and the issue says who has access to what; set content: minimal or a securityLevel, or close the project`,
    ),
  ];
}

/** A problem of a field, at the rule or at the part of the account map that sets it. */
function told(target: FilingTarget, severity: Severity | null, { code, part, message }: FieldProblem): PreflightProblem {
  return problem(sourceOf(target, severity, part), 'error', code, message);
}

function sourceOf({ ruleId, issuePath, issue, components, team }: FilingTarget, severity: Severity | null, part: string): Source {
  if (part === 'team') return team;
  if (part.startsWith('components')) return { ...components, path: `${components.path}${part.slice('components'.length)}` };
  const path = `${issuePath}.${part}`;
  const bySeverity =
    (part === 'priority' && typeof issue.priority === 'object') || (part === 'dueInDays' && typeof issue.dueInDays === 'object');
  return { ruleId, path: bySeverity && severity !== null ? propertyPath(path, severity) : path };
}

/** The words are the same for every rule, so that it is reported once. */
function notAsked({ ruleId, issuePath }: FilingTarget, what: string, message?: string): PreflightProblem {
  return notChecked(ruleId, issuePath, `could not ask Jira for ${what}${because(message)}`);
}

function because(message: string | undefined): string {
  return message === undefined ? '' : `: ${message}`;
}

export function notChecked(ruleId: string | null, path: string, message: string): PreflightProblem {
  return { ruleId, path, severity: 'warning', code: 'not-checked', message };
}

function problem({ ruleId, path }: Source, severity: PreflightProblem['severity'], code: PreflightCode, message: string): PreflightProblem {
  return { ruleId, path, severity, code, message };
}
