import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ServiceEvent } from '../../src/pipeline/ports/service-event.ts';
import type { ServiceEvents, ServiceEventName } from '../../src/telemetry/service-event-messages.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts';
import { createEmit } from '../../src/telemetry/emit.ts';
import { sorted } from '../support/docs/read-docs.ts';

const issue = { group: 'finding:one', issueKey: 'SEC-1', ruleId: 'roles', resource: 'arn:aws:s3:::invoices' };
const closing = { group: 'finding:one', issueKey: 'SEC-1', resource: 'arn:aws:s3:::invoices' };

/** One of each kind. */
const SAMPLES: { readonly [W in ServiceEventName]: ServiceEvents[W] } = {
  'finding-accepted': { what: 'finding-accepted', findingId: 'one', group: 'g', status: 'ACTIVE', resource: 'r', because: 'new' },
  'message-ignored': { what: 'message-ignored', because: 'access-preview' },
  'subscription-unconfirmed': { what: 'subscription-unconfirmed', because: 'subscription-confirmation', topicArn: 'arn' },
  'subscription-removed': { what: 'subscription-removed', because: 'unsubscribe-confirmation', topicArn: 'arn' },
  'message-unreadable': { what: 'message-unreadable', because: 'not-json', path: '', hash: 'abc', bytes: 12 },
  'unreadable-dropped': { what: 'unreadable-dropped', hash: 'abc' },
  'unreadable-left-in-queue': { what: 'unreadable-left-in-queue', hash: 'abc', bytes: 12, queueUrl: 'q' },
  reconciled: { what: 'reconciled', group: 'g', step: 'create', because: 'not-opened-yet' },
  'pass-planned': { what: 'pass-planned', group: 'g', step: 'create', because: 'not-opened-yet' },
  'issue-created': { what: 'issue-created', ...issue, afterMs: 1_500 },
  'issue-adopted': { what: 'issue-adopted', ...issue },
  'issue-restored': { what: 'issue-restored', ...issue },
  'issue-ended-otherwise': { what: 'issue-ended-otherwise', group: 'g', issueKey: 'SEC-1', resolution: "Won't Do" },
  'issue-closed': { what: 'issue-closed', ...closing, because: 'resolved' },
  'issue-reopened': { what: 'issue-reopened', ...closing, because: 'active-again' },
  'issue-updated': { what: 'issue-updated', group: 'g', issueKey: 'SEC-1', fields: ['description'], leftToPeople: ['summary'] },
  'issue-corrected': { what: 'issue-corrected', group: 'g', issueKey: 'SEC-1' },
  'issues-related': { what: 'issues-related', group: 'g', issueKey: 'SEC-2', followsKey: 'SEC-1' },
  'issue-closed-by-person': { what: 'issue-closed-by-person', group: 'g', issueKey: 'SEC-1' },
  'issue-linked': { what: 'issue-linked', group: 'g', issueKey: 'SEC-1' },
  'issue-unlinked': { what: 'issue-unlinked', group: 'g', issueKey: 'SEC-1' },
  'duplicate-seen': { what: 'duplicate-seen', group: 'g', issueKey: 'SEC-1', duplicateKey: 'SEC-2' },
  'duplicate-closed': { what: 'duplicate-closed', issueKey: 'SEC-1', duplicateKey: 'SEC-2' },
  swept: {
    what: 'swept',
    found: 3,
    restored: 0,
    duplicatesClosed: 1,
    moved: 0,
    missing: 0,
    deleted: 0,
    foundAgain: 0,
    vanished: 0,
  },
  'issue-moved': { what: 'issue-moved', group: 'g', issueKey: 'PLAT-1', fromKey: 'SEC-1' },
  'issue-deleted': { what: 'issue-deleted', group: 'g', issueKey: 'SEC-1' },
  'issue-found-again': { what: 'issue-found-again', group: 'g', issueKey: 'SEC-1' },
  'issues-vanished': { what: 'issues-vanished', projectKey: 'SEC', missing: 30, of: 200 },
  'findings-swept': { what: 'findings-swept', listed: 9, added: 1, changed: 1, missing: 1, ended: 1, gone: 0, complete: 1, of: 2 },
  'analyzer-not-listed': { what: 'analyzer-not-listed', analyzerArn: 'arn:a', code: 'denied', message: 'No' },
  'region-not-asked': { what: 'region-not-asked', region: 'eu-central-1', code: 'unavailable', message: 'No' },
  'analyzer-ended': { what: 'analyzer-ended', analyzerArn: 'arn:a', passedOn: 3, unmonitored: 1 },
  'findings-vanished': { what: 'findings-vanished', analyzerArn: 'arn:a', missing: 30 },
  'rescan-started': { what: 'rescan-started', group: 'g', analyzerArn: 'arn:a', resource: 'arn:r' },
  'rescan-refused': { what: 'rescan-refused', analyzerArn: 'arn:a', resource: 'arn:r', code: 'denied', message: 'No' },
  'create-uncertain': { what: 'create-uncertain', group: 'g', attempt: 1, code: 'jira-timeout' },
  'lookup-made': { what: 'lookup-made', group: 'g', valid: true, because: 'ok', ours: 0 },
  'jira-failed': {
    what: 'jira-failed',
    group: 'g',
    call: 'create',
    code: 'jira-server-error',
    message: 'Jira answered 503',
    retryInMs: 5_000,
  },
  'token-refused': { what: 'token-refused', message: 'Jira does not accept the credentials' },
  'token-accepted': { what: 'token-accepted', released: 3 },
  'jira-away': { what: 'jira-away', message: 'Jira did not answer in time' },
  'jira-answers': { what: 'jira-answers', waiting: 3 },
  'rules-undecided': { what: 'rules-undecided', group: 'g', code: 'rule-too-costly', message: 'The rule a takes …', retryInMs: 1 },
  'operation-ended': { what: 'operation-ended', operation: 'one', kind: 'backtest', state: 'done' },
  'old-data-shrunk': { what: 'old-data-shrunk', findings: 1, auditEntries: 2 },
  'opening-observed': { what: 'opening-observed', opens: '12 in SEC, 3 in PLAT' },
  'rules-file-refused': { what: 'rules-file-refused', problems: ['rules.yaml: rules: missing'] },
  'rules-file-fixed': { what: 'rules-file-fixed' },
  'openings-held': { what: 'openings-held', kind: 'backlog', held: 3, perHour: 50 },
  'openings-released': { what: 'openings-released', kind: 'backlog', heldForMs: 60_000 },
  'pause-ended': { what: 'pause-ended', scope: 'all' },
  'rules-saved': { what: 'rules-saved', revision: 2, by: 'anna' },
  'rules-not-exported': { what: 'rules-not-exported', revision: 2, message: 'disk full' },
  'details-fetched': { what: 'details-fetched', findingId: 'f-1', list: 3, steps: null, isCut: false, withoutPolicy: null },
  'details-refused': { what: 'details-refused', findingId: 'f-1', call: 'list', code: 'denied', message: 'no right', retryInMs: 1 },
  'facts-refused': { what: 'facts-refused', enricher: 'actor', code: 'denied', message: 'no role', retryInMs: 1 },
  'accounts-listed': { what: 'accounts-listed', accounts: 12, changed: 1 },
  'accounts-refused': { what: 'accounts-refused', code: 'denied', message: 'no right' },
  'document-unreadable': { what: 'document-unreadable', collection: 'groups', id: 'g', because: 'not-json' },
  'document-needed': { what: 'document-needed', doing: 'intake', collection: 'groups', id: 'g' },
  'store-suspect': { what: 'store-suspect', since: null },
  'store-read-back': { what: 'store-read-back', found: 3, restored: 1 },
  'store-read-back-failed': { what: 'store-read-back-failed', code: 'jira-server-error', message: 'no' },
  'property-unproven': { what: 'property-unproven', issueKey: 'SEC-1', says: 'linked' },
  'store-trusted': { what: 'store-trusted' },
  'store-unavailable': { what: 'store-unavailable', doing: 'reconcile', message: 'gone' },
  'store-recovered': { what: 'store-recovered', afterMs: 2_000 },
  'sqs-failed': { what: 'sqs-failed', doing: 'receive', message: 'gone', retryInMs: 1_000 },
  'internal-error': { what: 'internal-error', doing: 'reconcile', error: new Error('oh') },
};

