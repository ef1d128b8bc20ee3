import type { PreflightCode, PreflightProblem } from '../../pipeline/ports/preflight.ts';
import { propertyPath } from '../../rules/json-path.ts';
import { CLOSE_OUTCOMES, type TransitionAim } from '../../rules/transition-aim.ts';
import { answersTo, type Named, type NamedStatus } from '../project/issue-status.ts';
import { isThere } from '../transition/end-of.ts';
import type { WorkflowMap } from '../transition/workflow-map.ts';
import type { FilingTarget } from './filing-targets.ts';
import { namesIn, predictEnds } from './predict-end.ts';

/** What Jira says of one workflow. */
export interface KnownWorkflow {
  readonly issueType: string;
  readonly statuses: readonly NamedStatus[];
  /** The resolutions of the site; null: not known. */
  readonly resolutions: readonly Named[] | null;
  /** The transitions that this process has seen. */
  readonly map: Pick<WorkflowMap, 'offered'>;
}

/** Problems of a rule's `close` and `reopen` in one workflow: names that are not there, and closes that nothing decides. Pure. */
export function checkAims(target: FilingTarget, workflow: KnownWorkflow): readonly PreflightProblem[] {
  const { close, reopen, rulePath } = target;
  const closePath = propertyPath(rulePath, 'close');
  const aims: readonly (readonly [string, 'closed' | 'open', TransitionAim | undefined])[] = [
    [closePath, 'closed', close],
    ...CLOSE_OUTCOMES.map((outcome) => [propertyPath(closePath, outcome), 'closed', close?.[outcome]] as const),
    [propertyPath(rulePath, 'reopen'), 'open', reopen],
  ];
  return [
    ...aims.flatMap(([path, to, aim]) => (aim === undefined ? [] : checkAim(target, workflow, { path, to, aim }))),
    ...undecided(target, workflow, closePath),
  ];
}

interface Placed {
  readonly path: string;
  readonly to: 'closed' | 'open';
  readonly aim: TransitionAim;
}

function checkAim({ ruleId, projectKey }: FilingTarget, workflow: KnownWorkflow, { path, to, aim }: Placed): PreflightProblem[] {
  const { issueType, statuses, resolutions } = workflow;
  const problems: PreflightProblem[] = [];
  const add = (property: string, severity: PreflightProblem['severity'], code: PreflightCode, message: string): void =>
    void problems.push({ ruleId, path: propertyPath(path, property), severity, code, message });
  const { status, transition, resolution } = aim;
  const possible = statuses.filter((one) => isThere(to, one));
  const of = `"${issueType}" in ${projectKey}`;
  if (status !== undefined && !possible.some((one) => answersTo(one, status))) {
    const kind = to === 'closed' ? 'done status' : 'status that is not done';
    add('status', 'error', 'status-unknown', `${of} has no ${kind} "${status}"; expected one of ${namesIn(possible)}`);
  }
  if (resolution !== undefined && resolutions !== null && !resolutions.some((one) => answersTo(one, resolution))) {
    const names = resolutions.map(({ name }) => `"${name}"`).join(', ');
    add('resolution', 'error', 'resolution-unknown', `the site has no resolution "${resolution}"; expected one of ${names}`);
  }
  if (transition !== undefined) {
    const seen = seenTransitions(workflow, to);
    if (seen === null)
      add('transition', 'warning', 'not-checked', `whether ${of} has the transition "${transition}" shows when an issue makes it`);
    else if (!seen.some((one) => answersTo(one, transition)))
      add(
        'transition',
        'error',
        'transition-unknown',
        `${of} offers no transition "${transition}" that leads there; expected one of ${[...new Set(seen.map(({ name }) => `"${name}"`))].join(', ')}`,
      );
  }
  return problems;
}

/** The transitions to one side; null: not every status from which they could start was read. */
function seenTransitions({ statuses, map }: KnownWorkflow, to: 'closed' | 'open'): readonly Named[] | null {
  const starts = statuses.filter((status) => !isThere(to, status)).map(({ name }) => map.offered(name));
  if (starts.includes(undefined)) return null;
  return starts.flatMap((offered) => offered ?? []).filter((transition) => isThere(to, transition.to));
}

/** A warning: the name of a transition may decide, which is not seen before there is an issue. */
function undecided(target: FilingTarget, { issueType, statuses }: KnownWorkflow, path: string): PreflightProblem[] {
  const { ruleId, projectKey, close } = target;
  const done = statuses.filter((status) => isThere('closed', status));
  // A status that is not there is a problem of its own.
  const names = (outcome: (typeof CLOSE_OUTCOMES)[number]): boolean => (close?.[outcome]?.status ?? close?.status) !== undefined;
  const open = predictEnds({ ruleId, projectKey, issueType }, close, statuses).filter(
    ({ because, outcome }) => because === 'undecided' && !names(outcome),
  );
  if (done.length === 0 || open.length === 0) return [];
  const outcomes = open.map(({ outcome }) => outcome);
  const message = `nothing decides where issues of "${issueType}" in ${projectKey} end when their findings are ${outcomes.join(', ')}; name one of ${namesIn(done)} in close.status, or in ${outcomes.map((outcome) => `close.${outcome}.status`).join(', ')}`;
  return [{ ruleId, path, severity: 'warning', code: 'close-undecided', message }];
}
