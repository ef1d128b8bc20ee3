import { draftIssue } from '../../issues/draft-issue.ts';
import type { Failure } from '../../issues/failure.ts';
import { inDoubt, NO_LOOKUPS, type CreateIntent, type GroupRecord } from '../../issues/group-record.ts';
import type { IssueDraft } from '../../issues/issue-draft.ts';
import { markerOf, type Marker } from '../../issues/marker.ts';
import type { CreateStep } from '../../issues/step.ts';
import { writtenOf, type Written } from '../../issues/written.ts';
import { GROUPS } from '../records/group-collections.ts';
import { rehomeFindings } from '../recovery/collect-members.ts';
import type { GroupView } from '../groups/group-view.ts';
import type { ReadyIssue } from '../ports/issue-tracker.ts';
import { recordCreate } from './record-create.ts';
import { afterFailure, CLAIM_MS, save, waitForTrust, waitForPermit, type PassResult, type ReconcileContext } from './reconcile-context.ts';

/**
 * Creates the group's issue: permit, the project's requirements, claim by compare-and-set, one POST, record. The claim is the write-ahead record;
 * without it nothing is sent. It must be young, so every read comes before it.
 * @throws StoreUnavailable any claim stays, and a later pass finds it
 */
export async function createIssue(context: ReconcileContext, view: GroupView, step: CreateStep): Promise<PassResult> {
  if (!(await context.trust.isTrusted())) return waitForTrust(context, view);
  if (inDoubt(view.record.intent) === null && (await hasHome(context, view))) return 'requeue';
  const permit = await context.tracker.permit('create');
  if (!permit.granted) return waitForPermit(context, view, permit);
  try {
    const draft = draftOfCreate(view, step);
    const prepared = await context.tracker.prepare(draft, { kind: 'create', fresh: view.record.failure !== null });
    if (!prepared.ok) return await recordRefused(context, view, prepared.failure);
    // The store may have become suspect during the reads.
    if (!(await context.trust.isTrusted())) return await waitForTrust(context, view);
    return await claimAndSend(context, view, step, prepared.ready, writtenOf(draft));
  } finally {
    permit.release();
  }
}

/** The issue that a create makes for its group, as reconciling sends it and evaluating previews it. */
export function draftOfCreate({ members, now }: GroupView, { lead, route, details, known, follows }: CreateStep): IssueDraft {
  return draftIssue({ finding: lead, route, details, known }, members, now, follows === null ? [] : [follows]);
}

/** The marker of the issue that a create makes. @param attempt counts POSTs that may have reached Jira, from 1 */
export function markerOfCreate(installation: string, { group, members }: GroupRecord, attempt: number, written: Written): Marker {
  const { label, property } = markerOf(installation, group, members, attempt);
  return { label, property: { ...property, written } };
}

/** After a lost store, another group's issue may name a member: that finding is rehomed. */
function hasHome({ store }: ReconcileContext, { record, members }: GroupView): Promise<boolean> {
  const findings = members.map(({ finding }) => finding);
  return rehomeFindings({ store }, record.group, findings);
}

/** Nothing was sent, so no lookup is needed. */
async function recordRefused(context: ReconcileContext, view: GroupView, failure: Failure): Promise<PassResult> {
  const { next, retryInMs } = afterFailure(view.record, failure, view.now);
  const limited = failure.code === 'jira-rate-limited';
  if (!(await save(context, view, next, limited ? null : { what: 'failed', because: failure.code, issueKey: null }))) return 'requeue';
  const { code, message } = failure;
  context.emit({ what: 'jira-failed', group: view.record.group, call: 'create', code, message, retryInMs });
  return 'done';
}

async function claimAndSend(
  context: ReconcileContext,
  view: GroupView,
  step: CreateStep,
  ready: ReadyIssue,
  written: Written,
): Promise<PassResult> {
  const { store, clock, tracker, installation } = context;
  const sendBy = clock.monotonic() + CLAIM_MS;
  const newest = await newestNumber(context, step.route.projectKey);
  const intent = { ...claimOf(context, view, step, newest, await store.now()), notes: ready.notes, ...laterLabels(ready) };
  // No limit and no pause holds it back any more.
  const claimed: GroupRecord = { ...view.record, requeueAt: null, last: null, intent };
  if (!(await save(context, view, claimed, null))) return 'requeue';
  const outcome = await tracker.create(ready, markerOfCreate(installation, view.record, intent.attempt, written), sendBy);
  return recordCreate(context, { view: { ...view, record: claimed }, intent, written, lead: step.lead }, outcome);
}

function claimOf(
  { owner }: ReconcileContext,
  { record, now: draftedAt }: GroupView,
  { route, follows }: CreateStep,
  newest: number | null,
  now: number,
): CreateIntent {
  const attempt = (record.intent?.attempt ?? 0) + 1;
  return {
    phase: 'sending',
    attempt,
    owner,
    draftedAt,
    sentAt: now,
    newestNumber: newest,
    route,
    lookups: NO_LOOKUPS,
    ...(follows === null ? {} : { follows }),
  };
}

/** The newest issue number that this process has seen in a project, or else the newest in the store. */
async function newestNumber({ store, tracker }: ReconcileContext, projectKey: string): Promise<number | null> {
  const seen = tracker.newestNumber(projectKey);
  if (seen !== null) return seen;
  const { items } = await store.page(GROUPS, { terms: [`control:${projectKey}`], limit: 1 });
  const key = items[0]?.doc.issue?.key ?? '';
  return key.startsWith(`${projectKey}-`) ? Number(key.slice(projectKey.length + 1)) : null;
}

/** Recorded before the create is sent: an issue without labels can't be found by them, and gets them afterwards. */
function laterLabels({ takesLabels, labels }: ReadyIssue): Pick<CreateIntent, 'laterLabels'> {
  return takesLabels ? {} : { laterLabels: labels };
}
