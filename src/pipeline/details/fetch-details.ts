import { parseArn } from '../../findings/arn.ts';
import { detailsLacking, isNothing, type DetailsNeed } from '../../findings/details-need.ts';
import type { Finding, FindingKey } from '../../findings/finding.ts';
import type { JsonObject } from '../../findings/json.ts';
import { shortHash } from '../../issues/short-hash.ts';
import type { AcceptFinding } from '../accept/accept-finding.ts';
import { DETAILS, type DetailsRecord } from '../records/details-collections.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import { createDetailsClaim, type DetailsClaim } from './details-claim.ts';
import { detailsObservation } from './details-observation.ts';
import { afterReading, afterRefusal, REFUSED_MS } from './details-record.ts';
import type {
  Answered,
  DetailsSource,
  FindingDetails,
  FindingRef,
  Recommendation,
  Refusal,
  AcquireSlot,
  DetailsCall,
} from '../ports/details-source.ts';
import type { AdaptiveRateLimiter } from '../ports/rate-limiter.ts';
import type { Emit } from '../ports/service-event.ts';
import type { KnownRefusals } from './known-refusals.ts';
import type { RuleBook } from '../rulebook/rule-book.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import type { Store } from '../ports/store.ts';
import { needOf } from '../groups/details-need.ts';

/**
 * Fetches the due details of one finding, and accepts them as a further observation of it. Claimed by compare-and-set, so that one of
 * several replicas does it; if that one dies, another does it a minute later.
 * @returns `paused`: AWS throttles the Region, or this process ends
 * @throws StoreUnavailable
 */
export type FetchDetails = (key: FindingKey) => Promise<'done' | 'paused'>;

export interface FetchDetailsDeps {
  readonly store: Store;
  readonly queue: ReconcileQueue;
  readonly rules: RuleBook;
  readonly accept: AcceptFinding;
  readonly source: DetailsSource;
  readonly limiter: AdaptiveRateLimiter;
  readonly refusals: KnownRefusals;
  readonly emit: Emit;
  /** Aborted when the process ends. */
  readonly stopping: AbortSignal;
  /** Waits, or ends early when the process ends. */
  readonly sleep: (ms: number) => Promise<void>;
}

/** A finding whose details this process fetches. */
interface Job {
  readonly finding: Finding;
  readonly lacking: DetailsNeed;
  readonly ref: FindingRef;
  readonly region: string;
  readonly claim: DetailsClaim;
  /** AWS was not asked: no slot was near, the claim was lost, or the process ends. */
  isHeldBack: boolean;
}

/** AWS's answers, and the question that is left. */
interface Outcome {
  readonly askedAt: string;
  readonly details: FindingDetails | null;
  readonly steps: readonly JsonObject[] | null;
  readonly isCut: boolean;
  /** Why AWS recommends nothing; null: it was not asked, or recommends something. */
  readonly withoutPolicy: string | null;
  readonly left: { readonly call: DetailsCall; readonly refusal: Refusal } | 'in-progress' | null;
}

const BAD_TIMES: Refusal = {
  code: 'bad-answer',
  message: 'AWS answered with times that make no sense',
  afterMs: null,
  concerns: 'finding',
};

