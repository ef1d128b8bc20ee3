import { changedDetail } from '../../findings/changed-detail.ts';
import { contradictsEvent } from '../../findings/contradicts-event.ts';
import type { Finding } from '../../findings/finding.ts';
import type { JsonObject } from '../../findings/json.ts';
import { parseFinding } from '../../findings/parse-finding.ts';
import { isPresent } from '../../findings/plain-detail.ts';
import { timestampMs } from '../../findings/timestamp.ts';

/** What a listed row says about a finding. `known`: nothing that is not known. */
export type ListedNews =
  | { readonly is: 'new' | 'changed'; readonly observation: Finding }
  | { readonly is: 'known' }
  | { readonly is: 'unreadable'; readonly path: string; readonly message: string };

/**
 * A listed row as an observation: like an event that was seen when AWS was asked, so it outranks every event observed before. Pure.
 * It has only what the row has: the merge keeps the rest, and knows how old that is. Listed again without a change, it is no news; else
 * every finding would be written at every sweep. A row that is older than the known finding is late, and says nothing, unless it contradicts an event.
 * @param event the row, without a time
 * @param askedAt ISO 8601
 * @param nowMs epoch ms
 */
export function listedObservation(known: Finding | null, event: JsonObject, askedAt: string, nowMs: number): ListedNews {
  const parsed = parseFinding({ ...event, time: askedAt }, nowMs);
  if (!parsed.ok) return { is: 'unreadable', path: parsed.path, message: parsed.message };
  const seen = parsed.finding;
  if (known === null) return { is: 'new', observation: seen };
  const [seenMs, knownMs] = [timestampMs(seen.updatedAt), timestampMs(known.updatedAt)];
  if (seenMs > knownMs) return { is: 'changed', observation: seen };
  const saysMore = seen.status !== known.status || known.deleted || (known.shrunk !== true && hasMore(seen, known));
  if (!saysMore || (seenMs < knownMs && !contradictsEvent(known, seen.status, nowMs))) return { is: 'known' };
  // The SDK keeps milliseconds, events have up to nine digits: the same moment counts as the known one.
  const observation = changedDetail(seen, { updatedAt: known.updatedAt }, nowMs);
  return observation === null ? { is: 'known' } : { is: 'changed', observation };
}

function hasMore(seen: Finding, known: Finding): boolean {
  const { detail } = known.event;
  return Object.entries(seen.event.detail).some(([field, value]) => isPresent(value) && !isPresent(detail[field]));
}
