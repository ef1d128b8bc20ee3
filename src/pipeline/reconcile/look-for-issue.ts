import type { CreateIntent, GroupRecord, Looks } from '../../issues/group-record.ts';
import { knownOfCreate } from '../../issues/known-of-create.ts';
import { markerLabel } from '../../issues/marker.ts';
import { isTakenAway } from '../../issues/taken-away.ts';
import { GROUPS } from '../records/collections.ts';
import { callsOf } from '../records/finding-record.ts';
import { recordIssue } from './record-issue.ts';
import type { GroupView } from '../groups/group-view.ts';
import type { FoundIssue, Look } from '../ports/issue-tracker.ts';
import { lookDelayMs, saidMs } from '../../issues/retry-policy.ts';
import { save, waitUntil, type Round, type Settling } from './settling.ts';
import { foundIssue } from '../recovery/take-in-issue.ts';

/** Issues of ours that a look must see at least one of: what does not even see these has not looked. */
const CONTROLS = 3;

/** A look that proved nothing brings the evidence no further, so that the next one is not put off as far as after one that did. Ms. */
const UNPROVEN_MS = 60_000;

/** What the store's clock and Jira's may differ by, ms. */
const CLOCKS_MS = 15 * 60_000;

/** Looks that must have been valid before absence counts, however short the window. */
const MIN_VALID = 2;

/**
 * Looks once for the issue that an uncertain create may have made. Found: it is the group's. Not found: the evidence grows;
 * when valid looks have spanned the whole window, and only then, another attempt may be made.
 */
export async function lookForIssue(settling: Settling, view: GroupView, intent: CreateIntent): Promise<Round> {
  const { record, now } = view;
  const permit = await settling.tracker.permit('look');
  if (!permit.granted) return waitUntil(settling, view, { until: now + permit.afterMs, because: 'rate-limited' });
  const { projectKey } = intent.route;
  const question = {
    label: markerLabel(settling.installation, record.group),
    controls: await controlsFor(settling, record.group, projectKey),
    near: intent.newestNumber === null ? null : { projectKey, after: intent.newestNumber },
    madeWithinMs: Math.max(0, now - intent.sentAt) + CLOCKS_MS,
  };
  const look = await settling.tracker.look(question).finally(() => permit.release());
  const ours = look.found.filter((found) => isOurs(found, settling.installation, record, intent));
  settling.tell({ what: 'look-made', group: record.group, valid: look.valid, because: look.because, ours: ours.length });
  const [oldest] = ours.toSorted((a, b) => Number(a.issue.id) - Number(b.issue.id));
  if (oldest === undefined) return countEvidence(settling, view, intent, look);
  const said = { what: 'adopted', because: 'found-by-label', issueKey: oldest.issue.key, ...callsOf(look) } as const;
  return (await recordIssue(settling, view, { ...foundIssue(oldest), ...knownOfCreate(intent) }, said, null)) ?? 'again';
}

async function countEvidence(settling: Settling, view: GroupView, intent: CreateIntent, look: Look): Promise<Round> {
  const now = await settling.store.now();
  const looks = withLook(intent.looks, look, now);
  const proven =
    look.valid && looks.valid >= MIN_VALID && looks.firstValidAt !== null && now - looks.firstValidAt >= settling.uncertainWindowMs;
  if (proven) {
    await save(settling, view, { ...view.record, wait: null, failure: null, intent: { ...intent, phase: 'reserved', looks } }, null);
    return 'again';
  }
  const failure = look.failure === null ? null : { ...look.failure, at: now };
  const next = delayMs(looks, now, settling.uncertainWindowMs);
  const until = now + Math.max(look.valid ? next : Math.min(next, UNPROVEN_MS), saidMs(look.failure));
  return (await save(settling, view, { ...view.record, failure, wait: { until, because: 'looking' }, intent: { ...intent, looks } }, null))
    ? 'done'
    : 'again';
}

/** Not later than the window's end: the look that completes the evidence should not be kept waiting. */
function delayMs(looks: Looks, now: number, windowMs: number): number {
  const growing = lookDelayMs(looks.made);
  const left = looks.firstValidAt === null ? growing : looks.firstValidAt + windowMs - now;
  return left > 0 ? Math.min(growing, left) : growing;
}

function withLook(looks: Looks, look: Look, now: number): Looks {
  const made = looks.made + 1;
  return look.valid ? { made, valid: looks.valid + 1, firstValidAt: looks.firstValidAt ?? now } : { ...looks, made };
}

/** A clone by a person has the label, but neither the property nor our account as its creator. What an admin has taken away may have both for a while. */
function isOurs({ issue, property, createdByUs }: FoundIssue, installation: string, record: GroupRecord, intent: CreateIntent): boolean {
  const isMarked = property?.installation === installation && property.group === record.group && property.attempt <= intent.attempt;
  return createdByUs && isMarked && !isTakenAway(record, issue.id);
}

/** The oldest issues of ours in the project: the index has long known them. */
async function controlsFor({ store, installation }: Settling, group: string, projectKey: string): Promise<string[]> {
  const { items } = await store.page(GROUPS, { terms: [`control:${projectKey}`], limit: CONTROLS, order: 'oldest' });
  return items
    .map(({ id }) => id)
    .filter((id) => id !== group)
    .map((id) => markerLabel(installation, id));
}
