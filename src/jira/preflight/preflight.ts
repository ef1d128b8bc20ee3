import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Preflight, PreflightProblem } from '../../pipeline/ports/preflight.ts';
import type { RuleSet } from '../../rules/routing-rule.ts';
import { FRESH_MS, type CreateMeta } from '../project/create-meta.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import type { Turn } from '../rate/kept-reads.ts';
import { createLowTurns } from '../rate/low-turns.ts';
import type { OwnAccount } from '../project/own-account.ts';
import type { PeopleBook } from '../project/people-book.ts';
import { checkPlace, notChecked, type PlaceCheck } from './preflight-checks.ts';
import { placesOf, type Place } from './preflight-places.ts';
import type { ProjectFacts } from '../project/project-facts.ts';

/** Calls to Jira of one preflight: about thirty projects with everything that can be asked of them. */
const MOST_CALLS = 200;

/** Somebody waits for the answer. */
const MOST_MS = 20_000;

/** Projects that are asked about at the same time. */
const AT_ONCE = 4;

/** More than anybody reads. */
const MOST_PROBLEMS = 1_000;

/** Checks between which others get their turn in this process. */
const STRIDE = 100;

/** What a preflight asks with. */
export interface PreflightParts {
  readonly calls: JiraCalls;
  readonly account: OwnAccount;
  readonly meta: CreateMeta;
  readonly people: PeopleBook;
  readonly facts: ProjectFacts;
}

export function createPreflight(parts: PreflightParts): Preflight {
  const { governor, clock } = parts.calls;

  async function check(rules: RuleSet, only: ReadonlySet<string> | null): Promise<readonly PreflightProblem[]> {
    const { places, left } = placesOf(rules, only);
    if (places.length === 0) return [];
    const until = clock.monotonic() + MOST_MS;
    let calls = 0;
    const lines = Array.from({ length: AT_ONCE }, () => createLowTurns(governor, clock, until - clock.monotonic()));
    const [first] = lines;
    try {
      const counted =
        (turn: Turn): Turn =>
        () => {
          calls += 1;
          return calls > MOST_CALLS ? Promise.resolve(false) : turn();
        };
      const unreachable = first === undefined || !(await counted(first.turn)()) ? 'others went first' : await whyUnreachable(parts.account);
      if (unreachable !== null) return [notChecked(null, '', `Jira could not be asked what it makes of the rules: ${unreachable}`)];
      const byProject = [...Map.groupBy(places, ({ projectKey }) => projectKey).values()];
      const found: PreflightProblem[] = [];
      await Promise.all(
        lines.map(async ({ turn }) => {
          for (let project = byProject.shift(); project !== undefined; project = byProject.shift())
            found.push(...(await checkProject({ ...parts, fresh: FRESH_MS, turn: counted(turn) }, project)));
        }),
      );
      const some =
        left === 0 ? [] : [notChecked(null, 'accounts', `${left} more combinations of rules and owners of accounts were not looked at`)];
      return inOrder([...found, ...some]);
    } finally {
      for (const line of lines) line.end();
    }
  }

  return { check };
}

async function whyUnreachable(account: OwnAccount): Promise<string | null> {
  const self = await account.confirm();
  return self.ok ? null : self.failure.message;
}

/** All ways that lead into one project, so that what is asked of it once serves them all. */
async function checkProject(check: PlaceCheck, places: readonly Place[]): Promise<readonly PreflightProblem[]> {
  const found: PreflightProblem[] = [];
  for (const [index, place] of places.entries()) {
    if (index % STRIDE === STRIDE - 1) await nextTurn();
    found.push(...(await checkPlace(check, place)));
  }
  return found;
}

/** Each once, errors first, then as the rules stand; no more than anybody reads. */
function inOrder(problems: readonly PreflightProblem[]): readonly PreflightProblem[] {
  const once = new Map<string, PreflightProblem>();
  for (const problem of problems) {
    // What could not be asked for one rule could be asked for no other, either.
    const key = JSON.stringify([problem.code === 'not-checked' ? '' : problem.path, problem.code, problem.message]);
    if (!once.has(key)) once.set(key, problem);
  }
  const ordered = [...once.values()].toSorted(
    (a, b) => a.severity.localeCompare(b.severity) || a.path.localeCompare(b.path, 'en', { numeric: true }),
  );
  const left = ordered.length - MOST_PROBLEMS;
  return left <= 0
    ? ordered
    : [...ordered.slice(0, MOST_PROBLEMS), notChecked(null, '', `${left} more problems are not listed; mend these first`)];
}
