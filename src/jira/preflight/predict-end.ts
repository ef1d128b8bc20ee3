import type { PredictedEnd } from '../../pipeline/ports/preflight.ts';
import { closeAim, CLOSE_OUTCOMES, type CloseAims, type CloseOutcome, type TransitionAim } from '../../rules/transition-aim.ts';
import type { NamedStatus } from '../project/issue-status.ts';
import { endOf, isThere } from '../transition/end-of.ts';

/** The rule and the kind of issues that an end is predicted for. */
export type Predicted = Pick<PredictedEnd, 'ruleId' | 'projectKey' | 'issueType'>;

/**
 * Where issues will end for each outcome, as far as the names of statuses tell. Transitions are not seen before there is an issue: one may
 * lead to a nearer status that fits as well, have a name that decides, or ask for a resolution. Pure.
 * @param statuses all that the workflow has
 */
export function predictEnds(of: Predicted, close: CloseAims | undefined, statuses: readonly NamedStatus[]): readonly PredictedEnd[] {
  const done = statuses.filter((status) => isThere('closed', status));
  return CLOSE_OUTCOMES.map((outcome) => predictEnd(of, outcome, closeAim(close, outcome), done));
}

function predictEnd(of: Predicted, outcome: CloseOutcome, aim: TransitionAim | null, done: readonly NamedStatus[]): PredictedEnd {
  const base = { ...of, outcome };
  if (aim?.transition !== undefined && aim.status === undefined)
    return {
      ...base,
      status: null,
      because: 'rule',
      message: `${outcome}: where the transition "${aim.transition}" leads, which the rule names`,
    };
  const policy = { to: 'closed', outcome, aim, statuses: done } as const;
  const [best] = done
    .flatMap((status) => {
      const end = endOf({ name: null, to: status }, policy);
      return end === null ? [] : [{ status, end }];
    })
    .toSorted((a, b) => a.end.rank - b.end.rank);
  if (best === undefined) return { ...base, status: null, because: 'undecided', message: `${outcome}: not decided among ${namesIn(done)}` };
  const { because } = best.end;
  return { ...base, status: best.status.name, because, message: `${outcome}: "${best.status.name}", ${WHY[because]}` };
}

const WHY = {
  rule: 'which the rule names',
  word: 'whose word says so',
  'only-status': 'the only done status',
} as const;

/** Statuses in a message. */
export function namesIn(statuses: readonly NamedStatus[]): string {
  return statuses.length === 0 ? 'no done status' : statuses.map(({ name }) => `"${name}"`).join(', ');
}
