import type { Finding } from '../findings/finding.ts';
import { NO_LOOKS, type CreateIntent, type GroupRecord, type OwnIssue } from '../issues/group-record.ts';
import { markerOf } from '../issues/marker.ts';
import type { Step } from '../issues/step.ts';
import type { DetailsState } from '../issues/render-input.ts';
import { renderIssue } from '../issues/render-issue.ts';
import { GROUPS } from './collections.ts';
import { readGroup, type GroupView, type Said } from './group-view.ts';
import type { CreateOutcome, IssueRef } from './issue-tracker.ts';
import { lookDelayMs } from './retry-policy.ts';
import { afterFailure, CLAIM_MS, save, waitUntil, type Round, type Settling } from './settling.ts';
import { withIssue } from './take-in-issue.ts';
import { put, StoreUnavailable } from './store.ts';

type CreateStep = Step & { readonly step: 'create' };

/** While the store is trusted again. */
const SUSPECT_MS = 1_000;

/** What is not used stands in no event. */
const NOT_ASKED: DetailsState = { missing: 'findings-to-jira did not ask AWS for it' };

/** An answer of Jira that can't be stored is kept this long in memory; after that the record in `sending` tells of it. */
const KEEP_TRIES = 60;
const KEEP_EVERY_MS = 500;

/**
 * Opens the group's issue: permit, claim by compare-and-set, one POST, record. The claim is the write-ahead record; without it nothing is sent.
 * @throws StoreUnavailable the claim, if any, stays and is found again
 */
export async function createIssue(settling: Settling, view: GroupView, step: CreateStep): Promise<Round> {
  if (!(await settling.trust.isTrusted())) return waitUntil(settling, view, { until: view.now + SUSPECT_MS, because: 'store-suspect' });
  const permit = await settling.tracker.permit('open');
  if (!permit.granted) return waitUntil(settling, view, { until: view.now + permit.afterMs, because: 'rate-limited' });
  try {
    return await claimAndSend(settling, view, step);
  } finally {
    permit.release();
  }
}

async function claimAndSend(settling: Settling, view: GroupView, step: CreateStep): Promise<Round> {
  const { store, clock, tracker, installation } = settling;
  const sendBy = clock.monotonic() + CLAIM_MS;
  const intent = claimOf(settling, view, step, await newestNumber(settling, step.route.projectKey), await store.now());
  const claimed: GroupRecord = { ...view.record, wait: null, intent };
  if (!(await save(settling, view, claimed, null))) return 'again';
  const findings = leadFirst(view, step.lead);
  const marker = markerOf(installation, view.record.group, view.record.members, intent.attempt);
  const draft = renderIssue({ findings, route: step.route, nowMs: intent.sentAt, details: NOT_ASKED, follows: [] });
  const outcome = await tracker.create(draft, marker, sendBy);
  return recordOutcome(settling, { ...view, record: claimed }, intent, outcome, step.lead);
}

function claimOf({ owner }: Settling, { record }: GroupView, { route }: CreateStep, newest: number | null, now: number): CreateIntent {
  const attempt = (record.intent?.attempt ?? 0) + 1;
  return { phase: 'sending', attempt, owner, sentAt: now, newestNumber: newest, route, looks: NO_LOOKS };
}

/** The newest issue number of a project that this process has seen, or else that the store knows of. */
async function newestNumber({ store, tracker }: Settling, projectKey: string): Promise<number | null> {
  const seen = tracker.newestNumber(projectKey);
  if (seen !== null) return seen;
  const { items } = await store.page(GROUPS, { terms: [`control:${projectKey}`], limit: 1 });
  const key = items[0]?.doc.issue?.key ?? '';
  return key.startsWith(`${projectKey}-`) ? Number(key.slice(projectKey.length + 1)) : null;
}

function leadFirst(view: GroupView, lead: Finding): [Finding, ...Finding[]] {
  return [lead, ...view.members.map(({ finding }) => finding).filter((finding) => finding.key !== lead.key)];
}

/** Keeps at it through conflicts, a store that is away for a while, and a store that forgot the group meanwhile. */
async function recordOutcome(
  settling: Settling,
  sent: GroupView,
  intent: CreateIntent,
  outcome: CreateOutcome,
  lead: Finding,
): Promise<Round> {
  for (let tries = 1; ; tries += 1) {
    try {
      const round = await tryToRecord(settling, sent, intent, outcome, lead);
      if (round !== null) return round;
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || tries >= KEEP_TRIES) throw error;
      await settling.pause(KEEP_EVERY_MS);
    }
  }
}

/** @returns null when another writer was first */
async function tryToRecord(
  settling: Settling,
  sent: GroupView,
  intent: CreateIntent,
  outcome: CreateOutcome,
  lead: Finding,
): Promise<Round | null> {
  const view = await readGroup(settling.store, settling.rules, sent.record.group);
  if (view === null) return outcome.outcome === 'confirmed' ? writeAgain(settling, sent, created(outcome.issue, intent)) : 'done';
  if (outcome.outcome === 'confirmed')
    return recordIssue(
      settling,
      view,
      created(outcome.issue, intent),
      { what: 'created', because: 'not-opened-yet', issueKey: outcome.issue.key },
      lead,
    );
  const { record } = view;
  if (
    record.intent === null ||
    record.intent.phase === 'reserved' ||
    record.intent.attempt !== intent.attempt ||
    record.intent.owner !== intent.owner
  )
    return 'again';
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
  if (!(await save(settling, view, { ...withIssue(view.record, issue, view.now), last: step }, said))) return null;
  const what = said.what === 'adopted' ? 'issue-adopted' : 'issue-created';
  settling.tell({ what, group, issueKey: issue.key, ruleId: issue.ruleId, resource: lead?.resource ?? '' });
  return 'again';
}

/** The store forgot the group while the POST was under way: what we know of it is written once more, so that the issue is not made again. */
async function writeAgain(settling: Settling, sent: GroupView, issue: OwnIssue): Promise<Round | null> {
  const record = withIssue({ ...sent.record, settled: 0 }, issue, await settling.store.now());
  const result = await settling.store.commit([put(GROUPS, record.group, null, record)]);
  if (!result.ok && result.because === 'suspect') await settling.trust.ensure();
  if (!result.ok) return null;
  settling.tell({ what: 'issue-restored', group: record.group, issueKey: issue.key, ruleId: issue.ruleId, resource: '' });
  return 'again';
}

function created(issue: IssueRef, { route }: CreateIntent): OwnIssue {
  return { ...issue, projectKey: route.projectKey, issueType: route.issueType, ruleId: route.ruleId, stand: 'open', status: null };
}
