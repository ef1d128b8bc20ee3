/** A behaviour of Jira or AWS that the service rests on, in words for docs/assumptions.md and for the report. */
export interface Assumption {
  readonly assumed: string;
  /** How the doctor checks it; where it can't: how a person can. */
  readonly check: string;
  /** Why the doctor can't observe it. Absent: it can. */
  readonly unobservable?: string;
}

export type Assumptions = Readonly<Record<string, Assumption>>;

/** `different`: the service rests on something that is not so. `not observed`: the reason is in the observation. */
export type Verdict = 'as assumed' | 'different' | 'not observed';

/** One row of the report. */
export interface Observation {
  readonly assumption: string;
  readonly assumed: string;
  readonly observed: string;
  readonly verdict: Verdict;
}
