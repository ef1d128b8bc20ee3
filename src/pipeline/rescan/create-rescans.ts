import { parseArn } from '../../findings/arn.ts';
import { pauseScopes } from '../../issues/pause.ts';
import { backoffMs } from '../../issues/retry-policy.ts';
import type { AdaptiveRateLimiter } from '../ports/rate-limiter.ts';
import { readGroup, type GroupView } from '../groups/group-view.ts';
import { isPausedIn } from '../groups/pauses.ts';
import type { AnalyzerSource } from '../ports/analyzer-source.ts';
import type { AcquireSlot, Refusal } from '../ports/details-source.ts';
import type { Emit } from '../ports/service-event.ts';
import { put, type Store, type Stored } from '../ports/store.ts';
import { RESCAN_REFUSALS, RESCANS, rescanId, type RescanRecord } from '../records/rescan-collections.ts';
import { skipUnreadable } from '../records/skip-unreadable.ts';
import type { RuleBook } from '../rulebook/rule-book.ts';
import { scannable } from './want-rescans.ts';

/**
 * Asks AWS to scan resources again whose issues a person has closed, so that a fix shows within minutes. Its answer says nothing: the outcome
 * arrives as an event.
 */
export interface Rescans {
  /** Asks about those that are due. @param signal ends it between two of them */
  advance(signal: AbortSignal): Promise<void>;
}

