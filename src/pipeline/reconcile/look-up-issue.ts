import { openingOf, type CreateIntent, type GroupRecord, type Lookups } from '../../issues/group-record.ts';
import { knownOfCreate } from '../../issues/known-of-create.ts';
import { claimOf } from '../../issues/claim.ts';
import { markerLabel } from '../../issues/marker.ts';
import { unprovenFailure } from '../../issues/unproven.ts';
import { holdUnproven } from '../recovery/hold-unproven.ts';
import { ownerOf } from '../groups/store-knowledge.ts';
import { waitForProof } from './wait-for-proof.ts';
import { isTakenAway } from '../../issues/taken-away.ts';
import { GROUPS } from '../records/group-collections.ts';
import { callsOf } from '../records/finding-record.ts';
import { recordIssue } from './record-issue.ts';
import { readGroup, type GroupView } from '../groups/group-view.ts';
import type { FoundIssue, Lookup } from '../ports/issue-tracker.ts';
import { lookupDelayMs, retryAfterMs } from '../../issues/retry-policy.ts';
import { save, waitForPermit, type PassResult, type ReconcileContext } from './reconcile-context.ts';
import { foundIssue } from '../recovery/adopt-issue.ts';

/** Known issues of ours that are searched for, too: a lookup that sees none of them proves nothing. */
const CONTROLS = 3;

/** Longest wait after an invalid lookup, unless Jira asks for more: it adds no evidence, so the next one comes sooner. Ms. */
const UNPROVEN_MS = 60_000;

/** Covers clock skew between the store and Jira, ms. */
const CLOCKS_MS = 15 * 60_000;

/** Valid lookups that are needed before absence counts, however short the window. */
const MIN_VALID = 2;

/**
 * Makes one lookup for the issue that an uncertain create may have made. Found: it is the group's. Not found: the evidence grows;
 * only when valid lookups have spanned the whole window may another attempt be made.
 */
export async function lookUpIssue(context: ReconcileContext, view: GroupView, intent: CreateIntent): Promise<PassResult> {
  const { record, now } = view;
  const permit = await context.tracker.permit('read');
  if (!permit.granted) return waitForPermit(context, view, permit);
  const { projectKey } = intent.route;
  const question = {
    label: markerLabel(context.installation, record.group),
    controls: await controlsFor(context, record.group, projectKey),
    near: intent.newestNumber === null ? null : { projectKey, after: intent.newestNumber },
    madeWithinMs: Math.max(0, now - intent.sentAt) + CLOCKS_MS,
  };
  const lookup = await context.tracker.lookup(question).finally(() => permit.release());
  const candidates = await candidatesIn(context, record, lookup.found);
  const ours = candidates.filter((found) => isOurs(found, context.installation, record.group, intent));
  context.emit({ what: 'lookup-made', group: record.group, valid: lookup.valid, because: lookup.because, ours: ours.length });
  const [oldest] = ours.toSorted((a, b) => Number(a.issue.id) - Number(b.issue.id));
  if (oldest === undefined)
    return candidates.length > 0 ? askAdmin(context, view, candidates) : countEvidence(context, view, intent, lookup);
  const note = { what: 'adopted', because: 'found-by-label', issueKey: oldest.issue.key, ...callsOf(lookup) } as const;
  return (await recordIssue(context, view, { ...foundIssue(oldest), ...knownOfCreate(intent) }, note, null)) ?? 'requeue';
}

/** Other writers of the group, such as a stream of news, must not take the evidence away: what was seen of this create is counted in the record as it is now. */
async function countEvidence(
  context: ReconcileContext,
  view: GroupView,
  { attempt, owner }: CreateIntent,
  lookup: Lookup,
): Promise<PassResult> {
  for (let current: GroupView | null = view; current !== null; current = await readGroup(context.store, context.rules, view.record.group)) {
    const opening = openingOf(current.record);
    if (opening?.phase !== 'uncertain' || opening.attempt !== attempt || opening.owner !== owner) return 'requeue';
    const { next, pass } = withEvidence(context, current.record, opening, lookup, { askedAt: view.now, now: await context.store.now() });
    if (await save(context, current, next, null)) return pass;
  }
  return 'done';
}

