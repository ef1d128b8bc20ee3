import { draftIssue } from '../../issues/draft-issue.ts';
import type { Failure } from '../../issues/failure.ts';
import { NO_LOOKS, type CreateIntent, type GroupRecord } from '../../issues/group-record.ts';
import type { IssueDraft } from '../../issues/issue-draft.ts';
import { markerOf, type Marker } from '../../issues/marker.ts';
import type { Step } from '../../issues/step.ts';
import { writtenOf, type Written } from '../../issues/written.ts';
import { GROUPS } from '../records/collections.ts';
import { goHome } from '../recovery/gather-members.ts';
import type { GroupView } from '../groups/group-view.ts';
import type { ReadyIssue } from '../ports/issue-tracker.ts';
import { recordCreate } from './record-create.ts';
import { afterFailure, CLAIM_MS, save, waitForTrust, waitUntil, type Round, type Settling } from './settling.ts';

type CreateStep = Step & { readonly step: 'create' };

/**
 * Opens the group's issue: permit, what the project wants to know, claim by compare-and-set, one POST, record. The claim is the write-ahead record;
 * without it nothing is sent. It must be young, so that all that is read comes before it.
 * @throws StoreUnavailable the claim, if any, stays and is found again
 */
export async function createIssue(settling: Settling, view: GroupView, step: CreateStep): Promise<Round> {
  if (!(await settling.trust.isTrusted())) return waitForTrust(settling, view);
  if (view.record.intent === null && (await hasHome(settling, view))) return 'again';
  const permit = await settling.tracker.permit('open');
  if (!permit.granted) return waitUntil(settling, view, { until: view.now + permit.afterMs, because: 'rate-limited' });
  try {
    const draft = draftOfCreate(view, step);
    const prepared = await settling.tracker.prepare(draft, { kind: 'open', fresh: view.record.failure !== null });
    if (!prepared.ok) return await recordRefused(settling, view, prepared.failure);
    // Reading may have taken a while.
    if (!(await settling.trust.isTrusted())) return await waitForTrust(settling, view);
    return await claimAndSend(settling, view, step, prepared.ready, writtenOf(draft));
  } finally {
    permit.release();
  }
}

/** The issue that a create makes of its group, as settling and whoever wants to know beforehand see it. */
export function draftOfCreate({ members, now }: GroupView, { lead, route, details, follows }: CreateStep): IssueDraft {
  return draftIssue({ finding: lead, route, details }, members, now, follows === null ? [] : [follows]);
}

/** What marks the issue of a create as ours. @param attempt counts POSTs that may have reached Jira, from 1 */
export function markerOfCreate(installation: string, { group, members }: GroupRecord, attempt: number, written: Written): Marker {
  const { label, property } = markerOf(installation, group, members, attempt);
  return { label, property: { ...property, written } };
}

/** After a lost store, a member may have an issue in another group: it goes there. */
function hasHome({ store, trust }: Settling, { record, members }: GroupView): Promise<boolean> {
  const findings = members.map(({ finding }) => finding);
  return goHome({ store, ensureTrust: () => trust.ensure() }, record.group, findings);
}

/** Nothing was sent, so that there is nothing to look for. */
async function recordRefused(settling: Settling, view: GroupView, failure: Failure): Promise<Round> {
  const { next, retryInMs } = afterFailure(view.record, failure, view.now);
  const limited = failure.code === 'jira-rate-limited';
  if (!(await save(settling, view, next, limited ? null : { what: 'failed', because: failure.code, issueKey: null }))) return 'again';
  const { code, message } = failure;
  settling.tell({ what: 'jira-failed', group: view.record.group, call: 'create', code, message, retryInMs });
  return 'done';
}

async function claimAndSend(settling: Settling, view: GroupView, step: CreateStep, ready: ReadyIssue, written: Written): Promise<Round> {
  const { store, clock, tracker, installation } = settling;
  const sendBy = clock.monotonic() + CLAIM_MS;
  const newest = await newestNumber(settling, step.route.projectKey);
  const intent = { ...claimOf(settling, view, step, newest, await store.now()), notes: ready.notes, ...laterLabels(ready) };
  const claimed: GroupRecord = { ...view.record, wait: null, intent };
  if (!(await save(settling, view, claimed, null))) return 'again';
  const outcome = await tracker.create(ready, markerOfCreate(installation, view.record, intent.attempt, written), sendBy);
  return recordCreate(settling, { view: { ...view, record: claimed }, intent, written, lead: step.lead }, outcome);
}

function claimOf(
  { owner }: Settling,
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
    looks: NO_LOOKS,
    ...(follows === null ? {} : { follows }),
  };
}

/** The newest issue number of a project that this process has seen, or else that the store knows of. */
async function newestNumber({ store, tracker }: Settling, projectKey: string): Promise<number | null> {
  const seen = tracker.newestNumber(projectKey);
  if (seen !== null) return seen;
  const { items } = await store.page(GROUPS, { terms: [`control:${projectKey}`], limit: 1 });
  const key = items[0]?.doc.issue?.key ?? '';
  return key.startsWith(`${projectKey}-`) ? Number(key.slice(projectKey.length + 1)) : null;
}

/** Written down before the create is sent: without its labels it can't be found by them, and they are owed to it afterwards. */
function laterLabels({ takesLabels, labels }: ReadyIssue): Pick<CreateIntent, 'laterLabels'> {
  return takesLabels ? {} : { laterLabels: labels };
}