export interface RescansDeps {
  readonly store: Store;
  readonly rules: RuleBook;
  readonly source: Pick<AnalyzerSource, 'startScan'>;
  /** That of the questions about single findings: the rate is AWS's, whatever it is asked. */
  readonly limiter: AdaptiveRateLimiter;
  readonly emit: Emit;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Resources in any hour, so that a mass close does not use up the rate for questions that issues wait for. */
export const RESCANS_PER_HOUR = 60;

const HOUR_MS = 3_600_000;
/** Longer than a wait for a slot and a call; a process that is silent for so long counts as dead. */
const CLAIM_MS = 3 * 60_000;
/** From one look to the next at what a pause or the limit holds back, ms. */
const HELD_MS = 5 * 60_000;
/** A Region whose next slot is farther away is skipped for now, ms. */
const PATIENCE_MS = 5_000;
const MAX_DUE = 20;
/** Tries that AWS does not answer; AWS scans by itself within a day. */
const MAX_TRIES = 5;
const REFUSED_MS = 24 * HOUR_MS;
const FORGET_REFUSAL_MS = 7 * REFUSED_MS;

export function createRescans({ store, rules, source, limiter, emit, sleep }: RescansDeps): Rescans {
  /** @returns the new version; null when another writer was first, or the store is being checked */
  async function write(stored: Stored<RescanRecord>, next: RescanRecord | null): Promise<string | null> {
    const result = await store.commit([put(RESCANS, stored.id, stored.version, next)]);
    return result.ok ? (result.versions[0] ?? '') : null;
  }

  /** Whether it is still wanted; a pause or the limit of the hour holds it back. */
  async function verdictOn({ id, doc }: Stored<RescanRecord>, now: number): Promise<'wanted' | 'held' | 'needless'> {
    const view = await readGroup(store, rules, doc.group);
    if (view === null || !isStillWanted(view, id) || !(await rules.current()).rescans) return 'needless';
    const [refusal] = await store.read(RESCAN_REFUSALS, [doc.analyzerArn]);
    if ((refusal?.doc.until ?? 0) > now) return 'needless';
    if (await isPausedIn(store, pauseScopes(view.record, view.members), now)) return 'held';
    const [sending = 0, done = 0] = await store.counts(RESCANS, ['state:sending', 'state:done']);
    return sending + done - (doc.state === 'wanted' ? 0 : 1) >= RESCANS_PER_HOUR ? 'held' : 'wanted';
  }

  async function take(id: string, signal: AbortSignal): Promise<void> {
    const [[stored], now] = await Promise.all([store.read(RESCANS, [id]), store.now()]);
    if (!stored || stored.doc.dueAt > now) return;
    const { doc } = stored;
    if (doc.state === 'done' && !doc.again) return void (await write(stored, null));
    const verdict = await verdictOn(stored, now);
    if (verdict === 'needless') return void (await write(stored, null));
    if (verdict === 'held') return void (await write(stored, { ...doc, state: 'wanted', again: false, dueAt: now + HELD_MS }));
    const region = parseArn(doc.analyzerArn)?.region ?? '';
    if ((await limiter.waitMs(region)) > PATIENCE_MS) return;
    const claimed: RescanRecord = { ...doc, state: 'sending', again: false, dueAt: now + CLAIM_MS };
    const version = await write(stored, claimed);
    if (version !== null) await ask({ id, version, doc: claimed }, region, signal);
  }

  async function ask(claim: Stored<RescanRecord>, region: string, signal: AbortSignal): Promise<void> {
    const acquireSlot: AcquireSlot = async () => {
      const { granted, afterMs } = await limiter.acquire(region);
      if (granted && afterMs > 0) await sleep(afterMs);
      return granted && !signal.aborted ? { granted: true } : { granted: false, afterMs };
    };
    const answer = await source.startScan(claim.doc, acquireSlot);
    // A call that the end of this process has aborted may have arrived: another process asks once more when the claim has expired.
    if (signal.aborted) return;
    const { analyzerArn, resourceArn: resource, group } = claim.doc;
    const now = await store.now();
    if (answer.ok) {
      await limiter.speedUp(region);
      emit({ what: 'rescan-started', group, analyzerArn, resource });
      await end(claim, (current) => ({ ...current, state: 'done', attempts: 0, dueAt: now + HOUR_MS }));
      await forget(analyzerArn);
      return;
    }
    const { refusal } = answer;
    if (refusal.code === 'throttled') await limiter.slowDown(region, refusal.afterMs);
    const attempts = claim.doc.attempts + (refusal.code === 'unavailable' ? 1 : 0);
    const retries = refusal.code === 'throttled' || (refusal.code === 'unavailable' && attempts < MAX_TRIES);
    const waitMs = Math.max(refusal.afterMs ?? 0, backoffMs(attempts + 1, 0.5));
    await end(claim, (current) => (retries ? { ...current, state: 'wanted', again: false, attempts, dueAt: now + waitMs } : null));
    if (!retries && (await isNews(analyzerArn, refusal, now)))
      emit({ what: 'rescan-refused', analyzerArn, resource, code: refusal.code, message: refusal.message });
  }

  /** A person may have closed another issue about the resource meanwhile. */
  async function end({ id }: Stored<RescanRecord>, next: (current: RescanRecord) => RescanRecord | null): Promise<void> {
    for (;;) {
      const [stored] = await store.read(RESCANS, [id]);
      if (!stored) return;
      const result = await store.commit([put(RESCANS, id, stored.version, next(stored.doc))]);
      if (result.ok) return;
    }
  }

  /** Remembers a refusal that would come again for other resources. @returns false: it was said before */
  async function isNews(analyzerArn: string, { code, message }: Refusal, now: number): Promise<boolean> {
    if (code !== 'denied' && code !== 'not-configured') return code !== 'gone';
    const [known] = await store.read(RESCAN_REFUSALS, [analyzerArn]);
    const refusal = { code, message, until: now + REFUSED_MS, forgetAt: now + FORGET_REFUSAL_MS };
    const result = await store.commit([put(RESCAN_REFUSALS, analyzerArn, known?.version ?? null, refusal)]);
    return result.ok && known?.doc.code !== code;
  }

  async function forget(analyzerArn: string): Promise<void> {
    const [known] = await store.read(RESCAN_REFUSALS, [analyzerArn]);
    if (known) await store.commit([put(RESCAN_REFUSALS, analyzerArn, known.version, null)]);
  }

  return {
    async advance(signal) {
      const now = await store.now();
      for (const analyzerArn of await store.due(RESCAN_REFUSALS, now, MAX_DUE)) await forget(analyzerArn);
      for (const id of await store.due(RESCANS, now, MAX_DUE)) {
        if (signal.aborted) return;
        await skipUnreadable(() => take(id, signal));
      }
    },
  };
}

/** The issue is closed as the person left it, and its finding is active. */
function isStillWanted({ record: { issue }, members }: GroupView, id: string): boolean {
  if (issue?.lastApplied !== 'closed' || issue.closedBecause !== 'by-person') return false;
  return scannable(members).some(({ analyzerArn, resourceArn }) => rescanId(analyzerArn, resourceArn) === id);
}
