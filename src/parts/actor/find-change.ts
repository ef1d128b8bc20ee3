import type { Answered, Refusal } from '../../pipeline/ports/details-source.ts';
import { backoffMs } from '../../issues/retry-policy.ts';
import { shortHash } from '../../issues/short-hash.ts';
import type { DueWork, PartPorts } from '../../pipeline/ports/part.ts';
import type { AdaptiveRateLimiter } from '../../pipeline/ports/rate-limiter.ts';
import { put, type Stored } from '../../pipeline/ports/store.ts';
import { CHANGES, KEPT_MS, laneOf, type ChangeRecord } from './change-record.ts';
import { changesOf } from './changing-actions.ts';
import { chooseChange, REPORTED_MS, type Chosen } from './choose-change.ts';
import type { LookUpChanges } from './look-up-changes.ts';

export interface FindChangeDeps extends Pick<PartPorts, 'store' | 'emit' | 'learn'> {
  readonly lookUp: LookUpChanges;
  readonly limiter: AdaptiveRateLimiter;
  /** Aborted when the process ends. */
  readonly stopping: AbortSignal;
}

/** Longer than a look-up of all pages; a process that is silent for so long counts as dead. */
const CLAIM_MS = 5 * 60_000;

/** CloudTrail delivers most events within five minutes, and all but a few within so long. Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html */
export const LAG_MS = 15 * 60_000;

/** From one try to the next where an operator has to grant a right, ms: longer and longer. */
const DENIED_MS = [1, 4, 12, 24].map((hours) => hours * 60 * 60_000);

/** Looks up the change that one record wants, and keeps what was found. Claimed by compare-and-set: one of several replicas does it. */
export function createFindChange({ store, emit, learn, lookUp, limiter, stopping }: FindChangeDeps): DueWork['follow'] {
  async function claimed({ id, doc, version }: Stored<ChangeRecord>, now: number): Promise<Stored<ChangeRecord> | null> {
    const held = { ...doc, dueAt: now + CLAIM_MS };
    const result = await store.commit([put(CHANGES, id, version, held)]);
    return result.ok ? { id, doc: held, version: result.versions[0] ?? '' } : null;
  }

  async function ask(id: string, { subject, after, until }: ChangeRecord, now: number): Promise<Answered<Chosen>> {
    const known = changesOf(subject);
    const from = Math.max(after, now - KEPT_MS);
    if (known === null || from >= until) return { ok: true, value: { is: 'none' } };
    const [accountId = '', region = ''] = laneOf(id).split(' ');
    const names = [...new Set(known.names(subject.resource))];
    const question = { accountId, region, names, actions: new Set(Object.keys(known.actions)), from, until };
    const found = await lookUp(question, limiter, stopping);
    return found.ok ? { ok: true, value: chooseChange(subject, known, found.value, { after: from, until }) } : found;
  }

  /** What a pass would see differently is written together with the request for one. */
  async function keep({ id, doc, version }: Stored<ChangeRecord>, next: ChangeRecord): Promise<void> {
    const write = put(CHANGES, id, version, next);
    const isNews = JSON.stringify([doc.state, doc.changed]) !== JSON.stringify([next.state, next.changed]);
    const isFirst = doc.answers + doc.attempts === 0;
    if (isNews || isFirst) await learn(doc.key, isNews ? historyWords(next) : null, [write]);
    else await store.commit([write]);
  }

  return async (id) => {
    const [[stored], now] = await Promise.all([store.read(CHANGES, [id]), store.now()]);
    if (!stored || stored.doc.dueAt > now) return 'done';
    if (now >= stored.doc.expiresAt) {
      await learn(stored.doc.key, null, [put(CHANGES, id, stored.version, null)]);
      return 'done';
    }
    const held = await claimed(stored, now);
    if (held === null) return 'done';
    const answered = await ask(id, held.doc, now);
    const at = await store.now();
    if (stopping.aborted || (!answered.ok && answered.refusal.code === 'throttled')) {
      await store.commit([put(CHANGES, id, held.version, { ...held.doc, dueAt: at })]);
      return 'paused';
    }
    const next = answered.ok ? afterAnswer(held.doc, answered.value, at) : afterRefusal(held.doc, answered.refusal, at);
    await keep(held, next);
    if (!answered.ok && held.doc.refusal?.code !== answered.refusal.code) {
      const { code, message } = answered.refusal;
      emit({ what: 'facts-refused', enricher: 'actor', code, message, retryInMs: next.dueAt - at });
    }
    return 'done';
  };
}

/**
 * The record after an answer. A change that Access Analyzer should have reported long before the finding did not lead to it, as long as CloudTrail
 * may be late with the one that did. So what was found soon after the finding is looked up once more, and so is nothing.
 */
function afterAnswer(record: ChangeRecord, chosen: Chosen, now: number): ChangeRecord {
  const { answers, until, expiresAt } = record;
  const wholeAt = until + LAG_MS;
  const isSettled = now >= wholeAt;
  const answered = { ...record, answers: answers + 1, attempts: 0, refusal: null };
  const again = isSettled ? expiresAt : wholeAt;
  switch (chosen.is) {
    case 'found':
      if (!isSettled && chosen.at < until - REPORTED_MS) return { ...answered, state: 'none', changed: null, dueAt: again };
      return { ...answered, state: 'found', changed: chosen.fact, dueAt: again };
    case 'ambiguous':
      return { ...answered, state: 'ambiguous', changed: null, dueAt: again };
    case 'none':
      return {
        ...answered,
        state: 'none',
        changed: null,
        dueAt: answers === 0 ? Math.max(again === expiresAt ? 0 : again, now + LAG_MS) : again,
      };
    default:
      return chosen satisfies never;
  }
}

/** What was known before stays known. */
function afterRefusal(record: ChangeRecord, refusal: Refusal, now: number): ChangeRecord {
  const attempts = record.attempts + 1;
  const { code, message, afterMs } = refusal;
  const spread = (parseInt(shortHash(record.key, String(attempts)).slice(0, 6), 36) % 1_000) / 1_000;
  const needsOperator = code === 'denied' || code === 'not-configured';
  const waitMs = needsOperator
    ? (DENIED_MS[Math.min(attempts, DENIED_MS.length) - 1] ?? 0)
    : Math.max(afterMs ?? 0, backoffMs(attempts, spread));
  const dueAt = Math.min(record.expiresAt, now + waitMs);
  return { ...record, attempts, refusal: { code, message }, state: record.changed === null ? 'refused' : record.state, dueAt };
}

/** Without a name: the history of a finding is kept for longer than facts are. */
function historyWords({ state, changed, refusal }: ChangeRecord): string {
  if (changed !== null) return `actor-found: ${changed.action} at ${changed.at}, by ${changed.by}`;
  return state === 'refused' ? `actor-${refusal?.code ?? 'refused'}` : `actor-${state}`;
}