/** Where each is counted; null: nowhere. */
const COUNTED: Readonly<Record<ServiceEventName, string | readonly string[] | null>> = {
  'finding-accepted': 'f2j_findings_accepted_total{because="new"}',
  'message-ignored': 'f2j_messages_ignored_total{because="access-preview"}',
  'subscription-unconfirmed': 'f2j_messages_ignored_total{because="subscription-confirmation"}',
  'subscription-removed': 'f2j_messages_ignored_total{because="unsubscribe-confirmation"}',
  'message-unreadable': 'f2j_messages_unreadable_total{because="not-json"}',
  'unreadable-dropped': 'f2j_messages_dropped_total',
  'unreadable-left-in-queue': 'f2j_messages_left_in_queue_total',
  reconciled: 'f2j_steps_total{step="create",because="not-opened-yet"}',
  'pass-planned': 'f2j_passes_total{step="create",because="not-opened-yet"}',
  'issue-created': ['f2j_issues_created_total', 'f2j_event_to_issue_seconds_count'],
  'issue-adopted': 'f2j_issues_adopted_total',
  'issue-restored': 'f2j_issues_restored_total',
  'issue-closed': 'f2j_issues_closed_total{because="resolved"}',
  'issue-reopened': 'f2j_issues_reopened_total{because="active-again"}',
  'issue-updated': 'f2j_issues_updated_total',
  'issue-corrected': null,
  'issue-ended-otherwise': null,
  'issues-related': null,
  'issue-closed-by-person': null,
  'issue-linked': null,
  'issue-unlinked': null,
  'duplicate-seen': 'f2j_duplicates_seen_total',
  'duplicate-closed': 'f2j_duplicates_closed_total',
  swept: ['f2j_sweeps_total', 'f2j_drift_total{kind="duplicate"}'],
  'issue-moved': null,
  'issue-deleted': 'f2j_issues_deleted_total',
  'issue-found-again': null,
  'issues-vanished': 'f2j_issues_vanished_total',
  'findings-swept': [
    'f2j_findings_sweeps_total{result="incomplete"}',
    ...['added', 'changed', 'ended'].map((kind) => `f2j_drift_total{kind="${kind}"}`),
  ],
  'analyzer-not-listed': 'f2j_analyzers_not_listed_total{code="denied"}',
  'region-not-asked': 'f2j_analyzers_not_listed_total{code="unavailable"}',
  'analyzer-ended': null,
  'findings-vanished': 'f2j_findings_vanished_total',
  'rescan-started': 'f2j_rescans_total{result="started"}',
  'rescan-refused': 'f2j_rescans_total{result="denied"}',
  'create-uncertain': 'f2j_creates_uncertain_total{code="jira-timeout"}',
  'lookup-made': 'f2j_lookups_total{because="ok"}',
  'jira-failed': 'f2j_jira_failures_total{call="create",code="jira-server-error"}',
  'token-refused': 'f2j_jira_token_refused_total',
  'token-accepted': null,
  'jira-away': 'f2j_jira_outages_total',
  'jira-answers': null,
  'rules-undecided': 'f2j_rules_undecided_total{code="rule-too-costly"}',
  'operation-ended': 'f2j_operations_total{kind="backtest",state="done"}',
  'rules-file-fixed': null,
  'old-data-shrunk': 'f2j_findings_shrunk_total',
  'opening-observed': null,
  'rules-file-refused': 'f2j_rules_file_refused_total',
  'openings-held': 'f2j_floods_total{kind="backlog"}',
  'openings-released': null,
  'pause-ended': null,
  'rules-saved': 'f2j_rules_saved_total',
  'rules-not-exported': 'f2j_rules_not_exported_total',
  'details-fetched': 'f2j_details_total{result="fetched"}',
  'details-refused': 'f2j_details_total{result="denied"}',
  'facts-refused': null,
  'accounts-listed': null,
  'accounts-refused': null,
  'document-unreadable': 'f2j_documents_unreadable_total{collection="groups"}',
  'document-needed': null,
  'store-suspect': 'f2j_store_suspect_total',
  'store-read-back': 'f2j_store_read_back_total',
  'store-read-back-failed': 'f2j_jira_failures_total{call="read-back",code="jira-server-error"}',
  'property-unproven': null,
  'store-trusted': null,
  'store-unavailable': 'f2j_store_unavailable_total{doing="reconcile"}',
  'store-recovered': null,
  'sqs-failed': 'f2j_sqs_failures_total{doing="receive"}',
  'internal-error': 'f2j_internal_errors_total{doing="reconcile"}',
};

