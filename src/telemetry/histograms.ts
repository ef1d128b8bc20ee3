/** A histogram of the metrics page: of times, in seconds. Label values are few and fixed, and never ids. */
interface HistogramDescription {
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds, seconds. */
  readonly buckets: readonly number[];
}

/** From what a person does not notice to what a person would call a day. */
const WORK = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600, 14_400, 86_400];

/** Every histogram, by the name under which it is scraped. */
export const HISTOGRAMS = {
  f2j_intake_lag_seconds: {
    help: 'Age of a message when it was safe in the store and deleted, since SQS got it',
    labels: [],
    buckets: WORK,
  },
  f2j_event_to_issue_seconds: {
    help: 'From the last news of a finding in the store to its new issue',
    labels: [],
    buckets: WORK,
  },
  f2j_jira_permit_wait_seconds: {
    help: 'Time for which a call to Jira waited for its turn, by kind of call',
    labels: ['kind'],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60],
  },
} as const satisfies Record<`f2j_${string}_seconds`, HistogramDescription>;

export type HistogramName = keyof typeof HISTOGRAMS;

/** The labels that a histogram wants, each with its value. */
export type HistogramLabels<N extends HistogramName> = Readonly<Record<(typeof HISTOGRAMS)[N]['labels'][number], string>>;
