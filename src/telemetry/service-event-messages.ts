import type { ServiceEvent } from '../pipeline/ports/service-event.ts';
import type { Metrics } from './metrics.ts';

export type ServiceEventName = ServiceEvent['what'];

/** The service event of a name. */
export type ServiceEventOf<W extends ServiceEventName> = ServiceEvent extends infer H
  ? H extends ServiceEvent
    ? W extends H['what']
      ? H
      : never
    : never
  : never;

/** All service events by name. */
export type ServiceEvents = { readonly [W in ServiceEventName]: ServiceEventOf<W> };

/** `error`: an operator must act; never in a healthy service. `warn`: recovers by itself or can wait. `info`: the normal work of the service. */
export type Level = 'debug' | 'info' | 'warn' | 'error';

/** The log line and the metric of a kind of service event. */
export interface Words<W extends ServiceEventName> {
  /** One fixed sentence; the variable data stands beside it. */
  readonly sentence: string;
  readonly level: Level | ((event: ServiceEvents[W]) => Level);
  readonly count: (metrics: Metrics, event: ServiceEvents[W]) => void;
}

/** Every service event with its log sentence, its level and its metric. */
export const SERVICE_EVENT_MESSAGES: { readonly [W in ServiceEventName]: Words<W> } = {
  'finding-accepted': {
    sentence: 'Accepted a finding',
    level: ({ because }) => (because === 'same' || because === 'older' ? 'debug' : 'info'),
    count: (metrics, { because }) => metrics.count('f2j_findings_accepted_total', { because }),
  },
  'message-ignored': {
    sentence: 'Ignored a message, or a part of one, that is not wanted',
    // This may be the only sign that only the newer form of Security Hub's events is sent here.
    level: ({ because }) => (because === 'ocsf-finding' ? 'info' : 'debug'),
    count: (metrics, { because }) => metrics.count('f2j_messages_ignored_total', { because }),
  },
  'subscription-unconfirmed': {
    sentence: 'A topic asks to confirm its subscription, which this service does not do: subscribe the queue from the account that owns it',
    level: 'warn',
    count: (metrics, { because }) => metrics.count('f2j_messages_ignored_total', { because }),
  },
  'subscription-removed': {
    sentence: 'A topic no longer sends to the queue: subscribe the queue again if that was not intended',
    level: 'warn',
    count: (metrics, { because }) => metrics.count('f2j_messages_ignored_total', { because }),
  },
  'message-unreadable': {
    sentence: 'Could not read a message; it was kept',
    level: 'warn',
    count: (metrics, { because }) => metrics.count('f2j_messages_unreadable_total', { because }),
  },
  'unreadable-dropped': {
    sentence: 'Dropped the oldest message that could not be read, to make room; the dead-letter queue has it',
    level: 'info',
    count: (metrics) => metrics.count('f2j_messages_dropped_total', {}),
  },
  'unreadable-left-in-queue': {
    sentence: 'Could not keep a message that cannot be read, since there is no room; it stays in SQS',
    level: 'warn',
    count: (metrics) => metrics.count('f2j_messages_left_in_queue_total', {}),
  },
  reconciled: {
    sentence: 'Reconciled a group',
    level: 'debug',
    count: (metrics, { step, because }) => metrics.count('f2j_steps_total', { step, because }),
  },
  'pass-planned': {
    sentence: 'Planned a pass over a group',
    level: 'debug',
    count: (metrics, { step, because }) => metrics.count('f2j_passes_total', { step, because }),
  },
  'issue-created': {
    sentence: 'Created an issue',
    level: 'info',
    count: (metrics, { afterMs }) => {
      metrics.count('f2j_issues_created_total', {});
      if (afterMs !== null) metrics.eventToIssue(afterMs);
    },
  },
  'issue-adopted': {
    sentence: 'Found the issue of an uncertain create',
    level: 'info',
    count: (metrics) => metrics.count('f2j_issues_adopted_total', {}),
  },
  'issue-restored': {
    sentence: 'Read an issue back from Jira that the store did not know',
    level: 'info',
    count: (metrics) => metrics.count('f2j_issues_restored_total', {}),
  },
  'issue-closed': {
    sentence: 'Closed an issue',
    level: 'info',
    count: (metrics, { because }) => metrics.count('f2j_issues_closed_total', { because }),
  },
  'issue-reopened': {
    sentence: 'Reopened an issue',
    level: 'info',
    count: (metrics, { because }) => metrics.count('f2j_issues_reopened_total', { because }),
  },
  'issue-updated': {
    sentence: 'Updated an issue',
    level: 'info',
    count: (metrics) => metrics.count('f2j_issues_updated_total', {}),
  },
  'issue-ended-otherwise': {
    sentence: 'Closed an issue as fixed, and its workflow set a resolution that says something else',
    level: 'warn',
    count: () => {},
  },
  'issue-corrected': {
    sentence: 'Noted on a closed issue that its finding was not fixed: its analysis failed',
    level: 'info',
    count: () => {},
  },
  'issues-related': { sentence: 'Linked an issue to the one that it follows', level: 'info', count: () => {} },
  'issue-closed-by-person': {
    sentence: 'A person has closed an issue while its finding is open; it stays closed',
    level: 'info',
    count: () => {},
  },
  'issue-linked': { sentence: 'Added our marker to an issue that an admin has linked', level: 'info', count: () => {} },
  'issue-unlinked': { sentence: 'Removed our marker from an issue that an admin has unlinked', level: 'info', count: () => {} },
  'duplicate-seen': {
    sentence: 'Found a duplicate: a second issue of one group',
    level: 'warn',
    count: (metrics) => metrics.count('f2j_duplicates_seen_total', {}),
  },
  'duplicate-closed': {
    sentence: 'Closed a duplicate: a second issue of one group',
    level: 'warn',
    count: (metrics) => metrics.count('f2j_duplicates_closed_total', {}),
  },
  swept: {
    sentence: 'Compared our issues in Jira with the store',
    level: 'info',
    count: (metrics, { restored, duplicatesClosed, moved, deleted, foundAgain }) => {
      metrics.count('f2j_sweeps_total', {});
      countDrift(metrics, { restored, duplicate: duplicatesClosed, moved, deleted, 'found-again': foundAgain });
    },
  },
  'issue-moved': { sentence: 'A person has moved an issue; its record follows it', level: 'info', count: () => {} },
  'issue-deleted': {
    sentence: 'An issue is gone: a person has deleted it, or hidden it from our account',
    level: 'warn',
    count: (metrics) => metrics.count('f2j_issues_deleted_total', {}),
  },
  'issue-found-again': { sentence: 'An issue that was gone is back; it is used again', level: 'info', count: () => {} },
  'issues-vanished': {
    sentence: 'Many issues of a project are gone at once, which proves nothing about any of them',
    level: 'error',
    count: (metrics) => metrics.count('f2j_issues_vanished_total', {}),
  },
  'findings-swept': {
    sentence: 'Compared the findings in AWS with the store',
    level: 'info',
    count: (metrics, { complete, of, added, changed, ended }) => {
      metrics.count('f2j_findings_sweeps_total', { result: complete === of ? 'complete' : 'incomplete' });
      countDrift(metrics, { added, changed, ended });
    },
  },
  'analyzer-not-listed': {
    sentence: 'The findings of an analyzer could not be listed completely; nothing follows from what is missing',
    level: 'warn',
    count: (metrics, { code }) => metrics.count('f2j_analyzers_not_listed_total', { code }),
  },
  'region-not-asked': {
    sentence: 'The analyzers of a Region could not be listed',
    level: 'warn',
    count: (metrics, { code }) => metrics.count('f2j_analyzers_not_listed_total', { code }),
  },
  'analyzer-ended': {
    sentence: 'An analyzer is no longer at work; its issues go to the findings of the same access, and the rest are no longer monitored',
    level: 'warn',
    count: () => {},
  },
  'findings-vanished': {
    sentence: 'Too many findings of an analyzer are missing in AWS at once; none of them is ended',
    level: 'error',
    count: (metrics) => metrics.count('f2j_findings_vanished_total', {}),
  },
  'rescan-started': {
    sentence: 'Asked AWS to scan a resource again, because a person has closed its issue',
    level: 'info',
    count: (metrics) => metrics.count('f2j_rescans_total', { result: 'started' }),
  },
  'rescan-refused': {
    sentence: 'AWS does not scan a resource again whose issue a person has closed; its own scan comes within a day',
    level: 'warn',
    count: (metrics, { code }) => metrics.count('f2j_rescans_total', { result: code }),
  },
  'create-uncertain': {
    sentence: 'The outcome of a create is uncertain; its issue is looked up before anything is sent again',
    level: 'warn',
    count: (metrics, { code }) => metrics.count('f2j_creates_uncertain_total', { code }),
  },
  'lookup-made': {
    sentence: 'Looked up the issue of an uncertain create',
    level: ({ valid }) => (valid ? 'debug' : 'info'),
    count: (metrics, { because }) => metrics.count('f2j_lookups_total', { because }),
  },
  'jira-failed': {
    sentence: 'A step failed at Jira',
    // A refused token has one line of its own, however many steps it stops.
    level: ({ code }) => (code === 'internal' ? 'error' : code === 'jira-auth' ? 'debug' : code === 'jira-rate-limited' ? 'info' : 'warn'),
    count: (metrics, { call, code }) => metrics.count('f2j_jira_failures_total', { call, code }),
  },
  'token-refused': {
    sentence:
      'JIRA_API_TOKEN, JIRA_BEARER_TOKEN or JIRA_OAUTH_CLIENT_SECRET: Jira refuses the token, and nothing is sent before it is accepted again',
    level: 'error',
    count: (metrics) => metrics.count('f2j_jira_token_refused_total', {}),
  },
  'token-accepted': {
    sentence: 'Jira accepts the token again; the groups that failed for it are retried',
    level: 'info',
    count: () => {},
  },
  'jira-away': {
    sentence: 'Jira does not answer, and nothing is sent but the question whether it does again',
    level: 'warn',
    count: (metrics) => metrics.count('f2j_jira_outages_total', {}),
  },
  'jira-answers': {
    sentence: 'Jira answers again; what waited for it goes on, the oldest first',
    level: 'info',
    count: () => {},
  },
  'rules-undecided': {
    sentence: 'The rules can not decide about a finding',
    level: 'warn',
    count: (metrics, { code }) => metrics.count('f2j_rules_undecided_total', { code }),
  },
  'operation-ended': {
    sentence: 'An operation has ended',
    level: ({ state }) => (state === 'failed' ? 'warn' : 'info'),
    count: (metrics, { kind, state }) => metrics.count('f2j_operations_total', { kind, state }),
  },
  'old-data-shrunk': {
    sentence: 'Shrank findings that ended long ago, and forgot old audit entries',
    level: 'info',
    count: (metrics, { findings }) => metrics.count('f2j_findings_shrunk_total', {}, findings),
  },
  'opening-observed': {
    sentence: 'Live mode follows observe mode: issues will be opened for findings that were only observed',
    level: 'info',
    count: () => {},
  },
  'openings-held': {
    sentence: 'Holds issues back, since more are wanted than the limits let open within an hour; nothing is dropped',
    level: 'warn',
    count: (metrics, { kind }) => metrics.count('f2j_floods_total', { kind }),
  },
  'openings-released': { sentence: 'Limits hold no more issues back', level: 'info', count: () => {} },
  'pause-ended': { sentence: 'The time of a pause is over; what it held is resumed', level: 'info', count: () => {} },
  'rules-saved': {
    sentence: 'Saved the rules',
    level: 'info',
    count: (metrics) => metrics.count('f2j_rules_saved_total', {}),
  },
  'rules-file-refused': {
    sentence: 'The rules file has changed and cannot be used; the rules stay as they are',
    level: 'warn',
    count: (metrics) => metrics.count('f2j_rules_file_refused_total', {}),
  },
  'rules-file-fixed': { sentence: 'The rules file can be used again', level: 'info', count: () => {} },
  'rules-not-exported': {
    sentence: 'Could not write a revision of the rules beside the store; the store has it',
    level: 'warn',
    count: (metrics) => metrics.count('f2j_rules_not_exported_total', {}),
  },
  'details-fetched': {
    sentence: 'Fetched the details of a finding from AWS',
    level: 'info',
    count: (metrics, { isCut }) => metrics.count('f2j_details_total', { result: isCut ? 'cut' : 'fetched' }),
  },
  'details-refused': {
    sentence: 'AWS gave no details of a finding',
    level: ({ code }) => (code === 'throttled' || code === 'gone' ? 'info' : 'warn'),
    count: (metrics, { code }) => metrics.count('f2j_details_total', { result: code }),
  },
  'facts-refused': {
    sentence: 'AWS did not say more about a finding',
    level: ({ code }) => (code === 'unavailable' ? 'info' : 'warn'),
    count: () => {},
  },
  'accounts-listed': {
    sentence: 'AWS Organizations has listed the accounts, and something has changed',
    level: 'info',
    count: () => {},
  },
  'accounts-refused': {
    sentence: 'AWS Organizations gives no list of accounts; the rules file, and any earlier list, still say whose they are',
    // The service does without it.
    level: ({ code }) => (code === 'denied' || code === 'not-configured' || code === 'no-organization' ? 'info' : 'warn'),
    count: () => {},
  },
  'document-unreadable': {
    sentence: 'Could not read a document of the store; it is set aside, and nothing is decided without it',
    level: 'error',
    count: (metrics, { collection }) => metrics.count('f2j_documents_unreadable_total', { collection }),
  },
  'document-needed': {
    sentence: 'Put off work that needs a document of the store that cannot be read',
    // A message waits for it and may end in the dead-letter queue; all other work is repeated here.
    level: ({ doing }) => (doing === 'intake' ? 'warn' : 'debug'),
    count: () => {},
  },
  'store-suspect': {
    sentence: 'The store is new or another one; no issue is created before our issues have been read back from Jira',
    level: ({ since }) => (since === null ? 'info' : 'warn'),
    count: (metrics) => metrics.count('f2j_store_suspect_total', {}),
  },
  'store-read-back': {
    sentence: 'Read our issues back from Jira',
    level: 'info',
    count: (metrics) => metrics.count('f2j_store_read_back_total', {}),
  },
  'store-read-back-failed': {
    sentence: 'Could not read our issues back from Jira; no issue is created until that works',
    level: ({ code }) => (code === 'jira-auth' ? 'error' : 'warn'),
    count: (metrics, { code }) => metrics.count('f2j_jira_failures_total', { call: 'read-back', code }),
  },
  'property-unproven': {
    sentence: 'The marker of an issue proves nothing; an admin decides before its group gets an issue or has one reopened',
    level: 'warn',
    count: () => {},
  },
  'store-trusted': { sentence: 'The store is trusted; issues may be created', level: 'info', count: () => {} },
  'store-unavailable': {
    sentence: 'The store does not answer',
    level: 'error',
    count: (metrics, { doing }) => metrics.count('f2j_store_unavailable_total', { doing }),
  },
  'store-recovered': { sentence: 'The store can be written again', level: 'info', count: () => {} },
  'sqs-failed': {
    sentence: 'SQS does not answer',
    level: 'warn',
    count: (metrics, { doing }) => metrics.count('f2j_sqs_failures_total', { doing }),
  },
  'internal-error': {
    sentence: 'An internal error occurred',
    level: 'error',
    count: (metrics, { doing }) => metrics.count('f2j_internal_errors_total', { doing }),
  },
};

/** Kinds that a sweep did not find stay without a series. */
function countDrift(metrics: Metrics, found: Readonly<Record<string, number>>): void {
  for (const [kind, times] of Object.entries(found)) if (times > 0) metrics.count('f2j_drift_total', { kind }, times);
}
