import { parseArn } from '../findings/arn.ts';
import { detailsLacking, isNothing, type DetailsNeed } from '../findings/details-need.ts';
import type { Finding, FindingKey } from '../findings/finding.ts';
import type { JsonObject } from '../findings/json.ts';
import type { GroupRecord } from '../issues/group-record.ts';
import { shortHash } from '../issues/short-hash.ts';
import type { AcceptFinding } from './accept-finding.ts';
import type { CallPace } from './call-pace.ts';
import { DETAILS, FINDINGS, GROUPS, remember, type DetailsRecord, type FindingRecord } from './collections.ts';
import { detailsObservation } from './details-observation.ts';
import { afterReading, afterRefusal, needOf, REFUSED_MS } from './details-record.ts';
import type { Answered, DetailsSource, FindingDetails, FindingRef, Recommendation, Refusal, Turn } from './finding-details.ts';
import type { Tell } from './happening.ts';
import type { DetailsCall, KnownRefusals } from './known-refusals.ts';
import type { RuleBook } from './rule-book.ts';
import type { SettleQueue } from './settle-queue.ts';
import type { StoreTrust } from './store-trust.ts';
import { put, type Store, type Stored, type Write } from './store.ts';

/**
 * Fetches the details of one finding that are due, and hands them on as a further observation of it. Claimed by compare-and-set, so that one of
 * several replicas does it; where that one dies, another does it a minute later.
 * @returns `paused`: AWS wants the Region to be left alone, or this process ends
 * @throws StoreUnavailable
 */
export type FetchDetails = (key: FindingKey) => Promise<'done' | 'paused'>;

export interface FetchDetailsDeps {
  readonly store: Store;
  readonly queue: SettleQueue;
  readonly rules: RuleBook;
  readonly trust: StoreTrust;
  readonly accept: AcceptFinding;
  readonly source: DetailsSource;
  readonly pace: CallPace;
  readonly refusals: KnownRefusals;
  readonly tell: Tell;
  /** Aborted when the process ends. */
  readonly stopping: AbortSignal;
  /** Waits, or ends early when the process ends. */
  readonly pause: (ms: number) => Promise<void>;
}

/** Longer than a call and the waits around it; renewed before each call. */
const CLAIM_MS = 60_000;

/** A finding whose details this process fetches. */
interface Job {
  readonly key: FindingKey;
  readonly finding: Finding;
  readonly lacking: DetailsNeed;
  readonly ref: FindingRef;
  /** The claim as it was last written; null: somebody else has it. */
  claim: Stored<DetailsRecord> | null;
  /** Nothing was sent, since the next turn is too far away: AWS has not said anything. */
  isHeldBack: boolean;
}

