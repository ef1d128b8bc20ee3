import {
  AccessAnalyzerClient,
  GenerateFindingRecommendationCommand,
  GetFindingRecommendationCommand,
  GetFindingV2Command,
  ValidationException,
  type GetFindingRecommendationResponse,
  type GetFindingV2Response,
} from '@aws-sdk/client-accessanalyzer';
import { parseArn } from '../findings/arn.ts';
import type { JsonObject } from '../findings/json.ts';
import type {
  Answered,
  DetailsSource,
  FindingDetails,
  FindingRef,
  Recommendation,
  Refusal,
  AcquireSlot,
} from '../pipeline/ports/details-source.ts';
import { badAnswer, noSuchRegion, refusalFrom } from './analyzer-refusal.ts';
import { boundDetails, boundSteps, MAX_ENTRIES, plainList, type BoundList } from './bound-list.ts';

export interface AccessAnalyzerOptions {
  /** Waits between two reads of a recommendation that AWS is making. */
  readonly sleep: (ms: number) => Promise<void>;
  /** How long one call may take, to the last byte of its answer, ms. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 15_000;
const CONNECT_MS = 5_000;

/** Pages of one answer; a list that has more is cut. */
const MAX_PAGES = 20;

/** Ms before each read of a recommendation that was just requested; one that is not made by then is read later. */
const READ_DELAYS_MS = [1_000, 2_000, 4_000];

/** The most clients at the same time, one per Region; a message may name any Region. */
const MAX_CLIENTS = 64;

/** Source: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html */
const REGION = /^[a-z]{2,4}(-[a-z]+){1,3}-\d{1,2}$/;

/**
 * Access Analyzer's own API. Credentials and endpoint come from the environment as in every AWS SDK; each analyzer is asked in the Region of its ARN.
 * The SDK does not retry: retries are decided in one place, and not here.
 */
export function createAccessAnalyzer({ sleep, timeoutMs = TIMEOUT_MS }: AccessAnalyzerOptions): DetailsSource {
  const clients = new Map<string, AccessAnalyzerClient>();
  const closing = new AbortController();

  function clientFor(region: string): AccessAnalyzerClient {
    const known = clients.get(region);
    if (known !== undefined) return known;
    const [oldest] = clients;
    if (oldest !== undefined && clients.size >= MAX_CLIENTS) {
      oldest[1].destroy();
      clients.delete(oldest[0]);
    }
    const client = new AccessAnalyzerClient({ region, maxAttempts: 1, requestHandler: { connectionTimeout: CONNECT_MS } });
    clients.set(region, client);
    return client;
  }

  /** One call, as soon as a slot is granted. */
  async function call<T>(
    { analyzerArn }: FindingRef,
    right: string,
    acquireSlot: AcquireSlot,
    send: (client: AccessAnalyzerClient, options: { readonly abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<Answered<T>> {
    const { region = '', accountId = '' } = parseArn(analyzerArn) ?? {};
    if (!REGION.test(region)) return { ok: false, refusal: noSuchRegion() };
    const taken = await acquireSlot();
    if (!taken.granted) return { ok: false, refusal: notYet(taken.afterMs) };
    const abortSignal = AbortSignal.any([closing.signal, AbortSignal.timeout(timeoutMs)]);
    try {
      return { ok: true, value: await Promise.race([send(clientFor(region), { abortSignal }), endOf(abortSignal)]) };
    } catch (error) {
      return { ok: false, refusal: refusalFrom(error, { right, analyzerArn, accountId }) };
    }
  }

  /** All pages of an answer, up to a limit. A repeated token means an endless list. */
  async function pages<T extends { nextToken?: string | undefined }>(
    page: (nextToken: string | undefined) => Promise<Answered<T>>,
    isEnough: (soFar: readonly T[]) => boolean,
  ): Promise<Answered<{ readonly pages: readonly [T, ...T[]]; readonly isWhole: boolean }>> {
    const first = await page(undefined);
    if (!first.ok) return first;
    const all: [T, ...T[]] = [first.value];
    const tokens = new Set<string>();
    let token = first.value.nextToken;
    while (token !== undefined && token !== '') {
      if (tokens.has(token) || all.length >= MAX_PAGES || isEnough(all)) return { ok: true, value: { pages: all, isWhole: false } };
      tokens.add(token);
      const next = await page(token);
      if (!next.ok) return next;
      all.push(next.value);
      token = next.value.nextToken;
    }
    return { ok: true, value: { pages: all, isWhole: true } };
  }

  async function read(ref: FindingRef, acquireSlot: AcquireSlot): Promise<Answered<FindingDetails>> {
    const of = { analyzerArn: ref.analyzerArn, id: ref.findingId };
    const answered = await pages(
      (nextToken) =>
        call(ref, 'access-analyzer:GetFinding', acquireSlot, (client, options) =>
          client.send(new GetFindingV2Command({ ...of, nextToken }), options),
        ),
      (soFar) => soFar.reduce((count, { findingDetails = [] }) => count + findingDetails.length, 0) > MAX_ENTRIES,
    );
    return answered.ok ? detailsFrom(ref, answered.value) : answered;
  }

  async function recommend(ref: FindingRef, acquireSlot: AcquireSlot, wasAsked: boolean): Promise<Answered<Recommendation>> {
    const of = { analyzerArn: ref.analyzerArn, id: ref.findingId };
    if (!wasAsked) {
      const asked = await call(ref, 'access-analyzer:GenerateFindingRecommendation', acquireSlot, (client, options) =>
        client.send(new GenerateFindingRecommendationCommand(of), options).then(() => 'taken' as const, noRecommendation),
      );
      if (!asked.ok) return asked;
      if (asked.value !== 'taken') return { ok: true, value: asked.value };
    }
    for (const waitMs of READ_DELAYS_MS) {
      if (waitMs > 0) await sleep(waitMs);
      const answered = await pages(
        (nextToken) =>
          call(ref, 'access-analyzer:GetFindingRecommendation', acquireSlot, (client, options) =>
            client.send(new GetFindingRecommendationCommand({ ...of, nextToken }), options),
          ),
        () => false,
      );
      // AWS forgets recommendations after a while, and may not know one yet that was just requested.
      if (!answered.ok && answered.refusal.code === 'gone') {
        if (wasAsked) return recommend(ref, acquireSlot, false);
        continue;
      }
      if (!answered.ok) return answered;
      const recommendation = recommendationFrom(answered.value);
      if (!recommendation.ok || recommendation.value.state !== 'in-progress') return recommendation;
    }
    return { ok: true, value: { state: 'in-progress' } };
  }

  return {
    read,
    recommend,
    close() {
      closing.abort();
      for (const client of clients.values()) client.destroy();
      clients.clear();
    },
  };
}

function notYet(afterMs: number): Refusal {
  return { code: 'throttled', message: 'there are too many questions before this one', afterMs, concerns: 'finding' };
}

/** AWS refuses the request for findings that it makes no recommendation for. */
function noRecommendation(error: unknown): Recommendation {
  if (!(error instanceof ValidationException)) throw error;
  return { state: 'none', because: 'AWS makes no recommendation for this finding' };
}

/** Rejects when the signal aborts: the SDK does not always. */
export function endOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = (): void => reject(Object.assign(new Error('No answer in time'), { name: 'TimeoutError' }));
    if (signal.aborted) return end();
    signal.addEventListener('abort', end, { once: true });
  });
}

interface Pages<T> {
  readonly pages: readonly [T, ...T[]];
  readonly isWhole: boolean;
}

function detailsFrom({ findingId }: FindingRef, { pages, isWhole }: Pages<GetFindingV2Response>): Answered<FindingDetails> {
  const [{ id, status, updatedAt }] = pages;
  if (id !== findingId) return { ok: false, refusal: badAnswer('another finding than the one that was asked for') };
  if (status !== 'ACTIVE' && status !== 'ARCHIVED' && status !== 'RESOLVED')
    return { ok: false, refusal: badAnswer('no status that is known') };
  if (updatedAt === undefined || Number.isNaN(updatedAt.getTime())) return { ok: false, refusal: badAnswer('no time of the last change') };
  const { list, isCut } = bound(pages, ({ findingDetails }) => findingDetails, boundDetails);
  return { ok: true, value: { status, updatedAt: updatedAt.toISOString(), list, isCut: isCut || !isWhole } };
}

function recommendationFrom({ pages, isWhole }: Pages<GetFindingRecommendationResponse>): Answered<Recommendation> {
  const [{ status, error }] = pages;
  if (status === 'IN_PROGRESS') return { ok: true, value: { state: 'in-progress' } };
  if (status === 'FAILED') return { ok: true, value: { state: 'none', because: (error?.message ?? 'AWS gave no reason').slice(0, 300) } };
  if (status !== 'SUCCEEDED') return { ok: false, refusal: badAnswer('a recommendation in no state that is known') };
  const { list, isCut } = bound(pages, ({ recommendedSteps }) => recommendedSteps, boundSteps);
  return { ok: true, value: { state: 'made', steps: list, isCut: isCut || !isWhole } };
}

/** The lists of all pages as one, each entry once: an endless list starts over. */
function bound<T>(
  pages: readonly T[],
  listOf: (page: T) => readonly object[] | undefined,
  cut: (all: readonly JsonObject[]) => BoundList,
): BoundList {
  const all = pages.flatMap((page) => plainList(listOf(page)));
  return cut([...new Map(all.map((entry) => [JSON.stringify(entry), entry])).values()]);
}
