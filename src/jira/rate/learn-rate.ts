import type { LearnedRate, LearnRate, RateHeard, RateReason } from '../../pipeline/ports/rate-lease.ts';

/** Where learning begins without a ceiling, calls per second. */
const START = 10;

/** The least and the most that is learned, calls per second: the rate never becomes zero, and more is of no use to a service of this kind. */
const MIN_RATE = 0.5;
const MAX_RATE = 1_000;

/** The other half of an announced limit is left to the other clients of the site, which share it. */
const ANNOUNCED_PART = 0.5;

/** Refusals lower the rate by so much, or down to what went through where that is less, but never below the second part at once. */
const LOWERED = { usually: 0.94, atMost: 0.5 } as const;

/** Refusals within this time of a lowering are of calls that were on their way, or of other replicas that did not know of it yet; ms. */
const ONCE_MS = 1_000;

/** Calls per second by which a rate grows in a second, and at most this part of itself. */
const STEP = 2;
const STEP_PART = 0.2;

/** Near the rate that was refused last it grows slowly, by this part of it in a second; beyond, the limit must have risen. */
const SLOW = { from: 0.9, to: 1.06, part: 0.0015 } as const;

/** A rate is raised only while calls use at least this part of it: else its growth would rest on nothing. */
const USED = 0.7;

/** So long after refusals, ms, a rate below the first one returns to it where nothing is sent: the few calls after an incident must not crawl. */
const OLD_MS = 30_000;

/** A longer time between two decisions counts as this long, ms. */
const MAX_STEP_MS = 1_000;

/** What was learned so long ago says nothing any more, ms. */
const FORGET_MS = 3_600_000;

/** @param ceiling calls per second that are never exceeded; null: none, so that half of what Jira announces is the most */
export function createLearnRate(ceiling: number | null): LearnRate {
  function boundOf({ announced }: RateHeard): { readonly most: number; readonly because: RateReason } {
    const whole = announced ?? Infinity;
    // A ceiling says how much others are to be left: half of the announced limit would be a second margin.
    if (ceiling === null) return { most: Math.min(MAX_RATE, whole * ANNOUNCED_PART), because: 'announced' };
    return ceiling <= whole ? { most: ceiling, because: 'ceiling' } : { most: whole, because: 'announced' };
  }

  return (known, heard, now) => {
    const before =
      known !== null && now - known.at < FORGET_MS ? known : { ...firstRate(ceiling), refusedAt: null, loweredAt: null, at: now };
    const decided = decide(before, heard, now, Math.min(START, ceiling ?? START));
    const { most, because } = boundOf(heard);
    const isBound = decided.perSecond >= most;
    return {
      ...decided,
      perSecond: Math.min(most, decided.perSecond),
      because: isBound && isFree(decided) ? because : decided.because,
      at: now,
    };
  };
}

/** A refusal is news, even where a bound is lower still. */
function isFree({ because }: LearnedRate): boolean {
  return because !== 'refused' && because !== 'same-refusals';
}

/** The rate while nothing is known. A ceiling is the operator's word that Jira may be asked so often. */
export function firstRate(ceiling: number | null): Pick<LearnedRate, 'perSecond' | 'because'> {
  return { perSecond: ceiling ?? START, because: 'start' };
}

function decide(rate: LearnedRate, heard: RateHeard, now: number, first: number): LearnedRate {
  if (heard.refused) return refused(rate, heard, now);
  if (heard.near) return { ...rate, because: 'near-limit' };
  const isOver = heard.passed === 0 && rate.loweredAt !== null && now - rate.loweredAt >= OLD_MS;
  if (isOver && rate.perSecond < first) return { ...rate, perSecond: first, because: 'start', refusedAt: null };
  if (heard.passed < USED * rate.perSecond) return { ...rate, because: rate.because === 'start' ? 'start' : 'not-used' };
  const seconds = Math.max(0, Math.min(MAX_STEP_MS, now - rate.at)) / 1_000;
  const perSecond = rate.perSecond + stepOf(rate) * seconds;
  const isLeftBehind = rate.refusedAt !== null && perSecond > rate.refusedAt * SLOW.to;
  return { ...rate, perSecond, because: 'raised', refusedAt: isLeftBehind ? null : rate.refusedAt };
}

function refused(rate: LearnedRate, { passed }: RateHeard, now: number): LearnedRate {
  // A clock that was set back must not turn every refusal into an old one.
  if (rate.loweredAt !== null && Math.abs(now - rate.loweredAt) < ONCE_MS) return { ...rate, because: 'same-refusals' };
  // Whole calls are counted, so that one more may have gone.
  const lowered = Math.max(LOWERED.atMost * rate.perSecond, Math.min(LOWERED.usually * rate.perSecond, passed + 1));
  return { perSecond: Math.max(MIN_RATE, lowered), because: 'refused', refusedAt: lowered / LOWERED.usually, loweredAt: now, at: now };
}

/** Calls per second by which it grows in a second. */
function stepOf({ perSecond, refusedAt }: LearnedRate): number {
  const isNear = refusedAt !== null && perSecond >= SLOW.from * refusedAt;
  return isNear ? SLOW.part * refusedAt : Math.min(STEP, STEP_PART * perSecond);
}
