/** A counter of the metrics page. Label values are few and fixed, and never ids. */
interface CounterDescription {
  readonly help: string;
  readonly labels: readonly string[];
}

/** Every counter, by the name under which it is scraped. */
export const COUNTERS = {
  f2j_findings_accepted_total: { help: 'Observations of findings that were accepted, by what they changed', labels: ['because'] },
  f2j_messages_ignored_total: { help: 'Messages, and parts of messages, that are not wanted', labels: ['because'] },
  f2j_messages_unreadable_total: { help: 'Messages that could not be read', labels: ['because'] },
  f2j_messages_dropped_total: { help: 'Unreadable messages that were dropped from the store to make room for newer ones', labels: [] },
  f2j_messages_left_in_queue_total: { help: 'Unreadable messages that were not kept for want of room, and stay in SQS', labels: [] },
  f2j_passes_total: { help: 'Passes over a group that were planned, by their step and its reason', labels: ['step', 'because'] },
  f2j_steps_total: { help: 'Passes over a group that found nothing to do, by reason', labels: ['step', 'because'] },
  f2j_issues_created_total: { help: 'Issues created in Jira', labels: [] },
  f2j_issues_adopted_total: { help: 'Issues found in Jira after a create with an uncertain outcome', labels: [] },
  f2j_issues_restored_total: { help: 'Issues read back from Jira that the store did not know', labels: [] },
  f2j_issues_closed_total: { help: 'Issues closed in Jira', labels: ['because'] },
  f2j_issues_reopened_total: { help: 'Issues reopened in Jira', labels: ['because'] },
  f2j_issues_updated_total: { help: 'Issues whose text or fields were brought up to date', labels: [] },
  f2j_duplicates_seen_total: { help: 'Duplicates seen: second issues of one group', labels: [] },
  f2j_duplicates_closed_total: { help: 'Duplicates closed in Jira', labels: [] },
  f2j_sweeps_total: { help: 'Sweeps that compared Jira with the store', labels: [] },
  f2j_issues_deleted_total: { help: 'Issues that were deleted or hidden while the store had them', labels: [] },
  f2j_issues_vanished_total: { help: 'Projects in which too many issues were gone at once', labels: [] },
  f2j_findings_sweeps_total: {
    help: 'Sweeps that compared AWS with the store, by whether every analyzer was listed completely',
    labels: ['result'],
  },
  f2j_analyzers_not_listed_total: { help: 'Analyzers and Regions that a sweep could not list completely', labels: ['code'] },
  f2j_findings_vanished_total: { help: 'Listings that lacked too many findings at once, so that none was ended', labels: [] },
  f2j_drift_total: { help: 'Differences between AWS, the store and Jira that sweeps found and dealt with, by kind', labels: ['kind'] },
  f2j_rescans_total: { help: 'Resources that AWS was asked to scan again, by result', labels: ['result'] },
  f2j_creates_uncertain_total: { help: 'Creates whose outcome is not known, by failure code', labels: ['code'] },
  f2j_lookups_total: { help: 'Lookups for the issue of an uncertain create, by result', labels: ['because'] },
  f2j_floods_total: { help: 'Times that limits began to hold issues back', labels: ['kind'] },
  f2j_jira_calls_total: {
    help: 'Calls to Jira, by endpoint, HTTP status or network error, and what that means',
    labels: ['endpoint', 'result', 'verdict'],
  },
  f2j_jira_denials_total: { help: 'Calls to Jira that were put off before they were sent, by scope', labels: ['scope'] },
  f2j_jira_failures_total: { help: 'Steps that failed at Jira', labels: ['call', 'code'] },
  f2j_jira_outages_total: { help: 'Times that Jira answered neither calls nor the question whether it is there', labels: [] },
  f2j_jira_token_refused_total: { help: 'Times that Jira began to refuse the token', labels: [] },
  f2j_rules_undecided_total: { help: 'Passes that ended because the rules could not decide', labels: ['code'] },
  f2j_operations_total: { help: 'Operations that have ended', labels: ['kind', 'state'] },
  f2j_rules_saved_total: { help: 'Revisions of the rules that were saved', labels: [] },
  f2j_rules_file_refused_total: { help: 'Changes of the rules file that could not be used', labels: [] },
  f2j_rules_not_exported_total: { help: 'Revisions of the rules that could not be written beside the store', labels: [] },
  f2j_details_total: { help: 'Findings that AWS was asked about, by result', labels: ['result'] },
  f2j_documents_unreadable_total: { help: 'Documents of the store that this process found to be unreadable', labels: ['collection'] },
  f2j_findings_shrunk_total: { help: 'Findings that ended long ago and lost their history and content', labels: [] },
  f2j_store_suspect_total: { help: 'Times the store was found to be another one than before', labels: [] },
  f2j_store_read_back_total: { help: 'Times our issues were read back from Jira', labels: [] },
  f2j_store_unavailable_total: { help: 'Times the store did not answer', labels: ['doing'] },
  f2j_sqs_failures_total: { help: 'Calls to SQS that failed', labels: ['doing'] },
  f2j_internal_errors_total: { help: 'Faults of this service', labels: ['doing'] },
} as const satisfies Record<`f2j_${string}_total`, CounterDescription>;

export type CounterName = keyof typeof COUNTERS;

/** The labels that a counter wants, each with its value. */
export type CounterLabels<N extends CounterName> = Readonly<Record<(typeof COUNTERS)[N]['labels'][number], string>>;
