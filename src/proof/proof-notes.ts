import type { Assumption, Assumptions, Observation, Verdict } from './assumption.ts';

/** Collects what the checks observe. The first verdict on an assumption counts, except that `different` outdoes the others. */
export interface ProofNotes<Id extends string> {
  judge(id: Id, isSo: boolean, observed: string): void;
  /** It could not be observed here, and another try would not change that. */
  unseen(id: Id, because: string): void;
  /** The check itself could not be made: the proof is incomplete. */
  broke(id: Id, because: string): void;
  isDifferent(id: Id): boolean;
  /** @param otherwise why what was not judged was not observed */
  observations(otherwise: string): readonly Observation[];
  /** Whether every check could be made. */
  isComplete(): boolean;
}

export function createProofNotes<const T extends Assumptions>(assumptions: T): ProofNotes<keyof T & string> {
  const known = new Map<string, { readonly verdict: Verdict; readonly observed: string }>();
  let complete = true;

  function note(id: string, verdict: Verdict, observed: string): void {
    if (!known.has(id) || verdict === 'different') known.set(id, { verdict, observed });
  }

  return {
    judge: (id, isSo, observed) => note(id, isSo ? 'as assumed' : 'different', observed),
    unseen: (id, because) => note(id, 'not observed', because),
    broke(id, because) {
      complete = false;
      note(id, 'not observed', `the check failed (${because})`);
    },
    isDifferent: (id) => known.get(id)?.verdict === 'different',
    observations: (otherwise) =>
      Object.entries<Assumption>(assumptions).map(([assumption, { assumed, unobservable }]) => ({
        assumption,
        assumed,
        ...(known.get(assumption) ?? { verdict: 'not observed', observed: unobservable ?? otherwise }),
      })),
    isComplete: () => complete,
  };
}
