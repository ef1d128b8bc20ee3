import { createHash } from 'node:crypto';
import type { Finding } from './finding.ts';
import { canonicalJson, type Json } from './json.ts';
import { parseFinding } from './parse-finding.ts';
import { isPresent } from './plain-detail.ts';

/** The effect of an observation on the known finding. `fuller`: older, but with content that was missing. */
export interface Merged {
  readonly finding: Finding;
  readonly because: 'new' | 'newer' | 'same' | 'older' | 'fuller';
}

/** Never carried over: status and times come from the newest observation, even if it has fewer of them. */
const OF_THE_OBSERVATION = new Set(['previousStatus', 'isDeleted', 'updatedAt', 'RecordState']);

/**
 * Merges an observation into the known finding: the newest status and times win, and content that the newer one lacks stays.
 * Events come twice and in any order, and an API listing has less than an event; the result is the same for every order.
 */
export function mergeFinding(known: Finding | null, seen: Finding): Merged {
  if (known === null) return { finding: seen, because: 'new' };
  // Content that an old observation has is not wanted back.
  if (known.shrunk === true && timesOf(seen) <= timesOf(known)) {
    return { finding: known, because: timesOf(seen) === timesOf(known) ? 'same' : 'older' };
  }
  const order = compareObservations(seen, known);
  if (order === 0) return { finding: known, because: 'same' };
  const [newer, older] = order > 0 ? [seen, known] : [known, seen];
  const missing = missingFrom(newer, older);
  const finding = missing.length === 0 ? newer : carry(newer, older, missing);
  if (order > 0) return { finding, because: 'newer' };
  return { finding, because: missing.length === 0 ? 'older' : 'fuller' };
}

/**
 * Later `updatedAt` is newer; on a tie the later envelope time; on a tie deleted > RESOLVED > ARCHIVED > ACTIVE, and
 * of two deleted ones the same by their status.
 * Never `analyzedAt`, which changes with every scan, and never `version`, which is a constant for most findings.
 * If even these agree, a digest of the content decides: it means nothing, but it is the same for every order of arrival.
 * @returns above 0: a is newer
 */
function compareObservations(a: Finding, b: Finding): number {
  const [x, y] = [orderOf(a), orderOf(b)];
  return x === y ? 0 : x > y ? 1 : -1;
}

/** A text that sorts as observations do; for a merged finding, that of its newest observation. */
function orderOf(finding: Finding): string {
  return `${timesOf(finding)} ${contentDigest(finding)}`;
}

/** The same without the content, which a shrunk finding has lost. */
function timesOf(finding: Finding): string {
  const rank = { RESOLVED: 2, ARCHIVED: 1, ACTIVE: 0 }[finding.status] + (finding.deleted ? 3 : 0);
  return `${finding.updatedAt} ${finding.observedAt} ${rank}`;
}

/** A digest of the newest observation's own content, without fields carried from older ones. */
function contentDigest({ event, carried }: Finding): string {
  const { detail, ...envelope } = event;
  const told = Object.entries(detail).filter(([field, value]) => isPresent(value) && own(carried, field) === undefined);
  return createHash('sha256')
    .update(canonicalJson({ ...envelope, detail: Object.fromEntries(told) }))
    .digest('base64url')
    .slice(0, 22);
}

/** Fields of the older one that the newer one neither has itself nor carries from a later observation. */
function missingFrom(newer: Finding, older: Finding): string[] {
  return Object.keys(older.event.detail).filter((field) => {
    if (OF_THE_OBSERVATION.has(field) || !isPresent(own(older.event.detail, field))) return false;
    const carried = own(newer.carried, field);
    return carried === undefined ? !isPresent(own(newer.event.detail, field)) : carried < statedAt(older, field);
  });
}

/** The `updatedAt` of the observation that a field of `event.detail` comes from; null: the field is absent. */
export function statedAsOf(finding: Finding, field: string): string | null {
  if (!isPresent(own(finding.event.detail, field))) return null;
  const [updatedAt = finding.updatedAt] = own(finding.carried, field)?.split(' ') ?? [];
  return updatedAt;
}

function statedAt(finding: Finding, field: string): string {
  return own(finding.carried, field) ?? orderOf(finding);
}

/** Parses the newer event again with the content that it lacked. If that fails, the newer finding stays as it was. */
function carry(newer: Finding, older: Finding, missing: readonly string[]): Finding {
  const filled = missing.map((field): [string, Json] => [field, own(older.event.detail, field) ?? null]);
  const detail = Object.fromEntries([...Object.entries(newer.event.detail), ...filled]);
  const parsed = parseFinding({ ...newer.event, detail }, Number.MAX_SAFE_INTEGER);
  if (!parsed.ok) return newer;
  const carried = Object.fromEntries([...Object.entries(newer.carried), ...missing.map((field) => [field, statedAt(older, field)])]);
  return { ...parsed.finding, carried };
}

function own<T>(object: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
