/** A counter of the metrics page. Label values are few and fixed; ids never stand in them. */
interface CounterDescription {
  readonly help: string;
  readonly labels: readonly string[];
}

/** Every counter, by the name under which it is scraped. */
export const COUNTERS = {
  f2j_findings_accepted_total: { help: 'Observations of findings that were taken in, by what they changed', labels: ['because'] },
  f2j_messages_ignored_total: { help: 'Messages that carry no finding and need none', labels: ['because'] },
  f2j_messages_unreadable_total: { help: 'Messages that could not be read', labels: ['because'] },
  f2j_steps_total: { help: 'Looks at a group, by the step that was missing', labels: ['step', 'because'] },
  f2j_issues_created_total: { help: 'Issues created in Jira', labels: [] },
  f2j_issues_adopted_total: { help: 'Issues found in Jira after a create with an uncertain outcome', labels: [] },
  f2j_issues_restored_total: { help: 'Issues read back from Jira that the store did not know', labels: [] },
  f2j_issues_closed_total: { help: 'Issues closed in Jira', labels: ['because'] },
  f2j_issues_reopened_total: { help: 'Issues opened again in Jira', labels: ['because'] },
  f2j_issues_updated_total: { help: 'Issues whose text or fields were brought up to date', labels: [] },
  f2j_duplicates_seen_total: { help: 'Second issues seen for a group that has one', labels: [] },
  f2j_duplicates_closed_total: { help: 'Second issues closed as duplicates', labels: [] },
  f2j_sweeps_total: { help: 'Sweeps that compared Jira with the store', labels: [] },
  f2j_creates_uncertain_total: { help: 'Creates whose outcome is not known, by what was heard last', labels: ['code'] },
  f2j_lookups_total: { help: 'Looks for the issue of an uncertain create', labels: ['because'] },
  f2j_jira_calls_total: { help: 'Calls to Jira, by HTTP status or network error', labels: ['result'] },
  f2j_jira_denials_total: { help: 'Calls to Jira put off before they were sent, by what they had to wait for', labels: ['scope'] },
  f2j_jira_failures_total: { help: 'Steps that Jira did not let happen', labels: ['call', 'code'] },
  f2j_operations_total: { help: 'Operations that have ended', labels: ['kind', 'state'] },
  f2j_rules_saved_total: { help: 'Revisions of the rules that were saved', labels: [] },
  f2j_rules_file_refused_total: { help: 'Contents of the rules file that could not be used', labels: [] },
  f2j_rules_not_exported_total: { help: 'Revisions of the rules that could not be written beside the store', labels: [] },
  f2j_details_total: { help: 'Findings that AWS was asked about, by what came of it', labels: ['result'] },
  f2j_store_suspect_total: { help: 'Times that the store was found to be another one than before', labels: [] },
  f2j_store_read_back_total: { help: 'Passes that read our issues back from Jira', labels: [] },
  f2j_store_unavailable_total: { help: 'Times that the store did not answer', labels: ['doing'] },
  f2j_sqs_failures_total: { help: 'Calls to SQS that failed', labels: ['doing'] },
  f2j_internal_errors_total: { help: 'Faults in this service itself', labels: ['doing'] },
} as const satisfies Record<`f2j_${string}_total`, CounterDescription>;

export type CounterName = keyof typeof COUNTERS;

/** The labels that a counter wants, each with its value. */
export type CounterLabels<N extends CounterName> = Readonly<Record<(typeof COUNTERS)[N]['labels'][number], string>>;
