/** Where an issue goes and how it is filed: a rule's `issue` part, as it was when the intent was made. */
export interface IssueRoute {
  readonly ruleId: string;
  /** Revision of the rule set that decided. */
  readonly revision: number;
  readonly projectKey: string;
  readonly issueType: string;
  readonly priority: string | null;
  readonly labels: readonly string[];
  readonly dueInDays: number | null;
}
