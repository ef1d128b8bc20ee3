import type { Finding } from '../findings/finding.ts';
import { draftIssue } from '../issues/draft-issue.ts';
import type { Failure } from '../issues/failure.ts';
import { NO_LOOKS, type CreateIntent, type GroupRecord, type OwnIssue } from '../issues/group-record.ts';
import type { IssueDraft } from '../issues/issue-draft.ts';
import { markerOf, type Marker } from '../issues/marker.ts';
import type { Step } from '../issues/step.ts';
import { namedDigest, writtenOf, type Written } from '../issues/written.ts';
import { GROUPS } from './collections.ts';
import { readGroup, type GroupView, type Said } from './group-view.ts';
import type { CreateOutcome, IssueRef, ReadyIssue } from './issue-tracker.ts';
import { lookDelayMs } from './retry-policy.ts';
import { afterFailure, CLAIM_MS, save, waitUntil, type Round, type Settling } from './settling.ts';
import { withIssue } from './take-in-issue.ts';
import { put, StoreUnavailable } from './store.ts';

type CreateStep = Step & { readonly step: 'create' };

/** A create with all that its record is made of. */
interface Sent {
  /** As it was claimed. */
  readonly view: GroupView;
  readonly intent: CreateIntent;
  readonly written: Written;
  readonly lead: Finding;
}

/** While the store is trusted again. */
const SUSPECT_MS = 1_000;

/** An answer of Jira that can't be stored is kept this long in memory; after that the record in `sending` tells of it. */
const KEEP_TRIES = 60;
const KEEP_EVERY_MS = 500;

/**
 * Opens the group's issue: permit, what the project wants to know, claim by compare-and-set, one POST, record. The claim is the write-ahead record;
 * without it nothing is sent. It must be young, so that all that is read comes before it.
 * @throws StoreUnavailable the claim, if any, stays and is found again
 */
