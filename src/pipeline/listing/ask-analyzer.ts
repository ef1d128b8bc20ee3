import type { AdaptiveRateLimiter } from '../ports/rate-limiter.ts';
import { sleepUntilEnded } from './sleep-until-ended.ts';
import type { AcquireSlot, Answered, Refusal } from '../ports/details-source.ts';

/** An answer of AWS. `later`: it wants no calls for so long, ms, or this process ends. */
export type Asked<T> =
  | { readonly is: 'answer'; readonly value: T }
  | { readonly is: 'refused'; readonly refusal: Refusal }
  | { readonly is: 'later'; readonly afterMs: number };

/** Asks AWS during one sweep. */
export interface AskAnalyzer {
  /** @param call the name of the call in AWS */
  <T>(region: string, call: string, send: (acquireSlot: AcquireSlot) => Promise<Answered<T>>): Promise<Asked<T>>;
}

/** Tries of one question that AWS throttles or does not answer. Throttling that lasts puts the sweep off; silence ends the listing. */
const MAX_TRIES = 4;

/** How long a sweep waits when AWS throttles it again and again, ms. */
const THROTTLED_MS = 60_000;

export interface AskDeps {
  readonly limiter: AdaptiveRateLimiter;
  readonly sleep: (ms: number) => Promise<void>;
  readonly signal: AbortSignal;
  /** Called before a wait, ms. @returns false when another process has the sweep */
  readonly willWait: (ms: number) => Promise<boolean>;
  readonly count: (call: string) => void;
}

/** Every call takes a slot of the Region's rate, which adapts to the answers. */
export function createAskAnalyzer({ limiter, sleep, signal, willWait, count }: AskDeps): AskAnalyzer {
  return async (region, call, send) => {
    let heldBackMs: number | null = null;
    const acquireSlot: AcquireSlot = async () => {
      const { granted, afterMs } = await limiter.acquire(region);
      const goesOn = granted && (await willWait(afterMs));
      if (goesOn && afterMs > 0) await sleepUntilEnded(sleep, afterMs, signal);
      if (!goesOn || signal.aborted) {
        heldBackMs = afterMs;
        return { granted: false, afterMs };
      }
      count(call);
      return { granted: true };
    };
    for (let tries = 1; ; tries += 1) {
      const answered = await send(acquireSlot);
      if (heldBackMs !== null || signal.aborted) return { is: 'later', afterMs: heldBackMs ?? 0 };
      if (answered.ok) {
        await limiter.speedUp(region);
        return { is: 'answer', value: answered.value };
      }
      const { refusal } = answered;
      if (refusal.code === 'throttled') await limiter.slowDown(region, refusal.afterMs);
      else if (refusal.code !== 'unavailable') return { is: 'refused', refusal };
      if (tries < MAX_TRIES) continue;
      return refusal.code === 'throttled' ? { is: 'later', afterMs: refusal.afterMs ?? THROTTLED_MS } : { is: 'refused', refusal };
    }
  };
}