interface Line {
  readonly level: string;
  readonly msg: string;
}

/** The line and the metrics of a service event. */
function told(event: ServiceEvent): { readonly line: Line & Readonly<Record<string, unknown>>; readonly metrics: Metrics } {
  const lines: string[] = [];
  const metrics = createMetrics();
  createEmit(createLogger({ level: 'debug', destination: { write: (line: string) => void lines.push(line) } }), metrics)(event);
  expect(lines).toHaveLength(1);
  return { line: JSON.parse(lines[0] ?? ''), metrics };
}

describe('emitting', () => {
  test.each(Object.values<ServiceEvent>(SAMPLES))('$what: one sentence with its data beside it, and one count', async (event) => {
    const { line, metrics } = told(event);
    expect(line.msg).toMatch(/^[A-Z][^{}$]+[a-zA-Z]$/);
    const { error: _error, ...data } = { error: null, ...event };
    expect(line).toMatchObject(data);
    const counted = COUNTED[event.what];
    const page = await metrics.render();
    const counts = page.split('\n').filter((sample) => /^f2j_.* [1-9]/.test(sample) && !/_(?:bucket|sum)\b/.test(sample));
    expect(sorted(counts)).toEqual(sorted([counted ?? []].flat().map((name) => `${name} 1`)));
  });

  test('has a sentence of its own for each', () => {
    const sentences = Object.values<ServiceEvent>(SAMPLES).map((event) => told(event).line.msg);
    expect(new Set(sentences).size).toBe(sentences.length);
  });

  test('is at level error only where an operator must act', () => {
    const errors = Object.values<ServiceEvent>(SAMPLES).filter((event) => told(event).line.level === 'error');
    expect(errors.map(({ what }) => what)).toEqual([
      'issues-vanished',
      'findings-vanished',
      'token-refused',
      'document-unreadable',
      'store-unavailable',
      'internal-error',
    ]);
  });

  test.each<[string, ServiceEvent, string]>([
    ['a finding that is new', SAMPLES['finding-accepted'], 'info'],
    ['one that came again', { ...SAMPLES['finding-accepted'], because: 'same' }, 'debug'],
    ['one that was overtaken', { ...SAMPLES['finding-accepted'], because: 'older' }, 'debug'],
    ['an unwanted message', SAMPLES['message-ignored'], 'debug'],
    ['the newer form of Security Hub', { what: 'message-ignored', because: 'ocsf-finding' }, 'info'],
    ['the first start', SAMPLES['store-suspect'], 'info'],
    ['a store that was replaced', { what: 'store-suspect', since: 1 }, 'warn'],
    ['a valid lookup', SAMPLES['lookup-made'], 'debug'],
    ['a lookup that proves nothing', { what: 'lookup-made', group: 'g', valid: false, because: 'warnings', ours: 0 }, 'info'],
    ['AWS asking for patience', { ...SAMPLES['details-refused'], code: 'throttled' }, 'info'],
    ['AWS not letting us ask', SAMPLES['details-refused'], 'warn'],
    ['Jira asking for patience', { ...SAMPLES['jira-failed'], code: 'jira-rate-limited' }, 'info'],
    ['Jira not knowing us', SAMPLES['token-refused'], 'error'],
    ['Jira not answering', SAMPLES['jira-away'], 'warn'],
    ['a step that this stops', { ...SAMPLES['jira-failed'], code: 'jira-auth' }, 'debug'],
  ])('of %s has its level', (_what, event, level) => {
    expect(told(event).line.level).toBe(level);
  });

  test('shows where an internal error came from', () => {
    const { line } = told(SAMPLES['internal-error']);
    expect(line).toMatchObject({
      doing: 'reconcile',
      err: { type: 'Error', message: 'oh', stack: expect.stringContaining('emit.test.ts') },
    });
  });

  test.each(Object.values<ServiceEvent>(SAMPLES))('$what: never fails, not even when nothing can be written', (event) => {
    const broken = {
      write: () => {
        throw new Error('the disk is full');
      },
    };
    const emit = createEmit(createLogger({ level: 'debug', destination: broken }), createMetrics());
    expect(() => emit(event)).not.toThrow();
  });
});