export async function createIssue(settling: Settling, view: GroupView, step: CreateStep): Promise<Round> {
  if (!(await settling.trust.isTrusted())) return suspect(settling, view);
  const permit = await settling.tracker.permit('open');
  if (!permit.granted) return waitUntil(settling, view, { until: view.now + permit.afterMs, because: 'rate-limited' });
  try {
    const draft = draftOfCreate(view, step);
    const prepared = await settling.tracker.prepare(draft, { kind: 'open', fresh: view.record.failure !== null });
    if (!prepared.ok) return await recordRefused(settling, view, prepared.failure);
    // Reading may have taken a while.
    if (!(await settling.trust.isTrusted())) return await suspect(settling, view);
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

function suspect(settling: Settling, view: GroupView): Promise<Round> {
  return waitUntil(settling, view, { until: view.now + SUSPECT_MS, because: 'store-suspect' });
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
  return recordOutcome(settling, { view: { ...view, record: claimed }, intent, written, lead: step.lead }, outcome);
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

/** Keeps at it through conflicts, a store that is away for a while, and a store that forgot the group meanwhile. */
async function recordOutcome(settling: Settling, sent: Sent, outcome: CreateOutcome): Promise<Round> {
  for (let tries = 1; ; tries += 1) {
    try {
      const round = await tryToRecord(settling, sent, outcome);
      if (round !== null) return round;
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || tries >= KEEP_TRIES) throw error;
      await settling.pause(KEEP_EVERY_MS);
    }
  }
}

/** @returns null when another writer was first */
async function tryToRecord(settling: Settling, sent: Sent, outcome: CreateOutcome): Promise<Round | null> {
  const { intent, lead } = sent;
  const view = await readGroup(settling.store, settling.rules, sent.view.record.group);
  if (view === null) return writeAgain(settling, sent, outcome);
  if (outcome.outcome === 'confirmed')
    return recordIssue(
      settling,
      view,
      created(outcome.issue, sent),
      { what: 'created', because: 'not-opened-yet', issueKey: outcome.issue.key },
      lead,
    );
  const { record } = view;
  if (outcome.outcome === 'uncertain' && record.intent === null && record.issue === null)
    return (await save(settling, view, afterUncertain(record, intent, view.now).next, null)) ? 'again' : null;
  if (record.intent === null || !isClaim(record.intent, intent)) return 'again';
  const { failure } = outcome;
  const said: Said = { what: outcome.outcome === 'uncertain' ? 'uncertain' : 'failed', because: failure.code, issueKey: null };
  const { next, retryInMs } =
    outcome.outcome === 'uncertain'
      ? afterUncertain(record, record.intent, view.now)
      : afterRefusal(record, record.intent, outcome, view.now);
  if (!(await save(settling, view, next, failure.code === 'claim-too-old' ? null : said))) return null;
  if (outcome.outcome === 'uncertain')
    settling.tell({ what: 'create-uncertain', group: record.group, attempt: intent.attempt, code: failure.code });
  else settling.tell({ what: 'jira-failed', group: record.group, call: 'create', code: failure.code, message: failure.message, retryInMs });
  return 'again';
}

/** True while it still says that this very claim may be on its way. */
function isClaim(recorded: CreateIntent, { attempt, owner }: CreateIntent): boolean {
  return recorded.phase !== 'reserved' && recorded.attempt === attempt && recorded.owner === owner;
}

/** It may be there: looked for first, whatever else happens. */
function afterUncertain(record: GroupRecord, intent: CreateIntent, now: number): ReturnType<typeof afterFailure> {
  const retryInMs = lookDelayMs(0);
  return {
    next: { ...record, wait: { until: now + retryInMs, because: 'looking' }, intent: { ...intent, phase: 'uncertain' } },
    retryInMs,
  };
}

/** Nothing is on its way any more. What never reached Jira does not count as an attempt. */
function afterRefusal(
  record: GroupRecord,
  intent: CreateIntent,
  outcome: CreateOutcome & { outcome: 'rejected' | 'not-sent' },
  now: number,
): ReturnType<typeof afterFailure> {
  const attempt = outcome.outcome === 'not-sent' ? intent.attempt - 1 : intent.attempt;
  const reserved: GroupRecord = { ...record, intent: { ...intent, phase: 'reserved', attempt } };
  return outcome.failure.code === 'claim-too-old'
    ? { next: { ...reserved, wait: null }, retryInMs: 0 }
    : afterFailure(reserved, outcome.failure, now);
}

/**
 * Writes down which issue is the group's. Where another one stands already, the lower id stays, since both came from us; but what an admin has linked stays in any case.
 * @returns null when another writer was first
 */
export async function recordIssue(
  settling: Settling,
  view: GroupView,
  issue: OwnIssue,
  said: Said,
  lead: Finding | null,
): Promise<Round | null> {
  const known = view.record.issue;
  const group = view.record.group;
  if (known !== null && known.id !== issue.id) settling.tell({ what: 'twin-seen', group, issueKey: known.key, twinKey: issue.key });
  if (known !== null && (known.linked === true || Number(known.id) <= Number(issue.id))) return 'again';
  const step = { step: 'create', because: 'not-opened-yet' } as const;
  const notes = (view.record.intent?.notes ?? []).map((because) => ({ what: 'noted', because, issueKey: issue.key }) as const);
  if (!(await save(settling, view, { ...withIssue(view.record, issue, view.now), last: step }, [said, ...notes]))) return null;
  const what = said.what === 'adopted' ? 'issue-adopted' : 'issue-created';
  settling.tell({ what, group, issueKey: issue.key, ruleId: issue.ruleId, resource: lead?.resource ?? '' });
  return 'again';
}

/** The store forgot the group while the POST was under way: what we know of it is written once more, so that the issue is not made again. */
async function writeAgain(settling: Settling, sent: Sent, outcome: CreateOutcome): Promise<Round | null> {
  const { store, tell, trust } = settling;
  const { intent } = sent;
  if (outcome.outcome === 'rejected' || outcome.outcome === 'not-sent') return 'done';
  const now = await store.now();
  const before = { ...sent.view.record, settled: 0 };
  const record =
    outcome.outcome === 'confirmed' ? withIssue(before, created(outcome.issue, sent), now) : afterUncertain(before, intent, now).next;
  const { group } = record;
  const result = await store.commit([put(GROUPS, group, null, record)]);
  if (!result.ok && result.because === 'suspect') await trust.ensure();
  if (!result.ok) return null;
  if (outcome.outcome === 'confirmed')
    tell({ what: 'issue-restored', group, issueKey: outcome.issue.key, ruleId: intent.route.ruleId, resource: '' });
  else tell({ what: 'create-uncertain', group, attempt: intent.attempt, code: outcome.failure.code });
  return 'again';
}

function created(issue: IssueRef, { view, intent, written }: Sent): OwnIssue {
  const { route, sentAt, draftedAt = sentAt } = intent;
  return {
    ...issue,
    projectKey: route.projectKey,
    issueType: route.issueType,
    ruleId: route.ruleId,
    stand: 'open',
    status: null,
    openedAt: draftedAt,
    written,
    writtenAt: sentAt,
    named: namedDigest(view.record.members),
    ...followsOf(intent),
    ...laterLabelsOf(intent),
  };
}

/** Written down before the create is sent: without its labels it can't be found by them, and they are owed to it afterwards. */
function laterLabels({ takesLabels, labels }: ReadyIssue): Pick<CreateIntent, 'laterLabels'> {
  return takesLabels ? {} : { laterLabels: labels };
}

export function laterLabelsOf({ laterLabels: labels }: CreateIntent): Pick<OwnIssue, 'laterLabels'> {
  return labels === undefined ? {} : { laterLabels: labels };
}

/** What the issue's text says that it goes on with, still to be linked. */
export function followsOf({ follows }: CreateIntent): Pick<OwnIssue, 'follows'> {
  return follows === undefined ? {} : { follows: { ...follows, link: 'wanted' } };
}