/** What AWS answered, and what is left to be asked again. */
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
  const { store, pace, source, refusals, tell, stopping } = deps;

  async function commit(writes: readonly Write[]): Promise<string | null | 'not-written'> {
    const result = await store.commit(writes);
    if (!result.ok && result.because === 'suspect') await deps.trust.ensure();
    return result.ok ? (result.versions[0] ?? null) : 'not-written';
  }

  /** @returns null when there is nothing to ask */
  async function begin(key: FindingKey): Promise<Job | null> {
    const [[record], [stored], now] = await Promise.all([store.read(DETAILS, [key]), store.read(FINDINGS, [key]), store.now()]);
    if (!record || record.doc.dueAt === null || record.doc.dueAt > now) return null;
    const finding = stored?.doc.finding ?? null;
    const lacking = finding === null ? null : await lackingOf(finding);
    if (finding === null || lacking === null || isNothing(lacking)) {
      await commit([put(DETAILS, key, record.version, null)]);
      return null;
    }
    const { analyzerArn, findingId } = finding;
    const job: Job = { key, finding, lacking, ref: { analyzerArn, findingId }, claim: record, isHeldBack: false };
    const call = lacking.list ? 'list' : 'policy';
    const known = refusals.of(call, analyzerArn, now);
    if (known === null) return (await renew(job, 0)) ? job : null;
    await write(job, { ...afterRefusal(record.doc, known.refusal, now, 0), dueAt: known.until }, now);
    return null;
  }

  async function lackingOf(finding: Finding): Promise<DetailsNeed> {
    const book = await deps.rules.current();
    return detailsLacking(finding, needOf(finding, book.route(finding).decision, book));
  }

  /** @returns false when somebody else has it now */
  async function renew(job: Job, waitMs: number): Promise<boolean> {
    if (job.claim === null) return false;
    const doc = { ...job.claim.doc, dueAt: (await store.now()) + waitMs + CLAIM_MS };
    const version = await commit([put(DETAILS, job.key, job.claim.version, doc)]);
    job.claim = version === 'not-written' || version === null ? null : { id: job.key, doc, version };
    return job.claim !== null;
  }

  function turnOf(job: Job): Turn {
    const region = parseArn(job.ref.analyzerArn)?.region ?? '';
    return async () => {
      const { granted, afterMs } = await pace.turn(region);
      const isMine = granted && (await renew(job, afterMs));
      if (isMine) await deps.pause(afterMs);
      job.isHeldBack = !isMine || stopping.aborted;
      return job.isHeldBack ? { granted: false, afterMs } : { granted: true };
    };
  }

  async function ask(job: Job): Promise<Outcome> {
    const { ref, lacking, claim } = job;
    const nothing = { askedAt: new Date(await store.now()).toISOString(), details: null, steps: null, isCut: false, withoutPolicy: null };
    const turn = turnOf(job);
    const read = lacking.list ? await heard(job, 'list', source.read(ref, turn)) : null;
    if (read?.ok === false) return { ...nothing, left: { call: 'list', refusal: read.refusal } };
    const details = read?.value ?? null;
    const soFar = { ...nothing, details, isCut: details?.isCut ?? false };
    if (!lacking.policy || (details !== null && details.status !== 'ACTIVE')) return { ...soFar, left: null };
    const wasAsked = (claim?.doc.reads ?? 0) > 0;
    return withPolicy(soFar, await heard(job, 'policy', source.recommend(ref, turn, wasAsked)));
  }

  /** Tells the pace how it went, and keeps what would come again. */
  async function heard<T>(job: Job, call: DetailsCall, answering: Promise<Answered<T>>): Promise<Answered<T>> {
    const answer = await answering;
    const region = parseArn(job.ref.analyzerArn)?.region ?? '';
    if (job.isHeldBack) return answer;
    if (answer.ok) await pace.faster(region);
    else if (answer.refusal.code === 'throttled') await pace.slower(region, answer.refusal.afterMs);
    else refusals.remember(call, job.ref.analyzerArn, { refusal: answer.refusal, until: (await store.now()) + REFUSED_MS });
    return answer;
  }

  /**
   * Writes the record. Where nothing is awaited any more, the group is looked at once more in any case: it may wait for just this, and what changed
   * meanwhile is wanted anew by that look.
   */
  async function write({ claim, key }: Job, next: DetailsRecord | null, now: number): Promise<void> {
    if (claim === null) return;
    const ends = next === null || next.state === 'missing';
    if (!ends) return void (await commit([put(DETAILS, key, claim.version, next)]));
    const reason = next?.missing?.code ?? null;
    const isNews = reason !== null && reason !== claim.doc.missing?.code;
    for (;;) {
      const [[current], [stored]] = await Promise.all([store.read(DETAILS, [key]), store.read(FINDINGS, [key])]);
      if (current?.version !== claim.version || !stored) return;
      const [group] = await store.read(GROUPS, [stored.doc.group]);
      const written = await commit([
        put(DETAILS, key, claim.version, next),
        ...(isNews ? [put(FINDINGS, key, stored.version, withMissing(stored.doc, reason, now))] : []),
        ...(group ? [put(GROUPS, group.id, group.version, awake(group.doc, now))] : []),
      ]);
      if (written === 'not-written') continue;
      return void (await deps.queue.ask(stored.doc.group, 'event'));
    }
  }

  async function conclude(job: Job, { details, steps, isCut, withoutPolicy, left }: Outcome, isTold: boolean): Promise<'done' | 'paused'> {
    const now = await store.now();
    const { findingId } = job.ref;
    if (isTold)
      tell({ what: 'details-fetched', findingId, list: details?.list.length ?? null, steps: steps?.length ?? null, isCut, withoutPolicy });
    if (job.claim === null) return 'done';
    const record = job.claim.doc;
    if (left === null) {
      await write(job, null, now);
      return 'done';
    }
    if (left === 'in-progress') {
      await write(job, afterReading(record, now), now);
      return 'done';
    }
    const { code, message } = left.refusal;
    const next = afterRefusal(record, left.refusal, now, spreadOf(job.key, record.attempts));
    await write(job, next, now);
    if (!job.isHeldBack)
      tell({
        what: 'details-refused',
        findingId,
        call: left.call,
        code,
        message,
        retryInMs: next.dueAt === null ? null : next.dueAt - now,
      });
    return code === 'throttled' ? 'paused' : 'done';
  }

  /** For whoever comes next: what was given up because this process ends is no failed try. */
  async function giveBack({ claim, key }: Job): Promise<'paused'> {
    if (claim !== null) await commit([put(DETAILS, key, claim.version, { ...claim.doc, dueAt: await store.now() })]);
    return 'paused';
  }

  return async (key) => {
    const job = await begin(key);
    if (job === null) return 'done';
    const outcome = await ask(job);
    if (stopping.aborted) return giveBack(job);
    if (outcome.details === null && outcome.steps === null) return conclude(job, outcome, false);
    const observation = detailsObservation(job.finding, outcome, await store.now());
    if (observation === null) return conclude(job, { ...outcome, left: { call: 'list', refusal: BAD_TIMES } }, false);
    await deps.accept(observation);
    return conclude(job, outcome, true);
  };
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

function withMissing(record: FindingRecord, code: Refusal['code'], now: number): FindingRecord {
  const entry = { at: now, what: 'details-missing', because: code, issueKey: record.mapping.issue?.key ?? null } as const;
  return { ...record, history: remember(record.history, entry), updatedAt: now };
}

/** The group wanting a look now, if details were all that it waited for. */
function awake(record: GroupRecord, now: number): GroupRecord {
  return { ...record, wanted: record.wanted + 1, wait: record.wait?.because === 'details-awaited' ? null : record.wait, updatedAt: now };
}

/** 0 to 1, the same for the same try. */
function spreadOf(key: FindingKey, attempts: number): number {
  return (parseInt(shortHash(key, String(attempts)).slice(0, 6), 36) % 1_000) / 1_000;
}