describe('an outage', () => {
  test.each<[string, ServiceEvent, ServiceEvent]>([
    [
      'of SQS',
      { what: 'sqs-failed', doing: 'receive', message: 'AccessDenied: no', retryInMs: 500 },
      { what: 'sqs-failed', doing: 'receive', message: 'KmsAccessDenied: no', retryInMs: 500 },
    ],
    [
      'of the store',
      { what: 'store-unavailable', doing: 'intake', message: 'gone' },
      { what: 'store-unavailable', doing: 'reconcile', message: 'gone' },
    ],
    [
      'of Jira while issues are read back',
      { what: 'store-read-back-failed', code: 'jira-auth', message: 'refused' },
      { what: 'store-read-back-failed', code: 'jira-unreachable', message: 'away' },
    ],
  ])('%s is logged once for each cause, again while it lasts, and always counted', async (_what, event, other) => {
    let now = 0;
    const lines: string[] = [];
    const metrics = createMetrics();
    const emit = createEmit(
      createLogger({ level: 'info', destination: { write: (line: string) => void lines.push(line) } }),
      metrics,
      () => now,
    );
    for (let n = 0; n < 20; n += 1)
      emit(event.what === 'sqs-failed' ? { ...event, message: `${event.message} (${randomUUID()})`, retryInMs: n } : event);
    expect(lines).toHaveLength(1);
    emit(other);
    expect(lines).toHaveLength(2);
    now = 10 * 60_000;
    emit(event.what === 'sqs-failed' ? { ...event, message: `${event.message} (${randomUUID()})` } : event);
    expect(lines).toHaveLength(3);
    expect(await metrics.render()).toMatch(/_total\{[^}]*\} (?:20|21|22)\n/);
  });

  test('of one group at Jira is always logged', () => {
    const lines: string[] = [];
    const emit = createEmit(
      createLogger({ level: 'info', destination: { write: (line: string) => void lines.push(line) } }),
      createMetrics(),
    );
    for (let n = 0; n < 3; n += 1) emit(SAMPLES['jira-failed']);
    expect(lines).toHaveLength(3);
  });
});
