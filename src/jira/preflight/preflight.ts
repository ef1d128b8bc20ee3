import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PredictedEnd, Preflight, PreflightProblem } from '../../pipeline/ports/preflight.ts';
import type { RuleSet } from '../../rules/routing-rule.ts';
import { FRESH_MS, type CreateMeta } from '../project/create-meta.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import type { AcquirePermit } from '../rate/kept-reads.ts';
import { createLowPriorityPermits } from '../rate/low-priority-permits.ts';
import type { OwnAccount } from '../project/own-account.ts';
import type { PeopleBook } from '../project/people-book.ts';
import { checkTarget, notChecked, type TargetCheck } from './preflight-checks.ts';
import { filingTargetsOf, type FilingTarget } from './filing-targets.ts';
import { FIX_MS, type ProjectFacts } from '../project/project-facts.ts';
import type { WorkflowMaps } from '../transition/workflow-map.ts';
import { predictEnds } from './predict-end.ts';

/** Calls to Jira of one preflight: about thirty projects with all their checks. */
const MAX_CALLS = 200;

/** The caller waits for the answer. */
const MAX_MS = 20_000;

/** Projects that are checked at the same time. */
const AT_ONCE = 4;

/** More than a person reads. */
const MAX_PROBLEMS = 1_000;

/** Combinations of a rule and a project for which ends are predicted at once. */
const MAX_ENDS = 100;

/** Checks between two yields to other work of this process. */
const STRIDE = 100;

/** The dependencies of a preflight. */
export interface PreflightParts {
  readonly calls: JiraCalls;
  readonly account: OwnAccount;
  readonly meta: CreateMeta;
  readonly people: PeopleBook;
  readonly facts: ProjectFacts;
  readonly maps: WorkflowMaps;
}

export function createPreflight(parts: PreflightParts): Preflight {
  const { governor, clock } = parts.calls;

  async function check(rules: RuleSet, only: ReadonlySet<string> | null): Promise<readonly PreflightProblem[]> {
    const { targets, left } = filingTargetsOf(rules, only);
    if (targets.length === 0) return [];
    const until = clock.monotonic() + MAX_MS;
    let calls = 0;
    const lines = Array.from({ length: AT_ONCE }, () => createLowPriorityPermits(governor, clock, until - clock.monotonic()));
    const [first] = lines;
    try {
      const counted =
        (acquire: AcquirePermit): AcquirePermit =>
        () => {
          calls += 1;
          return calls > MAX_CALLS ? Promise.resolve(false) : acquire();
        };
      const unreachable =
        first === undefined || !(await counted(first.acquire)()) ? 'others went first' : await whyUnreachable(parts.account);
      if (unreachable !== null) return [notChecked(null, '', `Jira could not be asked what it makes of the rules: ${unreachable}`)];
      const byProject = [...Map.groupBy(targets, ({ projectKey }) => projectKey).values()];
      const found: PreflightProblem[] = [];
      await Promise.all(
        lines.map(async ({ acquire }) => {
          for (let project = byProject.shift(); project !== undefined; project = byProject.shift())
            found.push(...(await checkProject({ ...parts, fresh: FRESH_MS, acquire: counted(acquire) }, project)));
        }),
      );
      const some =
        left === 0 ? [] : [notChecked(null, 'accounts', `${left} more combinations of rules and owners of accounts were not checked`)];
      return inOrder([...found, ...some]);
    } finally {
      for (const line of lines) line.end();
    }
  }

  async function ends(rules: RuleSet, only: ReadonlySet<string> | null): Promise<readonly PredictedEnd[]> {
    const { acquire, end } = createLowPriorityPermits(governor, clock, MAX_MS);
    try {
      return await predictedEnds(parts.facts, filingTargetsOf(rules, only).targets, acquire);
    } finally {
      end();
    }
  }

  return { check, ends };
}

/** For each rule and project once; at most for `MAX_ENDS` of them, in the order of the rules. */
export async function predictedEnds(
  facts: Pick<ProjectFacts, 'statuses'>,
  targets: readonly FilingTarget[],
  acquire: AcquirePermit,
): Promise<readonly PredictedEnd[]> {
  const distinct = new Map(targets.map((target) => [JSON.stringify([target.ruleId, target.projectKey]), target]));
  const ends: PredictedEnd[] = [];
  for (const { ruleId, projectKey, issue, close } of [...distinct.values()].slice(0, MAX_ENDS)) {
    const statuses = await facts.statuses(projectKey, issue.issueType, acquire, FIX_MS);
    if (statuses !== null) ends.push(...predictEnds({ ruleId, projectKey, issueType: issue.issueType }, close, statuses));
  }
  return ends;
}

async function whyUnreachable(account: OwnAccount): Promise<string | null> {
  const self = await account.confirm();
  return self.ok ? null : self.failure.message;
}

/** All targets in one project, so that one read of it serves them all. */
async function checkProject(check: TargetCheck, targets: readonly FilingTarget[]): Promise<readonly PreflightProblem[]> {
  const found: PreflightProblem[] = [];
  for (const [index, target] of targets.entries()) {
    if (index % STRIDE === STRIDE - 1) await nextTurn();
    found.push(...(await checkTarget(check, target)));
  }
  return found;
}

/** Each once, errors first, then by path; at most `MAX_PROBLEMS`. */
function inOrder(problems: readonly PreflightProblem[]): readonly PreflightProblem[] {
  const once = new Map<string, PreflightProblem>();
  for (const problem of problems) {
    // A question that failed for one rule failed for the others, too.
    const key = JSON.stringify([problem.code === 'not-checked' ? '' : problem.path, problem.code, problem.message]);
    if (!once.has(key)) once.set(key, problem);
  }
  const ordered = [...once.values()].toSorted(
    (a, b) => a.severity.localeCompare(b.severity) || a.path.localeCompare(b.path, 'en', { numeric: true }),
  );
  const left = ordered.length - MAX_PROBLEMS;
  return left <= 0
    ? ordered
    : [...ordered.slice(0, MAX_PROBLEMS), notChecked(null, '', `${left} more problems are not listed; fix these first`)];
}