/**
 * The record with one more lookup: proven, the create is reserved again; else the next lookup has its time. A process may have stood still since it
 * asked, so the window begins when the first lookup is counted, and only a lookup that is asked for after its end completes the evidence.
 */
function withEvidence(
  { uncertainWindowMs }: ReconcileContext,
  record: GroupRecord,
  intent: CreateIntent,
  lookup: Lookup,
  { askedAt, now }: { readonly askedAt: number; readonly now: number },
): { readonly next: GroupRecord; readonly pass: PassResult } {
  const lookups = withLookup(intent.lookups, lookup, now);
  const proven =
    lookup.valid && lookups.valid >= MIN_VALID && lookups.firstValidAt !== null && askedAt - lookups.firstValidAt >= uncertainWindowMs;
  if (proven)
    return { next: { ...record, requeueAt: null, failure: null, intent: { ...intent, phase: 'reserved', lookups } }, pass: 'requeue' };
  const failure = lookup.failure === null ? null : { ...lookup.failure, at: now };
  const delay = delayMs(lookups, now, uncertainWindowMs);
  const time = now + Math.max(lookup.valid ? delay : Math.min(delay, UNPROVEN_MS), retryAfterMs(lookup.failure));
  return { next: { ...record, failure, requeueAt: { time, because: 'lookup' }, intent: { ...intent, lookups } }, pass: 'done' };
}

/** At most until the end of the window: the lookup that completes the evidence should not be delayed. */
function delayMs(lookups: Lookups, now: number, windowMs: number): number {
  const growing = lookupDelayMs(lookups.made);
  const left = lookups.firstValidAt === null ? growing : lookups.firstValidAt + windowMs - now;
  return left > 0 ? Math.min(growing, left) : growing;
}

function withLookup(lookups: Lookups, lookup: Lookup, now: number): Lookups {
  const made = lookups.made + 1;
  return lookup.valid ? { made, valid: lookups.valid + 1, firstValidAt: lookups.firstValidAt ?? now } : { ...lookups, made };
}

/**
 * The issues that this create may have made, by their creator and by what property or label says. Edit permission is enough to write both, so one of
 * them suffices. A person's clone has another creator; an unlinked issue may have our marker for a while; and another group's issue is known as such.
 */
async function candidatesIn(
  { store, installation }: ReconcileContext,
  record: GroupRecord,
  found: readonly FoundIssue[],
): Promise<readonly FoundIssue[]> {
  const label = markerLabel(installation, record.group);
  const candidates: FoundIssue[] = [];
  for (const one of found) {
    const { issue, property, createdByUs, labels } = one;
    const isNamed = labels.includes(label) || (property?.installation === installation && property.group === record.group);
    if (!createdByUs || !isNamed || isTakenAway(record, issue.id)) continue;
    const owner = await ownerOf(store, issue.id);
    if (owner === null || owner === record.group) candidates.push(one);
  }
  return candidates;
}

/** Whether property, labels and creator agree that a create of the group made it, and no later one than this. */
function isOurs(found: FoundIssue, installation: string, group: string, { attempt }: CreateIntent): boolean {
  const claim = claimOf(found, installation);
  return claim.is === 'ours' && claim.property.group === group && claim.property.attempt <= attempt;
}

/** The create may have made one of them, and a person has changed what they say: another one must not be sent before an admin has decided. */
async function askAdmin(context: ReconcileContext, view: GroupView, candidates: readonly FoundIssue[]): Promise<PassResult> {
  const unproven = candidates.map(({ issue }) => ({ ...issue, says: 'contradicted' }) as const);
  const label = markerLabel(context.installation, view.record.group);
  for (const one of unproven) await holdUnproven(context, { issue: one, labels: [label] });
  return waitForProof(context, view, unprovenFailure(unproven));
}

/** The labels of our oldest issues in the project, which the index has long known. */
async function controlsFor({ store, installation }: ReconcileContext, group: string, projectKey: string): Promise<string[]> {
  const { items, unreadable = [] } = await store.page(GROUPS, { terms: [`control:${projectKey}`], limit: CONTROLS, order: 'oldest' });
  // A group whose record can't be read still has its issue, and its id is all that the label needs.
  return [...items, ...unreadable]
    .map(({ id }) => id)
    .filter((id) => id !== group)
    .map((id) => markerLabel(installation, id));
}