export function createFetchDetails(deps: FetchDetailsDeps): FetchDetails {
  const { store, limiter, source, refusals, emit, stopping } = deps;

  /** @returns null when there is nothing to ask */
  async function begin(key: FindingKey): Promise<Job | null> {
    const [[record], [stored], now] = await Promise.all([store.read(DETAILS, [key]), store.read(FINDINGS, [key]), store.now()]);
    if (!record || record.doc.dueAt === null || record.doc.dueAt > now) return null;
    const claim = createDetailsClaim(deps, record);
    const job = stored ? await jobOf(stored.doc.finding, claim) : null;
    if (job === null) {
      await claim.release(null);
      return null;
    }
    const known = refusals.of(asksForList(job.lacking) ? 'list' : 'policy', job.ref.analyzerArn, now);
    if (known === null) return (await claim.renew(0)) ? job : null;
    await claim.release({ ...afterRefusal(record.doc, known.refusal, job.lacking, now, 0), dueAt: known.until });
    return null;
  }

  /** @returns null when the finding has all that it needs, or needs nothing any more */
  async function jobOf(finding: Finding, claim: DetailsClaim): Promise<Job | null> {
    const book = await deps.rules.current();
    const lacking = detailsLacking(finding, needOf(finding, (await book.route(finding)).decision, book));
    if (isNothing(lacking)) return null;
    const { analyzerArn, findingId } = finding;
    return { finding, lacking, claim, ref: { analyzerArn, findingId }, region: parseArn(analyzerArn)?.region ?? '', isHeldBack: false };
  }

  function slotFor(job: Job): AcquireSlot {
    return async () => {
      const { granted, afterMs } = await limiter.acquire(job.region);
      const isOurs = granted && (await job.claim.renew(afterMs));
      if (isOurs) await deps.sleep(afterMs);
      job.isHeldBack = !isOurs || stopping.aborted;
      return job.isHeldBack ? { granted: false, afterMs } : { granted: true };
    };
  }

  async function ask(job: Job): Promise<Outcome> {
    const { ref, lacking, claim } = job;
    const nothing = { askedAt: new Date(await store.now()).toISOString(), details: null, steps: null, isCut: false, withoutPolicy: null };
    const acquireSlot = slotFor(job);
    const read = asksForList(lacking) ? await heard(job, 'list', source.read(ref, acquireSlot)) : null;
    if (read?.ok === false) return { ...nothing, left: { call: 'list', refusal: read.refusal } };
    const details = read?.value ?? null;
    const soFar = { ...nothing, details, isCut: details?.isCut ?? false };
    if (!lacking.policy || (details !== null && details.status !== 'ACTIVE')) return { ...soFar, left: null };
    const wasAsked = (claim.record()?.reads ?? 0) > 0;
    return withPolicy(soFar, await heard(job, 'policy', source.recommend(ref, acquireSlot, wasAsked)));
  }

  /** Adapts the rate to the answer, and remembers a refusal that would come again. */
  async function heard<T>(job: Job, call: DetailsCall, answering: Promise<Answered<T>>): Promise<Answered<T>> {
    const answer = await answering;
    if (job.isHeldBack) return answer;
    if (answer.ok) await limiter.speedUp(job.region);
    else if (answer.refusal.code === 'throttled') await limiter.slowDown(job.region, answer.refusal.afterMs);
    else refusals.remember(call, job.ref.analyzerArn, { refusal: answer.refusal, until: (await store.now()) + REFUSED_MS });
    return answer;
  }

  /** @returns the question that is left; an answer whose times make no sense does not count */
  async function handOn(finding: Finding, outcome: Outcome): Promise<Outcome['left']> {
    const { details, steps, isCut, withoutPolicy } = outcome;
    if (details === null && steps === null) return outcome.left;
    const observation = detailsObservation(finding, outcome, await store.now());
    if (observation === null) return { call: 'list', refusal: BAD_TIMES };
    await deps.accept(observation);
    const counts = { list: details?.list.length ?? null, steps: steps?.length ?? null };
    emit({ what: 'details-fetched', findingId: finding.findingId, ...counts, isCut, withoutPolicy });
    return outcome.left;
  }

  async function conclude(job: Job, record: DetailsRecord, left: Outcome['left']): Promise<'done' | 'paused'> {
    const { claim, finding } = job;
    const now = await store.now();
    if (left === null || left === 'in-progress') {
      await claim.release(left === null ? null : afterReading(record, now));
      return 'done';
    }
    const { code, message } = left.refusal;
    const next = afterRefusal(record, left.refusal, job.lacking, now, spreadOf(finding.key, record.attempts));
    await claim.release(next);
    const retryInMs = next.dueAt === null ? null : next.dueAt - now;
    if (!job.isHeldBack) emit({ what: 'details-refused', findingId: finding.findingId, call: left.call, code, message, retryInMs });
    return code === 'throttled' ? 'paused' : 'done';
  }

  return async (key) => {
    const job = await begin(key);
    if (job === null) return 'done';
    const outcome = await ask(job);
    // A try that is aborted because this process ends is no failed one: the details are due for the next process.
    const left = stopping.aborted ? null : await handOn(job.finding, outcome);
    const record = job.claim.record();
    if (record === null) return 'done';
    if (!stopping.aborted) return conclude(job, record, left);
    await job.claim.release({ ...record, dueAt: await store.now() });
    return 'paused';
  };
}

/** The same answer has the list and the sources. */
function asksForList({ list, sources }: DetailsNeed): boolean {
  return list || sources;
}

function withPolicy(soFar: Omit<Outcome, 'left'>, answer: Answered<Recommendation>): Outcome {
  if (!answer.ok) return { ...soFar, left: { call: 'policy', refusal: answer.refusal } };
  switch (answer.value.state) {
    case 'in-progress':
      return { ...soFar, left: 'in-progress' };
    case 'none':
      return { ...soFar, steps: [], withoutPolicy: answer.value.because, left: null };
    case 'made':
      return { ...soFar, steps: answer.value.steps, isCut: soFar.isCut || answer.value.isCut, left: null };
    default:
      return answer.value satisfies never;
  }
}

/** 0 to 1, the same for the same try. */
function spreadOf(key: FindingKey, attempts: number): number {
  return (parseInt(shortHash(key, String(attempts)).slice(0, 6), 36) % 1_000) / 1_000;
}
